"""Cameras that take on faults, a camherd that has them, and somebody who watches every frame."""

from __future__ import annotations

import difflib
import json
import random
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, Collection, Iterable, NamedTuple, Optional

from processes import Camherd, Child, Failure, find_program, output_of

_FOLDER = Path(__file__).resolve().parent.parent
QUEUE = 64  # frame_queue_size: a machine that is busy with something else must not look like a fault
# Deadlines that faults are to run into, short enough that a run has many of them.
CONFIGURATION = """\
node: {{ restart_delay: 500ms, restart_delay_max: 4s, quarantine_delay: 10s,
        process_restart_threshold: 1000, connects_per_second_per_host: 50 }}
defaults: {{ idle: full, frame_queue_size: {queue}, max_age: 10s, connect_timeout: 3s,
            first_frame_timeout: 6s, stall_timeout: 4s }}
http: {{ listen: '127.0.0.1:{port}' }}
log: {{ format: json, file: '{log}', file_size: 64MiB, file_count: 3 }}
cameras:
"""


class FaultKind(NamedTuple):
    """One that a camera can have: see docs/ref/faults.md."""

    name: str
    row: int
    settings: str


def kinds_of(options: Any, wanted: Collection[str], without: Collection[str]) -> list[FaultKind]:
    """Those of `wanted` that a camera can have, or all if it is empty, but those of `without`."""
    program = find_program(options.bin, "camherd-sim")
    listed = json.loads("\n".join(output_of([program, "--list-faults", "--json"])))
    kinds = [FaultKind(each["name"], each["row"], each["settings"]) for each in listed
             if each["of_a_camera"]]
    names = [kind.name for kind in kinds]
    for name in (*wanted, *without):
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            raise Failure(f"no camera can have the fault {name}; " + (
                f"did you mean {near[0]}?" if near else "camherd-sim --list-faults has all"))
    kinds = [kind for kind in kinds
             if (not wanted or kind.name in wanted) and kind.name not in without]
    if not kinds:
        raise Failure("no fault is left")
    return kinds


class Stage(Child):
    """camherd-sim with cameras that take on faults."""

    def __init__(self, options: Any, cameras: int, folder: Path) -> None:
        super().__init__([find_program(options.bin, "camherd-sim"), "--stage", str(folder),
                          "--cameras", str(cameras)], "stdout", None, subprocess.PIPE)

    def wait_until_ready(self) -> list[str]:
        """The cameras' URLs."""
        self.wait_for("ready line", lambda lines: "ready" in lines, 60)
        return [line.split()[2] for line in self.lines if line.startswith("camera ")]

    def begin(self, camera: int, fault: str) -> Optional[list[str]]:
        """The files of what the camera may show now; None if it cannot have that fault."""
        answer = self._ask(camera, fault).split()
        return answer[3:] if answer[1] == "begun" else None

    def end(self, camera: int) -> None:
        self._ask(camera, "good")

    def _ask(self, camera: int, wish: str) -> str:
        with self.changed:
            seen = len(self.lines)
        self.say(f"{camera} {wish}")
        return str(self.wait_for(f"answer to {camera} {wish}",
                                 lambda lines: lines[seen:][:1], 60)[0])


class Witness(Child):
    """Reads every frame of all cameras."""

    def __init__(self, cameras: Iterable[str], runtime_dir: Path, clips: Path) -> None:
        super().__init__([sys.executable, "-m", "peers.witness"], "stdout",
                         {"PYTHONPATH": str(_FOLDER)}, subprocess.PIPE)
        self.name = "witness"
        self.say(json.dumps({"cameras": list(cameras), "runtime_dir": str(runtime_dir),
                             "clips": str(clips)}))

    def expect(self, clips: Iterable[str]) -> None:
        self.say("clips " + " ".join(clips))

    def news(self) -> list[dict[str, Any]]:
        """What it told since this was asked last."""
        with self.changed:
            lines, self.lines[:] = list(self.lines), []
        return [json.loads(line) for line in lines]


class Act(NamedTuple):
    """A time of peace and the fault that follows it."""

    peace: float  # seconds
    fault: FaultKind
    lasts: float  # seconds


class Plan:
    """What a camera will go through. The same seed gives the same, however long things take."""

    def __init__(self, seed: int, camera: int, kinds: list[FaultKind], settings: str) -> None:
        self.random = random.Random(f"{seed}-{camera}")
        self.kinds = [kind for kind in kinds if kind.settings in ("", settings)]

    def next(self) -> Act:
        return Act(self.random.uniform(5, 25), self.random.choice(self.kinds),
                   self.random.uniform(3, 20))


def settings_of(camera: int, kinds: list[FaultKind]) -> str:
    """Faults that need settings of camherd get a share of the cameras; every other has none."""
    needed = sorted({kind.settings for kind in kinds if kind.settings})
    if camera % 2 == 0 or not needed:
        return ""
    return needed[camera // 2 % len(needed)]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def write_configuration(path: Path, urls: list[str], settings: list[str], log: Path) -> int:
    """Returns the port of the HTTP server."""
    port = free_port()
    text = CONFIGURATION.format(queue=QUEUE, port=port, log=log)
    for number, url in enumerate(urls):
        # Half of the cameras show damaged pictures, with their flag.
        entry = [f"url: '{url}'", f"corrupt: {'flag' if number // 2 % 2 else 'withhold'}"]
        taken = {part.partition(":")[0] for part in entry}
        entry += [part.strip() for part in settings[number].split(",")
                  if part.strip() and part.strip().partition(":")[0] not in taken]
        text += f"  cam{number}: {{{', '.join(entry)}}}\n"
    path.write_text(text)
    return port


def cameras_of(port: int) -> dict[str, dict[str, Any]]:
    """What the HTTP API says of each camera."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/cameras", timeout=10) as answer:
        return {camera["name"]: camera for camera in json.load(answer)["cameras"]}


def wait_until_streaming(camherd: Camherd, port: int, cameras: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and camherd.process.poll() is None:
        try:
            states = [camera["state"] for camera in cameras_of(port).values()]
        except OSError:
            states = []
        if states.count("streaming") == cameras:
            return
        time.sleep(0.2)
    raise Failure("not every camera streams")
