"""One connection to one camera, from hello to its end. Never waits."""

from __future__ import annotations

import array
import os
import socket
from typing import Callable, Dict, List, Optional

from . import _protocol as p
from ._request import Request
from ._segment import Segment
from .errors import ProtocolError, Refused
from .frame import Frame

_MOST_SEGMENTS = 64  # a camera has a few; memory and descriptors of a wrong one stay bounded
_MOST_DESCRIPTORS = 4  # that one message can bring; one is right
_ROOM_FOR_DESCRIPTORS = socket.CMSG_SPACE(_MOST_DESCRIPTORS * 4)


class Connection:
    """Frames hold on to their connection, so it ends when it is closed, or with its last frame
    once nobody else knows it."""

    def __init__(self, request: Request) -> None:
        """Connects and says hello. OSError if there is nobody, or no right to."""
        self.granted = 0  # leases; 0 before the camera has welcomed us
        self.returned: List[int] = []  # leases to give back; frames add to it from any thread
        self.ended = False  # closed by us: frames that are still held are void
        self.state = "connecting"
        self.reason = ""
        self._name = request.name
        self._asked = request.leases
        self._held = 0
        self._newest_lease = -1
        self._newest_segment = -1
        self._segments: Dict[int, Segment] = {}
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._socket.setblocking(False)
            self._socket.connect(request.socket())
            self._socket.send(request.hello, socket.MSG_NOSIGNAL)
        except BaseException:
            self._socket.close()
            raise

    def fileno(self) -> int:
        return self._socket.fileno()

    @property
    def lease_free(self) -> bool:
        """True if the camera may send a frame, leases that are to be given back included."""
        return not self.granted or self._held - len(self.returned) < self.granted

    @property
    def all_sent(self) -> bool:
        """True if the camera has no lease left with which it could send another frame."""
        return self.granted > 0 and self._held >= self.granted

    def give_back(self) -> None:
        """Tells the camera which leases have been returned. OSError if it is gone."""
        while self.returned:
            lease = self.returned.pop()
            self._held -= 1
            self._socket.send(p.release.pack(p.RELEASE, p.release.size, lease), socket.MSG_NOSIGNAL)

    def receive(self) -> Optional[Frame]:
        """Takes messages up to the next frame. None when no more have come. ConnectionError
        when the camera has gone, ProtocolError for what no camera says, Refused."""
        while True:
            try:
                data, ancillary, flags, _ = self._socket.recvmsg(
                    p.MOST_MESSAGE_BYTES, _ROOM_FOR_DESCRIPTORS, socket.MSG_CMSG_CLOEXEC
                )
            except BlockingIOError:
                return None
            descriptors = _descriptors(ancillary) if ancillary else []
            try:
                frame = self._take(data, flags, descriptors)
            finally:
                for fd in descriptors:
                    os.close(fd)
            if frame is not None:
                return frame

    def close(self) -> None:
        """Ends all leases: frames that are held are released."""
        self.ended = True
        self.leave()

    def leave(self) -> None:
        """Closes the socket, but lets held frames be read: the camera went, its memory stays."""
        self._segments.clear()
        self._socket.close()

    def __del__(self) -> None:
        if hasattr(self, "_socket"):
            self._socket.close()

    def _take(self, data: bytes, flags: int, descriptors: List[int]) -> Optional[Frame]:
        if not data:
            raise ConnectionError("the camera closed the connection")
        if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
            raise ProtocolError("a message is too long or lost its descriptor")
        if len(data) < p.header.size:
            raise ProtocolError(f"a message of {len(data)} bytes")
        kind, size = p.header.unpack_from(data)
        if size != len(data):
            raise ProtocolError(f"a message of {len(data)} bytes that says {size}")
        if not self.granted and kind not in (p.WELCOME, p.REFUSED):
            raise ProtocolError(f"message {kind} before welcome")
        if len(descriptors) != (kind == p.SEGMENT):
            raise ProtocolError(f"message {kind} with {len(descriptors)} descriptors")
        if kind == p.FRAME:
            return self._on_frame(data)
        if kind == p.SEGMENT:
            self._on_segment(data, descriptors[0])
        elif kind in _HANDLERS:
            _HANDLERS[kind](self, data)
        return None

    def _on_frame(self, data: bytes) -> Frame:
        if len(data) < p.frame.size:
            raise ProtocolError("a frame message is too short")
        fields = p.frame.unpack_from(data)
        segment = self._segments.get(fields[p.F_SEGMENT])
        if segment is None:
            raise ProtocolError(f"a frame in segment {fields[p.F_SEGMENT]}, which is not there")
        if fields[p.F_LEASE] <= self._newest_lease or self._held >= self.granted:
            raise ProtocolError("a frame without a lease of its own")
        planes = segment.planes(data, fields)
        self._newest_lease = fields[p.F_LEASE]
        self._held += 1
        return Frame(self._name, fields, planes, self)

    def _on_welcome(self, data: bytes) -> None:
        if len(data) < p.welcome.size or self.granted:
            raise ProtocolError("a welcome that is too short or not the first")
        version, leases, _ = p.welcome.unpack_from(data)
        if version != p.VERSION or not 1 <= leases <= self._asked:
            raise ProtocolError(f"version {version} and {leases} leases, which nobody asked for")
        self.granted = leases

    def _on_segment(self, data: bytes, descriptor: int) -> None:
        if len(data) < p.segment.size:
            raise ProtocolError("a segment message is too short")
        number, size, slot_size = p.segment.unpack_from(data)
        if number <= self._newest_segment or len(self._segments) >= _MOST_SEGMENTS:
            raise ProtocolError(f"segment {number} again, or one too many")
        self._segments[number] = Segment(descriptor, size, slot_size)
        self._newest_segment = number

    def _on_segment_retired(self, data: bytes) -> None:
        if len(data) < p.segment_retired.size:
            raise ProtocolError("a segment_retired message is too short")
        self._segments.pop(p.segment_retired.unpack_from(data)[0], None)

    def _on_state(self, data: bytes) -> None:
        if len(data) < p.state.size:
            raise ProtocolError("a state message is too short")
        number, reason = p.state.unpack_from(data)
        self.state = p.STATE_NAMES.get(number, self.state)
        self.reason = p.text(reason)

    def _on_refused(self, data: bytes) -> None:
        if len(data) < p.refused.size:
            raise ProtocolError("a refused message is too short")
        code, text = p.refused.unpack_from(data)
        raise Refused(p.text(text) or f"the camera refused the request with code {code}", code)


_HANDLERS: Dict[int, Callable[[Connection, bytes], None]] = {
    p.WELCOME: Connection._on_welcome,
    p.REFUSED: Connection._on_refused,
    p.SEGMENT_RETIRED: Connection._on_segment_retired,
    p.STATE: Connection._on_state,
}


def _descriptors(ancillary: object) -> List[int]:
    found = array.array("i")
    for level, kind, data in ancillary:  # type: ignore[attr-defined]
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            found.frombytes(data[: len(data) - len(data) % found.itemsize])
    return found.tolist()
