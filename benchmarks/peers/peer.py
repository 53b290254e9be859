"""Runs one way of reading cameras and measures what it costs."""

from __future__ import annotations

import collections
import contextlib
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Iterable, Mapping, NamedTuple, Optional, Sequence

from processes import Camherd, Child, Failure, find_program

from . import usage
from .figures import distribution, quantile_curve
from .simulation import SimulatedHerd

_FOLDER = Path(__file__).resolve().parent.parent
_END_SECONDS = 30
_DRAIN_SECONDS = 1.0  # after a cut: what was on its way has come


class Way(NamedTuple):
    """How cameras are read."""

    kind: str  # of the reader: peers/KIND_source.py, or the program `consume`
    process_a_camera: bool
    formats: Sequence[str]
    demands: Sequence[str]  # what a detector may ask for, beside every frame
    modules: Sequence[str]  # of Python, beside numpy
    what: str

    @property
    def is_camherd(self) -> bool:
        return self.kind in ("consume", "camherd")


_BOTH = ("native", "bgr24")
_ALL = ("full", "1fps", "keyframes")
WAYS: Mapping[str, Way] = {
    "camherd-cpp": Way("consume", False, _BOTH, _ALL, (), "camherd, one C++ process reads all"),
    "camherd": Way("camherd", False, _BOTH, _ALL, (), "camherd, one Python process with a Herd"),
    "camherd-processes": Way("camherd", True, _BOTH, _ALL, (),
                             "camherd, a Python process a camera"),
    "gstreamer": Way("gstreamer", False, _BOTH, _ALL, ("gi",),
                     "GStreamer appsink, all in one process"),
    "gstreamer-processes": Way("gstreamer", True, _BOTH, _ALL, ("gi",),
                               "GStreamer appsink, a process a camera"),
    "ffmpeg": Way("ffmpeg", False, _BOTH, _ALL, (),
                  "an ffmpeg a camera, one process reads the pipes"),
    "opencv": Way("opencv", False, ("bgr24",), ("full",), ("cv2",),
                  "OpenCV VideoCapture, a thread a camera"),
    "opencv-processes": Way("opencv", True, ("bgr24",), ("full",), ("cv2",),
                            "OpenCV VideoCapture, a process a camera"),
}

# All simulated cameras have one address, real ones have their own. What a camera was sent away
# with is tried again as soon as the peers do, who know no backoff.
_NODE = ("node: { connects_per_second: 1000, connects_per_second_per_host: 1000, "
         "restart_delay_max: 1s, process_restart_threshold: 1000 }\n")


class Reading(NamedTuple):
    """What is read, and how."""

    way: str
    format: str = "native"
    demand: str = "full"  # 1fps, keyframes; none: camherd without consumers
    defaults: str = ""  # of the cameras in camherd's configuration: "{ max_age: 100ms }"
    http: str = "off"  # where camherd's HTTP server listens
    start_seconds: float = 300  # within which every camera must deliver


