"""Simulated cameras, and the times when they sent which picture."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional, Sequence

from processes import Camherd, Failure, Simulator

from .sent_log import SentLog

_START_SECONDS = 300  # within which a simulator has encoded its pictures


class SimulatedHerd:
    """Cameras that send. The files last as long as they do."""

    def __init__(self, options: Any, cameras: int, size: str, distinct: int, folder: Path,
                 more: Sequence[str]) -> None:
        self.width, self.height = (int(side) for side in size.split("x"))
        self.distinct = distinct  # scenes
        self.folder = folder  # for the files of whoever reads them
        self.sent_log = folder / "sent.log"
        self.clip = folder / "clip"  # what all of them send, empty unless it was asked for
        self._options = options
        self._arguments = [
            "--cameras", str(cameras), "--size", size, "--distinct", str(distinct),
            "--sent-log", str(self.sent_log), *more]
        self._simulator: Optional[Simulator] = None
        self._port = self._start(0)
        self.urls: Mapping[str, str] = {
            f"cam{number}": f"rtsp://127.0.0.1:{self._port}/cam{number}"
            for number in range(cameras)}  # by name

    @property
    def pid(self) -> int:
        """Of the simulator."""
        assert self._simulator is not None
        return self._simulator.pid

    def numbers(self) -> dict[str, int]:
        """Of each camera in the sent log."""
        return {name: number for number, name in enumerate(self.urls)}

    def open_sent_log(self) -> SentLog:
        return SentLog(self.sent_log)

    def configuration(self, more: str = "", http: str = "listen: off") -> Path:
        """A configuration of all cameras, with what else it has to say, for one camherd at a
        time: its sockets are beside it."""
        listed = self.folder / "cameras.yaml"
        listed.write_text("cameras:\n" + "".join(
            f"  {name}: {url}\n" for name, url in self.urls.items()))
        path = self.folder / "camherd.yaml"
        Camherd.write_config(path, listed, more, http)
        return path

    def cut(self) -> None:
        """Ends the simulator, and with it every connection, at once."""
        assert self._simulator is not None
        self._simulator.stop(signal.SIGKILL)

    def serve_again(self) -> int:
        """After `cut`: serves at the same addresses. Returns when it was ready, in nanoseconds of
        CLOCK_MONOTONIC. Sent logs that are open know nothing of what is sent from then on."""
        self._start(self._port)
        return time.monotonic_ns()

    def stop(self) -> None:
        if self._simulator:
            self._simulator.stop()

    def _start(self, port: int) -> int:
        self._simulator = Simulator(self._options, [*self._arguments, "--port", str(port)])
        try:
            return self._simulator.wait_until_ready(_START_SECONDS)
        except BaseException:
            self._simulator.stop()
            raise


@contextlib.contextmanager
def simulated(options: Any, cameras: int, *, size: str = "1280x720", distinct: int = 1,
              save_clip: bool = False, more: Sequence[str] = ()) -> Iterator[SimulatedHerd]:
    """Cameras that send within the `with` block. `options` are those of add_common_options."""
    _warn_of_load()
    # Short, since the path of a socket has at most 107 bytes; in memory, for the sent log.
    with tempfile.TemporaryDirectory(prefix="ch-", dir=_folder_in_memory()) as name:
        folder = Path(name)
        clip = ["--save-clip", str(folder / "clip")] if save_clip else []
        herd = SimulatedHerd(options, cameras, size, distinct, folder, [*clip, *more])
        try:
            yield herd
        finally:
            herd.stop()


def _folder_in_memory() -> str:
    folder = "/dev/shm"
    if not os.access(folder, os.W_OK):
        raise Failure(f"no {folder} to write into: the sent log needs a file system in memory")
    return folder


def _warn_of_load() -> None:
    """Figures that were taken beside a compiler are worth nothing, and do not look it."""
    load = os.getloadavg()[0]
    if load > 0.5 * len(os.sched_getaffinity(0)):
        print(f"something else uses this machine (load {load:.1f}): the figures will be wrong",
              file=sys.stderr)
