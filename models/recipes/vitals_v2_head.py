"""The learned half of vitals-v2: log-spectra of many channels to one distribution over rates, or over none.

Every candidate rate of every channel passes through the same small net, which sees the line itself, its half, its
double and its triple in the whole window and in both halves of it. The channels are then pooled with learned weights,
so that their number does not matter, and one more value says that no rate can be told.
"""

import math
from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from models.recipes.graphs import GraphBuilder
from models.recipes.vitals_v2_front import CANDIDATES, FEATURES, LINES, SCALARS, first_lines, gather_index

Params = Mapping[str, NDArray[np.float32]]
WIDE, NARROW, POOLED = 40, 24, 40
# Brings log-spectra (log of a share, -9 to 0) and the other scalars to about -1..1.
LOG_MIDDLE, LOG_SCALE = -5.0, 0.5
SCALAR_SCALE = np.array([0.2, 1.0, 1.0, 1.0, 1.0], dtype=np.float32)
PLACE = np.linspace(-1.0, 1.0, CANDIDATES, dtype=np.float32)[:, None]
FAINT = 1e-3


def new_params(seed: int) -> dict[str, NDArray[np.float32]]:
    """Draw the starting weights."""
    rng = np.random.default_rng(seed)

    def matrix(rows: int, columns: int) -> NDArray[np.float32]:
        drawn: NDArray[np.float32] = (rng.standard_normal((rows, columns)) * math.sqrt(2.0 / rows)).astype(np.float32)
        return drawn

    shapes = {
        "line": (FEATURES, WIDE),
        "scalar": (SCALARS + 1, WIDE),
        "narrow": (WIDE, NARROW),
        "weight": (NARROW, 1),
        "pool": (2 * NARROW + 2, POOLED),
        "rate": (POOLED, 1),
        "whole": (2 * POOLED + 2, POOLED),
        "none": (POOLED, 1),
    }
    params = {name: matrix(*shape) for name, shape in shapes.items()}
    return params | {f"{name}_bias": np.zeros(shape[1], dtype=np.float32) for name, shape in shapes.items()}


def logits(params: Params, logs: jax.Array, scalars: jax.Array) -> jax.Array:
    """Weigh all candidates of one window.

    Args:
        params: the weights.
        logs: shape (channels, TAPERS, LINES).
        scalars: shape (channels, SCALARS).

    Returns:
        shape (CANDIDATES + 1,); the last one stands for 'no rate can be told'.
    """
    seen = (logs - LOG_MIDDLE) * LOG_SCALE
    lines = jnp.transpose(seen[:, :, gather_index()], (0, 2, 1, 3)).reshape(len(seen), CANDIDATES, FEATURES)
    scaled = scalars * SCALAR_SCALE
    around = scaled @ params["scalar"][:SCALARS] + params["scalar_bias"]
    place = PLACE @ params["scalar"][SCALARS:]
    wide = jax.nn.relu(lines @ params["line"] + params["line_bias"] + around[:, None, :] + place[None])
    narrow = jax.nn.relu(wide @ params["narrow"] + params["narrow_bias"])
    there = scalars[:, SCALARS - 1 :][:, None, :]
    weight = there * jax.nn.sigmoid(narrow @ params["weight"] + params["weight_bias"])
    mass = weight.sum(axis=0)
    mean = (weight * narrow).sum(axis=0) / (mass + FAINT)
    most = (narrow * there).max(axis=0)
    pooled = jnp.concatenate([mean, most, jnp.log(mass + FAINT), jnp.asarray(PLACE)], axis=1)
    deep = jax.nn.relu(pooled @ params["pool"] + params["pool_bias"])
    rates = (deep @ params["rate"] + params["rate_bias"])[:, 0]
    share = jax.nn.softmax(rates)
    whole = jnp.concatenate([share @ deep, deep.max(axis=0), scaled[0, 2:3], scaled[:, 0].max(keepdims=True)])
    told = jax.nn.relu(whole @ params["whole"] + params["whole_bias"])
    return jnp.concatenate([rates, told @ params["none"] + params["none_bias"]])


