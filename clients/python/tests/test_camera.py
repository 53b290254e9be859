"""What a consumer of one camera can rely on."""

from __future__ import annotations

import time

import pytest

import camherd
from camherd import Camera
from fake_camera import FakeCamera, now_ns

SOON = 20.0  # seconds; only against hanging


def test_hello_says_what_was_asked_for(runtime_dir, fake):
    camera = Camera(
        "yard", "bgr24", (640, 0), "letterbox", 2.5, "keyframes", 3, 2, runtime_dir=runtime_dir
    )
    camera.read(timeout=0)
    said = fake.accept().hello_fields()
    camera.close()
    assert said == dict(
        type=1, size=56, magic=0x44484D43, version_min=1, version_max=1, format=14, fit=1,
        pictures=2, delivery=1, leases=2, reserved=0, queue_depth=3, width=640, height=0,
        max_rate=2500,
    )  # fmt: skip


def test_by_default_the_newest_native_frame_of_everything_is_asked_for(connect):
    said = connect().peer.hello_fields()
    asked = ("format", "delivery", "pictures", "leases", "queue_depth", "width", "max_rate")
    assert [said[name] for name in asked] == [0, 0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "options",
    [
        dict(name="Yard"),
        dict(name="../yard"),
        dict(name=""),
        dict(name="y" * 64),
        dict(format="jpeg"),
        dict(fit="crop"),
        dict(pictures="some"),
        dict(size=(-1, 5)),
        dict(size=(70000, 5)),
        dict(queue=17),
        dict(leases=0),
        dict(leases=5),
        dict(max_fps=0),
        dict(max_fps=-1),
        dict(max_fps=float("nan")),
        dict(runtime_dir="/" + "long/" * 30),
    ],
)
def test_what_no_camera_can_grant_is_a_value_error(options):
    with pytest.raises(ValueError):
        Camera(**{"name": "yard", **options})


def test_metadata_is_what_the_camera_said(connect):
    pair = connect()
    pair.peer.frame(
        flags=31, matrix=1, width=16, height=8, content=(1, 2, 14, 4), source=(1280, 720),
        generation=7, sequence=1 << 40, unit_sequence=(1 << 40) + 1, rtp_time=-5,
        clock_rate=1000, captured_at=1_700_000_000_500_000_000, received_at=1_000_000_000,
        decoded_at=2_000_000_000, published_at=3_000_000_000, dropped_before=4, missed_before=5,
    )  # fmt: skip
    frame = pair.camera.read(timeout=0)
    assert (frame.camera, frame.format, frame.width, frame.height) == ("yard", "gray8", 16, 8)
    assert (frame.keyframe, frame.corrupt, frame.after_gap, frame.full_range) == (True,) * 4
    assert frame.interlaced
    assert frame.matrix == "bt709"
    assert frame.content == (1, 2, 14, 4) and frame.content.height == 4
    assert (frame.source_width, frame.source_height, frame.generation) == (1280, 720, 7)
    assert (frame.sequence, frame.unit_sequence) == (1 << 40, (1 << 40) + 1)
    assert (frame.rtp_time, frame.clock_rate) == (-5, 1000)
    assert frame.captured_at == 1_700_000_000.5
    assert (frame.received_at, frame.decoded_at, frame.published_at) == (1.0, 2.0, 3.0)
    assert (frame.dropped_before, frame.missed_before) == (4, 5)


def test_flags_and_capture_time_may_be_missing(connect):
    pair = connect()
    pair.peer.frame()
    frame = pair.camera.next(SOON)
    assert frame.captured_at is None
    assert not (frame.keyframe or frame.corrupt or frame.after_gap or frame.full_range)
    assert not frame.interlaced


def test_age_counts_from_the_last_packet(connect):
    pair = connect()
    pair.peer.frame(received_at=now_ns() - 2_000_000_000)
    frame = pair.camera.next(SOON)
    before = time.monotonic() - frame.received_at
    assert 2.0 <= before <= frame.age <= time.monotonic() - frame.received_at


