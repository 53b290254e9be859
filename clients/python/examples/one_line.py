"""A script for OpenCV, as many exist: it tells when something moves. What camherd changes in it is
the one line below.

    python3 one_line.py yard
"""

import sys

import cv2

import camherd

# before:  capture = cv2.VideoCapture("rtsp://user:password@10.0.0.6/live")
capture = camherd.VideoCapture(sys.argv[1])
if not capture.isOpened():
    sys.exit(f"cannot open {sys.argv[1]}")

size = f"{capture.get(cv2.CAP_PROP_FRAME_WIDTH):.0f}x{capture.get(cv2.CAP_PROP_FRAME_HEIGHT):.0f}"
print(f"{size}, {capture.get(cv2.CAP_PROP_FPS):.1f} pictures a second")
background = cv2.createBackgroundSubtractorMOG2()
while True:
    ok, picture = capture.read()
    if not ok:
        break
    moving = background.apply(cv2.resize(picture, (320, 180)))
    share = cv2.countNonZero(moving) / moving.size
    if 0.02 < share < 0.5:  # more is a change of light
        seconds = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        print(f"{seconds:8.2f} s  {share:.0%} of the picture moves", flush=True)
