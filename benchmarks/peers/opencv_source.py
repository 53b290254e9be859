"""OpenCV's VideoCapture: a thread a camera that reads as fast as frames come, so that the frame in
hand is the newest there is. `cv2.VideoCapture` waits outside of Python's lock, and all conversion
is in it, so threads do not hinder each other. The options are those that its manual offers against
latency: TCP as for everybody, no buffering in the demuxer, no reordering delay, no looking at
pictures for what the SDP says. Its decoder takes a thread for each core, each of which delays by a
picture; version 4.6 has no option for it (`threads;1` among these is not heard). A capture whose
`read` fails is opened again after a second. It decodes and converts every frame, whatever is done
with it."""

from __future__ import annotations

import os
import threading
import time

from .source import RETRY_SECONDS, Meters, Source, Threads, Wanted

_OPTIONS = ("rtsp_transport;tcp|fflags;nobuffer|flags;low_delay|max_delay;0|probesize;32|"
            "analyzeduration;0")


def start(wanted: Wanted, meters: Meters) -> Source:
    if wanted.format != "bgr24":
        raise ValueError("OpenCV gives bgr24 only")
    if wanted.demand != "full":
        raise ValueError("OpenCV reads every frame")
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = _OPTIONS
    import cv2

    def read(camera: str, url: str) -> None:
        seen = meters[camera].seen
        while True:
            capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
            while True:
                there, picture = capture.read()
                at = time.monotonic_ns()
                if not there:
                    break
                seen(picture[..., 1], at)
            capture.release()
            time.sleep(RETRY_SECONDS)

    for camera, url in wanted.urls.items():
        threading.Thread(target=read, args=(camera, url), daemon=True).start()
    return Threads()
