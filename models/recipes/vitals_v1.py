"""The recipe of vitals-v1.onnx: a window of displacement to a breathing rate and its evidence.

Run `python -m models.recipes.vitals_v1` to rebuild the file beside its card.
"""

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.recipes.graphs import GraphBuilder, write

PATH = Path(__file__).parents[1] / "vitals-v1.onnx"
SAMPLES = 300
RATE_HZ = 10
STEPS_PER_HZ = 100
# 0.07 to 1.50 Hz: the breathing band and the room above it for harmonics and noise.
LINES = np.arange(7, 151)
# 5.4 to 45 breaths a minute may be a peak (SENSING: breathing 6 to 40 /min).
FIRST_CANDIDATE, LAST_CANDIDATE = 9, 75
TINY = 1e-9
WAVE_SHARPNESS = 10.0
# At the short end of the window a line is broad, and its top may lie several grid lines away.
REFINE = 6.0


def _table(wave: str) -> NDArray[np.float32]:
    """Make a cosine or sine table, rounded so that every platform's libm writes the same float32."""
    turn = RATE_HZ * STEPS_PER_HZ
    shift = 0.0 if wave == "cos" else math.pi / 2
    circle = np.array([round(math.cos(2 * math.pi * k / turn - shift), 7) for k in range(turn)])
    index = np.outer(LINES, np.arange(SAMPLES)) % turn
    return circle[index].astype(np.float32)


def _weighted_sum(g: GraphBuilder, weight: str, *factors: str) -> str:
    value = weight
    for factor in factors:
        value = g.op("Mul", value, factor)
    return g.total(value, 0)


def without_trend(g: GraphBuilder, x: str, w: str) -> str:
    """Take a parabola off each column, orthogonal under the taper (Gram-Schmidt)."""
    t = g.constant(np.linspace(-1, 1, SAMPLES, dtype=np.float32)[:, None])
    tiny = g.constant(TINY)
    mass = g.op("Add", g.total(w, 0), tiny)
    x = g.op("Sub", x, g.op("Div", _weighted_sum(g, w, x), mass))
    t1 = g.op("Sub", t, g.op("Div", _weighted_sum(g, w, t), mass))
    norm1 = g.op("Add", _weighted_sum(g, w, t1, t1), tiny)
    x = g.op("Sub", x, g.op("Mul", t1, g.op("Div", _weighted_sum(g, w, t1, x), norm1)))
    skew = g.op("Div", _weighted_sum(g, w, t1, t1, t1), norm1)
    t2 = g.op("Sub", g.op("Mul", t1, t1), g.op("Div", norm1, mass))
    t2 = g.op("Sub", t2, g.op("Mul", t1, skew))
    norm2 = g.op("Add", _weighted_sum(g, w, t2, t2), tiny)
    return g.op("Sub", x, g.op("Mul", t2, g.op("Div", _weighted_sum(g, w, t2, x), norm2)))


def _lobe(g: GraphBuilder, multiple: float, half_width: str) -> str:
    """Write the matrix that sums a spectrum over the lobe around `multiple` times each line."""
    hz = (LINES / STEPS_PER_HZ).astype(np.float32)
    row, column = g.constant(hz[None, :]), g.constant((multiple * hz[:, None]).astype(np.float32))
    distance = g.op("Abs", g.op("Sub", row, column))
    return g.op("Cast", g.op("LessOrEqual", distance, half_width), to=1)


def _parabola(g: GraphBuilder, spectrum: str, peak: str) -> str:
    """Refine the peak by a parabola through three lines; the offset in lines, at most REFINE either way."""
    one = g.constant([1])
    left = g.op("Gather", spectrum, g.op("Sub", peak, one))
    here = g.op("Gather", spectrum, peak)
    right = g.op("Gather", spectrum, g.op("Add", peak, one))
    bend = g.op("Sub", g.op("Add", left, right), g.op("Add", here, here))
    bend = g.op("Min", bend, g.constant(-TINY))
    offset = g.op("Mul", g.op("Div", g.op("Sub", left, right), bend), g.constant(0.5))
    return g.op("Clip", offset, g.constant(-REFINE), g.constant(REFINE))


