"""The freshest frames of the IP cameras that camherd keeps on this machine, without a copy.

    import camherd

    with camherd.Camera("yard", format="bgr24", size=(640, 0)) as yard:
        for frame in yard:
            detect(frame.array)  # a read-only numpy array in shared memory

`Camera` reads one camera, `Herd` many on one thread, `camherd.aio` has both for asyncio, and
`VideoCapture` stands in for cv2.VideoCapture.
"""

from .camera import Camera
from .capture import VideoCapture
from .discovery import cameras, find_runtime_dir
from .errors import (
    CameraNotFound,
    CamherdError,
    FrameReleased,
    NoLeaseFree,
    NoSingleArray,
    Refused,
    Timeout,
)
from .frame import Frame, Rect
from .herd import Herd
from . import aio  # noqa: E402  (after what it wraps)

__version__ = "0.1.0"

__all__ = [
    "Camera",
    "CameraNotFound",
    "CamherdError",
    "Frame",
    "FrameReleased",
    "Herd",
    "NoLeaseFree",
    "NoSingleArray",
    "Rect",
    "Refused",
    "Timeout",
    "VideoCapture",
    "aio",
    "cameras",
    "find_runtime_dir",
]
