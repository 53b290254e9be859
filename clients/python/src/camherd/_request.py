"""What a consumer asks of a camera."""

from __future__ import annotations

import os
from typing import NamedTuple, Optional, Tuple

from . import _protocol as p
from .discovery import camera_socket, find_runtime_dir
from .formats import REQUESTED


class Request(NamedTuple):
    name: str
    runtime_dir: Optional[str]  # None: looked for at each try, as a daemon may come later
    hello: bytes
    leases: int
    queue: int  # 0: only the newest frame waits
    max_fps: float  # 0: all
    pictures: str

    def socket(self) -> str:
        """Path of the camera's socket, as things are now."""
        return camera_socket(self.runtime_dir or find_runtime_dir(), self.name)


def make_request(
    name: str,
    format: str = "native",
    size: Optional[Tuple[int, int]] = None,
    fit: str = "stretch",
    max_fps: Optional[float] = None,
    pictures: str = "everything",
    queue: int = 0,
    leases: int = 1,
    runtime_dir: Optional[str] = None,
) -> Request:
    """A request with the options of `Camera`. ValueError for what no camera could grant."""
    for value, known, what in (
        (format, REQUESTED, "format"),
        (fit, p.FITS, "fit"),
        (pictures, p.PICTURES, "pictures"),
    ):
        if value not in known:
            raise ValueError(f"{what}={value!r} is not one of {', '.join(known)}")
    width, height = size if size is not None else (0, 0)
    if not (0 <= width < 1 << 16 and 0 <= height < 1 << 16):
        raise ValueError(f"size={size!r} is not (width, height) in pixels")
    if not 0 <= queue <= p.MOST_QUEUED:
        raise ValueError(f"queue={queue!r} is not within 0 and {p.MOST_QUEUED}")
    if not 1 <= leases <= p.MOST_LEASES:
        raise ValueError(f"leases={leases!r} is not within 1 and {p.MOST_LEASES}")
    if max_fps is not None and not 0.001 <= max_fps <= 1_000_000:
        raise ValueError(f"max_fps={max_fps!r} is not a rate; None asks for every frame")
    hello = p.hello.pack(
        p.HELLO,
        p.hello.size,
        p.MAGIC,
        p.VERSION,
        p.VERSION,
        REQUESTED[format],
        p.FITS[fit],
        p.PICTURES[pictures],
        1 if queue else 0,
        leases,
        0,
        queue,
        width,
        height,
        round(max_fps * 1000) if max_fps else 0,
    )
    chosen = os.fspath(runtime_dir) if runtime_dir is not None else None
    request = Request(name, chosen, hello, leases, queue, max_fps or 0.0, pictures)
    request.socket()
    return request
