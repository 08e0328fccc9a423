"""Random walks with a memory, many at a time and without a loop over time."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float32 = NDArray[np.float32]


def remembered(kicks: Float32, keep: ArrayLike) -> Float32:
    """Run a first-order memory over the last axis: `x[n] = keep * x[n - 1] + kicks[n]`.

    The recursion is unrolled by doubling (Hillis and Steele 1986, doi:10.1145/7902.7903), so that its cost is a dozen
    array operations however long the axis is.

    Args:
        kicks: shape (..., n).
        keep: 0..1, of a shape that broadcasts to (..., 1).
    """
    x = kicks.astype(np.float32)
    power = np.asarray(keep, dtype=np.float32)
    step = 1
    while step < x.shape[-1] and float(power.max()) > 1e-6:
        x[..., step:] += power * x[..., :-step].copy()
        power = power * power
        step *= 2
    return x


def wander(rng: np.random.Generator, shape: tuple[int, ...], keep: ArrayLike) -> Float32:
    """Draw stationary Ornstein-Uhlenbeck processes of unit variance along the last axis.

    Args:
        rng: where the randomness comes from.
        shape: (..., n).
        keep: what is left of the past after one step, exp(-step / memory); broadcasts to (..., 1).
    """
    keep = np.asarray(keep, dtype=np.float32)
    kicks = rng.standard_normal(shape, dtype=np.float32)
    kicks[..., 1:] *= np.sqrt(1 - keep * keep)
    return remembered(kicks, keep)
