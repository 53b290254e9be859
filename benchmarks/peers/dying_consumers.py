"""A program of consumers that are killed while they hold frames.

Arguments: the socket of a camera, how many die, how many at a time. Prints one JSON object:
`killed`, and `holding`, those that had a frame then.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time

from .lease_socket import LeaseSocket, Refused

_SECONDS = 10  # within which a newcomer has a frame


def kill_some(path: str, count: int) -> int:
    """Kills that many at once; returns how many of them held a frame."""
    heard, said = os.pipe()
    children = [_start(path, said) for _ in range(count)]
    os.close(said)
    holding = 0
    for _ in children:
        if select.select([heard], [], [], 2 * _SECONDS)[0]:
            holding += os.read(heard, 1) == b"y"
    for child in children:
        os.kill(child, signal.SIGKILL)
    for child in children:
        os.waitpid(child, 0)
    os.close(heard)
    return holding


def _start(path: str, said: int) -> int:
    child = os.fork()
    if child:
        return child
    answer = b"n"
    try:
        consumer = _consumer_with_frame(path)
        answer = b"y" if consumer else b"n"
    finally:
        os.write(said, answer)
        signal.pause()
        os._exit(1)


def _consumer_with_frame(path: str) -> LeaseSocket | None:
    """Tries again while the camera is busy: it may hear of the next before it heard that those
    who died have gone."""
    ends = time.monotonic() + _SECONDS
    while time.monotonic() < ends:
        consumer = LeaseSocket(path)
        try:
            return consumer if consumer.receive(_SECONDS) else None
        except (Refused, ConnectionError):
            consumer.close()
            time.sleep(0.01)
    return None


def main() -> None:
    path, total, at_once = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    killed = holding = 0
    while killed < total:
        count = min(at_once, total - killed)
        holding += kill_some(path, count)
        killed += count
    print(json.dumps({"killed": killed, "holding": holding}))


if __name__ == "__main__":
    main()
