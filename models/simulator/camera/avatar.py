"""A rendered head and shoulders on a screen: what looks like a person, and breathes like a metronome."""

import math

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

SWING_PX = 1.2
"""[px] of a picture 320 wide, peak to peak, by which the shoulders rise."""


def avatar(shape: tuple[int, int], t_s: float, rate_per_min: float) -> Float32:
    """Draw the avatar as it is at a moment.

    Args:
        shape: (height, width).
        t_s: [s].
        rate_per_min: of its breath; its skin pulses five times as fast.

    Returns:
        Shape `shape` [DN] without noise.
    """
    height, width = shape
    unit = width / 320
    rise = SWING_PX / 2 * math.sin(2 * math.pi * rate_per_min / 60 * t_s)
    y = (np.arange(height, dtype=np.float32)[:, None] / unit) - 120
    x = (np.arange(width, dtype=np.float32)[None, :] / unit) - 160
    light = np.asarray(70 + 25 * np.cos(x / 90) * np.cos(y / 80), dtype=np.float32)
    body = y + rise
    _solid(light, x, body - 128, 96, 62, 120, 0.35)
    _solid(light, x, body - 60, 20, 34, 128, 0.2)
    pulse = 1 + 0.004 * math.sin(2 * math.pi * 5 * rate_per_min / 60 * t_s)
    head = y + 0.6 * rise + 14
    _solid(light, x, head + 10, 50, 62, 60, 0.3)
    _solid(light, x, head, 43, 55, 165 * pulse, 0.45)
    for side in (-1, 1):
        _solid(light, x - 17 * side, head + 8, 8, 4.5, 215, 0.1)
        _solid(light, x - 17 * side, head + 8, 3.4, 3.8, 40, 0.0)
        _solid(light, x - 17 * side, head + 18, 10, 2.2, 70, 0.0)
    _solid(light, x, head - 6, 5, 13, 178 * pulse, 0.3)
    _solid(light, x, head - 28, 15, 4, 105, 0.1)
    return light


def _solid(light: Float32, x: Float32, y: Float32, half_x: float, half_y: float, tone: float, round_: float) -> None:
    """Put an ellipse in front, darker towards its rim, with an edge a pixel wide."""
    far = np.sqrt((x / half_x) ** 2 + (y / half_y) ** 2)
    cover = np.clip((1 - far) * min(half_x, half_y) + 0.5, 0, 1)
    light += cover * (tone * (1 - round_ * np.minimum(far, 1) ** 2) - light)
