"""Frames of one camera."""

from __future__ import annotations

import os
from typing import Optional, Tuple

from ._closing import Closing
from ._link import EXCHANGE_TIME, Link
from ._request import make_request
from ._waiting import deadline_of, wait
from .discovery import cameras
from .errors import CameraNotFound, CamherdError, NoLeaseFree, Timeout
from .frame import Frame

__all__ = ["Camera"]


class Camera(Closing):
    """The freshest frames of one camera: an iterator and a context manager.

    Asking for a frame (`next`, `read`, iteration) releases the one before it, unless that was
    kept. The camera is told of a release when it is asked for the next frame and not earlier, so
    that what comes is the newest however long the caller took.

    The connection is made when the first frame is asked for, and again whenever it is lost: after
    50 ms, then after twice as long each time, at most a second. One thread at a time. Not to be
    shared with a forked process.
    """

    def __init__(
        self,
        name: str,
        format: str = "native",
        size: Optional[Tuple[int, int]] = None,
        fit: str = "stretch",
        max_fps: Optional[float] = None,
        pictures: str = "everything",
        queue: int = 0,
        leases: int = 1,
        runtime_dir: Optional[str] = None,
    ) -> None:
        """Remembers what is wanted. ValueError for what no camera could grant.

        format       native (as decoded, without any conversion), gray8, yuv420p, nv12, rgb24,
                     bgr24 (what OpenCV works with)
        size         (width, height) in pixels; one of them 0: by the shape of the picture; None:
                     as decoded
        fit          stretch, or letterbox: keep the shape, with grey bars; see `Frame.content`
        max_fps      frames a second at most; None: every frame
        pictures     everything, references or keyframes: what is decoded for this consumer
        queue        0: only the newest frame waits; n (to 16): the n newest, in order
        leases       frames held at the same time, 1 to 4: one more than are kept
        runtime_dir  of the daemon; None: see `camherd.find_runtime_dir`
        """
        self._link = Link(
            make_request(name, format, size, fit, max_fps, pictures, queue, leases, runtime_dir)
        )
        self._last: Optional[Frame] = None

    @classmethod
    def existing(cls, name: str, runtime_dir: Optional[str] = None, **options: object) -> Camera:
        """As `Camera`, but CameraNotFound at once if there is no such camera now."""
        camera = cls(name, runtime_dir=runtime_dir, **options)  # type: ignore[arg-type]
        path = camera._link.request.socket()
        if not os.path.exists(path):
            known = ", ".join(cameras(runtime_dir)) or "none"
            raise CameraNotFound(f"no camera {name!r}: there is no {path}; cameras: {known}")
        return camera

    @property
    def name(self) -> str:
        return self._link.request.name

    @property
    def state(self) -> str:
        """What the camera does, as of the last time a frame was asked for: stopped, connecting,
        waiting_keyframe, streaming, stalled, failed, backoff, quarantined; removed if there is
        no such camera or its daemon does not run."""
        return self._link.state

    @property
    def problem(self) -> str:
        """Why there is no frame, in words; empty if there is nothing to say."""
        return self._link.problem

    @property
    def refused(self) -> bool:
        """True once the camera said that it will never grant the request."""
        return self._link.refused is not None

    def read(self, timeout: Optional[float] = None) -> Optional[Frame]:
        """Waits for a frame newer than the last, at most `timeout` seconds; None: forever. None
        if there was none. Refused, NoLeaseFree; CamherdError if the camera was closed."""
        self._let_go()
        return wait(self._attempt, self._hint, deadline_of(timeout))

    def next(self, timeout: Optional[float] = None) -> Frame:
        """As `read`, but raises Timeout if there was no frame in time."""
        frame = self.read(timeout)
        if frame is None:
            raise Timeout(self._why_no_frame(timeout))
        return frame

    def close(self) -> None:
        """Releases all frames, kept ones too, and ends the connection. Iteration ends."""
        self._last = None
        self._link.close()

    def __iter__(self) -> Camera:
        return self

    def __next__(self) -> Frame:
        if self._link.closed:
            raise StopIteration
        return self.next()

    def __repr__(self) -> str:
        return f"<camherd.Camera {self.name!r}, {self.state}>"

    # What Herd and camherd.aio share

    def _let_go(self) -> None:
        """Releases the frame that was handed out last, unless it was kept."""
        last, self._last = self._last, None
        if last is not None and not last._kept:
            last.release()

    def _attempt(self, now: float, deadline: float) -> Optional[Frame]:
        link = self._link
        if link.closed:
            raise CamherdError(f"camera {self.name!r} was closed")
        link.receive(now)
        if deadline - now > EXCHANGE_TIME:
            link.refresh(now)
        frame = link.take()
        if frame is None:
            if link.refused is not None:
                raise link.refused
            if not link.lease_free:
                raise NoLeaseFree(
                    f"all {link.request.leases} leases on camera {self.name!r} are held by kept "
                    "frames: release one, or ask for more with leases="
                )
            return None
        self._last = frame
        return frame

    def _hint(self) -> Tuple[int, float]:
        return self._link.fileno(), self._link.retry_at

    def _why_no_frame(self, timeout: Optional[float]) -> str:
        because = f": {self.problem}" if self.problem else ""
        return f"no frame of camera {self.name!r} within {timeout} s; it is {self.state}{because}"
