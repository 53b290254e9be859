"""What a camherd says of itself (docs/ref/metrics.md)."""

from __future__ import annotations

import re
import urllib.request
from typing import Iterator, Mapping, NamedTuple

from processes import Camherd, Failure

_SECONDS = 10
_LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="([^"]*)"')


class Sample(NamedTuple):
    """One value, with the labels it has."""

    labels: Mapping[str, str]
    value: float


class MetricsPage:
    """As it was when this was made, or up to a second earlier."""

    def __init__(self, camherd: Camherd) -> None:
        """The camherd must have been told to listen: `configuration(http="127.0.0.1:0")`."""
        with urllib.request.urlopen(f"{_address_of(camherd)}/metrics", timeout=_SECONDS) as page:
            self._text = page.read().decode()

    def samples(self, name: str) -> Iterator[Sample]:
        return (Sample(dict(_LABEL.findall(found[2] or "")), float(found[3]))
                for found in _LINE.finditer(self._text) if found[1] == name)

    def by_camera(self, name: str, **labels: str) -> dict[str, float]:
        """The samples that have these labels, of which each camera has one."""
        return {sample.labels["camera"]: sample.value for sample in self.samples(name)
                if labels.items() <= sample.labels.items()}

    def drops(self) -> dict[str, int]:
        """By reason, of all cameras: pictures that were not decoded, and (`delivery: reason`)
        frames that a consumer did not get."""
        counts: dict[str, int] = {}
        for prefix, name in (("", "camherd_access_units_dropped_total"),
                             ("delivery: ", "camherd_frames_undelivered_total")):
            for sample in self.samples(name):
                reason = prefix + sample.labels["reason"]
                counts[reason] = counts.get(reason, 0) + int(sample.value)
        return counts


def _address_of(camherd: Camherd) -> str:
    event = camherd.wait_for_events("HTTP server", lambda events: [
        event for event in events if event["event"] == "listening"], _SECONDS)[0]
    found = re.search(r"http://[\d.]+:\d+", event["cause"])
    if not found:
        raise Failure(f"camherd listens where? {event['cause']}")
    return found[0]
