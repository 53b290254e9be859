"""The same for asyncio: `async for frame in camherd.aio.Camera("yard")`. No threads.

Arguments, errors and lifetimes are those of `camherd.Camera` and `camherd.Herd`; one task at a
time asks one of these for frames.
"""

from __future__ import annotations

import asyncio
import math
import time
from types import TracebackType
from typing import Any, Iterable, List, Mapping, Optional, Type, TypeVar, Union

from . import camera as _camera
from . import herd as _herd
from ._waiting import Attempt, Hint, deadline_of
from .errors import CamherdError, Timeout
from .frame import Frame

__all__ = ["Camera", "Herd"]

T = TypeVar("T")


class _Waiter:
    """Waits for one source on the running loop; one wait at a time."""

    def __init__(self) -> None:
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._woken: Optional[asyncio.Future[None]] = None
        self._fd = -1

    async def wait(self, attempt: Attempt[T], hint: Hint, deadline: float) -> Optional[T]:
        """The first result of `attempt`; None after `deadline`. Tries at least once."""
        while True:
            now = time.monotonic()
            result = attempt(now, deadline)
            if result is not None:
                await asyncio.sleep(0)  # the loop's other tasks, however fast frames come
                return result
            if now >= deadline:
                return None
            fd, again = hint()
            until = min(deadline, again)
            await self._readable(fd, None if until == math.inf else max(until - now, 0))

    def stop(self) -> None:
        """Ends the wait, before its descriptor is closed."""
        if self._loop is not None and self._fd >= 0:
            self._loop.remove_reader(self._fd)
        self._fd = -1
        self._wake()

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    async def _readable(self, fd: int, timeout: Optional[float]) -> None:
        if self._woken is not None:
            raise RuntimeError("another task already waits for this source")
        loop = self._loop = asyncio.get_running_loop()
        self._woken, self._fd = loop.create_future(), fd
        timer = loop.call_later(timeout, self._wake) if timeout is not None else None
        if fd >= 0:
            loop.add_reader(fd, self._wake)
        try:
            await self._woken
        finally:
            self.stop()
            self._woken = None
            if timer is not None:
                timer.cancel()


class Camera:
    """Frames of one camera: an asynchronous iterator and context manager."""

    def __init__(self, name: str, *args: Any, **options: Any) -> None:
        """The arguments of `camherd.Camera`."""
        self._camera = _camera.Camera(name, *args, **options)
        self._waiter = _Waiter()

    @property
    def name(self) -> str:
        return self._camera.name

    @property
    def state(self) -> str:
        return self._camera.state

    @property
    def problem(self) -> str:
        return self._camera.problem

    @property
    def refused(self) -> bool:
        return self._camera.refused

    async def read(self, timeout: Optional[float] = None) -> Optional[Frame]:
        """The next frame; None if there was none within `timeout` seconds."""
        camera = self._camera
        camera._let_go()
        return await self._waiter.wait(camera._attempt, camera._hint, deadline_of(timeout))

    async def next(self, timeout: Optional[float] = None) -> Frame:
        """As `read`, but raises Timeout."""
        frame = await self.read(timeout)
        if frame is None:
            raise Timeout(self._camera._why_no_frame(timeout))
        return frame

    def close(self) -> None:
        self._waiter.stop()
        self._camera.close()

    def __aiter__(self) -> Camera:
        return self

    async def __anext__(self) -> Frame:
        if self._camera._link.closed:
            raise StopAsyncIteration
        try:
            return await self.next()
        except CamherdError:
            if self._camera._link.closed:  # by another task, meanwhile
                raise StopAsyncIteration from None
            raise

    async def __aenter__(self) -> Camera:
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()


class Herd:
    """Frames of many cameras: an asynchronous iterator and context manager."""

    def __init__(
        self,
        cameras: Iterable[Union[str, _camera.Camera]],
        runtime_dir: Optional[str] = None,
        **options: Any,
    ) -> None:
        """The arguments of `camherd.Herd`."""
        self._herd = _herd.Herd(cameras, runtime_dir, **options)
        self._waiter = _Waiter()

    @classmethod
    def all(cls, runtime_dir: Optional[str] = None, **options: Any) -> Herd:
        """All cameras of this machine, as `camherd.Herd.all`."""
        herd = cls((), runtime_dir)
        herd._herd.close()
        herd._herd = _herd.Herd.all(runtime_dir, **options)
        return herd

    @property
    def cameras(self) -> Mapping[str, _camera.Camera]:
        return self._herd.cameras

    async def read(self, timeout: Optional[float] = None) -> Optional[Frame]:
        """The next frame of any camera; None if there was none within `timeout` seconds."""
        frames = await self.batch(1, timeout)
        return frames[0] if frames else None

    async def next(self, timeout: Optional[float] = None) -> Frame:
        """As `read`, but raises Timeout."""
        frame = await self.read(timeout)
        if frame is None:
            raise Timeout(self._herd._why_no_frame(timeout))
        return frame

    async def batch(
        self, max_frames: Optional[int] = None, timeout: Optional[float] = None, linger: float = 0
    ) -> List[Frame]:
        """As `camherd.Herd.batch`."""
        steps = self._herd._batch(max_frames, timeout, linger)
        result: Any = None
        while True:
            try:
                attempt, deadline = steps.send(result)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            result = await self._waiter.wait(attempt, self._herd._hint, deadline)

    def close(self) -> None:
        self._waiter.stop()
        self._herd.close()

    def __aiter__(self) -> Herd:
        return self

    async def __anext__(self) -> Frame:
        if self._herd._closed:
            raise StopAsyncIteration
        try:
            return await self.next()
        except CamherdError:
            if self._herd._closed:
                raise StopAsyncIteration from None
            raise

    async def __aenter__(self) -> Herd:
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()
