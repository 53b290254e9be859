"""A program that reads cameras in one way and measures the age of what it reads; `peer.Peer` runs
it, or `consume`, which does the same in C++.

The first line of its standard input is the request, a JSON object. What it says are JSON objects,
a line each:

- `{"delivering": {camera: since}}`, nanoseconds of CLOCK_MONOTONIC, once every camera delivers; and
  in answer to `delivering`, of those that do
- `{"measured": {camera: findings}}`, of what came between `begin` and `end`, in answer to `end`

`again` forgets who delivers, so that the first of these comes anew. The end of its input ends it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from .meter import Meter
from .sent_log import SentLog
from .source import Wanted


class _Reader:
    def __init__(self, request: dict[str, Any]) -> None:
        log = SentLog(Path(request["sent_log"]))
        self._saying = threading.Lock()
        self._awaited = True
        self.meters = {name: Meter(log, number, number % request["distinct"], self._one_delivers)
                       for name, number in request["numbers"].items()}

    def obey(self, command: str) -> None:
        if command == "begin":
            for meter in self.meters.values():
                meter.begin()
        elif command == "end":
            for meter in self.meters.values():
                meter.end()
            self._say({"measured": {name: meter.result() for name, meter in self.meters.items()}})
        elif command == "again":
            with self._saying:
                for meter in self.meters.values():
                    meter.await_again()
                self._awaited = True
        elif command == "delivering":
            self._say({"delivering": self._delivering()})

    def _one_delivers(self) -> None:
        with self._saying:
            delivering = self._delivering()
            if not self._awaited or len(delivering) < len(self.meters):
                return
            self._awaited = False
        self._say({"delivering": delivering})

    def _delivering(self) -> dict[str, int]:
        return {name: meter.delivers_since for name, meter in self.meters.items()
                if meter.delivers_since is not None}

    def _say(self, line: dict[str, Any]) -> None:
        with self._saying:
            print(json.dumps(line), flush=True)


def main() -> None:
    request = json.loads(sys.stdin.readline())
    reader = _Reader(request)
    way = importlib.import_module(f".{request['kind']}_source", __package__)
    source = way.start(Wanted.from_json(request), reader.meters)
    try:
        for line in sys.stdin:
            reader.obey(line.strip())
    finally:
        source.close()
        # Threads that wait in a library for a next frame cannot be joined.
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    main()
