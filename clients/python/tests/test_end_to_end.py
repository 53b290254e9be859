"""The package beside the programs themselves: camherd-sim's cameras, ingested by camherd run.
Needs CAMHERD_BIN_DIR, the folder of both programs."""

from __future__ import annotations

import errno
import mmap
import os
import resource
import signal
import subprocess
import sys
import time
from typing import Dict, Iterator, List

import numpy as np
import pytest

import camherd
from block_code import read_block_code

BIN_DIR = os.environ.get("CAMHERD_BIN_DIR")
SOON = 60.0  # seconds; only against hanging
LOOP = 48  # pictures

pytestmark = pytest.mark.skipif(
    BIN_DIR is None, reason="CAMHERD_BIN_DIR does not say where camherd and camherd-sim are"
)


class Daemon:
    """camherd run on the simulated cameras, which can be started again."""

    def __init__(self, config: str, runtime_dir: str) -> None:
        self._config = config
        self._environment = {
            **os.environ,
            "CAMHERD_RUNTIME_DIR": runtime_dir,
            "STATE_DIRECTORY": f"{runtime_dir}/state",
        }
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [f"{BIN_DIR}/camherd", "run", self._config],
            env=self._environment,
            stderr=subprocess.DEVNULL,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        self._process.terminate()
        return self._process.wait(SOON)


