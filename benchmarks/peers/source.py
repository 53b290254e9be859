"""What the ways of reading have in common."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Protocol

from .meter import Meter

# Before a way that does not come back by itself is started again, as in most scripts; camherd is
# told to be as eager (`Peer`).
RETRY_SECONDS = 1.0


class Wanted(NamedTuple):
    """What a reader is asked for."""

    format: str  # native: as the decoder writes it; or bgr24
    demand: str  # full: every frame; 1fps: one a second; or keyframes
    urls: Mapping[str, str]  # by the name of the camera
    width: int
    height: int
    runtime_dir: str  # of camherd

    @staticmethod
    def from_json(request: Mapping[str, Any]) -> Wanted:
        return Wanted(*(request[name] for name in Wanted._fields))


class Source(Protocol):
    """Reads cameras on threads of its own and hands each frame to the meter of its camera. Each
    module NAME_source has `start(wanted, meters)`, which returns one of these at once."""

    def close(self) -> None:
        """Ends all processes that were started. The threads end with this process."""


class Threads:
    """A source that is nothing but threads."""

    def close(self) -> None:
        """Nothing has to be ended."""


Meters = Mapping[str, Meter]
