"""GStreamer with an appsink for each camera: no jitter buffer (latency=0, since TCP loses and
reorders nothing), a parser and a decoder with one thread, and a sink that keeps only the newest
frame and does not wait for its time. All cameras of a process have a pipeline and a thread each;
Python's lock is free while a thread waits for a frame. A pipeline that ended, or failed, does not
come back by itself: it is made anew, after a second.

One frame a second takes decoding every frame, since each picture needs the one before; a videorate
lets one a second through. Keyframes are taken out before the decoder by their flag: the decoder's
own `skip-frame` has no such choice (it stops at 5, and libavcodec's "all but keyframes" is 32)."""

from __future__ import annotations

import threading
import time
from typing import Any

import gi
import numpy as np

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
from gi.repository import Gst, GstApp  # noqa: E402, F401

from .block_code import HEIGHT  # noqa: E402
from .source import RETRY_SECONDS, Meters, Source, Threads, Wanted  # noqa: E402

_PIPELINE = ("rtspsrc location={url} latency=0 protocols=tcp ! rtph264depay ! h264parse {before} ! "
             "avdec_h264 max-threads=1 {after} {conversion} ! "
             "appsink name=sink drop=true max-buffers=1 sync=false")
_BEFORE_DECODER = {"keyframes": "! identity drop-buffer-flags=delta-unit"}
_AFTER_DECODER = {"1fps": "! videorate drop-only=true max-rate=1"}
# The conversion with one thread: with many cameras more threads cost more than they give.
_CONVERSIONS = {"native": "", "bgr24": "! videoconvert n-threads=1 ! video/x-raw,format=BGR"}
# No frame for this long: has the pipeline failed? Sooner before the first, where an answer may be
# that nobody listens; one that ends says so at once.
_LOOK_FOR_FAILURE = {"before the first": Gst.SECOND // 10, "between two": Gst.SECOND}


def start(wanted: Wanted, meters: Meters) -> Source:
    Gst.init(None)
    for camera, url in wanted.urls.items():
        threading.Thread(target=_read_again_and_again, args=(url, wanted, meters[camera]),
                         daemon=True).start()
    return Threads()


def _read_again_and_again(url: str, wanted: Wanted, meter: Any) -> None:
    description = _PIPELINE.format(
        url=url, before=_BEFORE_DECODER.get(wanted.demand, ""),
        after=_AFTER_DECODER.get(wanted.demand, ""), conversion=_CONVERSIONS[wanted.format])
    while True:
        pipeline = Gst.parse_launch(description)
        pipeline.set_state(Gst.State.PLAYING)
        _read(pipeline, wanted, meter)
        pipeline.set_state(Gst.State.NULL)
        time.sleep(RETRY_SECONDS)


def _read(pipeline: Any, wanted: Wanted, meter: Any) -> None:
    """Returns when the pipeline has ended."""
    sink = pipeline.get_by_name("sink")
    patience = _LOOK_FOR_FAILURE["before the first"]
    ended = Gst.MessageType.ERROR | Gst.MessageType.EOS
    samples = 3 if wanted.format == "bgr24" else 1
    stride = (wanted.width * samples + 3) // 4 * 4
    while True:
        sample = sink.try_pull_sample(patience)
        at = time.monotonic_ns()
        if sample is None:
            if sink.is_eos() or pipeline.get_bus().pop_filtered(ended):
                return
            continue
        patience = _LOOK_FOR_FAILURE["between two"]
        # Python's view of a whole buffer is a copy; the code is in its first rows.
        rows = np.frombuffer(sample.get_buffer().extract_dup(0, HEIGHT * stride), np.uint8)
        rows = rows.reshape(HEIGHT, stride)
        meter.seen(rows[:, 1:3 * wanted.width:3] if samples == 3 else rows, at)
