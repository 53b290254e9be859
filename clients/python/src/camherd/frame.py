"""One picture of a camera, in the shared memory where the camera put it."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Optional, Tuple, Type

from . import _protocol as p
from ._convert import to_bgr
from .errors import FrameReleased, NoSingleArray
from .formats import FORMATS, Array

if TYPE_CHECKING:
    from ._connection import Connection

__all__ = ["Frame", "Rect"]


class Rect(NamedTuple):
    """A part of a picture, in pixels from its upper left corner."""

    x: int
    y: int
    width: int
    height: int


class Frame:
    """A picture, its metadata, and a lease: while it lasts, the pixels stay as they are.

    A frame lives until its source (`Camera`, `Herd`) is asked for the next one. `keep()` makes it
    live until `release()`; `with frame:` does both, for a block. `copy()` has no such bounds.

    The pixels are read-only and are not copied. Arrays that were taken before the release stay
    mapped as long as they are referenced, but what they show may change.

    Times are seconds of CLOCK_MONOTONIC, as `time.monotonic()` returns.
    """

    __slots__ = ("_camera", "_connection", "_fields", "_kept", "_planes", "__weakref__")

    def __init__(
        self,
        camera: str,
        fields: p.FrameFields,
        planes: Tuple[Array, ...],
        connection: Optional[Connection],
    ) -> None:
        """Made by the package. Without a connection the frame owns its pixels."""
        self._camera = camera
        self._fields = fields
        self._planes: Optional[Tuple[Array, ...]] = planes
        self._connection = connection
        self._kept = False

    # Pixels

    @property
    def array(self) -> Array:
        """The picture: height x width of gray8 (gray10: 16-bit words), height x width x 3 of
        rgb24 and bgr24. NoSingleArray for formats in several planes, since one array of those
        would be a copy: see `planes` and `to_bgr`. FrameReleased after the release."""
        planes = self.planes
        if len(planes) > 1:
            raise NoSingleArray(
                f"a {self.format} picture is not one array: use frame.planes or frame.to_bgr(), "
                "or ask the camera for format='bgr24'"
            )
        return planes[0]

    @property
    def planes(self) -> Tuple[Array, ...]:
        """The planes: luma first, then both chroma planes (of nv12 one, height x width x 2). A
        single one for formats that have one. FrameReleased after the release."""
        planes = self._planes
        if planes is None or (self._connection is not None and self._connection.ended):
            raise FrameReleased(
                f"frame {self.sequence} of camera {self._camera!r} has been released: it lives "
                "until the next one is asked for or the camera is closed; frame.keep() and "
                "frame.copy() make it last longer"
            )
        return planes

    def to_bgr(self) -> Array:
        """A new height x width x 3 array in OpenCV's order of colours, by the matrix and range of
        the picture. Needs the module cv2 for formats in several planes. To convert each frame,
        ask the camera for bgr24 instead: that is faster, and made once for all consumers."""
        return to_bgr(self.format, self.planes, self.matrix, self.full_range)

    def copy(self) -> Frame:
        """The same frame with pixels of its own, which are writable and never released."""
        return Frame(self._camera, self._fields, tuple(plane.copy() for plane in self.planes), None)

    # Lifetime

    @property
    def released(self) -> bool:
        """True once the pixels may not be touched."""
        return self._planes is None or (self._connection is not None and self._connection.ended)

    def keep(self) -> Frame:
        """Makes the frame live until `release()`, past the next one. It takes one of the leases
        of its camera, which must have been asked for more than one to go on."""
        self._kept = True
        return self

    def release(self) -> None:
        """Ends the lease. The camera is told when it is asked for the next frame, so that what
        it sends then is the newest. No effect on a released frame or a copy."""
        if self._connection is not None and self._planes is not None:
            self._planes = None
            self._connection.returned.append(self._fields[p.F_LEASE])

    def __enter__(self) -> Frame:
        return self.keep()

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.release()

    def __del__(self) -> None:
        self.release()

    # Metadata, which stays after the release

    @property
    def camera(self) -> str:
        """Name of the camera."""
        return self._camera

    @property
    def age(self) -> float:
        """Seconds since the last packet of the picture was received."""
        return time.monotonic() - self._fields[p.F_RECEIVED_AT] * 1e-9

    @property
    def format(self) -> str:
        """gray8, yuv420p, nv12, rgb24, bgr24, yuv422p, yuv444p, or one of gray10, yuv420p10,
        yuv420p12 and so on, whose samples are 16-bit words."""
        return FORMATS[self._fields[p.F_FORMAT]].name

    @property
    def width(self) -> int:
        """Pixels."""
        return self._fields[p.F_WIDTH]

    @property
    def height(self) -> int:
        """Pixels."""
        return self._fields[p.F_HEIGHT]

    @property
    def content(self) -> Rect:
        """Where the camera's picture lies: the whole frame, but for `fit="letterbox"`."""
        return Rect(*self._fields[p.F_CONTENT : p.F_CONTENT + 4])

    @property
    def source_width(self) -> int:
        """Pixels of the decoded picture, before any scaling."""
        return self._fields[p.F_SOURCE_WIDTH]

    @property
    def source_height(self) -> int:
        """Pixels of the decoded picture, before any scaling."""
        return self._fields[p.F_SOURCE_HEIGHT]

    @property
    def generation(self) -> int:
        """Changes with the size or format of the decoded pictures."""
        return self._fields[p.F_GENERATION]

    @property
    def sequence(self) -> int:
        """Counts the decoded frames of the camera."""
        return self._fields[p.F_SEQUENCE]

    @property
    def unit_sequence(self) -> int:
        """Counts the pictures that the camera sent, decoded or not."""
        return self._fields[p.F_UNIT_SEQUENCE]

    @property
    def rtp_time(self) -> int:
        """The camera's media time in units of 1 / `clock_rate` seconds; never wraps."""
        return self._fields[p.F_RTP_TIME]

    @property
    def clock_rate(self) -> int:
        """Units of `rtp_time` in a second."""
        return self._fields[p.F_CLOCK_RATE]

    @property
    def captured_at(self) -> Optional[float]:
        """By the camera's own clock, seconds since 1970 (as `time.time()`); None if unknown."""
        captured_at = self._fields[p.F_CAPTURED_AT]
        return captured_at * 1e-9 if captured_at else None

    @property
    def received_at(self) -> float:
        """When the last packet of the picture was received."""
        return self._fields[p.F_RECEIVED_AT] * 1e-9

    @property
    def decoded_at(self) -> float:
        """When the picture was decoded."""
        return self._fields[p.F_DECODED_AT] * 1e-9

    @property
    def published_at(self) -> float:
        """When the camera offered the frame to consumers."""
        return self._fields[p.F_PUBLISHED_AT] * 1e-9

    @property
    def dropped_before(self) -> int:
        """Pictures that the camera dropped since its last frame."""
        return self._fields[p.F_DROPPED_BEFORE]

    @property
    def missed_before(self) -> int:
        """Frames of the camera that this consumer did not get since the last one."""
        return self._fields[p.F_MISSED_BEFORE]

    @property
    def keyframe(self) -> bool:
        return bool(self._fields[p.F_FLAGS] & p.FLAG_KEYFRAME)

    @property
    def corrupt(self) -> bool:
        """True if parts of the picture may be wrong."""
        return bool(self._fields[p.F_FLAGS] & p.FLAG_CORRUPT)

    @property
    def after_gap(self) -> bool:
        """True if pictures are missing before this one."""
        return bool(self._fields[p.F_FLAGS] & p.FLAG_AFTER_GAP)

    @property
    def interlaced(self) -> bool:
        """True if the odd rows were taken at another time than the even ones."""
        return bool(self._fields[p.F_FLAGS] & p.FLAG_INTERLACED)

    @property
    def full_range(self) -> bool:
        """True if luma uses 0..255 rather than 16..235."""
        return bool(self._fields[p.F_FLAGS] & p.FLAG_FULL_RANGE)

    @property
    def matrix(self) -> str:
        """How luma and chroma make colours: bt601, bt709 or bt2020."""
        return p.MATRIX_NAMES.get(self._fields[p.F_MATRIX], "bt709")

    def __repr__(self) -> str:
        return (
            f"<camherd.Frame {self.sequence} of {self._camera!r}, {self.format} "
            f"{self.width}x{self.height}{', released' if self.released else ''}>"
        )
