"""The fixed half of vitals-v2: a displacement field to log-spectra on a logarithmic rate axis, as ONNX operators.

On such an axis twice the rate is always the same number of lines away, so that one small net, shared by all rates,
can weigh a line against its half, its double and its triple.
"""

import math

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.recipes.graphs import GraphBuilder
from models.recipes.vitals_v1 import RATE_HZ, SAMPLES, without_trend

LINES_PER_OCTAVE = 28
LOWEST_PER_MIN = 2.5
LINES = 160
# Candidates: 5 to 44.7 breaths a minute (SENSING: breathing 6 to 40 /min).
FIRST_CANDIDATE, CANDIDATES = 28, 89
LINE_PER_MIN = LOWEST_PER_MIN * 2.0 ** (np.arange(LINES) / LINES_PER_OCTAVE)
CANDIDATE_PER_MIN = LINE_PER_MIN[FIRST_CANDIDATE : FIRST_CANDIDATE + CANDIDATES]
# Whole window, its older and its newer half.
TAPERS = 3
# Channels that the net looks at: those with most of their motion in the breathing band.
KEPT = 16
FLOOR = 1e-4
TINY = 1e-9
# Half, two thirds, itself, one and a half, double, triple; and the neighbours of each.
HARMONIC_STEPS = (-28, -16, 0, 16, 28, 44)
NEIGHBOURS = (-5, -2, 0, 2, 5)
SCALARS = 5
FEATURES = TAPERS * len(HARMONIC_STEPS) * len(NEIGHBOURS)


def _table(wave: str) -> NDArray[np.float32]:
    function = math.cos if wave == "cos" else math.sin
    turns = np.outer(LINE_PER_MIN / 60 / RATE_HZ, np.arange(SAMPLES))
    rounded = [[round(function(2 * math.pi * (turn % 1.0)), 7) for turn in row] for row in turns]
    return np.array(rounded, dtype=np.float32)


def first_lines() -> NDArray[np.int64]:
    """Return which line the first candidate sees at each step and neighbour, shape (steps * neighbours,).

    Every later candidate sees one line further; what lies beyond the axis is its end.
    """
    offsets: NDArray[np.int64] = np.add.outer(np.array(HARMONIC_STEPS), np.array(NEIGHBOURS)).reshape(-1)
    return FIRST_CANDIDATE + offsets


def gather_index() -> NDArray[np.int64]:
    """Return which line each candidate sees at each step and neighbour, shape (CANDIDATES, steps * neighbours)."""
    index: NDArray[np.int64] = np.clip(np.arange(CANDIDATES)[:, None] + first_lines()[None, :], 0, LINES - 1)
    return index


def _missing(g: GraphBuilder, trust: str) -> str:
    """Write how many channels fewer there are than are kept, shape (1,)."""
    lacking = g.op("Sub", g.constant([KEPT]), g.op("Shape", trust))
    return g.op("Max", lacking, g.constant([0]))


def front(g: GraphBuilder) -> tuple[str, str]:
    """Write the front half into a graph.

    Returns:
        Names of the log-spectra, shape (KEPT, TAPERS, LINES), and of the scalars of each kept channel, shape
        (KEPT, SCALARS): log swing, trust, duration, share in the breathing band, and whether the channel is there.
    """
    field = g.input("field_mm", [SAMPLES, "channels"])
    tapers = g.input("tapers", [TAPERS, SAMPLES])
    trust = g.input("trust", ["channels"])
    whole = g.op("Transpose", g.take(tapers, 0, 0, 1), perm=[1, 0])
    x = without_trend(g, field, whole)
    # Fewer channels than are kept are filled up with silent ones.
    missing = _missing(g, trust)
    x = g.op("Pad", x, g.op("Concat", g.constant([0, 0, 0]), missing, axis=0))
    trusted = g.op("Pad", trust, g.op("Concat", g.constant([0]), missing, axis=0))
    cos, sin = g.constant(_table("cos")), g.constant(_table("sin"))
    speed = g.constant(((LINE_PER_MIN / 15.0) ** 2).astype(np.float32)[:, None])
    powers, logs = [], []
    for index in range(TAPERS):
        taper = g.op("Transpose", g.take(tapers, 0, index, index + 1), perm=[1, 0])
        tapered = g.op("Mul", x, taper)
        real, imaginary = g.op("MatMul", cos, tapered), g.op("MatMul", sin, tapered)
        power = g.op("Add", g.op("Mul", real, real), g.op("Mul", imaginary, imaginary))
        # The power of speed, not of displacement: a body's creep is a random walk, and its speed is white.
        moving = g.op("Mul", power, speed)
        share = g.op("Div", moving, g.op("Add", g.total(moving, 0), g.constant(TINY)))
        powers.append(moving)
        logs.append(g.op("Log", g.op("Add", share, g.constant(FLOOR))))
    band = np.zeros((1, LINES), dtype=np.float32)
    band[0, FIRST_CANDIDATE : FIRST_CANDIDATE + CANDIDATES] = 1.0
    in_band = g.op("Squeeze", g.op("MatMul", g.constant(band), powers[0]), g.constant([0]))
    all_power = g.total(powers[0], 0, keep=False)
    band_share = g.op("Div", in_band, g.op("Add", all_power, g.constant(TINY)))
    peak = g.op("ReduceMax", g.op("Mul", g.op("Exp", logs[0]), g.constant(band.T.copy())), axes=[0], keepdims=0)
    worth = g.op("Mul", trusted, peak)
    _, best = g.pair("TopK", worth, g.constant([KEPT]), axis=0)
    stacked = g.op("Concat", *[g.op("Unsqueeze", one, g.constant([0])) for one in logs], axis=0)
    kept = g.op("Gather", g.op("Transpose", stacked, perm=[2, 0, 1]), best, axis=0)
    mass = g.op("Add", g.op("ReduceSum", g.op("Mul", whole, whole), g.constant([0]), keepdims=0), g.constant(TINY))
    energy = g.total(g.op("Mul", g.op("Mul", x, x), g.op("Mul", whole, whole)), 0, keep=False)
    swing = g.op("Log", g.op("Add", g.op("Div", energy, mass), g.constant(1e-6)))
    ones = g.op("Add", g.op("Mul", swing, g.constant(0.0)), g.constant(1.0))
    seconds = g.op("ReduceMean", g.op("Cast", g.op("Greater", whole, g.constant(0.0)), to=1), axes=[0], keepdims=0)
    duration = g.op("Mul", ones, seconds)
    there = g.op("Cast", g.op("Greater", trusted, g.constant(0.0)), to=1)
    rows = [swing, trusted, duration, band_share, there]
    table = g.op("Concat", *[g.op("Unsqueeze", one, g.constant([1])) for one in rows], axis=1)
    return kept, g.op("Gather", table, best, axis=0)


class Front:
    """The front half alone, ready to be called: what the learned half is trained on."""

    def __init__(self) -> None:
        g = GraphBuilder("vitals-v2-front")
        logs, scalars = front(g)
        g.output(logs, "logs", [KEPT, TAPERS, LINES])
        g.output(scalars, "scalars", [KEPT, SCALARS])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(g.build(), options, providers=["CPUExecutionProvider"])

    def __call__(
        self, field_mm: NDArray[np.float32], tapers: NDArray[np.float32], trust: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the log-spectra and scalars of the kept channels; see `front`."""
        logs, scalars = self._session.run(["logs", "scalars"], {"field_mm": field_mm, "tapers": tapers, "trust": trust})
        return logs, scalars
