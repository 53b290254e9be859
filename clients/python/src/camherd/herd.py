"""Frames of many cameras, for one thread."""

from __future__ import annotations

import math
import select
import time
from types import MappingProxyType
from typing import Any, Dict, Iterable, List, Mapping, Optional, Set, Tuple, Union

from ._closing import Closing
from ._link import EXCHANGE_TIME
from ._waiting import Steps, deadline_of, drive
from .camera import Camera
from .discovery import cameras as discover
from .errors import CamherdError, NoLeaseFree, Timeout
from .frame import Frame

__all__ = ["Herd"]

_LOOK_EVERY = 1.0  # seconds between two looks for new cameras


class Herd(Closing):
    """Waits on many cameras: an iterator of frames from any of them, and a context manager.

    Fair: of the cameras that have a frame, the one comes first that waited longest for its turn,
    however fast the others are. Fresh: a frame that had to wait for its turn for so long that its
    camera has a newer one is exchanged for that.

    Asking for more (`next`, `read`, `batch`, iteration) releases what was handed out before, of
    all cameras, unless it was kept. Otherwise as `Camera`. A camera that refuses the request for
    good is left alone; `cameras[name].problem` says why.
    """

    def __init__(
        self,
        cameras: Iterable[Union[str, Camera]],
        runtime_dir: Optional[str] = None,
        **options: Any,
    ) -> None:
        """Names, which get the `options` of `Camera`, and cameras, which have their own; the herd
        closes them. ValueError for options no camera could grant, and for a name twice."""
        self._options = dict(options, runtime_dir=runtime_dir)
        self._cameras: Dict[str, Camera] = {}
        self._lent: Dict[str, Camera] = {}  # whose frames the caller has
        self._away: Dict[str, Camera] = {}  # not connected
        self._ready: Dict[str, Camera] = {}  # have a frame
        self._at: Dict[int, Camera] = {}  # by descriptor
        self._fds: Dict[str, int] = {}  # -1: none
        self._turns: Dict[str, int] = {}  # when each had its last turn
        self._turn = 0
        self._awaited: Set[str] = set()  # to whom a late frame was given back
        self._await_until = 0.0
        self._look_at = math.inf
        self._closed = False
        self._epoll = select.epoll()
        for camera in cameras:
            self._add(camera if isinstance(camera, Camera) else Camera(camera, **self._options))

    @classmethod
    def all(cls, runtime_dir: Optional[str] = None, **options: Any) -> Herd:
        """All cameras of this machine. New ones join within a second, and those that were
        removed leave. The options are those of `Camera`."""
        herd = cls(discover(runtime_dir), runtime_dir, **options)
        herd._look_at = time.monotonic() + _LOOK_EVERY
        return herd

    @property
    def cameras(self) -> Mapping[str, Camera]:
        """The cameras by name, for their state and problem. Do not read from them."""
        return MappingProxyType(self._cameras)

    def read(self, timeout: Optional[float] = None) -> Optional[Frame]:
        """A frame of the camera whose turn it is, waiting at most `timeout` seconds (None:
        forever); None if there was none. Refused if all cameras refuse; NoLeaseFree if all of
        their frames are kept."""
        frames = self.batch(1, timeout)
        return frames[0] if frames else None

    def next(self, timeout: Optional[float] = None) -> Frame:
        """As `read`, but raises Timeout if there was no frame in time."""
        frame = self.read(timeout)
        if frame is None:
            raise Timeout(self._why_no_frame(timeout))
        return frame

    def batch(
        self, max_frames: Optional[int] = None, timeout: Optional[float] = None, linger: float = 0
    ) -> List[Frame]:
        """The newest frame of each of several cameras, in the order of their turns, at most
        `max_frames` (None: of all cameras). Waits for the first at most `timeout` seconds, then
        `linger` seconds for a fuller batch. Empty if there was none."""
        return drive(self._batch(max_frames, timeout, linger), self._hint)

    def close(self) -> None:
        """Releases all frames, kept ones too, and ends all connections. Iteration ends."""
        self._closed = True
        for camera in self._cameras.values():
            camera.close()
        self._at.clear()
        for members in (self._ready, self._away, self._lent):
            members.clear()
        self._epoll.close()

    def __iter__(self) -> Herd:
        return self

    def __next__(self) -> Frame:
        if self._closed:
            raise StopIteration
        return self.next()

    # What camherd.aio shares

    def _batch(
        self, max_frames: Optional[int], timeout: Optional[float], linger: float
    ) -> Steps[List[Frame]]:
        self._let_go()
        most = _at_least_one(max_frames)
        deadline = deadline_of(timeout)
        if linger > 0:
            if (yield lambda now, _: self._look(now, 1), deadline) is None:
                return []
            enough = min(most, len(self._cameras))
            yield lambda now, _: self._look(now, enough), deadline_of(linger)
            deadline = max(deadline, deadline_of(2 * EXCHANGE_TIME))
        frames = yield lambda now, end: self._attempt(now, end, most), deadline
        return frames or []

    def _let_go(self) -> None:
        """Releases what was handed out last. The leases go back at once, since the next frame is
        wanted as soon as there is one."""
        now = time.monotonic()
        lent, self._lent = self._lent, {}
        for camera in lent.values():
            camera._let_go()
            self._receive(camera, now)

    def _look(self, now: float, enough: int) -> Optional[bool]:
        """Takes what has come; true if `enough` cameras have a frame."""
        if self._closed:
            raise CamherdError("the herd was closed")
        if now >= self._look_at:
            self._follow_discovery(now)
        for camera in [c for c in self._away.values() if now >= c._link.retry_at]:
            self._receive(camera, now)
        for fd, _ in self._epoll.poll(0):
            if fd in self._at:
                self._receive(self._at[fd], now)
        if not self._ready:
            self._raise_if_hopeless()
        return True if len(self._ready) >= enough else None

    def _attempt(self, now: float, deadline: float, most: int) -> Optional[List[Frame]]:
        if self._look(now, 1) is None:
            return None
        if self._awaited:
            if now < self._await_until and not self._awaited <= self._ready.keys():
                return None
            self._awaited.clear()
        chosen = sorted(self._ready.values(), key=lambda c: self._turns[c.name])[:most]
        if deadline - now > EXCHANGE_TIME:
            self._awaited = {c.name for c in chosen if self._refresh(c, now)}
            if self._awaited:
                self._await_until = now + EXCHANGE_TIME
                return None
        return [self._hand_out(camera) for camera in chosen if camera._link.waiting]

    def _hint(self) -> Tuple[int, float]:
        again = min((c._link.retry_at for c in self._away.values()), default=math.inf)
        if self._awaited:
            again = min(again, self._await_until)
        return self._epoll.fileno(), min(again, self._look_at)

    def _hand_out(self, camera: Camera) -> Frame:
        frame = camera._link.take()
        assert frame is not None
        camera._last = frame
        self._lent[camera.name] = camera
        self._turn += 1
        self._turns[camera.name] = self._turn
        self._sort(camera)
        return frame

    def _receive(self, camera: Camera, now: float) -> None:
        camera._link.receive(now)
        self._sort(camera)

    def _refresh(self, camera: Camera, now: float) -> bool:
        given_back = camera._link.refresh(now)
        self._sort(camera)
        return given_back

    def _sort(self, camera: Camera) -> None:
        """Puts a camera where it belongs after anything was done with its link."""
        name, link = camera.name, camera._link
        fd, known = link.fileno(), self._fds.get(name, -1)
        if fd != known:
            if known >= 0:
                del self._at[known]  # a closed descriptor left epoll by itself
            if fd >= 0:
                self._at[fd] = camera
                self._epoll.register(fd, select.EPOLLIN)
            self._fds[name] = fd
        if fd < 0 and name in self._cameras:
            self._away[name] = camera
        else:
            self._away.pop(name, None)
        if link.waiting:
            self._ready[name] = camera
        else:
            self._ready.pop(name, None)

    def _add(self, camera: Camera) -> None:
        if camera.name in self._cameras:
            raise ValueError(f"camera {camera.name!r} twice")
        self._cameras[camera.name] = camera
        self._turns[camera.name] = 0
        self._sort(camera)

    def _follow_discovery(self, now: float) -> None:
        self._look_at = now + _LOOK_EVERY
        there = discover(self._options["runtime_dir"])
        for name in there:
            if name not in self._cameras:
                self._add(Camera(name, **self._options))
        for name in [name for name in self._away if name not in there]:
            camera = self._cameras.pop(name)
            camera.close()
            self._sort(camera)

    def _why_no_frame(self, timeout: Optional[float]) -> str:
        return f"no frame of {len(self._cameras)} cameras within {timeout} s"

    def _raise_if_hopeless(self) -> None:
        """For when no camera has a frame: none will have one without the caller's doing."""
        hopeful = (c for c in self._cameras.values() if not c.refused and c._link.lease_free)
        if self._look_at < math.inf or any(True for _ in hopeful):
            return
        for camera in self._cameras.values():
            if camera._link.refused is not None:
                raise camera._link.refused
        if self._cameras:
            raise NoLeaseFree("the leases on all cameras are held by kept frames: release some")
        raise CamherdError("a herd without cameras")


def _at_least_one(max_frames: Optional[int]) -> int:
    if max_frames is None:
        return 1 << 30
    if max_frames < 1:
        raise ValueError(f"max_frames={max_frames!r} is less than one")
    return max_frames
