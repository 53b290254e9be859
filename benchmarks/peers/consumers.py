"""Consumers of camherd that do no more than the lease protocol asks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Mapping, Sequence

from processes import Child

_FOLDER = Path(__file__).resolve().parent.parent
_SECONDS = 30  # for whatever should take no time


class Consumers(Child):
    """A process with consumers of some cameras, within a `with` block."""

    def __init__(self, sockets: Mapping[str, str], *, format: str = "native", each: int = 1,
                 hold_seconds: float = 0) -> None:
        """`each` consumers of every camera, whose sockets are given by name. They hold each
        frame for that time; with more than one consumer that holds up the others too."""
        super().__init__([sys.executable, "-m", "peers.lease_reader"], "stdout",
                         {"PYTHONPATH": str(_FOLDER)}, subprocess.PIPE)
        self.name = "consumers"
        self.say(json.dumps({"sockets": dict(sockets), "format": format, "each": each,
                             "hold_seconds": hold_seconds}))

    def wait_until_streaming(self) -> None:
        """Returns once each of them has had a frame."""
        self.wait_for("frame for every consumer", lambda lines: "streaming" in lines, _SECONDS)

    def begin(self) -> None:
        """Counts anew from here on."""
        with self.changed:
            self.results = len(_results(self.lines))
        self.say("begin")

    def end(self) -> dict[str, Any]:
        """What was counted: by the camera `frames`, `missed` and `ages_ns` since the last packet;
        and a `problem` if the camera sent one of them away."""
        self.say("end")
        return dict(self.wait_for("result", lambda lines: _results(lines)[self.results:],
                                  _SECONDS)[0])


def _results(lines: Sequence[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines if line.startswith("{")]
