"""What the package itself costs for each frame, its array and its age: processor time and real time
from one `next` to the next, with cameras in processes of their own that always have a frame. The
real time has the answer of the camera (also Python) in it.

    PYTHONPATH=src python3 benchmarks/frame_cost.py [FRAMES]
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from typing import Callable, List

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "tests"))

import camherd  # noqa: E402
from fake_camera import FakeCamera  # noqa: E402

HERD = 20


def serve(runtime_dir: str, name: str) -> None:
    """Answers each release with a frame, in four slots by turns; ends with its parent."""
    camera = FakeCamera(runtime_dir, name)
    camera.socket.settimeout(None)
    while True:
        peer = camera.accept()
        peer.socket.settimeout(None)
        peer.grant()
        try:
            while True:
                peer.frame(plane_offset=[peer.leases % 4 * 65536, 0, 0])
                if not peer.socket.recv(64):
                    break
        except ConnectionError:
            pass
        peer.close()


def measure(what: str, frames: int, read: Callable[[], int]) -> None:
    """`read` says how many frames it has read."""
    read()
    begun, used = time.perf_counter(), time.process_time()
    count = 0
    while count < frames:
        count += read()
    report(what, count, begun, used)


async def measure_aio(runtime_dir: str, frames: int) -> None:
    async with camherd.aio.Camera("cam0", runtime_dir=runtime_dir) as camera:
        touch(await camera.next())
        begun, used = time.perf_counter(), time.process_time()
        for _ in range(frames):
            touch(await camera.next())
        report("aio.Camera.next", frames, begun, used)


def report(what: str, frames: int, begun: float, used: float) -> None:
    spent, passed = time.process_time() - used, time.perf_counter() - begun
    each, all_in_all = spent / frames * 1e6, passed / frames * 1e6
    print(f"{what:24} {each:6.1f} us of processor a frame, {all_in_all:6.1f} us in all")


def touch(frame: camherd.Frame) -> int:
    return int(frame.array is not None and frame.age >= 0)


def main() -> None:
    frames = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as runtime_dir:
        children: List[int] = []
        for n in range(HERD):
            child = os.fork()
            if child == 0:
                serve(runtime_dir, f"cam{n}")
            children.append(child)
        while len(camherd.cameras(runtime_dir)) < HERD:
            time.sleep(0.01)
        try:
            with camherd.Camera("cam0", runtime_dir=runtime_dir) as camera:
                measure("Camera.next", frames, lambda: touch(camera.next()))
            with camherd.Herd.all(runtime_dir) as herd:
                measure(f"Herd.next, {HERD} cameras", frames, lambda: touch(herd.next()))
                measure(f"Herd.batch, {HERD} cameras", frames, lambda: len(herd.batch()))
            asyncio.run(measure_aio(runtime_dir, frames))
        finally:
            for child in children:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)


if __name__ == "__main__":
    main()
