#!/usr/bin/env python3
"""Makes the pictures of docs/guide/dashboard.md: a herd of simulated cameras, some with troubles.

    tests/web/screenshots.py [--clip FILE] [--for SECONDS] [FOLDER]

CAMHERD_BIN_DIR says where the programs are (build/dev/bin). Takes as long as the history that the
charts shall show.
"""

import argparse
import contextlib
import tempfile
import time
import urllib.request
from pathlib import Path

import cv2
import numpy

from dashboard import Dashboard, start_chromium
from herd import Herd, Simulator

GUIDE = Path(__file__).parents[2] / "docs/guide"
NAMES = ["entrance", "lobby", "reception", "stairs-east", "stairs-west", "corridor-1", "corridor-2",
         "gate-north", "gate-south", "parking-1", "parking-2", "yard", "loading-dock", "roof"]
JPEG_QUALITY = 82


def cameras_of(simulator):
    """Most of them stream; one refuses, one is behind a wrong address, one rests."""
    cameras = {name: f"{{url: '{simulator.url(number)}', idle: full}}"
               for number, name in enumerate(NAMES)}
    cameras["storage"] = "{url: 'rtsp://127.0.0.1:9/stream1'}"
    cameras["server-room"] = f"{{url: '{simulator.base}/nothing-here'}}"
    cameras["workshop"] = f"{{url: '{simulator.url(0)}', enabled: false}}"
    return cameras


def post(herd, path):
    urllib.request.urlopen(urllib.request.Request(f"{herd.url}api/v1/{path}", method="POST")).close()


def history_grows(page, herd, seconds):
    """Lets the charts have something to show: frames come, and a camera begins anew."""
    end = time.monotonic() + seconds
    page.until(lambda: page.state("yard") == "streaming")
    restarted = False
    while time.monotonic() < end:
        if not restarted and time.monotonic() > end - seconds / 2:
            post(herd, "cameras/yard/restart")
            restarted = True
        # A page that is open is what makes time pass here: wait for its next status.
        before = page.script("return performance.now()")
        page.until(lambda: page.script("return performance.now()") > before + 1000)


def save(page, folder, name):
    png = numpy.frombuffer(page.browser.get_screenshot_as_png(), numpy.uint8)
    picture = cv2.imdecode(png, cv2.IMREAD_COLOR)
    file = folder / f"{name}.jpg"
    cv2.imwrite(str(file), picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    print(f"{file} {file.stat().st_size // 1000} kB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clip", help="what the cameras show, instead of a made-up scene")
    parser.add_argument("--for", dest="seconds", type=float, default=120)
    parser.add_argument("folder", type=Path, nargs="?", default=GUIDE)
    asked = parser.parse_args()
    shown = {"clip": asked.clip} if asked.clip else {"size": "640x360"}
    with contextlib.ExitStack() as stack:
        simulator = stack.enter_context(
            Simulator(cameras=len(NAMES), fps=5, seconds=10, gop=10, **shown))
        herd = stack.enter_context(Herd(cameras_of(simulator), settings=""))
        browser = start_chromium()
        stack.callback(browser.quit)
        page = Dashboard(browser, herd.url)

        page.emulate(1280, 800)
        page.open()
        history_grows(page, herd, asked.seconds)
        page.wait_for_state("yard", "streaming")
        page.until(lambda: page.all(page.row("corridor-1") + " canvas"))
        page.script("document.querySelector('tr[data-name=corridor-1] [data-act=picture]').click()")
        page.until(lambda: page.script(
            "return document.querySelector('.preview img').naturalWidth") > 0)
        save(page, asked.folder, "dashboard-light")
        page.emulate(1280, 1000, "dark")
        page.open("#/camera/yard")
        page.until(lambda: page.script("return document.querySelector('.screen img').naturalWidth")
                   > 0)
        page.until(lambda: page.text("#connection") == "live" and page.all(".charts canvas"))
        save(page, asked.folder, "dashboard-camera")
        page.emulate(375, 760)
        page.open()
        page.wait_for_state("yard", "streaming")
        page.until(lambda: page.all(page.row("corridor-1") + " canvas"))
        save(page, asked.folder, "dashboard-phone")


if __name__ == "__main__":
    main()
