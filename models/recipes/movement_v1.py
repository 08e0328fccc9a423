"""The recipe of movement-v1.onnx: complex range profiles to displacement steps and innovation.

Run `python -m models.recipes.movement_v1` to rebuild the file beside its card.
"""

import math
from pathlib import Path

from models.recipes.graphs import GraphBuilder, write

PATH = Path(__file__).parents[1] / "movement-v1.onnx"
END = 2**31 - 1
TINY = 1e-12
# Share of the usual echo at which a step counts half: phase slips happen where the echo fades (set on the simulator).
FADE = 1.0


def _arctangent(g: GraphBuilder, y: str, x: str) -> str:
    """Write atan2(y, x), 0 for (0, 0), out of Atan (ONNX has no Atan2)."""
    zero = g.constant(0.0)
    is_left = g.op("Less", x, zero)
    is_down = g.op("Less", y, zero)
    is_flat = g.op("Less", g.op("Abs", x), g.constant(TINY))
    safe_x = g.op("Where", is_flat, g.constant(TINY), x)
    base = g.op("Atan", g.op("Div", y, safe_x))
    turn = g.op("Where", is_down, g.constant(-math.pi), g.constant(math.pi))
    left = g.op("And", is_left, g.op("Not", is_flat))
    return g.op("Add", base, g.op("Where", left, turn, zero))


def _parts(g: GraphBuilder, value: str, axis: int) -> tuple[str, str]:
    """Split the last axis into real and imaginary part."""
    squeeze = g.constant([axis])
    real = g.op("Squeeze", g.take(value, axis, 0, 1), squeeze)
    imaginary = g.op("Squeeze", g.take(value, axis, 1, 2), squeeze)
    return real, imaginary


def _square(g: GraphBuilder, real: str, imaginary: str) -> str:
    return g.op("Add", g.op("Mul", real, real), g.op("Mul", imaginary, imaginary))


def _multiply_conjugate(g: GraphBuilder, a: tuple[str, str], b: tuple[str, str]) -> tuple[str, str]:
    """Write a * conj(b)."""
    real = g.op("Add", g.op("Mul", a[0], b[0]), g.op("Mul", a[1], b[1]))
    imaginary = g.op("Sub", g.op("Mul", a[1], b[0]), g.op("Mul", a[0], b[1]))
    return real, imaginary


def _innovation(g: GraphBuilder, z: tuple[str, str], cross: tuple[str, str]) -> str:
    """Write |z[n] - z[n-1] * turn[n-1]|^2, the part that steady rotation does not foretell."""
    size = g.op("Sqrt", g.op("Add", _square(g, *cross), g.constant(TINY)))
    unit = tuple(g.take(g.op("Div", part, size), 1, 0, -1) for part in cross)
    before = tuple(g.take(part, 1, 1, -1) for part in z)
    now = tuple(g.take(part, 1, 2, END) for part in z)
    guess_real = g.op("Sub", g.op("Mul", before[0], unit[0]), g.op("Mul", before[1], unit[1]))
    guess_imag = g.op("Add", g.op("Mul", before[0], unit[1]), g.op("Mul", before[1], unit[0]))
    return _square(g, g.op("Sub", now[0], guess_real), g.op("Sub", now[1], guess_imag))


def _presence_of_echo(g: GraphBuilder, pooled: tuple[str, str]) -> str:
    """Write (1 + FADE) * size / (size + FADE * mean size): 1 in a steady echo, near 0 in a fade."""
    size = g.op("Sqrt", _square(g, *pooled))
    usual = g.op("ReduceMean", size, axes=[1], keepdims=1)
    limit = g.op("Add", g.op("Mul", usual, g.constant(FADE)), g.constant(TINY))
    share = g.op("Div", size, g.op("Add", size, limit))
    return g.op("Mul", share, g.constant(1.0 + FADE))


def build() -> bytes:
    """Build the graph; the same bytes every time."""
    g = GraphBuilder("movement-v1")
    iq = g.input("iq", ["frames", "bins", 2])
    centre = g.input("centre", ["centres", "bins", 2])
    pool = g.input("pool", ["bins", "groups"])
    mm_per_radian = g.input("mm_per_radian", [1])
    frames = g.op("Unsqueeze", iq, g.constant([0]))
    centres = g.op("Unsqueeze", centre, g.constant([1]))
    z = _parts(g, g.op("Sub", frames, centres), 3)
    now = tuple(g.take(part, 1, 1, END) for part in z)
    before = tuple(g.take(part, 1, 0, -1) for part in z)
    cross = _multiply_conjugate(g, (now[0], now[1]), (before[0], before[1]))
    # Bins add up before the angle is taken: one that fades, where its phase slips, then counts for nothing.
    pooled = g.op("MatMul", cross[0], pool), g.op("MatMul", cross[1], pool)
    angle = g.op("Mul", _arctangent(g, pooled[1], pooled[0]), _presence_of_echo(g, pooled))
    step = g.op("Mul", angle, mm_per_radian)
    innovation = g.op("ReduceMin", _innovation(g, z, cross), axes=[0], keepdims=0)
    mean_power = g.op("ReduceMean", _square(g, *z), axes=[1], keepdims=0)
    power = g.op("MatMul", mean_power, pool)
    g.output(step, "step_mm", ["centres", "steps", "groups"])
    g.output(innovation, "innovation", ["innovations", "bins"])
    g.output(power, "power", ["centres", "groups"])
    return g.build()


if __name__ == "__main__":
    write(PATH, build())
