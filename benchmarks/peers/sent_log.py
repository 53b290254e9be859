"""When camherd-sim sent which picture (docs/ref/camherd-sim.md)."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

_HEADER = struct.Struct("=8sIIIIQQ")
_TIME = struct.Struct("=Q")


class SentLog:
    """Reads a sent log while it is written. Times are nanoseconds of CLOCK_MONOTONIC."""

    def __init__(self, path: Path) -> None:
        """ValueError for a file that is no sent log, OSError for none."""
        with open(path, "rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        magic, version, self._first, self.cameras, self.pictures, self._stride, self.loop_ns = (
            _HEADER.unpack_from(self._memory))
        if magic != b"CHSENT01" or version != 1:
            raise ValueError(f"{path} is no sent log")

    def sent_at(self, camera: int, index: int) -> int:
        """When picture `index` of the loop was last sent; 0 if never, or if there is none."""
        if index >= self.pictures:
            return 0
        return self._word(camera, 1 + index)

    def sent(self, camera: int) -> int:
        """The pictures that this camera has sent so far."""
        return self._word(camera, 0)

    def sent_by_all(self) -> int:
        return sum(self.sent(camera) for camera in range(self.cameras))

    def sent_since(self, camera: int, after: int, until: int) -> int:
        """How many pictures were sent later than `after` and not later than `until`, which must
        be less than a loop apart and not long ago."""
        times = (self._word(camera, 1 + index) for index in range(self.pictures))
        return sum(after < at <= until for at in times)

    def _word(self, camera: int, number: int) -> int:
        if not 0 <= camera < self.cameras:
            raise ValueError(f"the sent log has no camera {camera}")
        return int(_TIME.unpack_from(self._memory,
                                     self._first + camera * self._stride + 8 * number)[0])
