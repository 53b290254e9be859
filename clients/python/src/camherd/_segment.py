"""Shared memory in which a camera puts frames."""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
from typing import Dict, Tuple

from . import _protocol as p
from .errors import ProtocolError
from .formats import Array, planes_of

_F_GET_SEALS = 1034
_F_SEAL_SHRINK = 2
_MOST_LAYOUTS = 256  # slots of a segment, times the sizes a camera had while it was used


class Segment:
    """A mapped segment. It stays mapped as long as this object or any view of it lives."""

    def __init__(self, fd: int, size: int, slot_size: int) -> None:
        """Maps `size` bytes of the memfd `fd`, which stays the caller's. ProtocolError if the
        memory is not what the protocol promises: such memory could vanish under a reader."""
        try:
            seals = fcntl.fcntl(fd, _F_GET_SEALS)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            raise ProtocolError("a segment is no memfd") from None
        if not seals & _F_SEAL_SHRINK:
            raise ProtocolError("a segment is not sealed against shrinking")
        if not 0 < slot_size <= size <= os.fstat(fd).st_size:
            raise ProtocolError(f"a segment of {size} bytes with slots of {slot_size} is not there")
        try:
            self._memory = mmap.mmap(fd, size, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)
        except (OSError, ValueError, OverflowError) as error:
            raise ProtocolError(f"a segment of {size} bytes cannot be mapped: {error}") from None
        self._size = size
        self._layouts: Dict[bytes, Tuple[Array, ...]] = {}

    def planes(self, message: bytes, fields: p.FrameFields) -> Tuple[Array, ...]:
        """Views of the planes of a frame message, whose unpacked form is `fields`. ProtocolError
        if they are not within the segment."""
        key = p.layout_bytes(message)
        found = self._layouts.get(key)
        if found is None:
            found = planes_of(fields, self._memory, self._size)
            if len(self._layouts) >= _MOST_LAYOUTS:
                self._layouts.clear()
            self._layouts[key] = found
        return found