def test_asking_for_the_next_frame_releases_the_last(connect):
    pair = connect()
    lease = pair.peer.frame()
    first = pair.camera.next(SOON)
    assert pair.peer.nothing_sent()
    assert pair.camera.read(timeout=0) is None
    assert pair.peer.released() == lease
    assert first.released
    pair.peer.frame(sequence=1)
    assert pair.camera.next(SOON).sequence == 1


def test_a_release_is_told_only_when_the_next_frame_is_asked_for(connect):
    pair = connect()
    lease = pair.peer.frame()
    pair.camera.next(SOON).release()
    assert pair.peer.nothing_sent()
    pair.camera.read(timeout=0)
    assert pair.peer.released() == lease


def test_a_frame_that_nobody_refers_to_any_more_is_released(connect):
    pair = connect(leases=2)
    lease = pair.peer.frame()
    kept = pair.camera.next(SOON).keep()
    pair.camera.read(timeout=0)
    assert pair.peer.nothing_sent()
    del kept
    pair.camera.read(timeout=0)
    assert pair.peer.released() == lease


def test_a_kept_frame_outlives_the_next(connect):
    pair = connect(leases=2)
    pair.peer.frame(sequence=1)
    first = pair.camera.next(SOON).keep()
    pair.peer.frame(sequence=2)
    second = pair.camera.next(SOON)
    assert not first.released and not second.released
    assert pair.peer.nothing_sent()
    first.release()
    assert first.released


def test_a_with_block_keeps_and_releases(connect):
    pair = connect(leases=2)
    pair.peer.frame()
    with pair.camera.next(SOON) as frame:
        pair.camera.read(timeout=0)
        assert not frame.released
    assert frame.released


def test_asking_while_all_leases_are_kept_is_an_error(connect):
    pair = connect(leases=1)
    pair.peer.frame()
    kept = pair.camera.next(SOON).keep()
    with pytest.raises(camherd.NoLeaseFree, match="leases="):
        pair.camera.read(SOON)
    kept.release()
    assert pair.camera.read(timeout=0) is None


def test_of_frames_that_wait_the_newest_is_taken_and_the_others_are_given_back(connect):
    pair = connect(leases=3)
    leases = [pair.peer.frame(sequence=n) for n in range(3)]
    assert pair.camera.next(SOON).sequence == 2
    pair.camera.read(timeout=0)
    assert {pair.peer.released() for _ in leases} == set(leases)


def test_queued_frames_come_in_order(connect):
    pair = connect(queue=4, leases=2)
    for n in range(2):
        pair.peer.frame(sequence=n, published_at=1)
    assert [pair.camera.next(SOON).sequence for _ in range(2)] == [0, 1]


def test_a_frame_that_lay_too_long_is_exchanged_for_the_newer_one(connect):
    pair = connect()
    lease = pair.peer.frame(sequence=1, published_at=now_ns() - 60_000_000_000)
    assert pair.camera.read(timeout=0.02) is None
    assert pair.peer.released() == lease
    pair.peer.frame(sequence=300)
    assert pair.camera.next(SOON).sequence == 300


def test_a_late_frame_is_better_than_none_for_a_caller_who_does_not_wait(connect):
    pair = connect()
    pair.peer.frame(sequence=1, published_at=1)
    assert pair.camera.read(timeout=0).sequence == 1


def test_a_late_frame_is_not_exchanged_twice_in_a_row(connect):
    pair = connect()
    pair.peer.frame(sequence=1, published_at=1)
    assert pair.camera.read(timeout=0.02) is None
    pair.peer.released()
    pair.peer.frame(sequence=2, published_at=2)
    assert pair.camera.next(SOON).sequence == 2


def test_timeouts_say_what_the_camera_was_doing(connect):
    pair = connect()
    pair.peer.state(7, "credentials refused")
    assert pair.camera.read(timeout=0) is None
    with pytest.raises(camherd.Timeout, match="quarantined: credentials refused") as raised:
        pair.camera.next(timeout=0)
    assert isinstance(raised.value, TimeoutError)


