"""A program that reads cameras in one way and measures the age of what it reads; `peer.Peer` runs
it. The first line of its standard input is the request; it says `streaming` once every camera
delivers; between the lines `begin` and `end` it measures; then it prints what it found."""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
from pathlib import Path

from .meter import Meter
from .sent_log import SentLog
from .source import Wanted


def main() -> None:
    request = json.loads(sys.stdin.readline())
    log = SentLog(Path(request["sent_log"]))
    meters = {name: Meter(log, number, number % request["distinct"])
              for name, number in request["numbers"].items()}
    way = importlib.import_module(f".{request['kind']}_source", __package__)
    source = way.start(Wanted.from_json(request), meters)
    threading.Thread(target=_say_when_streaming, args=(meters,), daemon=True).start()
    try:
        for line in sys.stdin:
            if line.strip() == "begin":
                for meter in meters.values():
                    meter.begin()
            elif line.strip() == "end":
                for meter in meters.values():
                    meter.end()
                found = {name: meter.result() for name, meter in meters.items()}
                print(json.dumps(found), flush=True)
    finally:
        source.close()
        # Threads that wait in a library for a next frame cannot be joined.
        sys.stdout.flush()
        os._exit(0)


def _say_when_streaming(meters: dict[str, Meter]) -> None:
    for meter in meters.values():
        meter.streaming.wait()
    print("streaming", flush=True)


if __name__ == "__main__":
    main()
