"""Whatever sits at the other end of a socket, the consumer says what is wrong, closes, keeps no
descriptor, and tries again a second later."""

from __future__ import annotations

import os
import random
import struct
import tempfile

import pytest

import camherd
import camherd._link
from fake_camera import (
    ALL_SEALS,
    FRAME,
    GRAY10,
    NV12,
    SEAL_GROW,
    STATE,
    WELCOME,
    YUV420P,
    Memory,
    frame_message,
    segment_message,
)

SOON = 20.0


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def expect_end(camera, peer, what):
    """The consumer has closed, and says why."""
    assert camera.read(timeout=0) is None
    assert "does not keep to the protocol" in camera.problem and what in camera.problem
    assert camera.state == "removed" and not camera.refused
    assert peer.gone()


BAD_FRAMES = {
    "no such segment": dict(segment=9),
    "no such format": dict(format=0),
    "a format of the future": dict(format=15),
    "too few planes": dict(plane_count=0),
    "too many planes": dict(plane_count=3),
    "planes that are not there": dict(format=YUV420P, plane_count=3),
    "no width": dict(width=0),
    "no height": dict(height=0),
    "an endless width": dict(width=0xFFFFFFFF),
    "an endless height": dict(height=0xFFFFFFFF),
    "fewer rows than its height": dict(plane_rows=[7, 0, 0]),
    "shorter rows than its width": dict(plane_row_bytes=[15, 0, 0]),
    "rows that overlap": dict(plane_stride=[15, 0, 0]),
    "no stride": dict(plane_stride=[0, 0, 0]),
    "an offset past the end": dict(plane_offset=[4 * 65536, 0, 0]),
    "its last row past the end": dict(plane_offset=[4 * 65536 - 127, 0, 0]),
    "an offset that overflows": dict(plane_offset=[(1 << 64) - 64, 0, 0]),
    "a stride past the end": dict(plane_stride=[0xFFFFFFFF, 0, 0]),
    "words at odd addresses": dict(
        format=GRAY10, plane_offset=[1, 0, 0], plane_row_bytes=[32, 0, 0], plane_stride=[32, 0, 0]
    ),
    "a chroma plane outside": dict(
        format=NV12,
        plane_count=2,
        plane_offset=[0, 1 << 40, 0],
        plane_stride=[16, 16, 0],
        plane_rows=[8, 4, 0],
        plane_row_bytes=[16, 16, 0],
    ),
    "no lease": dict(lease=0, segment=1, repeat=True),
}


@pytest.mark.parametrize("fields", BAD_FRAMES.values(), ids=BAD_FRAMES.keys())
def test_a_frame_that_is_not_in_its_segment(connect, fields):
    pair = connect(leases=2)
    fields = dict(fields)
    if fields.pop("repeat", False):
        pair.peer.frame()
        fields["lease"] = 1
    pair.peer.frame(**fields)
    expect_end(pair.camera, pair.peer, "frame")


def test_the_last_byte_of_a_segment_can_be_used(connect):
    pair = connect()
    pair.memory.map[pair.memory.size - 1] = 77
    pair.peer.frame(plane_offset=[4 * 65536 - 128, 0, 0])
    assert pair.camera.next(SOON).array[7, 15] == 77


def test_more_frames_than_leases(connect):
    pair = connect()
    pair.peer.frame()
    kept = pair.camera.next(SOON).keep()
    pair.peer.frame()
    expect_end(pair.camera, pair.peer, "without a lease")
    kept.release()


BAD_MESSAGES = {
    "a message shorter than a header": b"\0" * 7,
    "a message that says another size": struct.pack("<III4x240s", STATE, 255, 1, b""),
    "a frame cut short": struct.pack("<II", FRAME, 199) + bytes(191),
    "a state cut short": struct.pack("<II", STATE, 16) + bytes(8),
    "a second welcome": struct.pack("<IIHB5x64s", WELCOME, 80, 1, 1, b""),
    "a segment without its descriptor": segment_message(2, 4096, 4096),
    "a message longer than any": struct.pack("<II", 77, 1025) + bytes(1017),
}


@pytest.mark.parametrize("message", BAD_MESSAGES.values(), ids=BAD_MESSAGES.keys())
def test_a_message_that_breaks_the_protocol(connect, message):
    pair = connect()
    pair.peer.send(message)
    expect_end(pair.camera, pair.peer, "")


@pytest.mark.parametrize("version, leases", [(2, 1), (0, 1), (1, 0), (1, 2), (1, 255)])
def test_a_welcome_to_what_nobody_asked_for(runtime_dir, fake, version, leases):
    camera = camherd.Camera("yard", runtime_dir=runtime_dir)
    camera.read(timeout=0)
    peer = fake.accept()
    peer.welcome(leases, version)
    expect_end(camera, peer, "version")
    camera.close()


