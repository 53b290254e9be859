"""camherd's Python client: one thread with a `camherd.Herd` of all cameras, the way a detector
reads. It needs no more: a frame costs it some microseconds, since it neither decodes nor copies,
so further threads or processes would only cost memory. With one camera for each process it is
the other way people read: a detector a camera."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any, Mapping

from .source import Meters, Source, Threads, Wanted

_PACKAGE = Path(__file__).resolve().parents[2] / "clients" / "python" / "src"
_DEMANDS: Mapping[str, dict[str, Any]] = {
    "full": {}, "1fps": {"max_fps": 1}, "keyframes": {"pictures": "keyframes"}}


def start(wanted: Wanted, meters: Meters) -> Source:
    sys.path.insert(0, str(_PACKAGE))
    import camherd

    herd = camherd.Herd(list(wanted.urls), runtime_dir=wanted.runtime_dir, format=wanted.format,
                        **_DEMANDS[wanted.demand])
    green_only = wanted.format == "bgr24"

    def read() -> None:
        for frame in herd:
            at = time.monotonic_ns()
            picture = frame.planes[0]
            meters[frame.camera].seen(picture[..., 1] if green_only else picture, at)

    threading.Thread(target=read, daemon=True).start()
    return Threads()
