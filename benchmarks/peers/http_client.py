"""HTTP clients of camherd: one that asks and is timed, one that is slow on purpose, and wrk."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import threading
import time
from typing import Any, Optional, Sequence

from processes import Failure

from .figures import percentile

_PATIENCE = 30  # seconds
_LOSS = re.compile(r'^camherd_(access_units_dropped|frames_undelivered|restarts)_total'
                   r'\{camera="([^"]*)"[^}]*\} (\d+)$', re.MULTILINE)
# Limits count clients by their address, and all of 127.0.0.0/8 is this machine.
PROBE = "127.0.0.9"
SLOW = [f"127.0.0.{last}" for last in range(20, 24)]


def ask(port: int, path: str, *, method: str = "GET", body: Any = None, source: str = "127.0.0.1",
        timeout: float = _PATIENCE) -> tuple[int, bytes]:
    """Status and body of an answer on a connection of its own. Raises OSError and HTTPException
    where there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout, (source, 0))
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def losses(port: int, besides: Sequence[str] = ()) -> dict[str, int]:
    """What must not go up, of all cameras but some: pictures that were dropped before decoding,
    frames that a consumer did not get, and sessions begun anew."""
    status, page = ask(port, "/metrics")
    if status != 200:
        raise Failure(f"/metrics: {status}")
    sums = {"dropped": 0, "restarts": 0}
    for what, camera, count in _LOSS.findall(page.decode()):
        if camera not in besides:
            sums["restarts" if what == "restarts" else "dropped"] += int(count)
    return sums


class Background:
    """Runs `_run` on a thread of its own within a `with` block, at whose end `over` is set."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Any:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._thread.join()

    def _run(self) -> None:
        raise NotImplementedError


class Probe(Background):
    """Asks for some paths in turns, each on a new connection, within a `with` block."""

    def __init__(self, port: int, paths: list[str], pause: float = 0.05) -> None:
        self.port = port
        self.paths = paths
        self.pause = pause
        self.seconds: dict[str, list[float]] = {path: [] for path in paths}
        self.failures: list[str] = []
        super().__init__()

    def _run(self) -> None:
        turn = 0
        while not self.over.wait(self.pause):
            path = self.paths[turn % len(self.paths)]
            turn += 1
            begun = time.monotonic()
            try:
                status, _ = ask(self.port, path, source=PROBE)
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{path}: {error}")
                continue
            self.seconds[path].append(time.monotonic() - begun)
            if status != 200:
                self.failures.append(f"{path}: {status}")

    def result(self) -> dict[str, Any]:
        return {"failures": self.failures, "paths": {
            path: {"answers": len(each), "p50_ms": 1000 * percentile(each, 50),
                   "p99_ms": 1000 * percentile(each, 99), "max_ms": 1000 * max(each, default=0)}
            for path, each in self.seconds.items()}}


class SlowClients(Background):
    """Connections that send one byte of a request a second, within a `with` block. Where one was
    closed another takes its place, so that there are always as many."""

    def __init__(self, port: int, count: int) -> None:
        self.port = port
        self.count = count
        self.opened = 0
        super().__init__()

    def _run(self) -> None:
        clients: list[Optional[http.client.HTTPConnection]] = [None] * self.count
        request = b"GET /api/v1/cameras HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 1000
        sent = [0] * self.count
        while not self.over.wait(1):
            for number in range(self.count):
                try:
                    client = clients[number]
                    if client is None:
                        source = SLOW[number % len(SLOW)]
                        client = http.client.HTTPConnection("127.0.0.1", self.port, 5, (source, 0))
                        client.connect()
                        clients[number], sent[number] = client, 0
                        self.opened += 1
                    client.sock.send(request[sent[number]:sent[number] + 1])
                    sent[number] += 1
                except OSError:
                    clients[number] = None
        for each in clients:
            if each is not None:
                each.close()


def require_wrk() -> None:
    if shutil.which("wrk") is None:
        raise Failure("no wrk: apt install wrk")


def load(port: int, path: str, connections: int, seconds: float) -> dict[str, Any]:
    """What wrk says of so many connections that ask again as soon as they are answered."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency",
               "--timeout", "10s", f"http://127.0.0.1:{port}{path}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    total = re.search(r"(\d+) requests in", done.stdout)
    if done.returncode != 0 or not total:
        raise Failure(f"wrk: {done.stdout}{done.stderr}")
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)",
                       done.stdout)
    other = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    return {"requests": int(total[1]), "refused": int(other[1]) if other else 0,
            "errors": sum(int(count) for count in errors.groups()) if errors else 0,
            "p50_ms": _milliseconds(done.stdout, "50%"),
            "p99_ms": _milliseconds(done.stdout, "99%")}


def _milliseconds(text: str, percent: str) -> float:
    found = re.search(rf"{percent}\s+([0-9.]+)(us|ms|s)", text)
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]] if found else 0.0
