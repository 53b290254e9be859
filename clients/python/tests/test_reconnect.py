"""Cameras and daemons come and go; the consumer stays."""

from __future__ import annotations

import gc
import os
import threading

import numpy as np
import pytest

from camherd import Camera
from camherd._link import Link
from camherd._request import make_request
from fake_camera import FakeCamera
from live_camera import LiveCamera

SOON = 20.0


def test_the_delay_doubles_from_50_ms_to_a_second(runtime_dir):
    link = Link(make_request("yard", runtime_dir=runtime_dir))
    now, waits = 5000.0, []
    for _ in range(7):
        link.receive(now)
        waits.append(round(link.retry_at - now, 6))
        link.receive(link.retry_at - 0.001)  # too early: nothing is tried
        now = link.retry_at
    assert waits == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


def test_the_delay_is_short_again_after_a_frame(runtime_dir):
    link = Link(make_request("yard", runtime_dir=runtime_dir))
    now = 5000.0
    for _ in range(5):
        link.receive(now)
        now = link.retry_at
    fake = FakeCamera(runtime_dir)
    link.receive(now)
    peer = fake.accept()
    peer.grant()
    peer.frame()
    link.receive(now)
    assert link.take() is not None
    fake.close()
    link.receive(now)
    assert link.retry_at - now == pytest.approx(0.05)


def test_a_camera_that_only_hangs_up_is_not_tried_in_a_hurry(runtime_dir, fake):
    link = Link(make_request("yard", runtime_dir=runtime_dir))
    now, waits = 5000.0, []
    for _ in range(6):
        link.receive(now)
        fake.accept().close()
        link.receive(now)
        waits.append(round(link.retry_at - now, 6))
        now = link.retry_at
    assert waits == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0]


def test_a_consumer_that_came_first_gets_frames_once_the_daemon_runs(runtime_dir):
    camera = Camera("yard", runtime_dir=runtime_dir)
    assert camera.read(timeout=0.01) is None
    with LiveCamera(runtime_dir, endless=True):
        assert camera.next(SOON).format == "bgr24"
    camera.close()


def test_frames_go_on_after_a_restart_of_the_daemon(runtime_dir):
    camera = Camera("yard", runtime_dir=runtime_dir, leases=2)
    with LiveCamera(runtime_dir, endless=True):
        kept = camera.next(SOON).keep()
        before = kept.array.copy()
    assert camera.read(timeout=0) is None
    assert camera.state == "removed" and camera.problem
    with LiveCamera(runtime_dir, endless=True):
        assert camera.next(SOON).sequence == 1
    np.testing.assert_array_equal(kept.array, before)
    kept.release()
    camera.close()


def test_a_thread_that_waits_sees_the_camera_come_back(runtime_dir):
    first = LiveCamera(runtime_dir)
    got = []
    with Camera("yard", runtime_dir=runtime_dir) as camera:
        first.publish()
        assert camera.next(SOON).sequence == 1
        waiter = threading.Thread(target=lambda: got.append(camera.next(SOON).sequence))
        waiter.start()
        first.close()
        with LiveCamera(runtime_dir, endless=True):
            waiter.join()
    assert got == [1]


def test_a_socket_that_nobody_serves_is_said(runtime_dir, fake):
    fake.socket.close()
    camera = Camera("yard", runtime_dir=runtime_dir)
    assert camera.read(timeout=0) is None
    assert "nobody serves" in camera.problem
    camera.close()


def test_the_camera_may_grow_and_change_while_it_is_read(connect):
    """A change of resolution: new memory, and the old goes."""
    pair = connect()
    for generation in range(1, 20):
        pair.peer.frame(generation=generation, width=8 + generation, height=8,
                        plane_row_bytes=[8 + generation, 0, 0],
                        plane_stride=[8 + generation, 0, 0])  # fmt: skip
        frame = pair.camera.next(SOON)
        assert (frame.generation, frame.array.shape) == (generation, (8, 8 + generation))
        pair.peer.retire(pair.peer.segments)
        pair.peer.segment(pair.memory)


def test_nothing_is_left_of_200_connections(runtime_dir):
    def use() -> tuple:
        gc.collect()
        with open("/proc/self/maps") as maps:
            mapped = sum("memfd:fake" in line for line in maps)
        return len(os.listdir("/proc/self/fd")), mapped

    fake = FakeCamera(runtime_dir)
    link = Link(make_request("yard", runtime_dir=runtime_dir, leases=2))
    before = use()
    now = 5000.0
    for round_ in range(200):
        link.receive(now)
        peer = fake.accept()
        peer.grant()
        for sequence in range(2):
            peer.frame(sequence=sequence)
        link.receive(now)
        frame = link.take()
        assert frame is not None and frame.array.shape == (8, 16)
        if round_ % 2:
            frame.release()
        peer.close()
        fake.peers.clear()
        link.receive(now)
        assert link.fileno() == -1
        now = link.retry_at
    del frame
    assert use() == before
    fake.close()
