"""What can go wrong, by what a caller does about it."""

from __future__ import annotations

__all__ = [
    "CameraNotFound",
    "CamherdError",
    "FrameReleased",
    "NoLeaseFree",
    "NoSingleArray",
    "ProtocolError",
    "Refused",
    "Timeout",
]


class CamherdError(Exception):
    """Base of all errors of this package. Wrong arguments are ValueError, as everywhere."""


class CameraNotFound(CamherdError):
    """No such camera on this machine. Raised only where asked for: a camera that is away is
    otherwise waited for."""


class Refused(CamherdError):
    """The camera will never grant this request, so waiting is of no use. `code` is the number
    of the lease protocol."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


class FrameReleased(CamherdError):
    """The pixels of a frame were asked for after it had been released."""


class NoLeaseFree(CamherdError):
    """A frame was asked for while the caller keeps as many as `leases` allows."""


class NoSingleArray(CamherdError):
    """`frame.array` of a format whose samples lie in several planes."""


class Timeout(CamherdError, TimeoutError):
    """No frame came in time; the text says what the camera was doing."""


class ProtocolError(CamherdError):
    """What speaks at the camera's socket broke the lease protocol. Never leaves the package:
    the connection is closed, and `problem` tells the text."""
