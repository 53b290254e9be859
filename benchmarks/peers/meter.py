"""How old the frames of a camera are when a consumer has them in hand."""

from __future__ import annotations

import time
from typing import Any, Callable, Optional

import numpy as np

from .block_code import read_block_code
from .sent_log import SentLog


class Meter:
    """Counts and ages the frames of one camera. `seen` is for one thread; the others for any."""

    def __init__(self, log: SentLog, number: int, scene: int,
                 delivers: Callable[[], None]) -> None:
        """`number` is the camera's in the sent log; `scene` is what it shows. `delivers` is
        called by the thread of `seen` whenever `delivers_since` gets a value."""
        self._log = log
        self._number = number
        self._scene = scene
        self._delivers = delivers
        self._measuring = False
        self._ages_ns: list[int] = []
        self._frames = 0
        self._wrong = {"unreadable": 0, "wrong_scene": 0, "unsent": 0}
        self._cost_ns = 0
        # When the first frame came whose code can be read, on CLOCK_MONOTONIC.
        self.delivers_since: Optional[int] = None

    def begin(self) -> None:
        """Counts from here on."""
        self._measuring = True

    def end(self) -> None:
        self._measuring = False

    def await_again(self) -> None:
        """Forgets that the camera delivered already."""
        self.delivers_since = None

    def seen(self, grey: np.ndarray, at: int) -> None:
        """A frame came into the consumer's hands `at` that time of CLOCK_MONOTONIC in
        nanoseconds. `grey` is its luma or one of its colours."""
        if self._measuring:
            began = time.thread_time_ns()
            self._frames += 1
            age = self._age(grey, at)
            if isinstance(age, str):
                self._wrong[age] += 1
            else:
                self._ages_ns.append(age)
            self._cost_ns += time.thread_time_ns() - began
        elif self.delivers_since is None and read_block_code(grey) is not None:
            self.delivers_since = at
            self._delivers()

    def _age(self, grey: np.ndarray, at: int) -> int | str:
        """Nanoseconds since the picture was sent, or what is wrong with it."""
        code = read_block_code(grey)
        if code is None:
            return "unreadable"
        if code.scene != self._scene:
            return "wrong_scene"
        sent = self._log.sent_at(self._number, code.index)
        return at - sent if 0 < sent <= at else "unsent"

    def result(self) -> dict[str, Any]:
        """What was measured. `measuring_ns` is the CPU time that this took."""
        return {"frames": self._frames, "ages_ns": self._ages_ns, **self._wrong,
                "measuring_ns": self._cost_ns}