class Peer:
    """A way of reading that runs, within a `with` block."""

    def __init__(self, options: Any, reading: Reading, herd: SimulatedHerd) -> None:
        self.way = WAYS[reading.way]
        self.camherd: Optional[Camherd] = None  # if this is a way of camherd
        self.first_frame_s: dict[str, float] = {}  # by camera, since the first process was started
        self._reading = reading
        self._names = list(herd.urls)
        self._herd = herd
        self._options = options
        self._stack = contextlib.ExitStack()
        self._readers: list[_Reader] = []

    def __enter__(self) -> Peer:
        began = time.monotonic_ns()
        try:
            if self.way.is_camherd:
                self._start_camherd()
            if self._reading.demand == "none":
                assert self.camherd is not None
                self.camherd.wait_until_streaming(len(self._names), self._reading.start_seconds)
                return self
            for group in ([[name] for name in self._names] if self.way.process_a_camera
                          else [self._names]):
                self._readers.append(self._stack.enter_context(self._reader(group)))
            since = self._when_all_deliver(self._reading.start_seconds)
        except BaseException:
            self._stack.close()
            raise
        self.first_frame_s = {name: (at - began) / 1e9 for name, at in since.items()}
        return self

    def __exit__(self, *_: object) -> None:
        for reader in self._readers:
            reader.end_of_input()
        for reader in self._readers:
            with contextlib.suppress(Failure):
                reader.wait_for_end(_END_SECONDS)
        self._stack.close()

    def pids(self) -> list[int]:
        """Of all processes, camherd's the last."""
        roots = [reader.pid for reader in self._readers]
        if self.camherd:
            roots.append(self.camherd.pid)
        return [pid for root in roots for pid in usage.with_children(root)]

    def measure(self, seconds: float) -> dict[str, Any]:
        """What is delivered in that time, at what age and at what cost."""
        pids = self.pids()
        for reader in self._readers:
            reader.say("begin")
        began, before = time.monotonic(), self._cpu(pids)
        time.sleep(seconds)
        lasted, after = time.monotonic() - began, self._cpu(pids)
        for reader in self._readers:
            reader.say("end")
        held = usage.holding(pids)
        cameras: dict[str, Any] = {}
        for reader in self._readers:
            cameras.update(reader.answer("measured", _END_SECONDS))
        used = [end - start for start, end in zip(before, after)]
        return {
            "seconds": lasted, "simulator_cpu_seconds": used.pop(), "cpu_seconds": sum(used),
            "camherd_cpu_seconds": used[-1] if self.camherd else 0,
            "pss_bytes": held.pss_bytes, "rss_bytes": held.rss_bytes, "threads": held.threads,
            "processes": len(pids), **_summed_up(cameras.values(), lasted, sum(used)),
            "frames_by_camera": {name: found["frames"] for name, found in cameras.items()}}

    def recover(self, down_seconds: float, limit_seconds: float) -> dict[str, Any]:
        """Cuts all cameras off for that time, and the seconds that a simulator takes to start.
        Says by camera how long after they could be had again each delivered; those that did not
        within the limit are missing."""
        self._herd.cut()
        time.sleep(_DRAIN_SECONDS)
        for reader in self._readers:
            reader.say("again")
        time.sleep(max(0.0, down_seconds - _DRAIN_SECONDS))
        ready = self._herd.serve_again()
        with contextlib.suppress(Failure):
            self._when_all_deliver(limit_seconds)
        for reader in self._readers:
            reader.forget_answers()
            reader.say("delivering")
        since: dict[str, int] = {}
        for reader in self._readers:
            since.update(reader.answer("delivering", _END_SECONDS))
        return {name: (at - ready) / 1e9 for name, at in since.items()}

    def _start_camherd(self) -> None:
        reading = self._reading
        more = _NODE + (f"defaults: {reading.defaults}\n" if reading.defaults else "")
        self.camherd = self._stack.enter_context(Camherd(
            self._options, self._herd.configuration(more, http=reading.http)))
        self.camherd.wait_until_started()

    def _when_all_deliver(self, seconds: float) -> dict[str, int]:
        ends = time.monotonic() + seconds
        since: dict[str, int] = {}
        for reader in self._readers:
            since.update(reader.answer("delivering", max(0.1, ends - time.monotonic())))
        return since

    def _cpu(self, pids: Sequence[int]) -> list[float]:
        return [usage.cpu_seconds(pid) for pid in (*pids, self._herd.pid)]

    def _reader(self, names: Sequence[str]) -> _Reader:
        herd, numbers = self._herd, self._herd.numbers()
        return _Reader(self._options, {
            "kind": self.way.kind, "format": self._reading.format, "demand": self._reading.demand,
            "sent_log": str(herd.sent_log), "distinct": herd.distinct,
            "urls": {name: herd.urls[name] for name in names},
            "numbers": {name: numbers[name] for name in names},
            "width": herd.width, "height": herd.height,
            "runtime_dir": str(self.camherd.runtime_dir) if self.camherd else ""})


class _Reader(Child):
    """A process that reads; `reader` explains what is said."""

    def __init__(self, options: Any, request: Mapping[str, Any]) -> None:
        # One thread for sums of a few numbers: a pool of them would be charged to the peer.
        super().__init__(
            [find_program(options.bin, "consume")] if request["kind"] == "consume"
            else [sys.executable, "-m", "peers.reader"], "stdout",
            {"PYTHONPATH": str(_FOLDER), "OPENBLAS_NUM_THREADS": "1"}, subprocess.PIPE)
        self.name = f"{request['kind']} reader"
        self._had: collections.Counter[str] = collections.Counter()
        self.say(json.dumps(request))

    def answer(self, what: str, seconds: float) -> dict[str, Any]:
        """The next of this kind."""
        found: dict[str, Any] = self.wait_for(
            f"answer {what!r}", lambda lines: self._all(what, lines)[self._had[what]:], seconds)[0]
        self._had[what] += 1
        return found

    def forget_answers(self) -> None:
        """`answer` gives only what comes from now on."""
        with self.changed:
            for what in ("delivering", "measured"):
                self._had[what] = len(self._all(what, self.lines))

    @staticmethod
    def _all(what: str, lines: Sequence[str]) -> list[dict[str, Any]]:
        begins = f'{{"{what}":'
        return [json.loads(line)[what] for line in lines if line.startswith(begins)]


def _summed_up(cameras: Iterable[Mapping[str, Any]], seconds: float,
               cpu_seconds: float) -> dict[str, Any]:
    cameras = list(cameras)
    frames = sum(camera["frames"] for camera in cameras)
    rates = [camera["frames"] / seconds for camera in cameras] or [0.0]
    measuring_ms = sum(camera["measuring_ns"] for camera in cameras) / 1e6
    each = 1 / max(1, frames)
    ages_ms = [age / 1e6 for camera in cameras for age in camera["ages_ns"]]
    return {
        "frames": frames,
        "fps_mean": statistics.fmean(rates), "fps_worst": min(rates), "fps_best": max(rates),
        "age_ms": distribution(ages_ms), "age_curve_ms": quantile_curve(ages_ms),
        **{kind: sum(camera[kind] for camera in cameras)
           for kind in ("unreadable", "wrong_scene", "unsent")},
        # Without what reading the block codes took.
        "cpu_ms_per_frame": (1000 * cpu_seconds - measuring_ms) * each,
        "measuring_ms_per_frame": measuring_ms * each,
    }