def _lines_seen(g: GraphBuilder, seen: str) -> str:
    """Write what `gather_index` gathers, shape (channels * CANDIDATES, FEATURES).

    All candidates see a stretch of the axis, each one line further: thirty slices take an eighth of a gather's time.
    The channels stand below each other, so that one product of two matrices takes them all.
    """
    first = first_lines()
    below, above = max(0, -int(first.min())), max(0, int(first.max()) + CANDIDATES - LINES)
    wide = g.op("Pad", seen, g.constant([0, 0, below, 0, 0, above]), mode="edge")
    wide = g.op("Unsqueeze", wide, g.constant([2]))
    stretches = [g.take(wide, 3, below + int(at), below + int(at) + CANDIDATES) for at in first]
    lines = g.op("Reshape", g.op("Concat", *stretches, axis=2), g.constant([-1, FEATURES, CANDIDATES]))
    return g.op("Reshape", g.op("Transpose", lines, perm=[0, 2, 1]), g.constant([-1, FEATURES]))


def write_head(g: GraphBuilder, params: Params, logs: str, scalars: str) -> str:
    """Write the same net as ONNX operators.

    Returns:
        The name of the posterior, shape (CANDIDATES + 1,).
    """
    c = {name: g.constant(np.asarray(value)) for name, value in params.items() if name != "scalar"}
    lines = _lines_seen(g, g.op("Mul", g.op("Sub", logs, g.constant(LOG_MIDDLE)), g.constant(LOG_SCALE)))
    scaled = g.op("Mul", scalars, g.constant(SCALAR_SCALE))
    scalar = np.asarray(params["scalar"])
    around = g.op("Add", g.op("MatMul", scaled, g.constant(scalar[:SCALARS])), c["scalar_bias"])
    place = (PLACE @ scalar[SCALARS:]).astype(np.float32)
    wide = g.op("Add", g.op("MatMul", lines, c["line"]), c["line_bias"])
    wide = g.op("Reshape", wide, g.constant([-1, CANDIDATES, WIDE]))
    wide = g.op("Add", g.op("Add", wide, g.op("Unsqueeze", around, g.constant([1]))), g.constant(place[None]))
    narrow = g.op("Relu", g.op("Add", g.op("MatMul", g.op("Relu", wide), c["narrow"]), c["narrow_bias"]))
    there = g.op("Unsqueeze", g.take(scalars, 1, SCALARS - 1, SCALARS), g.constant([1]))
    gate = g.op("Sigmoid", g.op("Add", g.op("MatMul", narrow, c["weight"]), c["weight_bias"]))
    weight = g.op("Mul", there, gate)
    mass = g.op("Add", g.total(weight, 0, keep=False), g.constant(FAINT))
    mean = g.op("Div", g.total(g.op("Mul", weight, narrow), 0, keep=False), mass)
    most = g.op("ReduceMax", g.op("Mul", narrow, there), axes=[0], keepdims=0)
    pooled = g.op("Concat", mean, most, g.op("Log", mass), g.constant(PLACE), axis=1)
    deep = g.op("Relu", g.op("Add", g.op("MatMul", pooled, c["pool"]), c["pool_bias"]))
    rates = g.op("Add", g.op("MatMul", deep, c["rate"]), c["rate_bias"])
    rates = g.op("Squeeze", rates, g.constant([1]))
    share = g.op("Softmax", rates, axis=0)
    typical = g.op("Squeeze", g.op("MatMul", g.op("Unsqueeze", share, g.constant([0])), deep), g.constant([0]))
    greatest = g.op("ReduceMax", deep, axes=[0], keepdims=0)
    duration = g.op("Squeeze", g.take(g.take(scaled, 0, 0, 1), 1, 2, 3), g.constant([0]))
    swing = g.op("ReduceMax", g.take(scaled, 1, 0, 1), axes=[0], keepdims=0)
    whole = g.op("Concat", typical, greatest, duration, swing, axis=0)
    told = g.op("MatMul", g.op("Unsqueeze", whole, g.constant([0])), c["whole"])
    told = g.op("Relu", g.op("Add", told, c["whole_bias"]))
    none = g.op("Squeeze", g.op("Add", g.op("MatMul", told, c["none"]), c["none_bias"]), g.constant([0]))
    return g.op("Softmax", g.op("Concat", rates, none, axis=0), axis=0)
