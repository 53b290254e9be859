"""One ffmpeg process a camera that pipes raw pictures, as Frigate does it, into one process with a
thread a camera, which costs less memory than Frigate's process a camera."""

from __future__ import annotations

import fcntl
import subprocess
import threading
import time

import numpy as np

from .source import Meters, Source, Wanted

_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ
_PIPE_BYTES = 1 << 20  # all that is allowed without privileges: fewer turns for a picture
# nobuffer, low_delay: what ffmpeg offers against latency. probesize and analyzeduration: the SDP
# says all there is to know, which ffmpeg else finds out from five seconds of pictures. threads 1:
# frame threading delays by a picture for each thread, and with many cameras costs more than it
# gives. passthrough: no picture is repeated nor left out to meet a rate, which would wait for the
# next.
_COMMAND = ("ffmpeg -nostdin -loglevel error -fflags nobuffer -flags low_delay -probesize 32 "
            "-analyzeduration 0 -rtsp_transport tcp -threads 1 -i {url} -an -sn "
            "-vsync passthrough -f rawvideo -pix_fmt {format} pipe:1")
_FORMATS = {"native": "yuv420p", "bgr24": "bgr24"}


class _Processes:
    def __init__(self) -> None:
        self.running: list[subprocess.Popen[bytes]] = []

    def close(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def start(wanted: Wanted, meters: Meters) -> Source:
    processes = _Processes()
    pixels = wanted.width * wanted.height
    size = pixels * 3 if wanted.format == "bgr24" else pixels * 3 // 2

    def read(camera: str, process: subprocess.Popen[bytes]) -> None:
        picture = np.empty(size, np.uint8)
        if wanted.format == "bgr24":
            grey = picture.reshape(wanted.height, wanted.width, 3)[..., 1]
        else:
            grey = picture[:pixels].reshape(wanted.height, wanted.width)
        room = memoryview(picture)
        assert process.stdout is not None
        while _fill(process.stdout, room):
            meters[camera].seen(grey, time.monotonic_ns())

    for camera, url in wanted.urls.items():
        command = [part.format(url=url, format=_FORMATS[wanted.format])
                   for part in _COMMAND.split()]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   bufsize=0)
        assert process.stdout is not None
        fcntl.fcntl(process.stdout, _SET_PIPE_SIZE, _PIPE_BYTES)
        processes.running.append(process)
        threading.Thread(target=read, args=(camera, process), daemon=True).start()
    return processes


def _fill(pipe: object, room: memoryview) -> bool:
    """True once `room` is full, false at the end of the pipe."""
    while len(room):
        count = pipe.readinto(room)  # type: ignore[attr-defined]
        if not count:
            return False
        room = room[count:]
    return True
