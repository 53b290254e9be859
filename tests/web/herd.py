"""Runs the real programs: simulated cameras, and camherd with its dashboard."""

import contextlib
import os
import queue
import re
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

PROGRAMS = Path(os.environ.get("CAMHERD_BIN_DIR", Path(__file__).parents[2] / "build/dev/bin"))
PATIENCE = 60.0  # against hanging only

# Slow machines drop nothing and try again soon.
SETTINGS = """\
node: {restart_delay: 100ms, connects_per_second: 1000, connects_per_second_per_host: 1000}
defaults: {max_age: 1m, frame_queue_size: 1024}
"""


class Program:
    """A running program and the lines it says."""

    def __init__(self, *command, environment=None):
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", env=os.environ | (environment or {}))
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def wait_for(self, pattern):
        """The match in the first line that comes and has one."""
        deadline = time.monotonic() + PATIENCE
        said = []
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError(f"never said {pattern!r}, but:\n{''.join(said)}")
            said.append(line)
            if match := re.search(pattern, line):
                return match

    def stop(self, with_signal=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join()
        self.process.stdout.close()


class Simulator:
    """Cameras that send small pictures."""

    def __init__(self, cameras=3, fps=25, seconds=2, **options):
        options = options if "clip" in options else {"size": "320x240"} | options
        more = [f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        self.program = Program(PROGRAMS / "camherd-sim", "--cameras", cameras, "--port", 0, "--fps",
                               fps, "--seconds", seconds, *more)
        self.base = self.program.wait_for(r"ready (rtsp://127\.0\.0\.1:\d+)/")[1]

    def url(self, number=0):
        return f"{self.base}/cam{number}"

    @contextlib.contextmanager
    def held_up(self):
        """Nothing comes from its cameras."""
        self.program.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.program.process.send_signal(signal.SIGCONT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.stop()


class Herd:
    """A camherd with cameras by name: URLs, or flow maps of YAML."""

    def __init__(self, cameras, token=None, port=0, settings=SETTINGS):
        # The path of a socket is short, so that its folder cannot be one that pytest makes.
        self.scratch = tempfile.TemporaryDirectory(prefix="herd")
        self.folder = Path(self.scratch.name)
        self.cameras = dict(cameras)
        self.token = token
        self.settings = settings
        self.program = None
        self.start(port)

    def start(self, port=0):
        listed = "".join(f"  {name}: {value}\n" for name, value in self.cameras.items())
        secret = f", token: '{self.token}'" if self.token else ""
        (self.folder / "herd.yaml").write_text(
            f"{self.settings}http: {{listen: '127.0.0.1:{port}'{secret}}}\n"
            f"cameras: {'{}' if not listed else ''}\n{listed}")
        self.program = Program(
            PROGRAMS / "camherd", "run", self.folder / "herd.yaml",
            environment={"CAMHERD_RUNTIME_DIR": str(self.folder / "run"),
                         "STATE_DIRECTORY": str(self.folder / "state")})
        self.url = self.program.wait_for(r"(http://127\.0\.0\.1:\d+)")[1] + "/"
        self.port = int(self.url.rstrip("/").rsplit(":", 1)[1])

    def stop(self, with_signal=signal.SIGTERM):
        self.program.stop(with_signal)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.scratch.cleanup()
