"""An interpreter that has the modules a benchmark needs."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from typing import NoReturn

_PACKAGES = {"numpy": "python3-numpy", "cv2": "python3-opencv", "gi": "python3-gi",
             "matplotlib": "python3-matplotlib"}
# Where the packages of a distribution are, whatever comes first on the PATH.
_OF_THE_SYSTEM = "/usr/bin/python3"
_ALREADY_TRIED = "CAMHERD_BENCHMARK_INTERPRETER"


def lacking(*modules: str) -> list[str]:
    """Those of `modules` that this interpreter does not have."""
    return [name for name in modules if importlib.util.find_spec(name) is None]


def require(*modules: str) -> None:
    """Starts this program again with the system's interpreter if this one lacks a module and
    that one does not. Ends it, saying what to install, if both do. For the first lines of a
    script, before anything was started."""
    missing = lacking(*modules)
    if not missing:
        return
    if _ALREADY_TRIED not in os.environ and _system_has(modules):
        os.environ[_ALREADY_TRIED] = sys.executable
        os.execv(_OF_THE_SYSTEM, [_OF_THE_SYSTEM, *sys.argv])
    _give_up(missing)


def _system_has(modules: tuple[str, ...]) -> bool:
    try:
        return subprocess.run([_OF_THE_SYSTEM, "-c", "import " + ", ".join(modules)],
                              capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _give_up(missing: list[str]) -> NoReturn:
    packages = " ".join(_PACKAGES.get(name, name) for name in missing)
    sys.exit(f"{os.path.basename(sys.argv[0])}: Python has no {', '.join(missing)}: "
             f"apt install {packages}")
