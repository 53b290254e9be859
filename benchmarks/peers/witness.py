"""A program that reads every frame of some cameras and compares each with what a clean decode of
their clips gives; `endurance_herd.Witness` runs it. The first line of its standard input is the
request; a line `clips NAME...` says what may be seen from now on; each second it prints what it
saw so far."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path
from typing import Any

import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients" / "python" / "src"))
import camherd  # noqa: E402

_EVERY = 1.0  # seconds between two lines
_PATIENCE = 10.0  # seconds until a picture that no clip has is a wrong one: clips are told late


class CleanPictures:
    """The check sums of all pictures of some clips."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: set[int] = set()
        self.read: set[str] = set()

    def add(self, names: list[str]) -> None:
        for name in names:
            if name not in self.read:
                self.read.add(name)
                self.known |= _check_sums(self.folder / name)


class Tally:
    """What was seen of one camera. A lock is over it, since two threads use it."""

    def __init__(self) -> None:
        self.good = self.flagged = self.wrong = self.missed = self.dropped = 0
        self.last_good = 0.0  # when its last packet was received, of CLOCK_MONOTONIC
        self.strange: list[tuple[float, int]] = []  # pictures of no known clip, and when
        self.ages_ms: list[float] = []  # of those that were not told yet
        self.state = ""
        self.lock = threading.Lock()

    def take(self, frame: camherd.Frame, known: set[int]) -> None:
        age = frame.age
        check_sum = 0
        for plane in frame.planes:
            check_sum = zlib.crc32(numpy.ascontiguousarray(plane), check_sum)
        with self.lock:
            self.ages_ms.append(age * 1000)
            self.missed += frame.missed_before
            self.dropped += frame.dropped_before
            if frame.corrupt:
                self.flagged += 1
                return
            self.good += 1
            self.last_good = frame.received_at
            if check_sum not in known:
                self.strange.append((time.monotonic(), check_sum))

    def told(self, known: set[int]) -> dict[str, Any]:
        now = time.monotonic()
        with self.lock:
            unknown = [(at, one) for at, one in self.strange if one not in known]
            self.strange = [(at, one) for at, one in unknown if at > now - _PATIENCE]
            self.wrong += len(unknown) - len(self.strange)
            ages, self.ages_ms = self.ages_ms, []
            return {"good": self.good, "flagged": self.flagged, "wrong": self.wrong,
                    "missed": self.missed, "dropped": self.dropped,
                    "last_good": self.last_good, "state": self.state,
                    "ages_ms": [round(age, 2) for age in ages]}


def _check_sums(clip: Path) -> set[int]:
    """By ffmpeg, whose decoder gives the same samples as any other for an intact stream."""
    said = subprocess.run(["ffmpeg", "-v", "error", "-i", str(clip), "-fps_mode", "passthrough",
                           "-f", "framehash", "-hash", "crc32", "-"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=True).stdout
    return {int(line.rpartition(",")[2], 16) for line in said.splitlines()
            if line and not line.startswith("#")}


def _watch(name: str, runtime_dir: str, tally: Tally, clean: CleanPictures) -> None:
    with camherd.Camera(name, runtime_dir=runtime_dir, queue=16, leases=2) as camera:
        while True:
            frame = camera.read(1)
            tally.state = camera.state
            if frame is not None:
                tally.take(frame, clean.known)


def _tell(tallies: dict[str, Tally], clean: CleanPictures) -> None:
    while True:
        cameras = {name: tally.told(clean.known) for name, tally in tallies.items()}
        print(json.dumps(cameras), flush=True)
        time.sleep(_EVERY)


def main() -> None:
    request = json.loads(sys.stdin.readline())
    clean = CleanPictures(Path(request["clips"]))
    tallies = {name: Tally() for name in request["cameras"]}
    for name, tally in tallies.items():
        threading.Thread(target=_watch, args=(name, request["runtime_dir"], tally, clean),
                         daemon=True).start()
    threading.Thread(target=_tell, args=(tallies, clean), daemon=True).start()
    for line in sys.stdin:
        clean.add(line.split()[1:])


if __name__ == "__main__":
    main()
