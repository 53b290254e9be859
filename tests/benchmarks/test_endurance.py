"""Whether `benchmarks/endurance` would notice: its checker is shown what is wrong."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any, Iterator

import numpy as np
import pytest

import camherd
from conftest import ROOT
from fake_camera import YUV420P, FakeCamera, Memory, Peer
from peers import invariants, witness

WIDTH, HEIGHT, PICTURES = 64, 48, 5


class Pictures:
    """A clip and its pictures as a decoder gives them."""

    def __init__(self, folder: Path) -> None:
        self.clip = folder / "good.mkv"
        ffmpeg = ["ffmpeg", "-v", "error", "-y"]
        subprocess.run([*ffmpeg, "-f", "lavfi", "-i", f"testsrc=size={WIDTH}x{HEIGHT}",
                        "-frames:v", str(PICTURES), "-pix_fmt", "yuv420p", "-c:v", "ffv1",
                        str(self.clip)], check=True)
        raw = subprocess.run([*ffmpeg, "-i", str(self.clip), "-f", "rawvideo", "-"], check=True,
                             capture_output=True).stdout
        self.raw = np.frombuffer(raw, np.uint8).reshape(PICTURES, -1)

    def planes(self, index: int) -> list[np.ndarray]:
        luma, quarter = WIDTH * HEIGHT, WIDTH * HEIGHT // 4
        one = self.raw[index].copy()
        return [one[:luma].reshape(HEIGHT, WIDTH),
                one[luma:luma + quarter].reshape(HEIGHT // 2, WIDTH // 2),
                one[luma + quarter:].reshape(HEIGHT // 2, WIDTH // 2)]


class Watched:
    """A camera that shows what a test gives it, to the eyes of the witness."""

    def __init__(self, peer: Peer, memory: Memory, camera: camherd.Camera,
                 clean: witness.CleanPictures) -> None:
        self.peer, self.memory, self.camera, self.clean = peer, memory, camera, clean
        self.tally = witness.Tally()

    def show(self, planes: list[np.ndarray], **fields: Any) -> None:
        self.peer.frame(**self.memory.put(0, YUV420P, planes), **fields)
        frame = self.camera.read(20)
        assert frame is not None
        self.tally.take(frame, self.clean.known)

    def told(self) -> dict[str, Any]:
        return self.tally.told(self.clean.known)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    if not shutil.which("ffmpeg"):
        pytest.skip("no ffmpeg")
    return Pictures(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def watched(pictures: Pictures, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    # Clips are told before the first picture here.
    monkeypatch.setattr(witness, "_PATIENCE", -1.0)
    clean = witness.CleanPictures(pictures.clip.parent)
    clean.add([pictures.clip.name])
    folder = tempfile.mkdtemp(prefix="camherd-")
    fake = FakeCamera(folder)
    with camherd.Camera("yard", runtime_dir=folder, queue=16, leases=2) as camera:
        assert camera.read(timeout=0) is None
        peer = fake.accept()
        yield Watched(peer, peer.grant(), camera, clean)
    fake.close()
    shutil.rmtree(folder)


def test_clean_pictures_are_right(watched: Watched, pictures: Pictures) -> None:
    for index in range(PICTURES):
        watched.show(pictures.planes(index), sequence=index)
    told = watched.told()
    assert (told["good"], told["wrong"], told["flagged"]) == (PICTURES, 0, 0)


@pytest.mark.parametrize("plane", [0, 1, 2])
def test_a_picture_that_is_wrong_by_one_sample_is_noticed(
        watched: Watched, pictures: Pictures, plane: int) -> None:
    planes = pictures.planes(2)
    planes[plane][-1, -1] ^= 1
    watched.show(planes)
    assert watched.told()["wrong"] == 1
    watched.show(pictures.planes(3), sequence=1)
    assert watched.told()["wrong"] == 1, "it is told once"


def test_a_wrong_picture_that_is_marked_is_none(watched: Watched, pictures: Pictures) -> None:
    planes = pictures.planes(2)
    planes[0][0, 0] ^= 1
    watched.show(planes, flags=2)
    told = watched.told()
    assert (told["wrong"], told["flagged"], told["good"]) == (0, 1, 0)


def test_a_picture_of_a_clip_that_is_told_later_is_right(
        watched: Watched, pictures: Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    known, watched.clean.known = watched.clean.known, set()
    monkeypatch.setattr(witness, "_PATIENCE", 1000.0)
    watched.show(pictures.planes(0))
    assert watched.told()["wrong"] == 0
    watched.clean.known = known
    monkeypatch.setattr(witness, "_PATIENCE", -1.0)
    assert watched.told()["wrong"] == 0


def a_run(endurance: ModuleType) -> Any:
    """As much of a run as judges, without its processes."""
    run = object.__new__(endurance.Run)
    run.options = argparse.Namespace(json=True, recovery=1.0, age=0.5)
    run.began = time.monotonic()
    run.violations = []
    run.recoveries = []
    run.events = []
    return run


def test_a_wrong_picture_is_a_violation(
        endurance: ModuleType, watched: Watched, pictures: Pictures) -> None:
    run, actor = a_run(endurance), endurance.Actor(0, None)
    watched.show(pictures.planes(0))
    run.compare(actor, watched.told())
    assert not run.violations
    planes = pictures.planes(1)
    planes[0][:] = 0
    watched.show(planes, sequence=1)
    run.compare(actor, watched.told())
    assert [found.camera for found in run.violations] == ["cam0"]
    run.compare(actor, watched.told())
    assert len(run.violations) == 1, "one picture is one violation"


def test_a_camera_that_shows_nothing_is_a_violation(endurance: ModuleType) -> None:
    run, actor = a_run(endurance), endurance.Actor(0, None)
    now = time.monotonic()
    actor.last_good = now
    run.check_liveness(actor, now)
    assert not run.violations
    run.check_liveness(actor, now + endurance.QUIET + 1)
    assert len(run.violations) == 1
    # And one that does not come back after a fault.
    run.events = [{"camera": 0, "fault": "reboots"}]
    actor.last_good, actor.ended_at = now - 1, now
    run.check_liveness(actor, now + run.options.recovery + 1)
    assert "stuck" in run.violations[-1].words


def test_what_a_good_camera_lost_is_a_violation(endurance: ModuleType) -> None:
    run, actor = a_run(endurance), endurance.Actor(0, None)
    camera: dict[str, Any] = {"dropped": {"awaiting_keyframe": 3, "corrupt": 0},
                              "restarts": {"stall": 0}, "delivery": {"dropped": {"slow": 0}}}
    run.check_good(actor, camera)
    assert not run.violations
    camera["dropped"]["corrupt"] = 1
    run.check_good(actor, camera)
    assert len(run.violations) == 1
    actor.seen["missed"] = 1
    run.check_good(actor, camera)
    assert len(run.violations) == 3


def test_a_picture_without_a_fate_is_a_violation() -> None:
    camera = {"received": 100, "decoded": 90, "dropped": {"corrupt": 10}}
    assert not invariants.account_at_end(camera) and not invariants.account_of(camera, 8)
    assert invariants.account_at_end({**camera, "received": 101})
    assert invariants.account_of({**camera, "received": 99}, 8)
    assert invariants.account_of({**camera, "received": 1000}, 8)


def test_the_verdict_and_the_exit_status_are_those_of_the_violations(
        endurance: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
        capsys: pytest.CaptureFixture[str]) -> None:
    class Ended:
        def __init__(self, violations: list[Any]) -> None:
            self.violations = violations

        def play(self) -> dict[str, Any]:
            return {"violations": self.violations}

    monkeypatch.setattr(sys, "argv", ["endurance", "--out", str(tmp_path), "--json"])
    monkeypatch.setattr(endurance.endurance_chart, "draw", lambda *_: None)
    monkeypatch.setattr(endurance, "Run", lambda *_: Ended([]))
    endurance.main()
    found = {"at": 1.0, "camera": "cam0", "words": "is wrong"}
    monkeypatch.setattr(endurance, "Run", lambda *_: Ended([found]))
    with pytest.raises(SystemExit) as ended:
        endurance.main()
    assert ended.value.code == 1
    assert '"is wrong"' in capsys.readouterr().out


def test_pictures_of_several_sizes_are_clean_in_a_clip_of_each(
        endurance: ModuleType, pictures: Pictures, programs: Path, tmp_path: Path) -> None:
    """ffmpeg would bring all pictures of a file to the size and format of the first."""
    del pictures  # for ffmpeg
    with endurance.Stage(argparse.Namespace(bin=programs), 1, tmp_path) as stage:
        stage.wait_until_ready()
        for fault, forms in (
                ("h265-resolution-changes-in-stream",
                 [{"192", "128", "yuv420p"}, {"320", "192", "yuv420p"}]),
                ("bit-depth-changes-in-stream",
                 [{"320", "192", "yuv420p"}, {"320", "192", "yuv420p10le"}])):
            clips = [clip for clip in stage.begin(0, fault) or [] if clip.startswith(fault)]
            clean = witness.CleanPictures(tmp_path)
            clean.add(clips)
            assert len(clean.known) == 40
            shown = [set(subprocess.run(
                ["ffprobe", "-v", "error", "-show_entries", "frame=width,height,pix_fmt", "-of",
                 "default=nw=1:nk=1", str(tmp_path / clip)],
                check=True, capture_output=True, text=True).stdout.split()) for clip in clips]
            # libx265 may write its parameter sets in several ways, which makes more clips.
            assert all(form in shown for form in forms) and all(each in forms for each in shown)


def run_program(programs: Path, tmp_path: Path,
                *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "endurance"), "--bin", str(programs), "--out",
         str(tmp_path), "--for", "1s", *arguments],
        capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("option", ["--faults", "--without"])
def test_an_unknown_fault_is_an_error_in_words(
        endurance: ModuleType, programs: Path, tmp_path: Path, option: str) -> None:
    ended = run_program(programs, tmp_path, option, "reboots,udp-duplicate")
    assert ended.returncode == 1
    assert "fault udp-duplicate; did you mean udp-duplicates?" in ended.stderr
    assert "Traceback" not in ended.stderr and not ended.stdout


def test_faults_that_no_camera_has_are_unknown(
        endurance: ModuleType, programs: Path, tmp_path: Path) -> None:
    ended = run_program(programs, tmp_path, "--faults", "sigkill-and-restart")
    assert ended.returncode == 1
    assert "no camera can have the fault sigkill-and-restart" in ended.stderr


def test_what_is_left_out_by_default_is_in_the_catalogue(
        endurance: ModuleType, programs: Path) -> None:
    listed = subprocess.run([programs / "camherd-sim", "--list-faults", "--json"], check=True,
                            capture_output=True, text=True).stdout
    names = {each["name"] for each in json.loads(listed) if each["of_a_camera"]}
    assert set(endurance.HEAVY) <= names
