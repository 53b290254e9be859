"""`python -m camherd ls` names the cameras of this machine; `watch NAME` shows how fresh and how
regular the frames of one are."""

from __future__ import annotations

import argparse
import sys
import time
from typing import List, Optional, Sequence, Tuple

from .camera import Camera
from .discovery import cameras
from .errors import CameraNotFound, Refused

_SECOND = 1.0


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Exit status: 0; 1 if there is no such camera or it refuses; 2 for wrong use."""
    options = _parser().parse_args(arguments)
    try:
        return _ls(options) if options.command == "ls" else _watch(options)
    except (CameraNotFound, Refused, OSError) as error:
        print(f"camherd: {error}", file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"camherd: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m camherd", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    ls = commands.add_parser("ls", help="the names of the cameras, one a line")
    watch = commands.add_parser("watch", help="a line a second: rate, age, frames missed")
    watch.add_argument("name")
    watch.add_argument("--format", default="native")
    watch.add_argument("--size", type=_size, metavar="WxH", help="0 for one: by the shape")
    watch.add_argument("--max-fps", type=float, metavar="N")
    watch.add_argument("--for", dest="seconds", type=float, metavar="SECONDS")
    for command in (ls, watch):
        command.add_argument("--runtime-dir", metavar="DIR", help="of the daemon")
    return parser


def _size(text: str) -> Tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def _ls(options: argparse.Namespace) -> int:
    for name in cameras(options.runtime_dir):
        print(name)
    return 0


def _watch(options: argparse.Namespace) -> int:
    camera = Camera.existing(
        options.name,
        runtime_dir=options.runtime_dir,
        format=options.format,
        size=options.size,
        max_fps=options.max_fps,
    )
    end = time.monotonic() + options.seconds if options.seconds else float("inf")
    with camera:
        line_at = time.monotonic() + _SECOND
        ages: List[float] = []
        missed = 0
        while time.monotonic() < end:
            frame = camera.read(max(min(line_at, end) - time.monotonic(), 0))
            if frame is not None:
                ages.append(frame.age)
                missed += frame.missed_before
                shape = f"{frame.format} {frame.width}x{frame.height}"
            if time.monotonic() >= line_at:
                print(_line(camera, ages, missed, shape if ages else ""), flush=True)
                line_at += _SECOND
                ages, missed = [], 0
    return 0


def _line(camera: Camera, ages: List[float], missed: int, shape: str) -> str:
    if not ages:
        because = f": {camera.problem}" if camera.problem else ""
        return f"{camera.name}  no frame, {camera.state}{because}"
    ages.sort()
    middle, last = ages[len(ages) // 2], ages[-1]
    return (
        f"{camera.name}  {len(ages) / _SECOND:5.1f} fps  age p50 {middle * 1000:6.1f} ms  "
        f"max {last * 1000:6.1f} ms  missed {missed}  {shape}"
    )


if __name__ == "__main__":
    sys.exit(main())
