"""What moves in rhythm and is no chest: the camera itself, a picture on a string, light that comes and goes."""

import numpy as np

from broker.vocabulary import Withheld
from edge.camera.field import NEAR, phasors_at
from edge.resampling import DisplacementField
from edge.view import COLUMNS, ROWS

# A block moves at the rate when its line is so far above the other motion in it, and counts when it has texture.
TEXTURED = 0.6
LEAST_BLOCKS = 6
# All of it moves as one: a chest moves most in its middle and less around it (set on the simulator).
RIGID_SHARE, RIGID_TOGETHER, RIGID_SPREAD = 0.6, 0.95, 0.35
PICTURE_SPREAD = 0.15
TINY = 1e-12


def rigid_at(field: DisplacementField, rate_per_min: float) -> Withheld | None:
    """Say whether all that moves at a rate moves as one stiff thing.

    Args:
        field: every channel.
        rate_per_min: [1/min].

    Returns:
        sensor_moved when the whole view sways, low_quality when a stiff thing in it does; None otherwise.
    """
    x, y = phasors_at(field, rate_per_min)[:NEAR].reshape(2, ROWS * COLUMNS)
    size = np.sqrt(np.abs(x) ** 2 + np.abs(y) ** 2)
    textured = field.trust[: ROWS * COLUMNS] > TEXTURED
    if textured.sum() < LEAST_BLOCKS:
        return None
    moves = textured & (size > 0.5 * np.quantile(size[textured], 0.95))
    if moves.sum() < LEAST_BLOCKS:
        return None
    together = (np.abs(x[moves].mean()) ** 2 + np.abs(y[moves].mean()) ** 2) / max(
        float((size[moves] ** 2).mean()), TINY
    )
    spread = float(size[moves].std() / size[moves].mean())
    if together < RIGID_TOGETHER:
        return None
    if moves.sum() >= RIGID_SHARE * textured.sum() and spread < RIGID_SPREAD:
        return Withheld.SENSOR_MOVED
    return Withheld.LOW_QUALITY if spread < PICTURE_SPREAD else None
