"""python -m camherd"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

import camherd
from camherd.__main__ import main
from live_camera import LiveCamera


def test_ls_names_the_cameras(runtime_dir, capsys):
    with LiveCamera(runtime_dir, "b"), LiveCamera(runtime_dir, "a"):
        assert main(["ls", "--runtime-dir", runtime_dir]) == 0
    assert capsys.readouterr().out == "a\nb\n"


def test_watch_says_rate_and_age(runtime_dir, capsys):
    with LiveCamera(runtime_dir, endless=True):
        arguments = ["watch", "yard", "--runtime-dir", runtime_dir, "--for", "1.2"]
        assert main(arguments + ["--format", "bgr24", "--size", "64x0"]) == 0
    line = capsys.readouterr().out
    assert re.fullmatch(
        r"yard +\d+\.\d fps +age p50 +\d+\.\d ms +max +\d+\.\d ms +missed \d+ +bgr24 64x32\n", line
    )


def test_watch_says_why_there_is_no_frame(runtime_dir, capsys, fake):
    assert main(["watch", "yard", "--runtime-dir", runtime_dir, "--for", "1.2"]) == 0
    assert capsys.readouterr().out == "yard  no frame, connecting\n"


def test_an_unknown_camera_is_exit_status_1(runtime_dir, capsys):
    assert main(["watch", "hall", "--runtime-dir", runtime_dir]) == 1
    assert "no camera 'hall'" in capsys.readouterr().err


def test_wrong_use_is_exit_status_2(runtime_dir, capsys):
    assert main(["watch", "HALL", "--runtime-dir", runtime_dir]) == 2
    with pytest.raises(SystemExit) as ended:
        main(["dance"])
    assert ended.value.code == 2
    capsys.readouterr()


def test_it_runs_as_a_module(runtime_dir):
    source = os.path.dirname(os.path.dirname(camherd.__file__))
    ran = subprocess.run(
        [sys.executable, "-m", "camherd", "ls", "--runtime-dir", runtime_dir],
        env={**os.environ, "PYTHONPATH": source},
        check=True,
        capture_output=True,
    )
    assert ran.stdout == b""
