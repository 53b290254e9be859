"""Pixel formats, and numpy views of pictures that lie somewhere in a block of memory."""

from __future__ import annotations

import mmap
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np
import numpy.typing as npt

from . import _protocol as p
from .errors import ProtocolError

Array = npt.NDArray[Any]

_MOST_SIDE = 1 << 16


class PlaneShape(NamedTuple):
    """Of one plane: how many pixels share a sample in each direction, samples a pixel."""

    across: int
    down: int
    samples: int


class PixelFormat(NamedTuple):
    name: str
    planes: Tuple[PlaneShape, ...]
    bits: int = 8

    @property
    def sample_bytes(self) -> int:
        return 1 if self.bits == 8 else 2


_LUMA = PlaneShape(1, 1, 1)
_420 = (_LUMA, PlaneShape(2, 2, 1), PlaneShape(2, 2, 1))
_422 = (_LUMA, PlaneShape(2, 1, 1), PlaneShape(2, 1, 1))
_444 = (_LUMA, _LUMA, _LUMA)

FORMATS: Dict[int, PixelFormat] = {
    1: PixelFormat("gray8", (_LUMA,)),
    2: PixelFormat("yuv420p", _420),
    3: PixelFormat("yuv422p", _422),
    4: PixelFormat("yuv444p", _444),
    5: PixelFormat("gray10", (_LUMA,), 10),
    6: PixelFormat("yuv420p10", _420, 10),
    7: PixelFormat("yuv422p10", _422, 10),
    8: PixelFormat("yuv444p10", _444, 10),
    9: PixelFormat("yuv420p12", _420, 12),
    10: PixelFormat("yuv422p12", _422, 12),
    11: PixelFormat("yuv444p12", _444, 12),
    12: PixelFormat("nv12", (_LUMA, PlaneShape(2, 2, 2))),
    13: PixelFormat("rgb24", (PlaneShape(1, 1, 3),)),
    14: PixelFormat("bgr24", (PlaneShape(1, 1, 3),)),
}
REQUESTED: Dict[str, int] = {
    "native": 0,
    "gray8": 1,
    "yuv420p": 2,
    "nv12": 12,
    "rgb24": 13,
    "bgr24": 14,
}


def planes_of(fields: p.FrameFields, memory: mmap.mmap, size: int) -> Tuple[Array, ...]:
    """Read-only views of the planes of the frame that `fields` describe, in the `size` bytes of
    `memory`, which they keep mapped. ProtocolError if it does not lie there in full."""
    pixel_format = _format_of(fields)
    width, height = fields[p.F_WIDTH], fields[p.F_HEIGHT]
    if not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE):
        raise ProtocolError(f"a frame of {width}x{height} pixels")
    sample_bytes = pixel_format.sample_bytes
    views: List[Array] = []
    dtype = np.dtype("u1" if sample_bytes == 1 else "<u2")
    for index, plane in enumerate(pixel_format.planes):
        rows = -(-height // plane.down)
        columns = -(-width // plane.across)
        used = columns * plane.samples * sample_bytes
        offset = fields[p.F_OFFSET + index]
        stride = fields[p.F_STRIDE + index]
        row_bytes = fields[p.F_ROW_BYTES + index]
        if (
            fields[p.F_ROWS + index] < rows
            or row_bytes < used
            or stride < row_bytes
            or offset % sample_bytes
            or stride % sample_bytes
            or offset + stride * (rows - 1) + used > size
        ):
            raise ProtocolError(f"plane {index} of a frame does not lie in its segment")
        shape: Tuple[int, ...] = (rows, columns)
        strides: Tuple[int, ...] = (stride, plane.samples * sample_bytes)
        if plane.samples > 1:
            shape += (plane.samples,)
            strides += (sample_bytes,)
        views.append(np.ndarray(shape, dtype, buffer=memory, offset=offset, strides=strides))
    return tuple(views)


def _format_of(fields: p.FrameFields) -> PixelFormat:
    found: Optional[PixelFormat] = FORMATS.get(fields[p.F_FORMAT])
    if found is None or fields[p.F_PLANE_COUNT] != len(found.planes):
        raise ProtocolError(
            f"a frame of format {fields[p.F_FORMAT]} with {fields[p.F_PLANE_COUNT]} planes"
        )
    return found
