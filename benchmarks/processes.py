"""The programs that the benchmark scripts run: each a child that is ended by its process id."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

DEFAULT_PROGRAMS = Path(__file__).resolve().parent.parent / "build" / "release" / "bin"


class Failure(Exception):
    """A benchmark cannot go on; the text says why."""


def duration_seconds(text):
    """The seconds in 500ms, 30s, 2m or 24h. For argparse."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)", text)
    if not found:
        raise ValueError(text)
    return float(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[found[2]]


def add_common_options(parser):
    parser.add_argument("--bin", type=Path, default=DEFAULT_PROGRAMS, metavar="FOLDER",
                        help="where the programs are (build/release/bin)")
    parser.add_argument("--json", action="store_true", help="print JSON rather than Markdown")
    parser.add_argument("--sim", default="", metavar="OPTIONS",
                        help="more options for camherd-sim, such as '--codec h265 --fps 12'")


def end_children_when_told_to_end():
    """SIGTERM leaves every `with` block, as an interrupt from the keyboard does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def find_program(folder, name):
    program = folder / name
    if not os.access(program, os.X_OK):
        raise Failure(f"no {program}: cmake --preset release && "
                      f"cmake --build --preset release --target {name}")
    return str(program)


class Child:
    """A running program whose lines are read by a thread of their own. Leaving the `with`
    block ends it."""

    def __init__(self, command, lines_from, environment=None, stdin=subprocess.DEVNULL):
        """`environment` is added to that of this process. With `stdin` a pipe, `say` writes to
        it."""
        # What a program says beside the lines that are read belongs on the terminal.
        streams = {"stdout": subprocess.DEVNULL, "stderr": None, lines_from: subprocess.PIPE}
        self.name = Path(command[0]).name
        self.process = subprocess.Popen(command, stdin=stdin, text=True, errors="replace",
                                        env={**os.environ, **(environment or {})}, **streams)
        self.changed = threading.Condition()
        self.lines = []
        self.ended = False
        pipe = self.process.stdout or self.process.stderr
        self.reader = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def pid(self):
        return self.process.pid

    def _read(self, pipe):
        with pipe:
            for line in pipe:
                with self.changed:
                    self.lines.append(line.rstrip("\n"))
                    self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait_for(self, what, find, seconds):
        """The first true value of `find(lines)`."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                found = find(self.lines)
                if found:
                    return found
                left = deadline - time.monotonic()
                if self.ended or left <= 0:
                    last = "\n".join(self.lines[-10:])
                    reason = "it ended" if self.ended else f"not within {seconds:.0f} s"
                    raise Failure(f"{self.name}: no {what}: {reason}\n{last}")
                self.changed.wait(left)

    def say(self, line):
        """Writes a line to the standard input of a child that has one."""
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Failure(f"{self.name}: it does not listen: {error.strerror}") from None

    def end_of_input(self):
        """Closes the standard input of a child that has one."""
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def wait_for_end(self, seconds):
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.name} did not end within {seconds:.0f} s") from None
        self.reader.join()
        return status

    def stop(self, with_signal=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.reader.join()
        if self.process.stdin:
            self.end_of_input()


class Simulator(Child):
    """camherd-sim, serving."""

    def __init__(self, options, arguments):
        command = [find_program(options.bin, "camherd-sim"), *arguments, *options.sim.split()]
        super().__init__(command, "stdout")

    def wait_until_ready(self, seconds=120):
        """The port it serves on."""
        found = self.wait_for(
            "ready line",
            lambda lines: next((m for m in (re.match(r"ready \w+://\S*:(\d+)/", line)
                                            for line in lines) if m), None), seconds)
        return int(found[1])


class Camherd(Child):
    """`camherd run` with a log of JSON lines. `config` must ask for that: see `write_config`.
    Its sockets are in `runtime_dir`, beside the configuration, lest two on a machine meet. A long
    path is no good: the sockets of cameras with long names must fit into 107 bytes."""

    def __init__(self, options, config, arguments=()):
        self.runtime_dir = Path(config).parent / "run"
        command = [find_program(options.bin, "camherd"), "run", str(config), *arguments]
        super().__init__(command, "stderr", {
            "CAMHERD_RUNTIME_DIR": str(self.runtime_dir),
            "STATE_DIRECTORY": str(self.runtime_dir / "state")})

    def wait_until_started(self):
        self.wait_for_events("start", lambda events: any(
            event["event"] == "started" for event in events), 30)

    def wait_until_streaming(self, cameras, seconds=120):
        """Returns once that many have begun to stream."""
        self.wait_for_events("stream from every camera", lambda events: len(
            {event["camera"] for event in events if event["event"] == "streaming"}) >= cameras,
            seconds)

    def socket_of(self, camera):
        return str(self.runtime_dir / "cameras" / f"{camera}.sock")

    @staticmethod
    def write_config(path, cameras_from, node="", http="listen: off"):
        """The simulator's configuration with a log that is easy to read, and without the HTTP
        server, whose port another camherd may have; a server on 127.0.0.1:0 takes any."""
        path.write_text(cameras_from.read_text() +
                        f"log: {{ format: json }}\nhttp: {{ {http} }}\n" + node)

    def http_port(self):
        """Of the HTTP server, if the configuration wants one."""
        heard = self.wait_for_events("HTTP server", lambda events: [
            event["cause"] for event in events if event["event"] == "listening"], 30)
        return int(heard[0].rpartition(":")[2])

    def events(self):
        with self.changed:
            return events_in(self.lines)

    def wait_for_events(self, what, find, seconds):
        return self.wait_for(what, lambda lines: find(events_in(lines)), seconds)


def events_in(lines):
    """The events among a log's lines, with `at` as seconds since the epoch."""
    events = []
    for line in lines:
        try:
            event = json.loads(line)
            event["at"] = datetime.strptime(event["time"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
        except (ValueError, KeyError, TypeError):
            continue
        events.append(event)
    return events


def milliseconds_in(event):
    """The N of "... after N ms" in what an event says; 0 if it does not say."""
    found = re.search(r"after (\d+) ms", event.get("cause", ""))
    return int(found[1]) if found else 0


def output_of(command, seconds=600):
    """The lines that a program writes to its standard output until its end."""
    with Child(command, "stdout") as child:
        if child.wait_for_end(seconds) != 0:
            raise Failure(f"{child.name} failed")
        return list(child.lines)


def decode_baseline(options, clip, repeat=3, more=()):
    """What the program decode_baseline says of bare libavcodec and a clip."""
    command = [find_program(options.bin, "decode_baseline"), str(clip), "--repeat", str(repeat),
               "--json", *more]
    return json.loads("\n".join(output_of(command)))


class Sample:
    """What the kernel says of a process and its threads now; all 0 once it is gone."""

    def __init__(self, pid):
        fields = read_fields(f"/proc/{pid}/status")
        self.rss_bytes = kilobytes(fields.get("VmRSS"))
        self.private_bytes = kilobytes(fields.get("RssAnon"))
        self.shared_bytes = kilobytes(fields.get("RssShmem"))
        self.threads = int(fields.get("Threads", 0))
        files = names_in(f"/proc/{pid}/fd")
        self.files = len(files)
        self.segment_bytes = sum(segment_bytes(f"/proc/{pid}/fd/{file}") for file in files)
        self.switches = {"voluntary": 0, "involuntary": 0}
        for thread in names_in(f"/proc/{pid}/task"):
            of_thread = read_fields(f"/proc/{pid}/task/{thread}/status")
            self.switches["voluntary"] += int(of_thread.get("voluntary_ctxt_switches", 0))
            self.switches["involuntary"] += int(of_thread.get("nonvoluntary_ctxt_switches", 0))


def names_in(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def segment_bytes(file):
    """What a descriptor holds of memory for pictures, whether or not it was touched."""
    try:
        if not os.readlink(file).startswith("/memfd:camherd-segment"):
            return 0
        return os.stat(file).st_blocks * 512
    except OSError:
        return 0


def read_fields(path):
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def kilobytes(text):
    return int(text.split()[0]) * 1024 if text else 0


def megabytes(count):
    return f"{count / 1e6:.1f}"


def markdown_table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)