def test_state_and_problem_follow_the_camera(connect):
    pair = connect()
    seen = []
    for number in range(8):
        pair.peer.state(number, f"reason {number}")
        pair.camera.read(timeout=0)
        seen.append((pair.camera.state, pair.camera.problem))
    names = "stopped connecting waiting_keyframe streaming stalled failed backoff quarantined"
    assert seen == [(name, f"reason {n}") for n, name in enumerate(names.split())]


def test_a_state_of_a_later_version_changes_nothing(connect):
    pair = connect()
    pair.peer.state(3)
    pair.peer.state(99, "new")
    pair.camera.read(timeout=0)
    assert pair.camera.state == "streaming"


@pytest.mark.parametrize("code", [1, 2, 3])
def test_a_request_that_is_never_granted_raises_its_reason(runtime_dir, fake, code):
    camera = Camera("yard", runtime_dir=runtime_dir)
    camera.read(timeout=0)
    fake.accept().refuse(code, "no such size")
    for _ in range(2):
        with pytest.raises(camherd.Refused, match="no such size") as raised:
            camera.read(SOON)
        assert raised.value.code == code
    assert camera.refused and camera.problem == "no such size"
    camera.close()


@pytest.mark.parametrize("code, state", [(4, "connecting"), (5, "removed")])
def test_a_request_that_may_be_granted_later_is_made_again(runtime_dir, fake, code, state):
    camera = Camera("yard", runtime_dir=runtime_dir)
    camera.read(timeout=0)
    fake.accept().refuse(code, "not now")
    assert camera.read(timeout=0) is None
    assert camera.problem == "not now" and camera.state == state and not camera.refused
    camera.read(timeout=0.1)
    peer = fake.accept()
    peer.grant()
    peer.frame()
    assert camera.next(SOON).sequence == 0
    camera.close()


def test_an_absent_camera_is_an_error_only_where_asked_for(runtime_dir):
    camera = Camera("yard", runtime_dir=runtime_dir)
    assert camera.read(timeout=0) is None
    assert camera.state == "removed" and "no camera 'yard'" in camera.problem
    camera.close()
    with pytest.raises(camherd.CameraNotFound, match="no camera 'yard'.*cameras: none"):
        Camera.existing("yard", runtime_dir=runtime_dir)


def test_existing_names_the_cameras_that_are_there(runtime_dir, fake):
    with pytest.raises(camherd.CameraNotFound, match="cameras: yard"):
        Camera.existing("hall", runtime_dir=runtime_dir)
    Camera.existing("yard", runtime_dir=runtime_dir, format="gray8").close()


def test_closing_ends_iteration_and_refuses_reads(connect):
    pair = connect()
    pair.peer.frame()
    frames = []
    for frame in pair.camera:
        frames.append(frame)
        pair.camera.close()
    assert len(frames) == 1 and frames[0].released
    assert pair.peer.gone()
    with pytest.raises(camherd.CamherdError, match="closed"):
        pair.camera.read(0)


def test_the_connection_lasts_as_long_as_a_frame(runtime_dir, fake):
    camera = Camera("yard", runtime_dir=runtime_dir)
    camera.read(timeout=0)
    peer = fake.accept()
    memory = peer.grant()
    memory.map[:128] = bytes(range(128))
    peer.frame()
    frame = camera.next(SOON)
    del camera
    assert frame.array[7, 15] == 127
    assert peer.nothing_sent()
    del frame
    assert peer.gone()


def test_cameras_are_found_by_their_sockets(runtime_dir):
    assert camherd.cameras(runtime_dir) == []
    fakes = [FakeCamera(runtime_dir, name) for name in ("yard", "hall")]
    open(f"{runtime_dir}/cameras/.lock", "w").close()
    assert camherd.cameras(runtime_dir) == ["hall", "yard"]
    for each in fakes:
        each.close()
    assert camherd.cameras(runtime_dir) == []


def test_the_runtime_folder_is_found_as_the_daemon_says(monkeypatch, tmp_path):
    monkeypatch.setenv("CAMHERD_RUNTIME_DIR", "/chosen")
    assert camherd.find_runtime_dir() == "/chosen"
    monkeypatch.delenv("CAMHERD_RUNTIME_DIR")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "camherd").mkdir()
    assert camherd.find_runtime_dir() == f"{tmp_path}/camherd"
