"""Finds people in the pictures of all cameras of this machine, with the detector that OpenCV
brings along (histograms of oriented gradients, from 2005: slow, but a real one).

    python3 people.py                          all cameras, until Ctrl-C
    python3 people.py --cameras yard,hall --for 60 --save people.jpg
"""

import argparse
import time

import cv2

import camherd

ORANGE = (0, 200, 255)
FONT = cv2.FONT_HERSHEY_SIMPLEX

parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
parser.add_argument("--cameras", help="names with commas between them (all of this machine)")
parser.add_argument("--for", dest="seconds", type=float, default=float("inf"), metavar="SECONDS")
parser.add_argument("--save", metavar="FILE", help="the picture of the best detection, annotated")
options = parser.parse_args()

detector = cv2.HOGDescriptor()
detector.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())

wanted = {"format": "bgr24", "size": (640, 0), "max_fps": 2}
if options.cameras:
    herd = camherd.Herd(options.cameras.split(","), **wanted)
else:
    herd = camherd.Herd.all(**wanted)

best_score, frames, ages = 0.0, 0, []
end = time.monotonic() + options.seconds
with herd:
    while time.monotonic() < end:
        frame = herd.read(timeout=1.0)
        if frame is None:
            for camera in herd.cameras.values():
                print(f"{camera.name}: no frame, {camera.state} {camera.problem}", flush=True)
            continue
        age_seen = frame.age
        boxes, scores = detector.detectMultiScale(frame.array, winStride=(8, 8), scale=1.1)
        frames += 1
        people = [(box, score) for box, score in zip(boxes, scores) if score > 0.5]
        if not people:
            continue
        age_found = frame.age
        ages.append(age_found)
        print(
            f"{frame.camera}: {len(people)} people, best {max(scores):.1f}; picture taken at an age "
            f"of {age_seen * 1000:.0f} ms, people found at {age_found * 1000:.0f} ms",
            flush=True,
        )
        total = sum(score for _, score in people)
        if options.save and total > best_score:
            best_score = total
            picture = frame.array.copy()
            for box, score in people:
                cv2.rectangle(picture, box, ORANGE, 2)
                x, y, _, _ = box
                cv2.putText(picture, f"{score:.1f}", (x + 4, y + 18), FONT, 0.5, ORANGE)
            cv2.imwrite(options.save, picture)

print(f"{frames} frames; people in {len(ages)} of them", end="")
if ages:
    ages.sort()
    middle, most = ages[len(ages) // 2] * 1000, ages[-1] * 1000
    print(f", found at an age of {middle:.0f} ms in the middle, {most:.0f} ms at most", end="")
print()
