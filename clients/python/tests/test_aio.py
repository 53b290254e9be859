"""Frames in an event loop, without threads."""

from __future__ import annotations

import asyncio
import threading

import pytest

import camherd
from camherd import aio
from live_camera import LiveCamera

SOON = 20.0


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, SOON))


def test_frames_of_a_camera(runtime_dir):
    async def read():
        seen = []
        async with aio.Camera("yard", format="bgr24", runtime_dir=runtime_dir) as camera:
            async for frame in camera:
                seen.append((frame.sequence, int(frame.array[0, 0, 0])))
                if len(seen) == 50:
                    return seen

    with LiveCamera(runtime_dir, endless=True):
        assert run(read()) == [(n, n) for n in range(1, 51)]


def test_the_loop_does_other_things_while_frames_are_always_there(runtime_dir):
    async def read():
        done = asyncio.Event()
        asyncio.get_running_loop().call_later(0.05, done.set)
        async with aio.Camera("yard", runtime_dir=runtime_dir) as camera:
            while not done.is_set():
                await camera.next(SOON)

    with LiveCamera(runtime_dir, endless=True):
        run(read())


def test_a_read_ends_after_its_timeout(runtime_dir):
    async def read():
        async with aio.Camera("yard", runtime_dir=runtime_dir) as camera:
            assert await camera.read(0.01) is None
            assert "no camera" in camera.problem and camera.state == "removed"
            with pytest.raises(camherd.Timeout, match="'yard'"):
                await camera.next(0)

    run(read())


def test_a_camera_that_comes_later_is_seen(runtime_dir):
    async def read():
        async with aio.Camera("yard", runtime_dir=runtime_dir) as camera:
            waiting = asyncio.ensure_future(camera.next())
            await asyncio.sleep(0)
            live.append(LiveCamera(runtime_dir, endless=True))
            return (await waiting).sequence

    live = []
    assert run(read()) == 1
    live[0].close()


def test_a_cancelled_read_can_be_asked_again(runtime_dir):
    async def read():
        async with aio.Camera("yard", runtime_dir=runtime_dir) as camera:
            waiting = asyncio.ensure_future(camera.next())
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            live.publish()
            return (await camera.next()).sequence

    with LiveCamera(runtime_dir) as live:
        assert run(read()) == 1


def test_closing_from_another_task_ends_the_iteration(runtime_dir):
    async def read(source):
        async def take():
            async for _ in source:
                pass
            return "ended"

        taking = asyncio.ensure_future(take())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        source.close()
        return await taking

    with LiveCamera(runtime_dir):
        assert run(read(aio.Camera("yard", runtime_dir=runtime_dir))) == "ended"
        assert run(read(aio.Herd(["yard"], runtime_dir))) == "ended"


def test_two_tasks_on_one_camera_is_an_error_and_not_a_mystery(runtime_dir):
    async def read():
        async with aio.Camera("yard", runtime_dir=runtime_dir) as camera:
            first = asyncio.ensure_future(camera.next())
            await asyncio.sleep(0)
            with pytest.raises(RuntimeError, match="another task"):
                await camera.next()
            first.cancel()

    run(read())


def test_frames_of_a_herd(runtime_dir):
    async def read():
        seen = set()
        async with aio.Herd.all(runtime_dir, format="bgr24") as herd:
            async for frame in herd:
                seen.add(frame.camera)
                if len(seen) == 2:
                    assert sorted(herd.cameras) == ["a", "b"]
                    return await herd.batch(timeout=SOON, linger=SOON)

    with LiveCamera(runtime_dir, "a", endless=True), LiveCamera(runtime_dir, "b", endless=True):
        assert sorted(frame.camera for frame in run(read())) == ["a", "b"]


def test_no_thread_is_started(runtime_dir):
    async def read():
        async with aio.Herd(["yard"], runtime_dir) as herd:
            await herd.next()
            return threading.active_count()

    with LiveCamera(runtime_dir, endless=True):
        assert run(read()) == 2  # this one and the camera's
