"""How a thread waits for frames. camherd.aio has the same for an event loop."""

from __future__ import annotations

import math
import select
import time
from typing import Any, Callable, Generator, Optional, Tuple, TypeVar

T = TypeVar("T")

# One try: the time now and the time until which the caller waits, to a result or None.
Attempt = Callable[[float, float], Optional[T]]
# What to wait for after a failed try: a descriptor that becomes readable (-1: none), and the time
# to try again even if it does not.
Hint = Callable[[], Tuple[int, float]]
# Several waits, one after the other: an attempt and its deadline go out, the result comes in.
Steps = Generator[Tuple[Attempt[Any], float], Any, T]


def deadline_of(timeout: Optional[float]) -> float:
    return math.inf if timeout is None else time.monotonic() + timeout


def wait(attempt: Attempt[T], hint: Hint, deadline: float) -> Optional[T]:
    """The first result of `attempt`; None after `deadline`. Tries at least once."""
    while True:
        now = time.monotonic()
        result = attempt(now, deadline)
        if result is not None or now >= deadline:
            return result
        fd, again = hint()
        poller = select.poll()
        if fd >= 0:
            poller.register(fd, select.POLLIN)
        until = min(deadline, again)
        poller.poll(None if until == math.inf else math.ceil(max(until - now, 0) * 1000))


def drive(steps: Steps[T], hint: Hint) -> T:
    """Waits for each step; the result of all."""
    result: Any = None
    while True:
        try:
            attempt, deadline = steps.send(result)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        result = wait(attempt, hint, deadline)
