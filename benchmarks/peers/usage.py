"""What processes use of the machine, by their process ids."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Iterable, NamedTuple

_CPU_CLOCK_OF_PROCESS = 2  # CPUCLOCK_SCHED in the kernel's clock ids


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads a process has and had, to the nanosecond; 0 once it
    is gone. /proc/PID/stat has the same in steps of 10 ms."""
    try:
        return time.clock_gettime((~pid << 3) | _CPU_CLOCK_OF_PROCESS)
    except OSError:
        return 0.0


class Holding(NamedTuple):
    """What some processes hold together."""

    pss_bytes: int  # pages that are shared count once
    rss_bytes: int  # as much as each has, summed up
    threads: int
    files: int


def holding(pids: Iterable[int]) -> Holding:
    """Reads what the kernel says of the memory of each process, which takes milliseconds."""
    each = [_holding_of(pid) for pid in pids]
    return Holding(*(sum(column) for column in zip(*each))) if each else Holding(0, 0, 0, 0)


def _holding_of(pid: int) -> Holding:
    try:
        memory = _fields(f"/proc/{pid}/smaps_rollup")
        status = _fields(f"/proc/{pid}/status")
        files = len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return Holding(0, 0, 0, 0)
    return Holding(_bytes(memory.get("Pss", "")), _bytes(memory.get("Rss", "")),
                   int(status.get("Threads", 0)), files)


def with_children(pid: int) -> list[int]:
    """A process, its children and theirs."""
    found = [pid]
    for task in _names(f"/proc/{pid}/task"):
        try:
            children = Path(f"/proc/{pid}/task/{task}/children").read_text().split()
        except OSError:
            continue
        for child in children:
            found += with_children(int(child))
    return found


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _fields(path: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in Path(path).read_text().splitlines())
    return {name: value.strip() for name, _, value in pairs}


def _bytes(kilobytes: str) -> int:
    return int(kilobytes.split()[0]) * 1024 if kilobytes else 0


class MachineTime(NamedTuple):
    """What all cores have done since the machine was started, in ticks."""

    idle: int
    total: int

    @staticmethod
    def now() -> MachineTime:
        # user nice system idle iowait irq softirq steal; guest time is in user time already.
        all_cores = Path("/proc/stat").read_text().split("\n", 1)[0].split()
        ticks = [int(text) for text in all_cores[1:9]]
        return MachineTime(ticks[3] + ticks[4], sum(ticks))

    def busy_share_since(self, earlier: MachineTime) -> float:
        """Of all cores, from 0 to 1."""
        return 1 - (self.idle - earlier.idle) / max(1, self.total - earlier.total)
