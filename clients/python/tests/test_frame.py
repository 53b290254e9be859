"""Pixels: where they lie, what they look like, and how long they may be touched."""

from __future__ import annotations

import ctypes
import gc
import os

import numpy as np
import pytest

import camherd
from fake_camera import BGR24, GRAY10, GRAY8, NV12, RGB24, YUV420P, YUV420P10, YUV444P

SOON = 20.0


def noise(*shape, dtype=np.uint8, high=256):
    return np.random.default_rng(7).integers(0, high, shape, dtype)


def show(pair, pixel_format, planes, slot=0, **fields):
    """The frame of these planes as the consumer gets it."""
    where = pair.memory.put(slot, pixel_format, planes)
    pair.peer.frame(**{**where, **fields})
    return pair.camera.next(SOON)


@pytest.mark.parametrize(
    "pixel_format, name, picture",
    [
        (GRAY8, "gray8", noise(15, 33)),
        (GRAY10, "gray10", noise(15, 33, dtype=np.uint16, high=1024)),
        (RGB24, "rgb24", noise(15, 33, 3)),
        (BGR24, "bgr24", noise(15, 33, 3)),
    ],
)
def test_array_of_formats_in_one_plane(connect, pixel_format, name, picture):
    frame = show(connect(), pixel_format, [picture], slot=1)
    assert frame.format == name
    assert frame.array.dtype == picture.dtype
    np.testing.assert_array_equal(frame.array, picture)
    assert frame.planes[0] is frame.array


@pytest.mark.parametrize(
    "pixel_format, name, shapes, dtype, high",
    [
        (YUV420P, "yuv420p", [(15, 33), (8, 17), (8, 17)], np.uint8, 256),
        (YUV444P, "yuv444p", [(15, 33), (15, 33), (15, 33)], np.uint8, 256),
        (NV12, "nv12", [(15, 33), (8, 17, 2)], np.uint8, 256),
        (YUV420P10, "yuv420p10", [(15, 33), (8, 17), (8, 17)], np.uint16, 1024),
    ],
)
def test_planes_of_formats_in_several(connect, pixel_format, name, shapes, dtype, high):
    planes = [noise(*shape, dtype=dtype, high=high) for shape in shapes]
    frame = show(connect(), pixel_format, planes, slot=2)
    assert frame.format == name and len(frame.planes) == len(planes)
    for seen, written in zip(frame.planes, planes):
        np.testing.assert_array_equal(seen, written)
    with pytest.raises(camherd.NoSingleArray, match=f"{name}.*planes"):
        frame.array


def test_the_pixels_are_those_of_the_camera_and_not_a_copy(connect):
    pair = connect()
    frame = show(pair, GRAY8, [noise(8, 16)])
    pair.memory.map[0] = 99
    assert frame.array[0, 0] == 99
    assert not frame.array.flags.owndata


def test_pixels_are_read_only(connect):
    frame = show(connect(), BGR24, [noise(8, 16, 3)])
    with pytest.raises(ValueError):
        frame.array[0, 0, 0] = 1
    with pytest.raises(ValueError):
        frame.array.flags.writeable = True
    with pytest.raises(ValueError):
        frame.array[2:4].setflags(write=True)


def test_frames_in_the_same_slot_share_their_view(connect):
    pair = connect()
    first = show(pair, GRAY8, [noise(8, 16)]).array
    assert show(pair, GRAY8, [noise(8, 16)]).array is first


def test_a_released_frame_cannot_be_touched(connect):
    frame = show(connect(), GRAY8, [noise(8, 16)])
    frame.release()
    frame.release()
    for touch in (lambda: frame.array, lambda: frame.planes, frame.copy, frame.to_bgr):
        with pytest.raises(camherd.FrameReleased, match="frame 0 of camera 'yard'.*keep"):
            touch()
    assert frame.sequence == 0 and frame.width == 16 and "released" in repr(frame)


def test_a_copy_is_writable_and_outlives_everything(connect):
    pair = connect()
    picture = noise(8, 16)
    frame = show(pair, GRAY8, [picture], sequence=5, received_at=1_000_000_000)
    copied = frame.copy()
    frame.release()
    copied.release()
    pair.camera.close()
    np.testing.assert_array_equal(copied.array, picture)
    copied.array[0, 0] = 1
    assert (copied.sequence, copied.received_at, copied.released) == (5, 1.0, False)


