"""The recipe of blocks-v1.onnx: a picture and a slow background to the motion of 12 x 16 blocks.

Run `python -m models.recipes.blocks_v1` to rebuild the file beside its card.
"""

from pathlib import Path

import numpy as np

from models.recipes.graphs import GraphBuilder, write

PATH = Path(__file__).parents[1] / "blocks-v1.onnx"
HEIGHT, WIDTH, BLOCK = 240, 320, 20
ROWS, COLUMNS = HEIGHT // BLOCK, WIDTH // BLOCK
HALF = 2
END = 2**31 - 1
# Motion is told in pixels of the whole picture, and measured at half its size.
PX_PER_STEP = 2.0
# [DN^2] added to the gradient's energy, so that a blank wall tells no motion instead of any (set on the simulator).
STIFFNESS = 0.5
# [DN^2] of contrast below which two blocks are alike because nothing is in them.
BLANK = 4.0


def _halved(g: GraphBuilder, picture: str) -> str:
    """Write the mean over each square of four pixels; shape (1, 1, 120, 160)."""
    shaped = g.op("Reshape", picture, g.constant([1, 1, HEIGHT, WIDTH]))
    return g.op("AveragePool", shaped, kernel_shape=[HALF, HALF], strides=[HALF, HALF])


def _slope(g: GraphBuilder, image: str, axis: int) -> str:
    """Write the central difference along an axis, one-sided at the borders by repeating the edge."""
    pads = [0, 0, 1, 0, 0, 0, 1, 0] if axis == 2 else [0, 0, 0, 1, 0, 0, 0, 1]
    wide = g.op("Pad", image, g.constant(pads), mode="edge")
    ahead, behind = g.take(wide, axis, 2, END), g.take(wide, axis, 0, -2)
    return g.op("Mul", g.op("Sub", ahead, behind), g.constant(0.5))


def _product(g: GraphBuilder, a: str, b: str) -> str:
    return g.op("Mul", a, b)


def _covariance(g: GraphBuilder, mean: dict[str, str], one: str, other: str) -> str:
    """Write E[ab] - E[a] E[b] of each block."""
    return g.op("Sub", mean[one + other], _product(g, mean[one], mean[other]))


def _row_sums(g: GraphBuilder, image: str, width: int) -> str:
    """Write the sum of the pixels above each other in each row of blocks; shape (12, 1, width)."""
    return g.total(g.op("Reshape", image, g.constant([ROWS, -1, width])), 1)


def _column_sums(g: GraphBuilder, sums: str, width: int) -> str:
    """Write the sum of the neighbours in each block, of the last axis; a matrix of ones is quicker than a window."""
    belongs = np.arange(width)[:, None] // (width // COLUMNS) == np.arange(COLUMNS)
    return g.op("MatMul", sums, g.constant(belongs.astype(np.float32)))


def _block_means(g: GraphBuilder, maps: dict[str, str]) -> dict[str, str]:
    """Write the mean of each map over each block; shapes (1, 1, 12, 16)."""
    side, width = BLOCK // HALF, WIDTH // HALF
    # Only the small sums are laid side by side: fourteen whole pictures would not fit into a core's cache.
    rows = g.op("Concat", *(_row_sums(g, one, width) for one in maps.values()), axis=1)
    sums = g.op("Transpose", _column_sums(g, rows, width), perm=[1, 0, 2])
    means = g.op("Div", sums, g.constant(float(side * side)))
    means = g.op("Reshape", means, g.constant([1, len(maps), ROWS, COLUMNS]))
    return {name: g.take(means, 1, place, place + 1) for place, name in enumerate(maps)}


def _shift(g: GraphBuilder, xx: str, xy: str, yy: str, xd: str, yd: str) -> tuple[str, str]:
    """Write the displacement that explains the difference best, and how much texture there is to tell it by.

    Least squares over the block with an offset of its own, so that a gain step is no motion (Lucas and Kanade 1981).

    Returns:
        Names of the shift, shape (1, 2, 12, 16) [px], and of the strength, shape (1, 1, 12, 16) [DN^2/px^2].
    """
    stiff = g.constant(STIFFNESS)
    a, c = g.op("Add", xx, stiff), g.op("Add", yy, stiff)
    determinant = g.op("Sub", _product(g, a, c), _product(g, xy, xy))
    x = g.op("Sub", _product(g, xy, yd), _product(g, c, xd))
    y = g.op("Sub", _product(g, xy, xd), _product(g, a, yd))
    steps = g.op("Div", g.op("Concat", x, y, axis=1), determinant)
    return g.op("Mul", steps, g.constant(PX_PER_STEP)), g.op("Add", xx, yy)


def _widened(g: GraphBuilder, value: str) -> str:
    """Write the mean over each block and its neighbours."""
    return g.op("AveragePool", value, kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1], count_include_pad=0)


def _likeness(g: GraphBuilder, mean: dict[str, str]) -> str:
    """Write the correlation of each block with the background, 1 where neither has anything in it."""
    blank = g.constant(BLANK)
    own = g.op("Add", _covariance(g, mean, "h", "h"), blank)
    old = g.op("Add", _covariance(g, mean, "b", "b"), blank)
    both = g.op("Add", _covariance(g, mean, "h", "b"), blank)
    return g.op("Div", both, g.op("Sqrt", _product(g, own, old)))


def build() -> bytes:
    """Build the graph; the same bytes every time."""
    g = GraphBuilder("blocks-v1")
    picture = g.input("picture", [HEIGHT, WIDTH])
    half_shape = [1, 1, HEIGHT // HALF, WIDTH // HALF]
    background, previous = g.input("background", half_shape), g.input("previous", half_shape)
    pace = g.input("pace", [1])
    h = _halved(g, picture)
    d = g.op("Sub", h, background)
    x, y = _slope(g, background, 3), _slope(g, background, 2)
    step = g.op("Sub", h, previous)
    singles = {"x": x, "y": y, "d": d, "h": h, "b": background}
    pairs = ("xx", "xy", "yy", "xd", "yd", "hh", "bb", "hb")
    maps = singles | {pair: _product(g, singles[pair[0]], singles[pair[1]]) for pair in pairs}
    mean = _block_means(g, maps | {"change": _product(g, step, step)})
    sums = [_covariance(g, mean, *pair) for pair in ("xx", "xy", "yy", "xd", "yd")]
    near, wide = _shift(g, *sums), _shift(g, *(_widened(g, one) for one in sums))
    g.output(h, "half", half_shape)
    g.output(g.op("Add", background, _product(g, d, pace)), "new_background", half_shape)
    g.output(g.op("Concat", near[0], wide[0], axis=0), "shift_px", [2, 2, ROWS, COLUMNS])
    g.output(g.op("Concat", near[1], wide[1], axis=0), "strength", [2, 1, ROWS, COLUMNS])
    flat = [mean["change"], mean["h"], _covariance(g, mean, "h", "h"), _likeness(g, mean)]
    names = ("change", "level", "contrast", "likeness")
    for value, name in zip(flat, names, strict=True):
        g.output(g.op("Reshape", value, g.constant(np.array([ROWS, COLUMNS]))), name, [ROWS, COLUMNS])
    return g.build()


if __name__ == "__main__":
    write(PATH, build())
