"""One ffmpeg process a camera that pipes raw pictures, as Frigate does it, into one process with a
thread a camera, which costs less memory than Frigate's process a camera. ffmpeg ends with the
connection and is started again after a second (Frigate looks every ten).

One frame a second takes decoding every frame, since each picture needs the one before; leaving the
others out before the pipe saves writing and reading them."""

from __future__ import annotations

import fcntl
import subprocess
import threading
import time

import numpy as np

from .source import RETRY_SECONDS, Meters, Source, Wanted

_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ
_PIPE_BYTES = 1 << 20  # all that is allowed without privileges: fewer turns for a picture
# nobuffer, low_delay: what ffmpeg offers against latency. probesize and analyzeduration: the SDP
# says all there is to know, which ffmpeg else finds out from five seconds of pictures. threads 1
# of the decoder: frame threading delays by a picture for each thread, and with many cameras costs
# more than it gives. threads 1 of the output: so does what "encodes" raw video. passthrough: no
# picture is repeated nor left out to meet a rate, which would wait for the next. What is left is
# one picture: the demuxer knows only from the next one that a picture is complete.
_COMMAND = ("ffmpeg -nostdin -loglevel error -fflags nobuffer -flags low_delay -probesize 32 "
            "-analyzeduration 0 -rtsp_transport tcp -threads 1 {before} -i {url} -an -sn {after} "
            "-threads 1 -vsync passthrough -f rawvideo -pix_fmt {format} pipe:1")
_BEFORE_INPUT = {"keyframes": "-skip_frame nokey"}
_AFTER_INPUT = {"1fps": r"-vf select=isnan(prev_selected_t)+gte(t-prev_selected_t\,0.95)"}
_FORMATS = {"native": "yuv420p", "bgr24": "bgr24"}


class _Processes:
    """An ffmpeg for each camera, and the thread that reads from it and starts it again."""

    def __init__(self, wanted: Wanted, meters: Meters) -> None:
        self._wanted = wanted
        self._closed = threading.Event()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        for camera in wanted.urls:
            threading.Thread(target=self._read_again_and_again, args=(camera, meters),
                             daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        running = list(self._running.values())
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _read_again_and_again(self, camera: str, meters: Meters) -> None:
        wanted = self._wanted
        command = [part.format(url=wanted.urls[camera], format=_FORMATS[wanted.format])
                   for part in _COMMAND.replace("{before}", _BEFORE_INPUT.get(wanted.demand, ""))
                   .replace("{after}", _AFTER_INPUT.get(wanted.demand, "")).split()]
        pixels = wanted.width * wanted.height
        packed = wanted.format == "bgr24"
        picture = np.empty(pixels * 3 if packed else pixels * 3 // 2, np.uint8)
        grey = (picture.reshape(wanted.height, wanted.width, 3)[..., 1] if packed
                else picture[:pixels].reshape(wanted.height, wanted.width))
        room = memoryview(picture)
        while not self._closed.is_set():
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, bufsize=0)
            self._running[camera] = process
            assert process.stdout is not None
            fcntl.fcntl(process.stdout, _SET_PIPE_SIZE, _PIPE_BYTES)
            while _fill(process.stdout, room):
                meters[camera].seen(grey, time.monotonic_ns())
            process.stdout.close()
            process.wait()
            self._closed.wait(RETRY_SECONDS)


def start(wanted: Wanted, meters: Meters) -> Source:
    return _Processes(wanted, meters)


def _fill(pipe: object, room: memoryview) -> bool:
    """True once `room` is full, false at the end of the pipe."""
    while len(room):
        count = pipe.readinto(room)  # type: ignore[attr-defined]
        if not count:
            return False
        room = room[count:]
    return True
