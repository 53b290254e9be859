"""Where the cameras of this machine are found: one socket each in a directory."""

from __future__ import annotations

import os
import re
from typing import List, Optional

__all__ = ["cameras", "find_runtime_dir"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_SUFFIX = ".sock"
_MOST_PATH_BYTES = 107  # sockaddr_un.sun_path without its zero
OF_MACHINE = "/run/camherd"


def find_runtime_dir() -> str:
    """The first that exists of $CAMHERD_RUNTIME_DIR (which ends the search if set),
    $XDG_RUNTIME_DIR/camherd, /tmp/camherd-UID and /run/camherd; /run/camherd if none does."""
    chosen = os.environ.get("CAMHERD_RUNTIME_DIR")
    if chosen:
        return chosen
    session = os.environ.get("XDG_RUNTIME_DIR")
    candidates = [session + "/camherd"] if session else []
    candidates.append(f"/tmp/camherd-{os.geteuid()}")
    return next((path for path in candidates if os.path.isdir(path)), OF_MACHINE)


def cameras(runtime_dir: Optional[str] = None) -> List[str]:
    """Names of the cameras that are there now, sorted; none if nothing runs. OSError if the
    directory may not be read."""
    try:
        entries = os.listdir(os.path.join(runtime_dir or find_runtime_dir(), "cameras"))
    except (FileNotFoundError, NotADirectoryError):
        return []
    names = (entry[: -len(_SUFFIX)] for entry in entries if entry.endswith(_SUFFIX))
    return sorted(name for name in names if _NAME.fullmatch(name))


def camera_socket(runtime_dir: str, name: str) -> str:
    """RUNTIME_DIR/cameras/NAME.sock. ValueError for what is no name of a camera, and for a path
    too long for a socket."""
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} is no name of a camera: 1 to 63 of a-z, 0-9, _ and -, a letter or digit first"
        )
    path = os.path.join(runtime_dir, "cameras", name + _SUFFIX)
    if len(os.fsencode(path)) > _MOST_PATH_BYTES:
        raise ValueError(f"{path} is too long for a socket: at most {_MOST_PATH_BYTES} bytes")
    return path
