"""A camera's side of the lease protocol, written from core/delivery/lease_protocol.hpp and not
from the client, which it is there to test. It says what a test tells it to, also what is wrong."""

from __future__ import annotations

import fcntl
import mmap
import os
import select
import socket
import struct
import time
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

DEADLINE = 20.0  # seconds; only against hanging

HOUR = 3600 * 1_000_000_000
HELLO, RELEASE, WELCOME, REFUSED, SEGMENT, RETIRED, FRAME, STATE = 1, 2, 16, 17, 18, 19, 20, 21
GRAY8, YUV420P, YUV444P, GRAY10, YUV420P10, NV12, RGB24, BGR24 = 1, 2, 4, 5, 6, 12, 13, 14

F_ADD_SEALS = 1033
SEAL_SEAL, SEAL_SHRINK, SEAL_GROW, SEAL_FUTURE_WRITE = 1, 2, 4, 16
ALL_SEALS = SEAL_SHRINK | SEAL_GROW | SEAL_FUTURE_WRITE

# format: bytes a sample, then (pixels across, pixels down, samples) of each plane
SHAPES: Dict[int, Tuple[int, List[Tuple[int, int, int]]]] = {
    GRAY8: (1, [(1, 1, 1)]),
    YUV420P: (1, [(1, 1, 1), (2, 2, 1), (2, 2, 1)]),
    YUV444P: (1, [(1, 1, 1), (1, 1, 1), (1, 1, 1)]),
    GRAY10: (2, [(1, 1, 1)]),
    YUV420P10: (2, [(1, 1, 1), (2, 2, 1), (2, 2, 1)]),
    NV12: (1, [(1, 1, 1), (2, 2, 2)]),
    RGB24: (1, [(1, 1, 3)]),
    BGR24: (1, [(1, 1, 3)]),
}


def now_ns() -> int:
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


