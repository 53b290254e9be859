"""Runs one way of reading cameras and measures what it costs."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Optional, Sequence

from processes import Camherd, Child, Failure

from . import usage
from .simulation import SimulatedHerd

_FOLDER = Path(__file__).resolve().parent.parent
_START_SECONDS = 300  # until every camera delivers
_END_SECONDS = 30


class Way(NamedTuple):
    """How cameras are read."""

    kind: str  # of the reader: peers/KIND_source.py
    process_a_camera: bool
    formats: Sequence[str]
    modules: Sequence[str]  # of Python, beside numpy
    what: str


BOTH = ("native", "bgr24")
WAYS: Mapping[str, Way] = {
    "camherd": Way("camherd", False, BOTH, (), "camherd and one process with a Herd"),
    "camherd-processes": Way("camherd", True, BOTH, (), "camherd and a process a camera"),
    "gstreamer": Way("gstreamer", True, BOTH, ("gi",), "appsink, a process a camera"),
    "gstreamer-threads": Way("gstreamer", False, BOTH, ("gi",), "appsink, all in one process"),
    "ffmpeg": Way("ffmpeg", False, BOTH, (), "an ffmpeg a camera, one process reads the pipes"),
    "opencv": Way("opencv", False, ("bgr24",), ("cv2",), "VideoCapture, a thread a camera"),
    "opencv-processes": Way("opencv", True, ("bgr24",), ("cv2",),
                            "VideoCapture, a process a camera"),
}


class Peer:
    """A way of reading that runs, within a `with` block."""

    def __init__(self, options: Any, name: str, format: str, herd: SimulatedHerd) -> None:
        self.way = WAYS[name]
        self._herd = herd
        self._format = format
        self._options = options
        self._stack = contextlib.ExitStack()
        self._camherd: Optional[Camherd] = None
        self._readers: list[Child] = []

    def __enter__(self) -> Peer:
        began = time.monotonic()
        try:
            if self.way.kind == "camherd":
                self._camherd = self._stack.enter_context(
                    Camherd(self._options, self._herd.configuration()))
                self._camherd.wait_until_started()
            names = list(self._herd.urls)
            for group in [[name] for name in names] if self.way.process_a_camera else [names]:
                self._readers.append(self._stack.enter_context(self._reader(group)))
            for reader in self._readers:
                left = max(1.0, began + _START_SECONDS - time.monotonic())
                reader.wait_for("stream from every camera", lambda lines: "streaming" in lines,
                                left)
        except BaseException:
            self._stack.close()
            raise
        self.started_after = time.monotonic() - began
        return self

    def __exit__(self, *_: object) -> None:
        for reader in self._readers:
            reader.end_of_input()
        for reader in self._readers:
            with contextlib.suppress(Failure):
                reader.wait_for_end(_END_SECONDS)
        self._stack.close()

    def pids(self) -> list[int]:
        """Of all processes."""
        roots = [reader.pid for reader in self._readers]
        if self._camherd:
            roots.append(self._camherd.pid)
        return [pid for root in roots for pid in usage.with_children(root)]

    def measure(self, seconds: float) -> dict[str, Any]:
        """What is delivered in that time, at what age and at what cost."""
        pids = self.pids()
        for reader in self._readers:
            reader.say("begin")
        began, cpu_before = time.monotonic(), self._cpu(pids)
        time.sleep(seconds)
        lasted, cpu_after = time.monotonic() - began, self._cpu(pids)
        held = usage.holding(pids)
        for reader in self._readers:
            reader.say("end")
        cameras: dict[str, Any] = {}
        for reader in self._readers:
            cameras.update(reader.wait_for("result", _result_in, _END_SECONDS))
        return {"seconds": lasted, "cpu_seconds": sum(cpu_after) - sum(cpu_before),
                "camherd_cpu_seconds": cpu_after[-1] - cpu_before[-1] if self._camherd else 0,
                "pss_bytes": held.pss_bytes, "threads": held.threads, "processes": len(pids),
                "started_after_s": self.started_after, "cameras": cameras}

    @staticmethod
    def _cpu(pids: Sequence[int]) -> list[float]:
        return [usage.cpu_seconds(pid) for pid in pids]

    def _reader(self, names: Sequence[str]) -> Child:
        herd, numbers = self._herd, self._herd.numbers()
        request = {
            "kind": self.way.kind, "format": self._format, "sent_log": str(herd.sent_log),
            "distinct": herd.distinct, "urls": {name: herd.urls[name] for name in names},
            "numbers": {name: numbers[name] for name in names}, "width": herd.width,
            "height": herd.height,
            "runtime_dir": str(self._camherd.runtime_dir) if self._camherd else ""}
        # Sums of a few numbers: a pool of threads for that would be charged to the peer.
        environment = {"PYTHONPATH": str(_FOLDER), "OPENBLAS_NUM_THREADS": "1"}
        reader = Child([sys.executable, "-m", "peers.reader"], "stdout", environment,
                       subprocess.PIPE)
        reader.name = f"{self.way.kind} reader"
        reader.say(json.dumps(request))
        return reader


def _result_in(lines: Sequence[str]) -> Optional[dict[str, Any]]:
    return next((json.loads(line) for line in reversed(lines) if line.startswith("{")), None)
