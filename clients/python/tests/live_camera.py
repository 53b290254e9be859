"""A camera that serves consumers on a thread of its own, with the policy of a real one: the newest
frame, to whoever has a lease free."""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from typing import Any, Dict

import numpy as np

from fake_camera import BGR24, FakeCamera, Memory, Peer

_SLOTS = 8
_GONE = (BrokenPipeError, ConnectionResetError)


class LiveCamera:
    """`publish` offers a frame. With `endless` one more is there whenever a consumer is free, so
    that nobody has to wait for time to pass. Pictures are bgr24, 32 x 16 unless the consumer asks
    for a size, and filled with the sequence of the frame."""

    def __init__(self, runtime_dir: str, name: str = "yard", endless: bool = False) -> None:
        self.name = name
        self.camera = FakeCamera(runtime_dir, name)
        self._endless = endless
        self._sequence = 0
        self._peers: Dict[int, _Served] = {}
        self._bell, self._button = socket.socketpair()
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._selector.register(self.camera.socket, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, name=f"camera {name}")
        self._thread.start()

    def publish(self) -> int:
        """Offers the next frame to all: its sequence."""
        with self._lock:
            self._sequence += 1
            sequence = self._sequence
        self._button.send(b"p")
        return sequence

    def close(self) -> None:
        self._button.send(b"q")
        self._thread.join()
        for served in self._peers.values():
            served.memory.close()
        self._selector.close()
        self.camera.close()
        self._bell.close()
        self._button.close()

    def __enter__(self) -> LiveCamera:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._bell:
                    if self._bell.recv(1) == b"q":
                        return
                    for served in self._peers.values():
                        self._offer(served)
                elif key.fileobj is self.camera.socket:
                    self._welcome(self.camera.accept())
                else:
                    self._heard(self._peers[key.fd])

    def _welcome(self, peer: Peer) -> None:
        served = _Served(peer)
        try:
            peer.welcome()
            peer.segment(served.memory)
        except _GONE:
            self._dismiss(served)
            return
        self._peers[peer.socket.fileno()] = served
        self._selector.register(peer.socket, selectors.EVENT_READ)
        self._offer(served)

    def _heard(self, served: _Served) -> None:
        try:
            message = served.peer.socket.recv(4096)
        except ConnectionResetError:
            message = b""
        if not message:
            self._selector.unregister(served.peer.socket)
            del self._peers[served.peer.socket.fileno()]
            self._dismiss(served)
            return
        served.held.pop(struct.unpack("<IIQ", message)[2])
        self._offer(served)

    def _dismiss(self, served: _Served) -> None:
        self.camera.peers.remove(served.peer)
        served.peer.socket.close()
        served.memory.close()

    def _offer(self, served: _Served) -> None:
        with self._lock:
            if self._endless and served.seen == self._sequence:
                self._sequence += 1
            sequence = self._sequence
        if sequence > served.seen and len(served.held) < served.leases:
            served.send(sequence)


class _Served:
    """One consumer: its leases and memory of its own."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        fields = peer.hello_fields()
        self.leases = fields["leases"]
        self.width = fields["width"] or 32
        self.height = fields["height"] or self.width // 2
        slot_bytes = -(-self.width * self.height * 3 // 4096) * 4096
        self.memory = Memory(_SLOTS, slot_bytes)
        self.held: Dict[int, int] = {}  # lease: slot
        self.seen = 0

    def send(self, sequence: int) -> None:
        slot = next(s for s in range(_SLOTS) if s not in self.held.values())
        picture = np.full((self.height, self.width, 3), sequence % 256, np.uint8)
        fields = self.memory.put(slot, BGR24, [picture], gap=0)
        missed = sequence - self.seen - 1 if self.seen else 0
        self.seen = sequence
        try:
            lease = self.peer.frame(
                **fields,
                sequence=sequence,
                unit_sequence=2 * sequence,
                rtp_time=sequence * 9000,
                missed_before=missed,
            )
        except _GONE:
            return
        self.held[lease] = slot
