"""A drop-in for cv2.VideoCapture. Does not need cv2."""

from __future__ import annotations

from types import TracebackType
from typing import Dict, Optional, Tuple, Type
from urllib.parse import parse_qsl, urlsplit

from .camera import Camera
from .errors import Refused
from .formats import Array
from .frame import Frame

__all__ = ["VideoCapture"]

# cv2.CAP_PROP_*
POS_MSEC, POS_FRAMES, FRAME_WIDTH, FRAME_HEIGHT, FPS, FOURCC, FRAME_COUNT = 0, 1, 3, 4, 5, 6, 7
FORMAT, CONVERT_RGB, BUFFERSIZE, OPEN_TIMEOUT_MSEC, READ_TIMEOUT_MSEC = 8, 16, 38, 53, 54

_CV_8UC3 = 16.0
_BGR3 = float(int.from_bytes(b"BGR3", "little"))
_SECOND_FRAME_TIME = 2.0  # that opening may take longer to learn the rate
_RATE_MEMORY = 0.9  # of the known time between pictures against the latest


class VideoCapture:
    """Reads bgr pictures of one camera as cv2.VideoCapture does, so that a script changes one
    line. What differs: each picture is the newest, whatever the script took for the last; and a
    camera that went away and came back is read on, so `isOpened` stays true until `release`.

    `read` and `retrieve` give a picture of the caller's own, which it may draw into. That is the
    one copy made; with `copy=False` it is a read-only view that lasts until the next picture.
    """

    def __init__(
        self,
        name: Optional[str] = None,
        api: int = 0,
        *,
        copy: bool = True,
        timeout: float = 5.0,
        open_timeout: float = 5.0,
        runtime_dir: Optional[str] = None,
    ) -> None:
        """Opens a camera, by its name or as `camherd://NAME?size=640x480&fps=5&fit=letterbox`.
        `api` is not looked at. `timeout`: seconds that `read` waits for a picture."""
        self._copy = copy
        self._timeout = timeout
        self._open_timeout = open_timeout
        self._runtime_dir = runtime_dir
        self._name = ""
        self._size = (0, 0)
        self._fit = "stretch"
        self._max_fps: Optional[float] = None
        self._camera: Optional[Camera] = None
        self._frame: Optional[Frame] = None  # grabbed
        self._shown: Optional[Frame] = None  # the last that came, for its metadata
        self._first: Optional[Frame] = None
        self._interval = 0.0  # seconds between the camera's pictures; 0: unknown
        if name is not None:
            self.open(name)

    def open(self, name: str, api: int = 0) -> bool:
        """Releases what was open, and waits for the camera's first picture. False if none came
        within `open_timeout`. ValueError for what is no name of a camera."""
        self.release()
        self._name, options = _parse(name)
        self._size = _size_of(options.get("size", "0x0"))
        self._fit = options.get("fit", "stretch")
        self._max_fps = float(options["fps"]) if "fps" in options else None
        return self._connect()

    def isOpened(self) -> bool:
        """True from a successful `open` until `release`, also while the camera is away."""
        return self._camera is not None

    def grab(self) -> bool:
        """Waits for the newest picture, without copying it. False if none came in time."""
        if self._camera is None:
            return False
        try:
            frame = self._camera.read(self._timeout)
        except Refused:
            frame = None
        self._frame = frame
        if frame is not None:
            self._learn_rate(frame)
            self._shown = frame
            if self._first is None:
                self._first = frame
        return frame is not None

    def retrieve(
        self, image: Optional[Array] = None, flag: int = 0
    ) -> Tuple[bool, Optional[Array]]:
        """The picture of the last `grab`: (True, array), or (False, None). An `image` of its size
        is written into, as cv2 does."""
        if self._frame is None:
            return False, None
        picture = self._frame.array
        if not self._copy:
            return True, picture
        if image is not None and image.shape == picture.shape and image.dtype == picture.dtype:
            image[...] = picture
            return True, image
        return True, picture.copy()

    def read(self, image: Optional[Array] = None) -> Tuple[bool, Optional[Array]]:
        """`grab` and `retrieve`."""
        return self.retrieve(image) if self.grab() else (False, None)

    def get(self, prop: int) -> float:
        """A cv2.CAP_PROP_*; 0.0 for those that have no meaning here, as cv2."""
        shown, first = self._shown, self._first
        values = {
            FPS: self._rate(),
            FOURCC: _BGR3,
            FORMAT: _CV_8UC3,
            CONVERT_RGB: 1.0,
            BUFFERSIZE: 1.0,
            OPEN_TIMEOUT_MSEC: self._open_timeout * 1000,
            READ_TIMEOUT_MSEC: self._timeout * 1000,
        }
        if shown is not None and first is not None:
            values[FRAME_WIDTH] = float(shown.width)
            values[FRAME_HEIGHT] = float(shown.height)
            values[POS_FRAMES] = float(shown.sequence - first.sequence)
            values[POS_MSEC] = _media_time(first, shown) * 1000
        return values.get(prop, 0.0) if self._camera is not None else 0.0

    def set(self, prop: int, value: float) -> bool:
        """FRAME_WIDTH, FRAME_HEIGHT (0: by the shape of the picture) and FPS ask the camera anew;
        the timeouts are taken. True if it is so now."""
        if prop in (OPEN_TIMEOUT_MSEC, READ_TIMEOUT_MSEC) and value > 0:
            if prop == OPEN_TIMEOUT_MSEC:
                self._open_timeout = value / 1000
            else:
                self._timeout = value / 1000
            return True
        if prop in (CONVERT_RGB, BUFFERSIZE):
            return value == 1
        if self._camera is None or prop not in (FRAME_WIDTH, FRAME_HEIGHT, FPS) or value < 0:
            return False
        before = self._size, self._max_fps
        if prop == FPS:
            self._max_fps = value or None
        else:
            width, height = self._size
            self._size = (int(value), height) if prop == FRAME_WIDTH else (width, int(value))
        try:
            if (self._size, self._max_fps) == before or self._connect():
                return True
        except ValueError:  # more than any camera makes
            pass
        self._size, self._max_fps = before
        self._connect()
        return False

    def release(self) -> None:
        """Ends the connection."""
        if self._camera is not None:
            self._camera.close()
        self._camera = None
        self._frame = self._shown = self._first = None
        self._interval = 0.0

    def getBackendName(self) -> str:
        return "CAMHERD"

    def __enter__(self) -> VideoCapture:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.release()

    def _connect(self) -> bool:
        """With what is asked now; scripts ask for size and rate before they read, hence two
        pictures are waited for."""
        self.release()
        self._camera = Camera(
            self._name,
            format="bgr24",
            size=self._size,
            fit=self._fit,
            max_fps=self._max_fps,
            runtime_dir=self._runtime_dir,
        )
        timeout, self._timeout = self._timeout, self._open_timeout
        try:
            if not self.grab():
                self.release()
                return False
            self._timeout = _SECOND_FRAME_TIME
            self.grab()
        finally:
            self._timeout = timeout
        return True

    def _learn_rate(self, frame: Frame) -> None:
        shown = self._shown
        if shown is None or frame.unit_sequence <= shown.unit_sequence:
            return
        passed = _media_time(shown, frame) / (frame.unit_sequence - shown.unit_sequence)
        if passed > 0:
            known = self._interval or passed
            self._interval = known * _RATE_MEMORY + passed * (1 - _RATE_MEMORY)

    def _rate(self) -> float:
        if not self._interval:
            return 0.0
        rate = round(1 / self._interval, 3)
        return min(rate, self._max_fps) if self._max_fps else rate


def _media_time(earlier: Frame, later: Frame) -> float:
    """Seconds by the camera's media clock; never negative."""
    return max((later.rtp_time - earlier.rtp_time) / (later.clock_rate or 90000), 0.0)


def _parse(name: str) -> Tuple[str, Dict[str, str]]:
    if not isinstance(name, str):
        raise ValueError(f"{name!r} is no name of a camera")
    if "://" not in name:
        return name, {}
    parts = urlsplit(name)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = options.keys() - {"size", "fit", "fps"}
    if parts.scheme != "camherd" or unknown:
        # Not repeated: a URL of a camera may hold its password.
        raise ValueError(
            "give a camera by its name in camherd's configuration, or as "
            "camherd://NAME?size=WxH&fit=letterbox&fps=N"
        )
    return parts.netloc, options


def _size_of(text: str) -> Tuple[int, int]:
    width, x, height = text.partition("x")
    if not (x and width.isdigit() and height.isdigit()):
        raise ValueError(f"size={text} is not WIDTHxHEIGHT")
    return int(width), int(height)
