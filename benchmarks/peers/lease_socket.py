"""The consumer's side of the lease protocol (docs/ref/lease-protocol.md) with nothing but a
socket: for consumers that must cost next to nothing, or misbehave. It maps no pixels."""

from __future__ import annotations

import array
import os
import socket
import struct
import time
from typing import NamedTuple, Optional

NATIVE, BGR24 = 0, 14
FORMATS = {"native": NATIVE, "bgr24": BGR24}

_MAGIC = 0x44484D43
_HELLO, _RELEASE, _WELCOME, _REFUSED, _SEGMENT, _FRAME = 1, 2, 16, 17, 18, 20
_HEADER = struct.Struct("<II")
_HELLO_MESSAGE = struct.Struct("<II I HH 4B BB H II I 20x")
_RELEASE_MESSAGE = struct.Struct("<IIQ")
_LEASE = struct.Struct("<8x Q")
_TIMES = struct.Struct("<160x q 24x Q")  # received_at, missed_before
_FRAME_BYTES = 200
_MOST_BYTES = 1024


class Refused(Exception):
    """The camera refused; the text says why."""


class Lease(NamedTuple):
    """A frame that is held."""

    number: int
    received_at: int  # its last packet, nanoseconds of CLOCK_MONOTONIC
    missed_before: int  # frames that this consumer did not get


def hello(format: int = NATIVE, leases: int = 1) -> bytes:
    """The request for every frame, the newest first."""
    return _HELLO_MESSAGE.pack(_HELLO, _HELLO_MESSAGE.size, _MAGIC, 1, 1, format, 0, 0, 0, leases,
                               0, 0, 0, 0, 0)


class LeaseSocket:
    """One consumer of one camera."""

    def __init__(self, path: str, format: int = NATIVE, leases: int = 1) -> None:
        """Connects and says hello. OSError if there is nobody."""
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.welcome = False
        try:
            self.socket.connect(path)
            self.socket.send(hello(format, leases), socket.MSG_NOSIGNAL)
        except OSError:
            self.socket.close()
            raise

    def fileno(self) -> int:
        return self.socket.fileno()

    def receive(self, timeout: Optional[float] = 0) -> Optional[Lease]:
        """The next frame, or None if there was none within `timeout` seconds (None: forever).
        Refused; ConnectionError when the camera has gone."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            self.socket.settimeout(None if end is None else max(0.0, end - time.monotonic()))
            try:
                message, ancillary, _, _ = self.socket.recvmsg(
                    _MOST_BYTES, socket.CMSG_SPACE(4), socket.MSG_CMSG_CLOEXEC)
            except (BlockingIOError, socket.timeout):
                return None
            for _, _, content in ancillary:
                os.close(array.array("i", content)[0])
            lease = self._take(message)
            if lease is not None:
                return lease

    def release(self, lease: Lease) -> None:
        """Gives a frame back. OSError if the camera has gone."""
        self.socket.send(_RELEASE_MESSAGE.pack(_RELEASE, _RELEASE_MESSAGE.size, lease.number),
                         socket.MSG_NOSIGNAL)

    def close(self) -> None:
        """Ends all leases."""
        self.socket.close()

    def _take(self, message: bytes) -> Optional[Lease]:
        if not message:
            raise ConnectionError("the camera closed the connection")
        kind = _HEADER.unpack_from(message)[0]
        if kind == _REFUSED:
            raise Refused(message[16:].split(b"\0", 1)[0].decode("utf-8", "replace"))
        if kind == _WELCOME:
            self.welcome = True
        if kind != _FRAME or len(message) < _FRAME_BYTES:
            return None
        received_at, missed_before = _TIMES.unpack_from(message)
        return Lease(_LEASE.unpack_from(message)[0], received_at, missed_before)
