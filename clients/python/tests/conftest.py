from __future__ import annotations

import shutil
import tempfile
from typing import Callable, Iterator

import pytest

from camherd import Camera
from fake_camera import FakeCamera, Memory, Peer


@pytest.fixture
def runtime_dir() -> Iterator[str]:
    """A short path: those of sockets have 107 bytes."""
    folder = tempfile.mkdtemp(prefix="camherd-")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def fake(runtime_dir: str) -> Iterator[FakeCamera]:
    """The camera `yard`."""
    camera = FakeCamera(runtime_dir)
    yield camera
    camera.close()


class Pair:
    """A consumer and the camera's side of its connection, which is welcome and has memory."""

    def __init__(self, camera: Camera, peer: Peer, memory: Memory) -> None:
        self.camera, self.peer, self.memory = camera, peer, memory


@pytest.fixture
def connect(runtime_dir: str, fake: FakeCamera) -> Iterator[Callable[..., Pair]]:
    """Connects a consumer with these options to `fake`."""
    cameras = []

    def connected(**options: object) -> Pair:
        camera = Camera("yard", runtime_dir=runtime_dir, **options)  # type: ignore[arg-type]
        cameras.append(camera)
        assert camera.read(timeout=0) is None
        peer = fake.accept()
        return Pair(camera, peer, peer.grant())

    yield connected
    for camera in cameras:
        camera.close()
