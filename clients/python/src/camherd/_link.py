"""A connection to a camera that mends itself, and which of its frames is handed out. Never
waits: `Camera` and `Herd` do, in whatever way, for what `fileno` and `retry_at` say."""

from __future__ import annotations

import math
from collections import deque
from typing import Deque, Optional

from . import _protocol as p
from ._connection import Connection
from ._request import Request
from .errors import ProtocolError, Refused
from .frame import Frame

FIRST_RETRY = 0.05  # seconds, doubling
LAST_RETRY = 1.0
# How long a camera that has a newer frame may take to send it. Past that, others are served.
EXCHANGE_TIME = 0.01
_UNKNOWN_INTERVAL = 1.0
_NEWS_WEIGHT = 0.25  # of the latest interval in what is believed
_NEVER_LATE = 0.005  # an age that is nobody's fault


class Link:
    """One request to one camera, kept alive. Times are seconds of CLOCK_MONOTONIC."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.retry_at = 0.0  # infinite while connected, refused or closed
        self.refused: Optional[Refused] = None
        self.closed = False
        self.waiting: Deque[Frame] = deque()  # received, not handed out yet
        self._connection: Optional[Connection] = None
        self._delay = FIRST_RETRY
        self._problem = ""
        self._state = "removed"
        self._interval = 0.0  # seconds between frames of the camera; 0: unknown
        self._last_published = 0.0
        self._may_exchange = True

    def fileno(self) -> int:
        """Of the socket; -1 while there is none."""
        return self._connection.fileno() if self._connection is not None else -1

    @property
    def state(self) -> str:
        return self._connection.state if self._connection is not None else self._state

    @property
    def problem(self) -> str:
        return self._connection.reason if self._connection is not None else self._problem

    @property
    def lease_free(self) -> bool:
        return self._connection is None or bool(self.waiting) or self._connection.lease_free

    def receive(self, now: float) -> None:
        """Connects if it is time to, gives leases back, and takes what has come into `waiting`:
        of several frames only the newest unless they are queued."""
        if self._connection is None:
            if now < self.retry_at or not self._connect(now):
                return
        connection = self._connection
        assert connection is not None
        try:
            if connection.returned:
                connection.give_back()
            while True:
                frame = connection.receive()
                if frame is None:
                    break
                self._arrived(frame)
                if connection.all_sent:
                    break
        except (OSError, ProtocolError, Refused) as error:
            self._lost(error, now)

    def refresh(self, now: float) -> bool:
        """Gives a frame that lay here for so long that its camera must have a newer one back for
        that one. True if nothing is here now: the newer one comes with one of the next `receive`,
        mostly within EXCHANGE_TIME. Never twice in a row, lest a camera that sends at odd times
        is never heard."""
        if not self.waiting or not self._may_exchange or not self._is_late(now):
            return False
        self._may_exchange = False
        self.waiting.popleft().release()
        self.receive(now)
        return not self.waiting

    def take(self) -> Optional[Frame]:
        """The next frame, if one is here."""
        if not self.waiting:
            return None
        self._may_exchange = True
        return self.waiting.popleft()

    def close(self) -> None:
        """Ends the connection and all leases."""
        self.closed = True
        self.retry_at = math.inf
        self.waiting.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._state = "removed"
        self._problem = "closed"

    def _connect(self, now: float) -> bool:
        try:
            self._connection = Connection(self.request)
        except OSError as error:
            self._lost(error, now)
            return False
        self.retry_at = math.inf
        return True

    def _arrived(self, frame: Frame) -> None:
        self._delay = FIRST_RETRY
        self._learn_interval(frame)
        if not self.request.queue:
            for older in self.waiting:
                older.release()
            self.waiting.clear()
        self.waiting.append(frame)

    def _learn_interval(self, frame: Frame) -> None:
        published = frame.published_at
        passed = published - self._last_published
        if self._last_published and passed > 0:
            # Of keyframes alone nobody knows how many others the camera counts as missed.
            frames = 1 + frame.missed_before if self.request.pictures == "everything" else 1
            latest = max(passed / frames, self._least_interval())
            known = self._interval or latest
            self._interval = known + (latest - known) * _NEWS_WEIGHT
        self._last_published = published

    def _least_interval(self) -> float:
        return 1 / self.request.max_fps if self.request.max_fps else 0.0

    def _is_late(self, now: float) -> bool:
        if self.request.queue:
            return False
        interval = self._interval or max(_UNKNOWN_INTERVAL, self._least_interval())
        return now - self.waiting[0].published_at > 2 * interval + _NEVER_LATE

    def _lost(self, error: Exception, now: float) -> None:
        if self._connection is not None:
            self._connection.leave()
            self._connection = None
        self.waiting.clear()
        self._last_published = 0.0
        self._state = "removed"
        self._problem = self._explain(error)
        if isinstance(error, Refused):
            if error.code == p.REFUSED_BUSY:
                self._state = "connecting"
            elif error.code != p.REFUSED_CLOSED:
                self.refused = error
                self._state = "failed"
                self.retry_at = math.inf
                return
        if isinstance(error, ProtocolError):
            self._delay = LAST_RETRY
        self.retry_at = now + self._delay
        self._delay = min(2 * self._delay, LAST_RETRY)

    def _explain(self, error: Exception) -> str:
        path = self.request.socket()
        if isinstance(error, FileNotFoundError):
            return f"no camera {self.request.name!r}: there is no {path}"
        if isinstance(error, ConnectionRefusedError):
            return f"nobody serves {path}: camherd has gone"
        if isinstance(error, PermissionError):
            return f"no right to use {path}"
        if isinstance(error, ProtocolError):
            return f"what serves {path} does not keep to the protocol: {error}"
        if isinstance(error, OSError) and error.strerror:
            return f"{path}: {error.strerror}"
        return str(error)
