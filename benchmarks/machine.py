"""What results were measured on and with."""

import os
import platform
import re
import resource
import subprocess
from pathlib import Path


def describe():
    """For the results: a figure without its machine is worth little."""
    return {"cores": len(os.sched_getaffinity(0)), "processor": _processor(),
            "kernel": platform.release(), "system": _system(),
            "versions": {name: version for name, version in (
                ("GStreamer", _version("gst-inspect-1.0", "--version")),
                ("ffmpeg", _version("ffmpeg", "-version"))) if version}}


def in_words(machine):
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (f"{machine['cores']} cores ({machine['processor']}), {machine['system']}, "
            f"Linux {machine['kernel']}" + (f"; {versions}" if versions else ""))


def raise_open_files_limit():
    """Hundreds of cameras need thousands of descriptors. Children have the same limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _processor():
    found = re.search(r"^model name\s*:\s*(.+)$", _text("/proc/cpuinfo"), re.MULTILINE)
    return found[1] if found else platform.machine()


def _system():
    found = re.search(r'^PRETTY_NAME="?([^"\n]+)', _text("/etc/os-release"), re.MULTILINE)
    return found[1] if found else platform.system()


def _text(path):
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _version(*command):
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""
    found = re.search(r"version \D*(\d+(\.\d+)+)", said)
    return found[1] if found else ""
