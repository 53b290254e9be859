"""Simulated cameras, and the times when they sent which picture."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Iterator, Mapping, NamedTuple, Sequence

from processes import Camherd, Failure, Simulator

from .sent_log import SentLog


class SimulatedHerd(NamedTuple):
    """Cameras that send. The files last as long as they do."""

    urls: Mapping[str, str]  # by name
    sent_log: Path
    cameras_file: Path  # a configuration that names them
    clip: Path  # what all of them send, empty unless it was asked for
    folder: Path  # for the files of whoever reads them
    distinct: int  # scenes
    width: int
    height: int

    def numbers(self) -> dict[str, int]:
        """Of each camera in the sent log."""
        return {name: number for number, name in enumerate(self.urls)}

    def open_sent_log(self) -> SentLog:
        return SentLog(self.sent_log)

    def configuration(self, more: str = "", http: str = "listen: off") -> Path:
        """A configuration of all cameras, with what else it has to say, for one camherd at a
        time: its sockets are beside it."""
        path = self.folder / "camherd.yaml"
        Camherd.write_config(path, self.cameras_file, more, http)
        return path


@contextlib.contextmanager
def simulated(options: Any, cameras: int, *, size: str = "1280x720", distinct: int = 1,
              save_clip: bool = False, more: Sequence[str] = ()) -> Iterator[SimulatedHerd]:
    """Cameras that send within the `with` block. `options` are those of add_common_options."""
    _warn_of_load()
    width, height = (int(side) for side in size.split("x"))
    # Short, since the path of a socket has at most 107 bytes; in memory, for the sent log.
    with tempfile.TemporaryDirectory(prefix="ch-", dir=_folder_in_memory()) as name:
        folder = Path(name)
        clip = folder / "clip"
        arguments = ["--cameras", str(cameras), "--port", "0", "--size", size, "--distinct",
                     str(distinct), "--config-out", str(folder / "cameras.yaml"), "--sent-log",
                     str(folder / "sent.log"), *(["--save-clip", str(clip)] if save_clip else []),
                     *more]
        with Simulator(options, arguments) as simulator:
            port = simulator.wait_until_ready(300)
            urls = {f"cam{number}": f"rtsp://127.0.0.1:{port}/cam{number}"
                    for number in range(cameras)}
            yield SimulatedHerd(urls, folder / "sent.log", folder / "cameras.yaml", clip, folder,
                                distinct, width, height)


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