def build() -> bytes:
    """Build the graph; the same bytes every time."""
    g = GraphBuilder("vitals-v1")
    field = g.input("field_mm", [SAMPLES, "channels"])
    taper = g.input("taper", [SAMPLES])
    trust = g.input("trust", ["channels"])
    half_width = g.input("half_width_hz", [1])
    w = g.op("Unsqueeze", taper, g.constant([1]))
    x = without_trend(g, field, w)
    tapered = g.op("Mul", x, w)
    real = g.op("MatMul", g.constant(_table("cos")), tapered)
    imaginary = g.op("MatMul", g.constant(_table("sin")), tapered)
    power = g.op("Add", g.op("Mul", real, real), g.op("Mul", imaginary, imaginary))
    # Weighting by frequency halves the slope of drift without making harmonics win.
    tilt = g.constant((LINES / STEPS_PER_HZ).astype(np.float32)[:, None])
    tilted = g.op("Mul", power, tilt)
    share = g.op("Div", tilted, g.op("Add", g.total(tilted, 0), g.constant(TINY)))
    first = _lobe(g, 1.0, half_width)
    may_peak = np.isin(LINES, np.arange(FIRST_CANDIDATE, LAST_CANDIDATE + 1)).astype(np.float32)
    candidates = g.constant(may_peak)
    own = g.op("Mul", g.op("MatMul", first, share), g.op("Unsqueeze", candidates, g.constant([1])))
    own_best = g.op("ReduceMax", own, axes=[0], keepdims=0)
    cube = g.op("Mul", own_best, g.op("Mul", own_best, own_best))
    raw_weight = g.op("Mul", trust, cube)
    weight = g.op("Div", raw_weight, g.op("Add", g.total(raw_weight, 0), g.constant(TINY)))
    fused = g.op("MatMul", share, weight)
    peak = g.op("ArgMax", g.op("Mul", fused, candidates), axis=0, keepdims=1)
    # The tilt moves the top of a broad line upwards, so the top is refined on the spectrum without it.
    level = g.op("Div", fused, g.op("Squeeze", tilt, g.constant([1])))
    offset = _parabola(g, level, peak)
    lines_hz = g.constant((LINES / STEPS_PER_HZ).astype(np.float32))
    peak_hz = g.op("Add", g.op("Gather", lines_hz, peak), g.op("Mul", offset, g.constant(1 / STEPS_PER_HZ)))

    def lobe_share(multiple: float) -> str:
        row = g.op("Gather", _lobe(g, multiple, half_width), peak)
        return g.op("Squeeze", g.op("MatMul", row, g.op("Unsqueeze", fused, g.constant([1]))), g.constant([1]))

    own_peak = g.op("ArgMax", own, axis=0, keepdims=0)
    own_hz = g.op("Gather", lines_hz, own_peak)
    is_near = g.op("LessOrEqual", g.op("Abs", g.op("Sub", own_hz, peak_hz)), half_width)
    agreement = g.total(g.op("Mul", weight, g.op("Cast", is_near, to=1)), 0)
    # Turn every channel to the strongest one, so that they add up and do not cancel.
    best = g.op("ArgMax", weight, axis=0, keepdims=1)
    real_at = g.op("Squeeze", g.op("Gather", real, peak), g.constant([0]))
    imag_at = g.op("Squeeze", g.op("Gather", imaginary, peak), g.constant([0]))
    inner = g.op(
        "Add",
        g.op("Mul", real_at, g.op("Gather", real_at, best)),
        g.op("Mul", imag_at, g.op("Gather", imag_at, best)),
    )
    size = g.op("Sqrt", g.op("Add", g.op("Mul", real_at, real_at), g.op("Mul", imag_at, imag_at)))
    both = g.op("Add", g.op("Mul", size, g.op("Gather", size, best)), g.constant(TINY))
    # The wave is taken from few and clear channels: what the others add when the chest rests is noise.
    sharp = g.op("Mul", g.op("Mul", trust, trust), g.op("Pow", own_best, g.constant(WAVE_SHARPNESS)))
    sharp = g.op("Div", sharp, g.op("Add", g.total(sharp, 0), g.constant(TINY)))
    mixing = g.op("Mul", sharp, g.op("Div", inner, both))
    wave = g.op("Squeeze", g.op("MatMul", x, g.op("Unsqueeze", mixing, g.constant([1]))), g.constant([1]))

    g.output(g.op("Mul", peak_hz, g.constant(60.0)), "rate_per_min", [1])
    g.output(lobe_share(1.0), "concentration", [1])
    g.output(lobe_share(2.0), "second_harmonic", [1])
    g.output(lobe_share(3.0), "third_harmonic", [1])
    g.output(lobe_share(0.5), "half_rate", [1])
    g.output(agreement, "agreement", [1])
    g.output(fused, "spectrum", [len(LINES)])
    g.output(own_best, "channel_evidence", ["channels"])
    g.output(g.op("Mul", own_hz, g.constant(60.0)), "channel_rate_per_min", ["channels"])
    g.output(real_at, "channel_real", ["channels"])
    g.output(imag_at, "channel_imaginary", ["channels"])
    g.output(mixing, "mixing", ["channels"])
    g.output(wave, "wave_mm", [SAMPLES])
    return g.build()


if __name__ == "__main__":
    write(PATH, build())
