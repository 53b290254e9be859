"""GStreamer with an appsink for each camera: no jitter buffer (latency=0, since TCP loses and
reorders nothing), a parser and a decoder with one thread, and a sink that keeps only the newest
frame and does not wait for its time."""

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
from .source import Meters, Source, Threads, Wanted  # noqa: E402

_PIPELINE = ("rtspsrc location={url} latency=0 protocols=tcp ! rtph264depay ! h264parse ! "
             "avdec_h264 max-threads=1 {conversion} ! "
             "appsink name=sink drop=true max-buffers=1 sync=false")
# The conversion with one thread: with many cameras more threads cost more than they give.
_CONVERSIONS = {"native": "", "bgr24": "! videoconvert n-threads=1 ! video/x-raw,format=BGR"}


def start(wanted: Wanted, meters: Meters) -> Source:
    Gst.init(None)
    for camera, url in wanted.urls.items():
        pipeline = Gst.parse_launch(
            _PIPELINE.format(url=url, conversion=_CONVERSIONS[wanted.format]))
        pipeline.set_state(Gst.State.PLAYING)
        threading.Thread(target=_read, args=(pipeline, wanted, meters[camera]),
                         daemon=True).start()
    return Threads()


def _read(pipeline: Any, wanted: Wanted, meter: Any) -> None:
    sink = pipeline.get_by_name("sink")
    samples = 3 if wanted.format == "bgr24" else 1
    stride = (wanted.width * samples + 3) // 4 * 4
    while True:
        sample = sink.pull_sample()
        at = time.monotonic_ns()
        if sample is None:
            return
        # Python's view of a whole buffer is a copy; the code is in its first rows.
        rows = np.frombuffer(sample.get_buffer().extract_dup(0, HEIGHT * stride), np.uint8)
        rows = rows.reshape(HEIGHT, stride)
        meter.seen(rows[:, 1:3 * wanted.width:3] if samples == 3 else rows, at)