def test_anything_before_welcome(runtime_dir, fake):
    camera = camherd.Camera("yard", runtime_dir=runtime_dir)
    camera.read(timeout=0)
    peer = fake.accept()
    peer.state(3)
    expect_end(camera, peer, "before welcome")
    camera.close()


def test_messages_of_later_versions_are_read_as_far_as_known(connect):
    pair = connect()
    pair.peer.send(struct.pack("<II", 99, 24) + bytes(16))
    longer = frame_message(lease=1, segment=1, sequence=8, size=264) + b"new" + bytes(61)
    pair.peer.send(longer)
    assert pair.camera.next(SOON).sequence == 8


def bad_segments():
    unsealed = Memory(seals=SEAL_GROW)
    sealed = Memory(seals=ALL_SEALS)
    file = tempfile.TemporaryFile()
    file.truncate(8192)
    read_end, write_end = os.pipe()
    memory_fd = sealed.fd
    try:
        yield "not sealed", segment_message(2, unsealed.size, 4096), [unsealed.fd]
        yield "no memfd", segment_message(2, 8192, 4096), [file.fileno()]
        yield "no memfd", segment_message(2, 8192, 4096), [read_end]
        yield "not there", segment_message(2, sealed.size + 1, 4096), [memory_fd]
        yield "not there", segment_message(2, 1 << 63, 4096), [memory_fd]
        yield "not there", segment_message(2, 0, 0), [memory_fd]
        yield "not there", segment_message(2, sealed.size, 0), [memory_fd]
        yield "not there", segment_message(2, sealed.size, sealed.size + 1), [memory_fd]
        yield "again", segment_message(1, sealed.size, 4096), [memory_fd]
        yield "descriptors", segment_message(2, sealed.size, 4096), [memory_fd] * 2
        yield "descriptor", segment_message(2, sealed.size, 4096), [memory_fd] * 20
        yield "descriptors", struct.pack("<III4x240s", STATE, 256, 1, b""), [memory_fd]
        yield "descriptors", frame_message(lease=1, segment=1), [memory_fd]
    finally:
        unsealed.close()
        sealed.close()
        file.close()
        os.close(read_end)
        os.close(write_end)


def test_memory_that_is_not_what_the_protocol_promises(connect):
    for what, message, fds in bad_segments():
        pair = connect()
        before = open_files()
        pair.peer.send(message, fds)
        expect_end(pair.camera, pair.peer, what)
        assert open_files() <= before - 1  # the socket and the first segment are closed


def test_endless_segments(connect):
    pair = connect()
    before = open_files()
    for _ in range(63):
        pair.peer.segment(pair.memory)
        pair.camera.read(timeout=0)
    pair.peer.segment(pair.memory)
    expect_end(pair.camera, pair.peer, "one too many")
    assert open_files() < before


def test_random_bytes_do_no_harm(connect):
    """Half of the messages are right but for a few bytes."""
    dice = random.Random(3)
    files = None
    for _ in range(300):
        pair = connect(leases=4)
        for _ in range(8):
            if dice.random() < 0.5:
                message = bytearray(dice.randbytes(dice.randrange(1, 1100)))
            else:
                message = bytearray(
                    dice.choice(
                        [
                            frame_message(lease=dice.randrange(4), segment=1),
                            segment_message(2, 65536, 4096),
                            struct.pack("<III4x240s", STATE, 256, 3, b"\xff\xfe"),
                        ]
                    )
                )
                for _ in range(dice.randrange(4)):
                    message[dice.randrange(8, len(message))] = dice.randrange(256)
            try:
                pair.peer.send(bytes(message), [pair.memory.fd] * dice.choice([0, 0, 0, 1, 2]))
            except (BrokenPipeError, ConnectionResetError):
                break
            frame = pair.camera.read(timeout=0)
            if frame is not None:
                [plane.sum() for plane in frame.planes]
        pair.camera.close()
        pair.peer.close()
        del pair, frame
        files = files or open_files()
    assert open_files() == files


def test_a_wrong_camera_is_tried_again_only_after_a_second(connect):
    pair = connect()
    pair.peer.send(b"?")
    pair.camera._link.receive(now=1000.0)
    assert pair.camera._link.retry_at == 1000.0 + camherd._link.LAST_RETRY


def test_texts_of_the_camera_are_shown_without_control_characters(connect):
    pair = connect()
    pair.peer.state(5, "\x1b[31mred\nline")
    pair.camera.read(timeout=0)
    assert pair.camera.problem == "?[31mred?line"
