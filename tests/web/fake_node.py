"""A camherd node that says what a test wants: the files of web/, and the API with made-up answers.

For what no real node can be made to say, such as hostile names of cameras or a fleet of any size
that costs nothing. Its answers carry the content security policy that is given to it.
"""

import json
import math
import threading
import time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlparse

WEB = Path(__file__).parents[2] / "web"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def camera(name, **said):
    """A camera as a status tells it, streaming quietly unless said otherwise."""
    return {"name": name, "state": "streaming", "detail": "", "responsive": True, "started": True,
            "enabled": True, "from_file": True, "fps": 6.0, "received_fps": 6.0, "bits": 1.4e6,
            "age_p50_ms": 3.1, "age_p99_ms": 18.0, "dropped": 3, "dropped_fps": 0.0, "restarts": 0,
            "packets_lost": 0, "consumers": 1} | said


class FakeNode:
    """Serves until it is closed. `cameras` and `events` may be changed at any time."""

    def __init__(self, cameras, policy, events=(), token=None, per_second=1.0):
        self.cameras = list(cameras)
        self.events = list(events)
        self.policy = policy
        self.token = token
        self.interval = 1.0 / per_second
        self.asked = []
        self.closed = threading.Event()
        node = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                node.answer(self, "GET")

            def do_POST(self):
                node.answer(self, "POST")

            def do_DELETE(self):
                node.answer(self, "DELETE")

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closed.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request, method):
        raw = urlparse(request.path).path
        path = unquote(raw)
        self.asked.append((method, path))
        length = int(request.headers.get("Content-Length") or 0)
        if length:
            request.rfile.read(length)
        try:
            if path == "/api/v1/events/stream":
                self.stream(request)
            elif path.startswith("/api/"):
                status, body = self.api(method, raw)
                self.send(request, status, "application/json", json.dumps(body).encode())
            else:
                self.file(request, path)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def send(self, request, status, kind, body):
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("Content-Security-Policy", self.policy)
        request.end_headers()
        request.wfile.write(body)

    def file(self, request, path):
        file = WEB / ("index.html" if path == "/" else path.lstrip("/"))
        if file.is_file():
            self.send(request, 200, TYPES.get(file.suffix, "text/plain"), file.read_bytes())
        else:
            self.send(request, 404, "text/plain", b"")

    def stream(self, request):
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Connection", "close")
        request.end_headers()
        while not self.closed.is_set():
            status = json.dumps({"at": now(), "cameras": self.cameras})
            request.wfile.write(f"event: status\ndata: {status}\n\n".encode())
            request.wfile.flush()
            self.closed.wait(self.interval)

    def api(self, method, path):
        # An encoded slash is part of a name.
        parts = [unquote(part) for part in path.split("/")[3:]]
        if path == "/api/v1/node":
            return 200, {"version": "0.1.0", "uptime_seconds": 4000, "cameras": {}, "process": {}}
        if path == "/api/v1/history":
            return 200, {"step_seconds": 10, "until": now(), "cameras": {
                c["name"]: {"fps": wave(60, index)} for index, c in enumerate(self.cameras)}}
        if path == "/api/v1/events":
            return 200, {"events": self.events}
        if parts[0] == "cameras" and len(parts) >= 2:
            return self.one(method, parts[1], parts[2:])
        return 404, {"title": "Not Found", "status": 404, "detail": f"nothing at {path}"}

    def one(self, method, name, below):
        known = next((c for c in self.cameras if c["name"] == name), None)
        if known is None:
            return 404, {"title": "Not Found", "detail": f"there is no camera {name}"}
        if below == ["history"]:
            rates = wave(360, len(name))
            return 200, {"step_seconds": 10, "until": now(), "state": ["streaming"] * 360,
                         "received_fps": [6.0] * 360, "fps": rates, "dropped_fps": [0.0] * 360,
                         "bits": [r * 2.4e5 for r in rates], "age_p50_ms": [3.0] * 360,
                         "age_p99_ms": [r * 3 for r in rates], "packets_lost": [0] * 360,
                         "consumers": [1] * 360}
        if method == "DELETE":
            self.cameras.remove(known)
            return 200, {}
        return 200, known | {"url": "rtsp://10.0.0.5/" + name, "revision": 1, "received": 1000,
                             "decoded": 997, "dropped": {"awaiting_keyframe": 3}, "restarts": {},
                             "bytes": 123456789, "settings": {"url": "rtsp://10.0.0.5/" + name}}


def wave(points, phase):
    return [5.0 + math.sin((index + phase) / 7) for index in range(points)]


def fleet(count):
    """So many cameras of which a few have troubles."""
    troubles = {3: ("backoff", "connection refused"), 11: ("quarantined", "wrong credentials"),
                17: ("connecting", ""), 23: ("stalled", "nothing for 10 s")}
    made = []
    for index in range(count):
        state, detail = troubles.get(index % 40, ("streaming", ""))
        quiet = {} if state == "streaming" else {
            "fps": 0.0, "received_fps": 0.0, "bits": 0, "age_p50_ms": None, "age_p99_ms": None,
            "consumers": 0, "restarts": index % 7}
        made.append(camera(f"cam{index}", state=state, detail=detail, **quiet))
    return made


if __name__ == "__main__":
    POLICY = ("default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
              "object-src 'none'")
    with FakeNode(fleet(48), POLICY) as fake:
        print(fake.url, flush=True)
        while True:
            time.sleep(60)
