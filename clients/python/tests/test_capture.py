"""VideoCapture does what a script written for cv2.VideoCapture expects."""

from __future__ import annotations

import numpy as np
import pytest

import camherd
from camherd import VideoCapture
from live_camera import LiveCamera

SOON = 20.0
POS_MSEC, POS_FRAMES, WIDTH, HEIGHT, FPS, FOURCC, BUFFERSIZE = 0, 1, 3, 4, 5, 6, 38


@pytest.fixture
def live(runtime_dir):
    with LiveCamera(runtime_dir, endless=True) as camera:
        yield camera


@pytest.fixture
def capture(runtime_dir, live):
    with VideoCapture("yard", runtime_dir=runtime_dir, timeout=SOON, open_timeout=SOON) as opened:
        yield opened


def test_pictures_are_read_one_newer_than_the_other(capture):
    assert capture.isOpened()
    values = []
    for _ in range(5):
        ok, picture = capture.read()
        assert ok and picture.shape == (16, 32, 3) and picture.dtype == np.uint8
        values.append(int(picture[0, 0, 0]))
    assert values == [3, 4, 5, 6, 7]  # two were taken by the opening


def test_pictures_may_be_drawn_into_and_kept(capture):
    first = capture.read()[1]
    first[:] = 255
    second = capture.read()[1]
    assert first.flags.owndata and (first == 255).all() and (second != 255).all()


def test_without_the_copy_a_picture_is_a_read_only_view(runtime_dir, live):
    with VideoCapture("yard", copy=False, runtime_dir=runtime_dir, open_timeout=SOON) as capture:
        ok, picture = capture.read()
        assert ok and not picture.flags.writeable and not picture.flags.owndata


def test_a_picture_that_is_given_is_written_into(capture):
    mine = np.zeros((16, 32, 3), np.uint8)
    ok, picture = capture.read(mine)
    assert ok and picture is mine and mine.any()
    ok, picture = capture.read(np.zeros((2, 2, 3), np.uint8))
    assert ok and picture.shape == (16, 32, 3)


def test_grab_and_retrieve(capture):
    assert capture.grab()
    once, again = capture.retrieve()[1], capture.retrieve()[1]
    np.testing.assert_array_equal(once, again)
    assert capture.grab()
    assert capture.retrieve()[1][0, 0, 0] == once[0, 0, 0] + 1


def test_usual_properties(capture):
    assert (capture.get(WIDTH), capture.get(HEIGHT)) == (32.0, 16.0)
    assert capture.get(FPS) == 20.0  # two pictures sent for each that is decoded, 10 a second
    assert capture.get(FOURCC) == float(int.from_bytes(b"BGR3", "little"))
    assert capture.get(BUFFERSIZE) == 1.0
    position, count = capture.get(POS_MSEC), capture.get(POS_FRAMES)
    capture.read()
    assert capture.get(POS_MSEC) == pytest.approx(position + 100)
    assert capture.get(POS_FRAMES) == count + 1
    assert capture.get(12345) == 0.0
    assert capture.getBackendName() == "CAMHERD"


def test_constants_are_those_of_cv2():
    cv2 = pytest.importorskip("cv2")
    from camherd import capture as module

    for name in (
        "POS_MSEC POS_FRAMES FRAME_WIDTH FRAME_HEIGHT FPS FOURCC FRAME_COUNT FORMAT CONVERT_RGB "
        "BUFFERSIZE OPEN_TIMEOUT_MSEC READ_TIMEOUT_MSEC"
    ).split():
        assert getattr(module, name) == getattr(cv2, "CAP_PROP_" + name)


def test_a_size_that_is_set_is_asked_for(capture):
    assert capture.set(WIDTH, 64)
    assert capture.read()[1].shape == (32, 64, 3)
    assert capture.set(HEIGHT, 48)
    assert capture.read()[1].shape == (48, 64, 3)
    assert (capture.get(WIDTH), capture.get(HEIGHT)) == (64.0, 48.0)


def test_what_cannot_be_set_is_said(capture):
    assert capture.set(BUFFERSIZE, 1) and not capture.set(BUFFERSIZE, 5)
    assert not capture.set(POS_FRAMES, 3)
    assert not capture.set(FOURCC, 5)
    assert not capture.set(WIDTH, -1)
    assert not capture.set(WIDTH, 1 << 20)
    assert capture.read()[0]


def test_a_camera_that_is_not_there_does_not_open(runtime_dir):
    capture = VideoCapture("yard", runtime_dir=runtime_dir, open_timeout=0.05)
    assert not capture.isOpened()
    assert capture.read() == (False, None)
    assert capture.retrieve() == (False, None)
    assert not capture.grab() and not capture.set(WIDTH, 5) and capture.get(WIDTH) == 0.0
    capture.release()


def test_a_camera_that_went_away_gives_no_picture_and_is_read_on_when_back(runtime_dir):
    capture = VideoCapture(runtime_dir=runtime_dir, timeout=0.05, open_timeout=SOON)
    assert not capture.isOpened()
    with LiveCamera(runtime_dir, endless=True):
        assert capture.open("yard")
    assert capture.read() == (False, None)
    assert capture.isOpened()
    with LiveCamera(runtime_dir, endless=True):
        assert capture.set(54, SOON * 1000)
        assert capture.read()[0]
    capture.release()
    assert not capture.isOpened() and capture.read() == (False, None)


def test_options_may_stand_in_a_url(runtime_dir, live):
    url = "camherd://yard?size=64x0&fps=5&fit=letterbox"
    with VideoCapture(url, runtime_dir=runtime_dir, open_timeout=SOON) as capture:
        assert capture.read()[1].shape == (32, 64, 3)
        assert capture.get(FPS) == 5.0
        said = live.camera.peers[-1].hello_fields()
    assert (said["fit"], said["max_rate"], said["format"]) == (1, 5000, 14)


@pytest.mark.parametrize(
    "name",
    ["rtsp://user:secret@10.0.0.5/live", 0, "camherd://yard?sise=1x1", "camherd://yard?size=big"],
)
def test_what_is_no_camera_is_a_value_error_without_passwords(runtime_dir, name):
    with pytest.raises(ValueError) as raised:
        VideoCapture(name, runtime_dir=runtime_dir)
    assert "secret" not in str(raised.value)


def test_a_refusal_is_no_picture(runtime_dir, fake):
    import threading

    def refuse():
        fake.accept().refuse(3, "no")

    refusing = threading.Thread(target=refuse)
    refusing.start()
    assert not VideoCapture("yard", runtime_dir=runtime_dir, open_timeout=SOON).isOpened()
    refusing.join()


def test_the_package_offers_it():
    assert camherd.VideoCapture is VideoCapture
