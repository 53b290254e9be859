"""The bytes of the lease protocol, version 1 (docs/ref/lease-protocol.md), and nothing else."""

from __future__ import annotations

import struct
from typing import Dict, Tuple

MAGIC = 0x44484D43
VERSION = 1
MOST_LEASES = 4
MOST_QUEUED = 16
MOST_MESSAGE_BYTES = 1024

HELLO, RELEASE = 1, 2
WELCOME, REFUSED, SEGMENT, SEGMENT_RETIRED, FRAME, STATE = 16, 17, 18, 19, 20, 21

REFUSED_BUSY, REFUSED_CLOSED = 4, 5  # what may be granted later; the other codes never are

STATE_NAMES = {
    0: "stopped",
    1: "connecting",
    2: "waiting_keyframe",
    3: "streaming",
    4: "stalled",
    5: "failed",
    6: "backoff",
    7: "quarantined",
}
MATRIX_NAMES = {0: "bt601", 1: "bt709", 2: "bt2020"}
PICTURES: Dict[str, int] = {"everything": 0, "references": 1, "keyframes": 2}
FITS: Dict[str, int] = {"stretch": 0, "letterbox": 1}

FLAG_KEYFRAME, FLAG_CORRUPT, FLAG_AFTER_GAP, FLAG_FULL_RANGE = 1, 2, 4, 8
FLAG_INTERLACED = 16

header = struct.Struct("<II")
hello = struct.Struct("<II I HH 4B BB H II I 20x")
release = struct.Struct("<IIQ")
welcome = struct.Struct("<8x H B 5x 64s")
refused = struct.Struct("<8x I 4x 240s")
segment = struct.Struct("<8x I 4x QQ")
segment_retired = struct.Struct("<8x I 4x")
state = struct.Struct("<8x I 4x 240s")
frame = struct.Struct("<8x Q I 4B II 3Q 3I 3I 3I 4I II I QQ q I 4x 4q QQ")

assert (hello.size, release.size, welcome.size, refused.size) == (56, 16, 80, 256)
assert (segment.size, segment_retired.size, state.size, frame.size) == (32, 16, 256, 200)

# Where the fields of `frame` come in what is unpacked.
(
    F_LEASE,
    F_SEGMENT,
    F_FORMAT,
    F_PLANE_COUNT,
    F_FLAGS,
    F_MATRIX,
    F_WIDTH,
    F_HEIGHT,
    F_OFFSET,
) = range(9)
F_STRIDE, F_ROWS, F_ROW_BYTES, F_CONTENT = 11, 14, 17, 20
(
    F_SOURCE_WIDTH,
    F_SOURCE_HEIGHT,
    F_GENERATION,
    F_SEQUENCE,
    F_UNIT_SEQUENCE,
    F_RTP_TIME,
    F_CLOCK_RATE,
    F_CAPTURED_AT,
    F_RECEIVED_AT,
    F_DECODED_AT,
    F_PUBLISHED_AT,
    F_DROPPED_BEFORE,
    F_MISSED_BEFORE,
) = range(24, 37)

FrameFields = Tuple[int, ...]


def layout_bytes(message: bytes) -> bytes:
    """The part of a frame message that says how and where its samples lie in the segment: equal
    for all frames in one slot."""
    return message[20:22] + message[24:92]


def text(raw: bytes) -> str:
    """A text as it may be shown: up to its first zero, without control characters."""
    shown = raw.split(b"\0", 1)[0].decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "?" for c in shown)
