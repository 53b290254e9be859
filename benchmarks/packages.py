"""The Debian packages that a benchmark needs beside camherd's own."""

import os
import shutil
import subprocess
import sys

# To draw charts, and to read block codes in Python.
FOR_CHARTS = ("python3-matplotlib",)
FOR_READERS = ("python3-numpy",)
# What people use instead of camherd. The simulated cameras need the other plugins of GStreamer.
GSTREAMER = ("python3-gi", "gir1.2-gst-plugins-base-1.0", "gstreamer1.0-plugins-base",
             "gstreamer1.0-plugins-good", "gstreamer1.0-plugins-bad", "gstreamer1.0-libav")
FFMPEG = ("ffmpeg",)
OPENCV = ("python3-opencv",)
_OF_KIND = {"gstreamer": GSTREAMER, "ffmpeg": FFMPEG, "opencv": OPENCV}


def of_kinds(kinds):
    """What readers of these kinds need (`peers.peer.Way.kind`)."""
    wanted = [*FOR_READERS, *(package for kind in kinds for package in _OF_KIND.get(kind, ()))]
    return list(dict.fromkeys(wanted))


def ensure(wanted, *, install):
    """Installs what is missing, as root or with sudo; `install` false says what to install
    instead, and ends the program. Does nothing on systems that are not Debian's kind: what is
    missing there will show."""
    if not shutil.which("dpkg-query") or not shutil.which("apt-get"):
        return
    missing = [package for package in wanted if not _installed(package)]
    if not missing:
        return
    as_root = _as_root()
    if not install or as_root is None:
        sys.exit(f"{os.path.basename(sys.argv[0])}: something is missing:\n"
                 f"  apt-get install --no-install-recommends {' '.join(missing)}")
    print(f"installing {' '.join(missing)}", file=sys.stderr)
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    # Standard output is for results.
    subprocess.run([*apt, "update"], stdout=sys.stderr, check=False)
    done = subprocess.run([*apt, "install", "--no-install-recommends", *missing],
                          stdout=sys.stderr, check=False)
    if done.returncode != 0:
        sys.exit(f"{os.path.basename(sys.argv[0])}: apt-get failed")


def _installed(package):
    asked = subprocess.run(["dpkg-query", "-W", "-f=${db:Status-Abbrev}", package],
                           capture_output=True, text=True, check=False)
    return asked.returncode == 0 and asked.stdout.startswith("ii")


def _as_root():
    """What to put before a command; None if there is no way."""
    if os.geteuid() == 0:
        return []
    return ["sudo"] if shutil.which("sudo") else None
