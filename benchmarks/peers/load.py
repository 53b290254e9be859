"""What a number of cameras is to one way of reading them."""

from __future__ import annotations

import time
from typing import Any, NamedTuple, Optional

from processes import Camherd

from . import usage
from .metrics_page import MetricsPage
from .peer import Peer, Reading
from .simulation import SimulatedHerd, simulated


class Mode(NamedTuple):
    """How much of each camera is wanted."""

    demand: str  # of the consumers
    defaults: str  # of the cameras in camherd's configuration
    what: str


# A limit on the rate is camherd's to keep; the peers' readers do what they can for the same.
MODES = {
    "full": Mode("full", "", "every frame"),
    "1fps": Mode("1fps", "{ frames_per_second_limit: 1 }", "one frame a second"),
    "keyframes": Mode("keyframes", "", "keyframes only"),
    "idle": Mode("none", "{ idle: off }", "nobody reads, camherd is ready"),
}


def apply_load(options: Any, way: str, mode: Mode, cameras: int) -> dict[str, Any]:
    """Cameras of their own simulator, read for `options.duration` after `options.settle`. Failure
    if not every one of them delivers in time."""
    with simulated(options, cameras, size=options.size,
                   more=["--fps", str(options.fps), "--gop", str(options.gop)]) as herd:
        reading = Reading(way, demand=mode.demand, defaults=mode.defaults,
                          http="127.0.0.1:0", start_seconds=60 + cameras / 2)
        with Peer(options, reading, herd) as peer:
            time.sleep(options.settle)
            return {"cameras": cameras, **_measured(options, peer, herd, mode)}


def _measured(options: Any, peer: Peer, herd: SimulatedHerd, mode: Mode) -> dict[str, Any]:
    log = herd.open_sent_log()
    page, sent, busy = _page(peer.camherd), log.sent_by_all(), usage.MachineTime.now()
    found = peer.measure(options.duration)
    found.update(busy_share=usage.MachineTime.now().busy_share_since(busy),
                 sent=log.sent_by_all() - sent)
    after = _page(peer.camherd)
    if page and after:
        before = page.drops()
        found["drops"] = {reason: count - before[reason]
                          for reason, count in after.drops().items() if count > before[reason]}
    if after and mode.demand == "none":
        rates = after.by_camera("camherd_frames_per_second", stage="received")
        found.update(fps_mean=sum(rates.values()) / len(rates), fps_worst=min(rates.values()))
    return found


def _page(camherd: Optional[Camherd]) -> Optional[MetricsPage]:
    return MetricsPage(camherd) if camherd else None
