"""The whole radar chain, timed on a recording in a process of its own, as the maker's application is.

Run as `python -m tests.bench.our_app RECORDING.h5` from the root of the checkout; prints one JSON object. Everything
from the file's bytes to the estimate counts.
"""

import json
import resource
import sys
import time
from pathlib import Path

from edge.evaluation import estimates_of, new_estimator
from edge.sources.formats import open_recording
from edge.zones import Zones


def main(path: str) -> None:
    """Estimate every second once, and print what it cost and what was found."""
    estimator = new_estimator(Zones())
    began_s = time.thread_time()
    source = open_recording(Path(path))
    estimates = list(estimates_of(source, estimator))
    spent_s = time.thread_time() - began_s
    source.close()
    shown = [one for one in estimates if one.respiratory_rate_per_min is not None]
    answer = {
        "cpu_s_per_s": spent_s / len(estimates),
        "first_s": shown[0].t_s if shown else None,
        "last_per_min": shown[-1].respiratory_rate_per_min if shown else None,
        "resident_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])