@pytest.fixture(scope="module")
def config(tmp_path_factory) -> Iterator[str]:
    """Three cameras, and the configuration that names them."""
    path = str(tmp_path_factory.mktemp("sim") / "sim.yaml")
    simulator = subprocess.Popen(
        [f"{BIN_DIR}/camherd-sim", "--cameras", "3", "--port", "0", "--size", "320x240"]
        + ["--fps", "12", "--gop", "12", "--seconds", "4", "--config-out", path],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert simulator.stdout is not None
    assert simulator.stdout.readline().startswith(b"ready")
    with open(path, "a", encoding="utf-8") as file:
        file.write("http: { listen: off }\n")
    yield path
    simulator.terminate()
    simulator.wait(SOON)
    simulator.stdout.close()


@pytest.fixture
def daemon(config: str, runtime_dir: str) -> Iterator[Daemon]:
    running = Daemon(config, runtime_dir)
    yield running
    assert running.stop() == 0


def test_native_frames_are_whole_and_in_order(daemon, runtime_dir):
    with camherd.Camera("cam0", runtime_dir=runtime_dir, queue=8) as camera:
        seen: List[camherd.Frame] = []
        indices = []
        while len(seen) < 30:
            frame = camera.next(SOON)
            assert (frame.format, frame.width, frame.height) == ("yuv420p", 320, 240)
            assert [plane.shape for plane in frame.planes] == [(240, 320), (120, 160), (120, 160)]
            code = read_block_code(frame.planes[0])
            assert code is not None, f"frame {frame.sequence} is torn"
            indices.append(code[1])
            seen.append(frame)
        assert camera.state == "streaming"
    for (earlier, first), (later, second) in zip(zip(seen, indices), zip(seen[1:], indices[1:])):
        assert later.sequence > earlier.sequence
        assert (second - first) % LOOP == (later.unit_sequence - earlier.unit_sequence) % LOOP
        assert earlier.received_at <= earlier.decoded_at <= earlier.published_at


def test_luma_alone_costs_no_conversion(daemon, runtime_dir):
    with camherd.Camera("cam1", format="gray8", runtime_dir=runtime_dir) as camera:
        frame = camera.next(SOON)
        assert frame.array.shape == (240, 320)
        assert read_block_code(frame.array) is not None


def test_pictures_for_opencv(daemon, runtime_dir):
    with camherd.Camera(
        "cam1", "bgr24", (160, 160), "letterbox", runtime_dir=runtime_dir
    ) as camera:
        frame = camera.next(SOON)
        assert frame.array.shape == (160, 160, 3)
        assert frame.content == (0, 20, 160, 120)
        assert (frame.array[0] == 114).all()


def test_the_picture_a_consumer_converts_is_the_one_camherd_converts(daemon, runtime_dir):
    pytest.importorskip("cv2")
    options = dict(runtime_dir=runtime_dir, queue=8)
    with camherd.Camera("cam0", **options) as native:
        with camherd.Camera("cam0", format="bgr24", **options) as converted:
            theirs: Dict[int, np.ndarray] = {}
            ours: Dict[int, np.ndarray] = {}
            while not theirs.keys() & ours.keys():
                frame = converted.next(SOON)
                theirs[frame.sequence] = frame.array.copy()
                frame = native.next(SOON)
                ours[frame.sequence] = frame.to_bgr()
    sequence = min(theirs.keys() & ours.keys())
    difference = np.abs(theirs[sequence].astype(int) - ours[sequence])
    assert difference.mean() < 2  # chroma is scaled up by another filter


def test_video_capture_reads_a_real_camera(daemon, runtime_dir):
    with camherd.VideoCapture("cam2", runtime_dir=runtime_dir, open_timeout=SOON) as capture:
        assert capture.isOpened()
        ok, picture = capture.read()
        assert ok and picture.shape == (240, 320, 3) and picture.flags.writeable
        assert read_block_code(picture[..., 1]) is not None
        assert capture.get(5) == pytest.approx(12, rel=0.1)


def test_a_herd_hears_all_cameras(daemon, runtime_dir):
    with camherd.Herd.all(runtime_dir, max_fps=6) as herd:
        seen = set()
        while len(seen) < 3:
            seen.add(herd.next(SOON).camera)
        assert seen == {"cam0", "cam1", "cam2"}
        assert len(herd.batch(timeout=SOON, linger=2.0)) == 3


def test_a_consumer_cannot_change_a_frame(daemon, runtime_dir):
    with camherd.Camera("cam0", runtime_dir=runtime_dir) as camera:
        frame = camera.next(SOON)
        before = frame.planes[0].copy()
        for fd in segments_of_this_process():
            for access in (os.O_RDWR, os.O_WRONLY):
                again = os.open(f"/proc/self/fd/{fd}", access)
                refuses(errno.EPERM, lambda: os.write(again, b"x"))
                refuses(errno.EPERM, lambda: os.ftruncate(again, 4096))
                refuses(errno.EPERM, lambda: os.ftruncate(again, 1 << 30))
                os.close(again)
            writable = mmap.PROT_READ | mmap.PROT_WRITE
            refuses(errno.EPERM, lambda: mmap.mmap(fd, 4096, mmap.MAP_SHARED, writable))
            refuses(errno.EPERM, lambda: os.pwrite(fd, b"x", 0))
        np.testing.assert_array_equal(frame.planes[0], before)


def segments_of_this_process() -> List[int]:
    found = []
    for fd in map(int, os.listdir("/proc/self/fd")):
        try:
            if "memfd:" in os.readlink(f"/proc/self/fd/{fd}"):
                found.append(fd)
        except FileNotFoundError:  # that of the listing itself
            pass
    assert found
    return found


def refuses(reason: int, attempt) -> None:
    with pytest.raises(OSError) as raised:
        attempt()
    assert raised.value.errno in (reason, errno.EACCES)


def test_frames_go_on_after_the_daemon_was_killed_and_started_again(daemon, runtime_dir):
    with camherd.Camera("cam0", runtime_dir=runtime_dir, leases=2) as camera:
        kept = camera.next(SOON).keep()
        before = kept.planes[0].copy()
        daemon.kill()
        while camera.read(timeout=0) is not None:
            pass
        assert camera.state == "removed" and camera.problem
        daemon.start()
        assert read_block_code(camera.next(SOON).planes[0]) is not None
        np.testing.assert_array_equal(kept.planes[0], before)
        kept.release()


HOLDING = """
import camherd, sys, time
camera = camherd.Camera("cam0", runtime_dir=sys.argv[1], leases=4)
held = [camera.next().keep() for _ in range(4)]
print("holding", flush=True)
sys.stdin.read()
"""


def test_killed_consumers_leave_no_lease_behind(daemon, runtime_dir):
    """Twelve times four frames are more than the 32 that a camera lends at once."""
    source = os.path.dirname(os.path.dirname(camherd.__file__))
    for _ in range(12):
        consumer = subprocess.Popen(
            [sys.executable, "-c", HOLDING, runtime_dir],
            env={**os.environ, "PYTHONPATH": source},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert consumer.stdin is not None and consumer.stdout is not None
        assert consumer.stdout.readline() == b"holding\n"
        consumer.send_signal(signal.SIGKILL)
        consumer.wait()
        consumer.stdin.close()
        consumer.stdout.close()
    with camherd.Camera("cam0", runtime_dir=runtime_dir, leases=4) as camera:
        held = [camera.next(SOON).keep() for _ in range(4)]
        assert len({frame.sequence for frame in held}) == 4


def test_who_gets_no_frame_for_want_of_memory_is_told_why(daemon, runtime_dir):
    unlimited = resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE)
    other = camherd.Camera("cam0", runtime_dir=runtime_dir)
    camera = camherd.Camera("cam0", runtime_dir=runtime_dir, format="bgr24")
    with other, camera:
        other.next(SOON)
        resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))
        try:
            until = time.monotonic() + SOON
            while "memory" not in camera.problem and time.monotonic() < until:
                assert camera.read(0.1) is None
        finally:
            resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, unlimited)
        assert camera.problem.startswith("memory for another rendition")
        assert camera.state == "streaming"
        camera.next(SOON)
        camera.next(SOON)
        assert not camera.problem


def test_the_examples_run(daemon, runtime_dir, tmp_path):
    pytest.importorskip("cv2")
    python = os.path.dirname(os.path.dirname(os.path.dirname(camherd.__file__)))
    environment = {
        **os.environ,
        "PYTHONPATH": f"{python}/src",
        "CAMHERD_RUNTIME_DIR": runtime_dir,
    }
    with camherd.Camera("cam0", runtime_dir=runtime_dir) as camera:
        camera.next(SOON)
    ran = subprocess.run(
        [sys.executable, f"{python}/examples/people.py", "--for", "3"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert "frames; " in ran.stdout
    moving = subprocess.Popen(
        [sys.executable, f"{python}/examples/one_line.py", "cam0"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert moving.stdout is not None
    assert moving.stdout.readline() == "320x240, 12.0 pictures a second\n"
    moving.kill()
    moving.wait()
    moving.stdout.close()
