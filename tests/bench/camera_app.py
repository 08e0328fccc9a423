"""The whole camera chain, timed on a film in a process of its own, beside what others do with each picture.

Run as `python -m tests.bench.camera_app FILM.npz` from the root of the checkout; prints one JSON object. Time is that
of the working thread alone, per picture; for ours everything from the file's bytes to the estimate counts.
"""

import itertools
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.evaluation import estimates_of, new_estimator
from edge.sources.formats import open_recording
from edge.zones import Zones

Picture = NDArray[np.uint8]
ROUNDS = 3


def ours(path: Path) -> tuple[float, float | None]:
    """Estimate every second once; return the seconds per picture, and the last rate."""
    estimator = new_estimator(Zones())
    began_s = time.thread_time()
    source = open_recording(path)
    estimates = list(estimates_of(source, estimator))
    spent_s = time.thread_time() - began_s
    source.close()
    rates = [one.respiratory_rate_per_min for one in estimates if one.respiratory_rate_per_min is not None]
    return spent_s / source.count.read, rates[-1] if rates else None


def motion_boxes(pictures: list[Picture]) -> None:
    """Do what a widely used video recorder does to find motion: shrink, running mean, threshold, contours."""
    mean: NDArray[np.float32] | None = None
    for picture in pictures:
        small = cv2.resize(picture, (picture.shape[1] * 100 // picture.shape[0], 100), interpolation=cv2.INTER_NEAREST)
        mean = small.astype(np.float32) if mean is None else mean
        difference = cv2.absdiff(small, cv2.convertScaleAbs(mean))
        moved = cv2.threshold(difference, 30, 255, cv2.THRESH_BINARY)[1]
        moved = cv2.dilate(moved, None, iterations=1)
        cv2.findContours(moved, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        cv2.accumulateWeighted(small, mean, 0.2)


def dense_flow(pictures: list[Picture]) -> None:
    """Do what a displacement of every pixel costs (Farneback 2003)."""
    for before, now in itertools.pairwise(pictures):
        cv2.calcOpticalFlowFarneback(before, now, None, 0.5, 3, 15, 3, 5, 1.2, 0)


def _each(work: Callable[[list[Picture]], None], pictures: list[Picture]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        began_s = time.thread_time()
        work(pictures)
        best = min(best, (time.thread_time() - began_s) / len(pictures))
    return best


def main(path: str) -> None:
    """Time all of them on the same film."""
    cv2.setNumThreads(1)
    runs = [ours(Path(path)) for _ in range(ROUNDS)]
    resident_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pictures = list(np.load(path)["frames"][:100])
    answer = {
        "ours_ms": 1000 * min(spent_s for spent_s, _ in runs),
        "last_per_min": runs[0][1],
        "resident_mb": resident_mb,
        "boxes_ms": 1000 * _each(motion_boxes, pictures),
        "flow_ms": 1000 * _each(dense_flow, pictures),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])
