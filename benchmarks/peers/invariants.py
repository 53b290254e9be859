"""What must hold the whole time while cameras have faults."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, NamedTuple, Sequence

from .figures import percentile

_IN_FLIGHT = 8  # pictures with the decoder and between two counters, besides the queue


class Violation(NamedTuple):
    at: float  # seconds since the begin
    camera: str
    words: str


def account_of(camera: Mapping[str, Any], queue: int) -> str:
    """Why the camera's counters cannot be right; empty if they can. Every picture that was
    received is decoded, dropped, or one of the few in flight."""
    in_flight = camera["received"] - camera["decoded"] - sum(camera["dropped"].values())
    if 0 <= in_flight <= queue + _IN_FLIGHT:
        return ""
    return (f"received {camera['received']}, decoded {camera['decoded']}, dropped "
            f"{sum(camera['dropped'].values())}: {in_flight} in flight")


def account_at_end(camera: Mapping[str, Any]) -> str:
    """As `account_of`, once nothing is in flight any more."""
    left = camera["received"] - camera["decoded"] - sum(camera["dropped"].values())
    return f"{left} pictures have no fate" if left else ""


def damage_of(camera: Mapping[str, Any]) -> str:
    """What a camera without faults lost; empty if it lost nothing."""
    lost = {reason: count for reason, count in camera["dropped"].items()
            if count and reason != "awaiting_keyframe"}
    restarts = {cause: count for cause, count in camera["restarts"].items() if count}
    return "; ".join(filter(None, [f"dropped {lost}" if lost else "",
                                   f"restarts {restarts}" if restarts else ""]))


class Trend(NamedTuple):
    """Of a quantity over time."""

    first: float  # its median in the first fifth
    last: float  # and in the last
    per_hour: float  # the slope of a line through all of it
    noise: float  # half of what it varies by from that line, 5 % to 95 %

    @property
    def growth(self) -> float:
        return self.last - self.first


def trend_of(times: Sequence[float], values: Sequence[float]) -> Trend:
    """`times` in seconds. The line is that of least squares."""
    if len(times) < 5:
        return Trend(0, 0, 0, 0)
    middle = sum(times) / len(times)
    mean = sum(values) / len(values)
    slope = (sum((at - middle) * (value - mean) for at, value in zip(times, values)) /
             max(1e-9, sum((at - middle) ** 2 for at in times)))
    off = [value - mean - slope * (at - middle) for at, value in zip(times, values)]
    fifth = max(1, len(values) // 5)
    return Trend(percentile(values[:fifth], 50), percentile(values[-fifth:], 50), slope * 3600,
                 (percentile(off, 95) - percentile(off, 5)) / 2)


def recoveries_in_words(recoveries: Iterable[tuple[str, float]]) -> dict[str, dict[str, float]]:
    """By fault: how often, the median and the longest time until a good frame came, seconds."""
    by_fault: dict[str, list[float]] = {}
    for fault, seconds in recoveries:
        by_fault.setdefault(fault, []).append(seconds)
    return {fault: {"times": len(all_of_it), "p50": percentile(all_of_it, 50),
                    "max": max(all_of_it)} for fault, all_of_it in sorted(by_fault.items())}
