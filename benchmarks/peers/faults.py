"""What consumers can do wrong: each a context in which it happens to one camera."""

from __future__ import annotations

import contextlib
import json
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, ContextManager, Iterator, Mapping, NamedTuple

from processes import Camherd, Child, Failure

from .consumers import Consumers
from .lease_socket import LeaseSocket, Refused

_FOLDER = Path(__file__).resolve().parent.parent
_AT_ONCE = 28  # consumers that die at the same time: of 32 leases a camera has for all
_CONNECTIONS = 200
_SPARE_FILES = 6
_SLOW_SECONDS = 0.5


class Attack(NamedTuple):
    """Whom to bother, and how much."""

    camherd: Camherd
    camera: str
    seconds: float
    kills: int

    @property
    def socket(self) -> str:
        return self.camherd.socket_of(self.camera)


Notes = dict[str, Any]  # what happened, for the report; `broken` says what must not
# Entered when the fault begins; what is done in it takes as long as the fault lasts. Leaving it
# undoes everything.
Fault = Callable[[Attack], ContextManager[Notes]]


@contextlib.contextmanager
def stopped(attack: Attack) -> Iterator[Notes]:
    """A consumer that has a frame and is stopped (SIGSTOP)."""
    with Consumers({attack.camera: attack.socket}) as victim:
        victim.wait_until_streaming()
        victim.process.send_signal(signal.SIGSTOP)
        time.sleep(attack.seconds)
        yield {}
        victim.process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def slow(attack: Attack) -> Iterator[Notes]:
    """A consumer that holds each frame for half a second."""
    with Consumers({attack.camera: attack.socket}, hold_seconds=_SLOW_SECONDS) as reader:
        reader.wait_until_streaming()
        reader.begin()
        time.sleep(attack.seconds)
        found = reader.end()["cameras"][attack.camera]
        yield {"frames of the slow consumer": found["frames"], "missed": found["missed"]}


@contextlib.contextmanager
def killed(attack: Attack) -> Iterator[Notes]:
    """Consumers that are killed (SIGKILL) while they hold a frame."""
    with _program("dying_consumers", attack.socket, attack.kills, _AT_ONCE) as dying:
        if dying.wait_for_end(60 + attack.kills) != 0:
            raise Failure("the dying consumers failed")
        notes: Notes = json.loads(dying.lines[-1])
        if notes["holding"] < notes["killed"]:
            notes["broken"] = [f"{notes['killed'] - notes['holding']} newcomers had no frame"]
        yield notes


@contextlib.contextmanager
def noise(attack: Attack) -> Iterator[Notes]:
    """Random bytes, broken requests, descriptors that nobody asked for, silence."""
    seed = random.randrange(1 << 32)
    with _program("hostile_consumers", attack.socket, seed) as hostile:
        time.sleep(attack.seconds)
        hostile.end_of_input()
        found = hostile.wait_for("result", lambda lines: lines[-1:], 30)
        yield {**json.loads(found[0]), "seed": seed}


@contextlib.contextmanager
def exhausted(attack: Attack) -> Iterator[Notes]:
    """No descriptors are left for all the consumers that connect."""
    pid = attack.camherd.pid
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    used = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + _SPARE_FILES, limits[1]))
    many = [_connect(attack.socket) for _ in range(_CONNECTIONS)]
    try:
        ends = time.monotonic() + attack.seconds
        answers = [_answer(consumer) for consumer in many]
        time.sleep(max(0.0, ends - time.monotonic()))
        yield {answer: answers.count(answer) for answer in sorted(set(answers))}
    finally:
        for consumer in many:
            if consumer:
                consumer.close()
        if attack.camherd.process.poll() is None:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)


def _connect(path: str) -> LeaseSocket | None:
    try:
        return LeaseSocket(path)
    except OSError:
        return None


def _answer(consumer: LeaseSocket | None) -> str:
    """What the camera said to one of many."""
    if consumer is None:
        return "not connected"
    try:
        return "had a frame" if consumer.receive(1) else "no answer"
    except Refused:
        return "refused"
    except OSError:
        return "sent away"


def _program(name: str, *arguments: object) -> Child:
    # Nice: what it asks of camherd is in question, not what it takes from the processor itself.
    child = Child(["nice", "-n", "19", sys.executable, "-m", f"peers.{name}",
                   *map(str, arguments)], "stdout", {"PYTHONPATH": str(_FOLDER)}, subprocess.PIPE)
    child.name = name
    return child


FAULTS: Mapping[str, Fault] = {"stopped": stopped, "slow": slow, "killed": killed,
                               "noise": noise, "exhausted": exhausted}
