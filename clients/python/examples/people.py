"""Finds people in the pictures of all cameras of this machine, with the detector that OpenCV
brings along (histograms of oriented gradients, from 2005: slow, but a real one).

    python3 people.py                          all cameras, until Ctrl-C
    python3 people.py --cameras yard,hall --for 60 --save people.jpg
"""

import argparse
import time

import cv2

import camherd

parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
parser.add_argument("--cameras", help="names with commas between them (all of this machine)")
parser.add_argument("--for", dest="seconds", type=float, default=float("inf"), metavar="SECONDS")
parser.add_argument("--save", metavar="FILE", help="the picture of the best detection, annotated")
options = parser.parse_args()

detector = cv2.HOGDescriptor()
detector.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())

wanted = dict(format="bgr24", size=(640, 0), max_fps=2)
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
        ages.append(frame.age)
        print(
            f"{frame.camera}: {len(people)} people, best {max(scores):.2f}; the picture was "
            f"{age_seen * 1000:.0f} ms old when it was taken, {frame.age * 1000:.0f} ms when the "
            "people were found",
            flush=True,
        )
        if options.save and sum(score for _, score in people) > best_score:
            best_score = sum(score for _, score in people)
            picture = frame.array.copy()
            for (x, y, width, height), score in people:
                cv2.rectangle(picture, (x, y), (x + width, y + height), (0, 200, 255), 2)
                cv2.putText(
                    picture,
                    f"{score:.1f}",
                    (x, y - 4),
                    cv2.FONT_HERSHEY_SIMPLEX,
                    0.5,
                    (0, 200, 255),
                )
            cv2.imwrite(options.save, picture)

print(f"{frames} frames; people in {len(ages)} of them", end="")
if ages:
    ages.sort()
    middle, most = ages[len(ages) // 2] * 1000, ages[-1] * 1000
    print(f", found at an age of {middle:.0f} ms in the middle, {most:.0f} ms at most", end="")
print()
