"""A program of consumers that give every frame back at once and look at none, or hold it for a
while; `consumers.Consumers` runs it. The first line of its standard input is the request; it says
`streaming` once every consumer had a frame; between the lines `begin` and `end` it counts; then
it prints what it counted."""

from __future__ import annotations

import json
import os
import select
import sys
import time
from typing import Any

from .lease_socket import FORMATS, LeaseSocket, Refused


class _Count:
    """Of the frames of one camera, for all of its consumers here."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.frames = 0
        self.missed = 0
        self.ages_ns: list[int] = []

    def result(self) -> dict[str, Any]:
        return {"frames": self.frames, "missed": self.missed, "ages_ns": self.ages_ns}


class _Reader:
    def __init__(self, request: dict[str, Any]) -> None:
        self.hold = request["hold_seconds"]
        self.counts = {camera: _Count() for camera in request["sockets"]}
        self.by_file: dict[int, tuple[LeaseSocket, _Count]] = {}
        self.epoll = select.epoll()
        self.problem = ""
        for camera, path in request["sockets"].items():
            for _ in range(request["each"]):
                consumer = LeaseSocket(path, FORMATS[request["format"]])
                self.by_file[consumer.fileno()] = consumer, self.counts[camera]
                self.epoll.register(consumer.fileno(), select.EPOLLIN)
        self.epoll.register(sys.stdin.fileno(), select.EPOLLIN)

    def run(self) -> None:
        awaited = set(self.by_file)
        while True:
            for file, _ in self.epoll.poll():
                if file == sys.stdin.fileno():
                    # One command at a time is on its way, so a read has whole lines.
                    if not self.obey(os.read(file, 4096).decode().split()):
                        return
                elif self.read(file) and awaited:
                    awaited.discard(file)
                    if not awaited:
                        print("streaming", flush=True)

    def obey(self, commands: list[str]) -> bool:
        for command in commands:
            if command == "begin":
                for count in self.counts.values():
                    count.clear()
            elif command == "end":
                found = {camera: count.result() for camera, count in self.counts.items()}
                print(json.dumps({"cameras": found, "problem": self.problem}), flush=True)
        return bool(commands)

    def read(self, file: int) -> bool:
        """True if there was a frame."""
        consumer, count = self.by_file[file]
        try:
            lease = consumer.receive()
            if lease is None:
                return False
            count.ages_ns.append(time.monotonic_ns() - lease.received_at)
            count.frames += 1
            count.missed += lease.missed_before
            if self.hold:
                time.sleep(self.hold)
            consumer.release(lease)
        except (OSError, Refused) as error:
            self.problem = str(error)
            print(f"a consumer was sent away: {error}", file=sys.stderr, flush=True)
            self.epoll.unregister(file)
            del self.by_file[file]
            consumer.close()
            return False
        return True


def main() -> None:
    _Reader(json.loads(sys.stdin.buffer.raw.readline())).run()


if __name__ == "__main__":
    main()