def test_views_stay_mapped_when_everything_else_is_gone(connect):
    pair = connect()
    picture = noise(8, 16)
    frame = show(pair, GRAY8, [picture])
    view = frame.array[2:]
    pair.peer.retire(1)
    pair.camera.read(timeout=0)
    pair.camera.close()
    pair.peer.close()
    del frame, pair
    gc.collect()
    np.testing.assert_array_equal(view, picture[2:])


def test_memory_that_was_retired_is_unmapped(connect):
    pair = connect()
    show(pair, GRAY8, [noise(8, 16)])
    assert mappings() == 2  # the camera's own, and the consumer's
    pair.peer.retire(1)
    pair.camera.read(timeout=0)
    assert mappings() == 1


def test_a_kept_frame_keeps_retired_memory(connect):
    pair = connect(leases=2)
    picture = noise(8, 16)
    kept = show(pair, GRAY8, [picture]).keep()
    pair.peer.retire(1)
    pair.peer.segment()
    pair.peer.frame(sequence=1)
    assert pair.camera.next(SOON).sequence == 1
    np.testing.assert_array_equal(kept.array, picture)
    kept.release()
    del kept
    assert mappings() == 3  # both of the camera's, and the new one of the consumer


def test_to_bgr_of_single_planes(connect):
    pair = connect()
    grey = noise(8, 16)
    assert (show(pair, GRAY8, [grey], flags=8).to_bgr() == grey[..., None]).all()
    limited = np.array([[0, 16, 126, 235, 255]], np.uint8)
    assert show(pair, GRAY8, [limited]).to_bgr()[0, :, 0].tolist() == [0, 0, 128, 255, 255]
    colours = noise(8, 16, 3)
    np.testing.assert_array_equal(show(pair, BGR24, [colours]).to_bgr(), colours)
    np.testing.assert_array_equal(show(pair, RGB24, [colours]).to_bgr(), colours[..., ::-1])


# Y, U and V of pure colours, limited range, rounded (ITU-R BT.601 and BT.709).
COLOURS = {
    0: {(0, 0, 255): (81, 90, 240), (0, 255, 0): (145, 54, 34), (255, 0, 0): (41, 240, 110)},
    1: {(0, 0, 255): (63, 102, 240), (0, 255, 0): (173, 42, 26), (255, 0, 0): (32, 240, 118)},
}


@pytest.mark.parametrize("matrix", COLOURS)
@pytest.mark.parametrize("pixel_format", [YUV420P, NV12, YUV444P, YUV420P10])
def test_to_bgr_makes_colours_by_the_matrix_of_the_picture(connect, pixel_format, matrix):
    pytest.importorskip("cv2")
    pair = connect()
    for bgr, (y, u, v) in COLOURS[matrix].items():
        half = (8, 16) if pixel_format == YUV444P else (4, 8)
        planes = [np.full((8, 16), y), np.full(half, u), np.full(half, v)]
        if pixel_format == NV12:
            planes = [planes[0], np.dstack(planes[1:])]
        deep = pixel_format == YUV420P10
        planes = [np.uint16(p * 4) if deep else np.uint8(p) for p in planes]
        seen = show(pair, pixel_format, planes, matrix=matrix).to_bgr()
        assert seen.shape == (8, 16, 3) and seen.dtype == np.uint8
        assert np.abs(seen.astype(int) - bgr).max() <= 2


def test_full_range_is_not_stretched(connect):
    pytest.importorskip("cv2")
    chroma = np.full((4, 8), 128, np.uint8)
    luma = noise(8, 16)
    seen = show(connect(), YUV420P, [luma, chroma, chroma], flags=8).to_bgr()
    np.testing.assert_array_equal(seen, np.dstack([luma] * 3))


def test_shared_memory_cannot_be_mapped_for_writing_from_its_view(connect):
    frame = show(connect(), GRAY8, [noise(8, 16)])
    page = frame.array.ctypes.data & ~(os.sysconf("SC_PAGE_SIZE") - 1)
    libc = ctypes.CDLL(None, use_errno=True)
    writable = 3  # PROT_READ | PROT_WRITE
    assert libc.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(4096), writable) == -1


def mappings() -> int:
    with open("/proc/self/maps") as maps:
        return sum("memfd:fake" in line for line in maps)