class Memory:
    """A sealed memfd with equal slots, and the only mapping that can write to it."""

    def __init__(self, slots: int = 4, slot_bytes: int = 64 * 1024, seals: int = ALL_SEALS) -> None:
        self.slot_bytes = slot_bytes
        self.size = slots * slot_bytes
        self.fd = os.memfd_create("fake", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
        os.posix_fallocate(self.fd, 0, self.size)
        self.map = mmap.mmap(self.fd, self.size)
        fcntl.fcntl(self.fd, F_ADD_SEALS, seals)

    def put(self, slot: int, pixel_format: int, planes: Sequence[Any], gap: int = 32) -> Dict:
        """Writes arrays into a slot, `gap` bytes between rows and some before each plane. How
        they lie there, as fields of a frame message."""
        sample_bytes, shapes = SHAPES[pixel_format]
        offset = slot * self.slot_bytes
        fields: Dict[str, Any] = {"format": pixel_format, "plane_count": len(shapes)}
        fields["height"], fields["width"] = planes[0].shape[:2]
        for name in ("plane_offset", "plane_stride", "plane_rows", "plane_row_bytes"):
            fields[name] = [0, 0, 0]
        for index, plane in enumerate(planes):
            rows = plane.reshape(plane.shape[0], -1).view(np.uint8)
            stride = rows.shape[1] + gap
            for row in rows:
                self.map[offset : offset + len(row)] = row.tobytes()
                offset += stride
            fields["plane_offset"][index] = offset - stride * len(rows)
            fields["plane_stride"][index] = stride
            fields["plane_rows"][index] = len(rows)
            fields["plane_row_bytes"][index] = rows.shape[1]
        assert offset <= (slot + 1) * self.slot_bytes
        return fields

    def close(self) -> None:
        self.map.close()
        os.close(self.fd)


def frame_message(**given: Any) -> bytes:
    """A frame message with these fields; the others are those of a small grey picture. It is
    published in an hour: a consumer would exchange one that lay about for too long, and how long
    a test takes must not matter."""
    now = now_ns()
    f: Dict[str, Any] = dict(
        lease=0, segment=0, format=GRAY8, plane_count=1, flags=0, matrix=0, width=16, height=8,
        plane_offset=[0, 0, 0], plane_stride=[16, 0, 0], plane_rows=[8, 0, 0],
        plane_row_bytes=[16, 0, 0], content=None, source=None, generation=1, sequence=0,
        unit_sequence=0, rtp_time=0, clock_rate=90000, captured_at=0, received_at=now,
        decoded_at=now, published_at=now + HOUR, dropped_before=0, missed_before=0, size=200,
    )  # fmt: skip
    unknown = given.keys() - f.keys()
    assert not unknown, unknown
    f.update(given)
    message = bytearray(200)
    struct.pack_into("<IIQI4BII", message, 0, FRAME, f["size"], f["lease"], f["segment"],
                     f["format"], f["plane_count"], f["flags"], f["matrix"], f["width"],
                     f["height"])  # fmt: skip
    struct.pack_into("<3Q3I3I3I", message, 32, *f["plane_offset"], *f["plane_stride"],
                     *f["plane_rows"], *f["plane_row_bytes"])  # fmt: skip
    struct.pack_into("<4I", message, 92, *(f["content"] or (0, 0, f["width"], f["height"])))
    struct.pack_into("<2I", message, 108, *(f["source"] or (f["width"], f["height"])))
    struct.pack_into("<IQQqI", message, 116, f["generation"], f["sequence"], f["unit_sequence"],
                     f["rtp_time"], f["clock_rate"])  # fmt: skip
    struct.pack_into("<4q2Q", message, 152, f["captured_at"], f["received_at"], f["decoded_at"],
                     f["published_at"], f["dropped_before"], f["missed_before"])  # fmt: skip
    return bytes(message)


class Peer:
    """A consumer as the camera sees it."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.socket.settimeout(DEADLINE)
        self.hello = self.socket.recv(4096)
        self.memories: List[Memory] = []
        self.segments = 0
        self.leases = 0

    def hello_fields(self) -> Dict[str, int]:
        assert len(self.hello) == 56
        names = (
            "type size magic version_min version_max format fit pictures delivery leases "
            "reserved queue_depth width height max_rate"
        ).split()
        return dict(zip(names, struct.unpack_from("<IIIHH4BBBHIII", self.hello)))

    def send(self, message: bytes, fds: Sequence[int] = ()) -> None:
        socket.send_fds(self.socket, [message], list(fds))

    def welcome(self, leases: Optional[int] = None, version: int = 1) -> None:
        granted = self.hello[20] if leases is None else leases
        self.send(struct.pack("<IIHB5x64s", WELCOME, 80, version, granted, b"fake"))

    def refuse(self, code: int, text: str) -> None:
        self.send(struct.pack("<III4x240s", REFUSED, 256, code, text.encode()))

    def state(self, state: int, reason: str = "") -> None:
        self.send(struct.pack("<III4x240s", STATE, 256, state, reason.encode()))

    def segment(self, memory: Optional[Memory] = None) -> Memory:
        """Sends new memory, or that of another. Its id is `self.segments` afterwards."""
        if memory is None:
            memory = Memory()
            self.memories.append(memory)
        self.segments += 1
        self.send(segment_message(self.segments, memory.size, memory.slot_bytes), [memory.fd])
        return memory

    def retire(self, number: int) -> None:
        self.send(struct.pack("<III4x", RETIRED, 16, number))

    def grant(self, leases: Optional[int] = None) -> Memory:
        """All that comes before the first frame."""
        self.welcome(leases)
        return self.segment()

    def frame(self, **fields: Any) -> int:
        """Sends a frame in the newest segment; its lease."""
        self.leases += 1
        self.send(frame_message(**{"lease": self.leases, "segment": self.segments, **fields}))
        return self.leases

    def released(self) -> int:
        """Waits for the next release: its lease."""
        message = self.socket.recv(4096)
        kind, size, lease = struct.unpack("<IIQ", message)
        assert (kind, size) == (RELEASE, 16)
        return lease

    def nothing_sent(self) -> bool:
        """True if the consumer has not said anything that was not read yet."""
        return not select.select([self.socket], [], [], 0)[0]

    def gone(self) -> bool:
        """Waits for the end of the connection."""
        try:
            while self.socket.recv(4096):
                pass
        except ConnectionResetError:
            pass
        return True

    def close(self) -> None:
        self.socket.close()
        for memory in self.memories:
            memory.close()
        self.memories.clear()


def segment_message(number: int, size: int, slot_size: int) -> bytes:
    return struct.pack("<III4xQQ", SEGMENT, 32, number, size, slot_size)


class FakeCamera:
    """The socket of a camera."""

    def __init__(self, runtime_dir: str, name: str = "yard") -> None:
        os.makedirs(os.path.join(runtime_dir, "cameras"), exist_ok=True)
        self.path = os.path.join(runtime_dir, "cameras", name + ".sock")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(DEADLINE)
        self.socket.bind(self.path)
        self.socket.listen(64)
        self.peers: List[Peer] = []

    def accept(self) -> Peer:
        """Waits for the next consumer and its hello."""
        peer = Peer(self.socket.accept()[0])
        self.peers.append(peer)
        return peer

    def close(self) -> None:
        """As a daemon that ends."""
        for peer in self.peers:
            peer.close()
        self.peers.clear()
        self.socket.close()
        if os.path.exists(self.path):
            os.unlink(self.path)
