"""Numbers out of numbers."""

from __future__ import annotations

from statistics import median
from typing import Iterable, Mapping, Sequence

__all__ = ["distribution", "in_words", "median", "percentile", "quantile_curve",
           "sum_by_reason", "with_spread"]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of `values` that `percent` of them do not exceed; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)  # rounded up
    return ordered[min(len(ordered), max(1, int(rank))) - 1]


def distribution(values: Sequence[float]) -> dict[str, float]:
    """The percentiles that benchmarks give of a time."""
    return {"p50": percentile(values, 50), "p90": percentile(values, 90),
            "p99": percentile(values, 99), "max": max(values, default=0.0)}


def quantile_curve(values: Sequence[float], steps: int = 200) -> list[float]:
    """What the shares 0, 1/steps, ... 1 of the values do not exceed; empty of none."""
    ordered = sorted(values)
    return [ordered[(len(ordered) - 1) * step // steps] for step in range(steps + 1)
            ] if ordered else []


def with_spread(values: Sequence[float], digits: int = 2) -> str:
    """The median, and between what the values lie if there are several."""
    middle = f"{median(values):.{digits}f}"
    if len(values) < 2:
        return middle
    return f"{middle} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def sum_by_reason(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sums of those that are not 0."""
    total: dict[str, int] = {}
    for each in counts:
        for reason, count in each.items():
            if count:
                total[reason] = total.get(reason, 0) + count
    return total


def in_words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in counts.items()) or "none"
