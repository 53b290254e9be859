"""Many cameras, one thread: nobody starves, and nobody is served old frames."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Dict, Iterator

import pytest

import camherd
from camherd import Camera, Herd
from fake_camera import FakeCamera, Peer, now_ns
from live_camera import LiveCamera

SOON = 20.0


class Flock:
    """Cameras that say what a test tells them, and the herd that reads them."""

    def __init__(self, runtime_dir: str, names: str, **options: object) -> None:
        self.fakes = {name: FakeCamera(runtime_dir, name) for name in names}
        self.herd = Herd(names, runtime_dir, **options)
        assert self.herd.read(timeout=0) is None
        self.peers: Dict[str, Peer] = {name: self.fakes[name].accept() for name in names}
        for peer in self.peers.values():
            peer.grant()

    def close(self) -> None:
        self.herd.close()
        for fake in self.fakes.values():
            fake.close()


@pytest.fixture
def flock(runtime_dir: str) -> Iterator:
    with ExitStack() as stack:

        def make(names: str, **options: object) -> Flock:
            made = Flock(runtime_dir, names, **options)
            stack.callback(made.close)
            return made

        yield make


def test_frames_of_any_camera_say_whose_they_are(flock):
    made = flock("abc", format="gray8")
    made.peers["b"].frame(sequence=5)
    frame = made.herd.next(SOON)
    assert (frame.camera, frame.sequence) == ("b", 5)
    assert made.peers["a"].hello_fields()["format"] == 1


def test_the_camera_that_waited_longest_comes_first(flock):
    """Each camera has a frame again as soon as its last was taken."""
    made = flock("abc")
    for peer in made.peers.values():
        peer.frame()
    order = []
    for _ in range(9):
        order.append(made.herd.next(SOON).camera)
        made.peers[order[-1]].frame()
    assert order[:3] == order[3:6] == order[6:]
    assert sorted(order[:3]) == ["a", "b", "c"]


def test_cameras_that_always_have_a_frame_do_not_starve_the_others(runtime_dir):
    with ExitStack() as stack:
        for name in ("fast0", "fast1"):
            stack.enter_context(LiveCamera(runtime_dir, name, endless=True))
        slow = [stack.enter_context(LiveCamera(runtime_dir, f"slow{n}")) for n in range(10)]
        herd = stack.enter_context(Herd.all(runtime_dir))
        for _ in range(20):
            expected = {(camera.name, camera.publish()) for camera in slow}
            while expected:
                frame = herd.next(SOON)
                expected.discard((frame.camera, frame.sequence))


def test_asking_for_more_releases_what_was_handed_out(flock):
    made = flock("ab")
    made.peers["a"].frame()
    first = made.herd.next(SOON)
    made.peers["b"].frame()
    second = made.herd.next(SOON)
    assert first.released and not second.released
    assert made.peers["a"].released() == 1
    assert made.peers["b"].nothing_sent()


def test_kept_frames_stay(flock):
    made = flock("ab")
    made.peers["a"].frame()
    kept = made.herd.next(SOON).keep()
    made.peers["b"].frame()
    made.herd.next(SOON)
    assert not kept.released and made.peers["a"].nothing_sent()
    kept.release()


def test_a_camera_whose_lease_is_kept_does_not_stop_the_others(flock):
    made = flock("ab")
    made.peers["a"].frame()
    first = made.herd.next(SOON).keep()
    for sequence in range(3):
        made.peers["b"].frame(sequence=sequence)
        assert made.herd.next(SOON).sequence == sequence
    made.peers["b"].frame()
    second = made.herd.next(SOON).keep()
    with pytest.raises(camherd.NoLeaseFree):
        made.herd.read(SOON)
    first.release()
    second.release()


def test_a_batch_has_one_frame_of_each_camera(flock):
    made = flock("abcd")
    for name in "bd":
        made.peers[name].frame(sequence=ord(name))
    frames = made.herd.batch(timeout=SOON)
    assert {f.camera: f.sequence for f in frames} == {"b": ord("b"), "d": ord("d")}
    assert made.herd.batch(timeout=0) == []
    assert all(f.released for f in frames)


def test_a_batch_is_as_large_as_asked_and_the_rest_come_next(flock):
    made = flock("abcde")
    for peer in made.peers.values():
        peer.frame()
    first = {f.camera for f in made.herd.batch(3, SOON)}
    for name in first:
        made.peers[name].frame()
    second = [f.camera for f in made.herd.batch(3, SOON)]
    assert len(first) == 3
    assert set(second[:2]) == set("abcde") - first
    with pytest.raises(ValueError):
        made.herd.batch(0)


def test_a_batch_with_several_leases_has_the_newest_frame_of_a_camera(flock):
    made = flock("ab", leases=3)
    for sequence in range(3):
        made.peers["a"].frame(sequence=sequence)
    assert [f.sequence for f in made.herd.batch(timeout=SOON)] == [2]


def test_a_batch_that_lingers_waits_for_the_others(runtime_dir):
    with ExitStack() as stack:
        live = [stack.enter_context(LiveCamera(runtime_dir, name)) for name in "abc"]
        herd = stack.enter_context(Herd("abc", runtime_dir))
        herd.read(timeout=0)
        for camera in live:
            camera.publish()
        frames = herd.batch(timeout=SOON, linger=SOON)
        assert sorted(f.camera for f in frames) == ["a", "b", "c"]
        assert herd.batch(timeout=0.01, linger=SOON) == []


def test_a_frame_that_waited_too_long_for_its_turn_is_exchanged(flock):
    made = flock("ab")
    made.peers["a"].frame(sequence=1, published_at=now_ns() - 60_000_000_000)
    made.peers["b"].frame(sequence=2)
    frame = made.herd.next(SOON)
    if frame.camera == "b":  # they came at once, and `b` had its turn
        made.herd.read(timeout=0.02)
    assert made.peers["a"].released() == 1
    made.peers["a"].frame(sequence=300)
    assert made.herd.next(SOON).sequence == 300


def test_a_camera_without_a_newer_frame_does_not_hold_up_the_others(flock):
    made = flock("ab")
    made.peers["a"].frame(published_at=1)
    made.peers["b"].frame()
    begun = time.monotonic()
    assert made.herd.next(SOON).camera == "b"
    assert time.monotonic() - begun < SOON / 4


def test_late_frames_of_many_cameras_are_exchanged_together(flock):
    made = flock("abcdefgh")
    for peer in made.peers.values():
        peer.frame(sequence=1, published_at=now_ns() - 60_000_000_000)
    assert made.herd.batch(timeout=0.02) == []
    for peer in made.peers.values():
        assert peer.released() == 1
        peer.frame(sequence=300)
    frames = made.herd.batch(timeout=SOON)
    assert [frame.sequence for frame in frames] == [300] * 8


def test_cameras_with_options_of_their_own_can_be_members(runtime_dir):
    with LiveCamera(runtime_dir, "a", endless=True), LiveCamera(runtime_dir, "b", endless=True):
        own = Camera("b", runtime_dir=runtime_dir, format="bgr24", size=(64, 0))
        with Herd(["a", own], runtime_dir, size=(16, 0)) as herd:
            widths = {}
            while len(widths) < 2:
                frame = herd.next(SOON)
                widths[frame.camera] = frame.width
        assert widths == {"a": 16, "b": 64}


def test_the_same_camera_twice_is_a_value_error(runtime_dir):
    with pytest.raises(ValueError, match="'a' twice"):
        Herd(["a", "a"], runtime_dir)


def test_a_camera_that_refuses_for_good_is_left_alone(flock):
    made = flock("ab")
    made.peers["a"].refuse(3, "no such format")
    made.peers["b"].frame()
    assert made.herd.next(SOON).camera == "b"
    assert made.herd.cameras["a"].refused
    assert made.herd.cameras["a"].problem == "no such format"
    made.peers["b"].refuse(3, "no such format either")
    with pytest.raises(camherd.Refused):
        made.herd.read(SOON)


def test_a_camera_that_went_is_read_again_when_it_is_back(runtime_dir):
    with LiveCamera(runtime_dir, "a", endless=True), Herd("ab", runtime_dir) as herd:
        for _ in range(2):
            with LiveCamera(runtime_dir, "b", endless=True):
                while herd.next(SOON).camera != "b":
                    pass
            while herd.cameras["b"].state != "removed":
                assert herd.next(SOON).camera in "ab"


def test_the_herd_of_all_follows_the_cameras_of_the_machine(runtime_dir):
    with Herd.all(runtime_dir) as herd:
        assert herd.read(timeout=0.01) is None
        with LiveCamera(runtime_dir, "a", endless=True):
            assert herd.next(SOON).camera == "a"
            with LiveCamera(runtime_dir, "b", endless=True):
                while herd.next(SOON).camera != "b":
                    pass
                assert sorted(herd.cameras) == ["a", "b"]
            while "b" in herd.cameras:
                herd.next(SOON)
        assert [*herd.cameras] == ["a"]


def test_closing_ends_iteration_and_connections(flock):
    made = flock("ab")
    made.peers["a"].frame()
    for frame in made.herd:
        made.herd.close()
    assert frame.released
    assert all(peer.gone() for peer in made.peers.values())
    with pytest.raises(camherd.CamherdError, match="closed"):
        made.herd.read(0)


def test_an_empty_herd_does_not_wait_for_ever(runtime_dir):
    with Herd([], runtime_dir) as herd, pytest.raises(camherd.CamherdError, match="without"):
        herd.read()


def test_a_timeout_is_an_error_of_next_only(flock):
    made = flock("a")
    assert made.herd.read(timeout=0) is None
    with pytest.raises(camherd.Timeout, match="1 cameras"):
        made.herd.next(timeout=0)
