"""A published local method, POS as the vitallens package ships it, timed on a film; run by that package's own Python.

Run as `.venv-bench/bin/python tests/bench/pos_app.py FILM.npz`; prints one JSON object with the processor time per
picture. Once the face's box is given, so that POS alone is counted, and once it has to be found, as anybody uses it.
"""

import json
import os
import sys
import time

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[threads] = "1"

import numpy as np  # noqa: E402
from vitallens import VitalLens  # noqa: E402

ROUNDS = 3


def main(path):
    """Time both on the same pictures."""
    with np.load(path) as kept:
        grey, rate_hz = kept["frames"], float(kept["frame_rate_hz"])
    pictures = np.repeat(grey[..., None], 3, axis=3)
    # The colours of a grey film are alike, and POS divides by their spread; a little of each is not.
    pictures[..., 1] //= 2
    whole = np.array([80, 60, 240, 180])
    answer = {"pos_ms": _least_ms(pictures, rate_hz, whole)}
    try:
        answer["with_face_search_ms"] = _least_ms(pictures, rate_hz, None)
    except Exception as error:
        answer["without_face_search"] = f"{type(error).__name__}: {error}"
    print(json.dumps(answer))


def _least_ms(pictures, rate_hz, box):
    """Return the processor time of the process per picture, all its threads together; the least of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        reader = VitalLens(method="pos", detect_faces=box is None, export_to_json=False)
        began_s = time.process_time()
        reader(pictures, faces=box, fps=rate_hz)
        best = min(best, 1000 * (time.process_time() - began_s) / len(pictures))
    return best


if __name__ == "__main__":
    main(sys.argv[1])
