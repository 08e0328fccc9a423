"""A bed's top as a landscape of heights: mattress, pillow, whoever lies there, and what covers them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.simulator.camera.room import BED_X, BED_Y
from models.simulator.camera.textures import blurred, fractal
from models.simulator.torsos import Posture

Float32 = NDArray[np.float32]

CELL_M = 0.008
GRID_X = np.arange(BED_X[0], BED_X[1] + CELL_M, CELL_M, dtype=np.float32)
GRID_Y = np.arange(BED_Y[0], BED_Y[1] + CELL_M, CELL_M, dtype=np.float32)
SHAPE = (len(GRID_Y), len(GRID_X))
MIDDLE_Y = (BED_Y[0] + BED_Y[1]) / 2


class Bedding(StrEnum):
    """What somebody lies under."""

    NONE = "none"
    """Nothing: night clothes."""
    BLANKET = "blanket"
    DUVET = "duvet"


@dataclass(frozen=True)
class Cloth:
    """How one kind of cover lies, and what it lets through of a breath."""

    thick_m: float
    drape_m: float
    """[m] over which it bridges hollows."""
    crease_m: float
    """[m] standard deviation of its creases."""
    beta: float
    """Of the creases' amplitude spectrum, 1.5 to 1.75 (SENSING)."""
    albedo: float
    print_share: float
    """How much darker its printed stripes are."""
    passes: tuple[float, float]
    """Least and greatest share of the breath that it shows, 0.2 to 0.8 (SENSING)."""
    spread_m: float
    """[m] over which it spreads the breath, 0.10 to 0.20 (SENSING); 0 for none."""
    lag_s: float
    """[s] by which it follows."""


CLOTHS: Mapping[Bedding, Cloth] = {
    Bedding.NONE: Cloth(0.0, 0.008, 0.0022, 1.6, 0.6, 0.0, (1.0, 1.0), 0.0, 0.0),
    Bedding.BLANKET: Cloth(0.01, 0.05, 0.0055, 1.6, 0.60, 0.18, (0.5, 0.8), 0.10, 0.10),
    Bedding.DUVET: Cloth(0.04, 0.08, 0.013, 1.7, 0.80, 0.10, (0.25, 0.6), 0.16, 0.20),
}

# Half length, half width and height of each part [m] and where it lies along and across the bed, by posture.
_PARTS: Mapping[Posture, tuple[tuple[float, float, float, float, float], ...]] = {
    Posture.SUPINE: (
        (-0.60, 0.00, 0.30, 0.20, 0.23),
        (-0.22, 0.00, 0.24, 0.18, 0.20),
        (0.12, 0.09, 0.38, 0.085, 0.14),
        (0.12, -0.10, 0.38, 0.085, 0.14),
        (0.55, 0.10, 0.10, 0.05, 0.19),
        (0.55, -0.12, 0.10, 0.05, 0.19),
        (-0.50, 0.27, 0.30, 0.05, 0.09),
        (-0.50, -0.27, 0.30, 0.05, 0.09),
    ),
    Posture.SIDE: (
        (-0.60, 0.02, 0.30, 0.13, 0.36),
        (-0.24, 0.05, 0.22, 0.14, 0.31),
        (0.02, -0.10, 0.24, 0.10, 0.24),
        (0.26, 0.00, 0.26, 0.08, 0.18),
        (0.30, 0.10, 0.24, 0.07, 0.13),
        (-0.62, -0.17, 0.16, 0.06, 0.24),
        (-0.52, -0.28, 0.16, 0.05, 0.10),
    ),
    Posture.PRONE: (
        (-0.60, 0.00, 0.30, 0.20, 0.19),
        (-0.22, 0.00, 0.24, 0.18, 0.20),
        (0.14, 0.12, 0.40, 0.08, 0.13),
        (0.14, -0.12, 0.40, 0.08, 0.13),
        (-0.80, 0.27, 0.20, 0.05, 0.10),
        (-0.66, -0.28, 0.20, 0.05, 0.10),
    ),
}
# Which way the body's surface moves, as x, y, z: up on the back and the belly, towards the room on the side.
BREATH_WAY: Mapping[Posture, tuple[float, float, float]] = {
    Posture.SUPINE: (0.0, 0.0, 1.0),
    Posture.SIDE: (0.0, -0.80, 0.60),
    Posture.PRONE: (0.0, 0.0, 1.0),
}
# Share of the chest's excursion that shows: supine 8 mm, on the side 5 (SENSING); face down the bed carries the belly.
SHOWN: Mapping[Posture, float] = {Posture.SUPINE: 1.0, Posture.SIDE: 0.65, Posture.PRONE: 0.55}
BELLY_X, CHEST_X, BREATH_WIDE_M = -0.36, -0.66, (0.13, 0.15)
PILLOW_X, HEAD_X, NECK_X = -1.02, -1.01, -0.84


@dataclass(frozen=True, eq=False)
class Landscape:
    """A bed's top; every array has the shape SHAPE, rows across the bed, columns along it."""

    height_m: Float32
    """Over the mattress."""
    albedo: Float32
    skin: Float32
    """1 where skin is seen, 0 elsewhere."""

    def mixed(self, other: "Landscape", share: float) -> "Landscape":
        """Return what lies between this and another, 0 to 1."""
        return Landscape(
            self.height_m + share * (other.height_m - self.height_m),
            self.albedo + share * (other.albedo - self.albedo),
            self.skin + share * (other.skin - self.skin),
        )


@dataclass(frozen=True)
class Lying:
    """Somebody in the bed, or the lie of a bed without anybody."""

    posture: Posture
    aside_m: float = 0.0
    """[m] from the bed's middle line; less is nearer the lens."""
    size: float = 1.0
    turned: float = 0.0
    """[rad] by which the body lies askew."""


def landscape(
    rng: np.random.Generator,
    bedding: Bedding,
    people: tuple[Lying, ...],
    *,
    melanin: float = 0.3,
    is_open: bool = False,
    is_rolled: bool = False,
) -> Landscape:
    """Draw how a bed lies.

    Args:
        rng: where the creases come from.
        bedding: what covers.
        people: who lies in it.
        melanin: 0 (light) to 1 (dark) of the skin; it hardly shows in infra-red.
        is_open: the cover is thrown back to the foot, as after somebody got up.
        is_rolled: the cover lies along the bed in a roll as long as a person: a decoy.
    """
    cloth = CLOTHS[bedding]
    wrinkles = fractal(rng, (256, 512), 1.5, 3.0)[: SHAPE[0], : SHAPE[1]]
    height = 0.0016 * wrinkles + _pillow(rng)
    albedo = 0.86 * (1 + 0.015 * fractal(rng, (256, 512), 0.7, 3.0)[: SHAPE[0], : SHAPE[1]])
    skin = np.zeros(SHAPE, np.float32)
    body = np.zeros(SHAPE, np.float32)
    for lying in people:
        body = np.maximum(body, _torso(lying))
    if bedding is Bedding.NONE and people:
        dressed = body > 0.01
        creases = cloth.crease_m * fractal(rng, (256, 512), cloth.beta, 3.0)[: SHAPE[0], : SHAPE[1]]
        body = np.where(dressed, body + creases, body)
        albedo = np.where(dressed, cloth.albedo * _printed(0.22), albedo)
    height = np.maximum(height, blurred(body, (0.008 / CELL_M,) * 2))
    if bedding is not Bedding.NONE:
        height, albedo = _covered(rng, cloth, body, height, albedo, is_open=is_open, is_rolled=is_rolled)
    for lying in people:
        height, albedo, skin = _with_head(lying, height, albedo, skin, melanin)
    return Landscape(height.astype(np.float32), albedo.astype(np.float32), skin.astype(np.float32))


def _local(lying: Lying) -> tuple[Float32, Float32]:
    """Return where each cell is along and across a body [m]."""
    x, y = GRID_X[None, :] + 0.3, GRID_Y[:, None] - MIDDLE_Y - lying.aside_m
    cos, sin = math.cos(lying.turned), math.sin(lying.turned)
    along, across = (cos * x + sin * y) / lying.size - 0.3, (cos * y - sin * x) / lying.size
    return np.asarray(along, np.float32), np.asarray(across, np.float32)


def _dome(off_x: Float32, off_y: Float32, half_x: float, half_y: float, height_m: float) -> Float32:
    inside = 1 - (off_x / half_x) ** 2 - (off_y / half_y) ** 2
    return np.asarray(height_m * np.sqrt(np.maximum(inside, 0)), dtype=np.float32)


def _torso(lying: Lying) -> Float32:
    x, y = _local(lying)
    parts = [_dome(x - px, y - py, hx, hy, h * lying.size) for px, py, hx, hy, h in _PARTS[lying.posture]]
    # Parts run into one another as flesh and clothes do: a soft maximum.
    return np.asarray(np.sum(np.power(parts, 3), axis=0) ** (1 / 3), dtype=np.float32)


def _pillow(rng: np.random.Generator) -> Float32:
    x, y = GRID_X[None, :] - PILLOW_X, GRID_Y[:, None] - MIDDLE_Y
    square = np.maximum(0, 1 - (np.abs(x) / 0.21) ** 3 - (np.abs(y) / 0.34) ** 3)
    folds = fractal(rng, (256, 512), 1.6, 3.0)[: SHAPE[0], : SHAPE[1]]
    return np.asarray((0.11 + 0.006 * folds) * np.sqrt(square), dtype=np.float32)


def _printed(contrast: float) -> Float32:
    stripes = 0.5 + 0.5 * np.sin(2 * math.pi * (GRID_X[None, :] * 0.35 + GRID_Y[:, None]) / 0.10)
    return np.asarray(1 - contrast * (stripes > 0.72), dtype=np.float32)


def _covered(
    rng: np.random.Generator,
    cloth: Cloth,
    body: Float32,
    height: Float32,
    albedo: Float32,
    *,
    is_open: bool,
    is_rolled: bool,
) -> tuple[Float32, Float32]:
    """Spread the cover over what is there, up to the shoulders, or thrown back, or in a roll."""
    x, y = GRID_X[None, :], GRID_Y[:, None]
    folds = fractal(rng, (256, 512), cloth.beta, 3.0)[: SHAPE[0], : SHAPE[1]]
    large = fractal(rng, (128, 256), 2.2)[: SHAPE[0], : SHAPE[1] // 2 + 1].repeat(2, axis=1)[:, : SHAPE[1]]
    drape = blurred(np.maximum(body, height * 0.6), (cloth.drape_m / CELL_M,) * 2)
    top = drape + cloth.thick_m + cloth.crease_m * folds
    begins = -0.80 + 0.02 * np.sin(9 * y + 1.0)
    if is_open:
        begins = 0.0 + 0.18 * np.sin(3.2 * y + 2.0) + 0.03 * folds
        top = top + 2.5 * cloth.thick_m + 0.02 * blurred(large, (4.0, 4.0)) + 1.2 * cloth.crease_m * folds
    if is_rolled:
        begins = -0.86 + 0.02 * folds
        wave = 0.06 * np.sin(3.5 * x) + 0.02 * np.sin(9 * x + 1)
        across = np.maximum(0, 1 - ((y - MIDDLE_Y - wave) / 0.24) ** 2 - ((x + 0.12) / 0.78) ** 8)
        top = 0.02 + 0.24 * np.sqrt(across) * (1 + 0.10 * large) + 1.5 * cloth.crease_m * folds
    edge = 0.5 + 0.5 * np.tanh((x - begins) / 0.024)
    # A hem along the upper edge is thicker than the rest.
    hem = 0.5 * cloth.thick_m * np.exp(-(((x - begins - 0.05) / 0.03) ** 2))
    cover = cloth.albedo * _printed(cloth.print_share)
    return (
        np.asarray(np.maximum(height, (top + hem) * edge) * edge + height * (1 - edge), dtype=np.float32),
        np.asarray(albedo * (1 - edge) + cover * edge, dtype=np.float32),
    )


def _with_head(
    lying: Lying, height: Float32, albedo: Float32, skin: Float32, melanin: float
) -> tuple[Float32, Float32, Float32]:
    """Lay a head on the pillow: hair, face, eyes and mouth, as far as the posture shows them."""
    x, y = _local(lying)
    off_x, off_y = x - HEAD_X, y
    head = _dome(off_x, off_y, 0.125, 0.085, 0.16)
    lifted = np.where(head > 0, 0.07 + head, 0.0)
    neck = _dome(x - NECK_X, y, 0.12, 0.055, 0.13)
    # Near infra-red skin is bright, and melanin takes little of it (SENSING: a scale of 1 to 0.3 holds for the pulse).
    face = 0.62 - 0.12 * melanin
    is_hair = off_x < {Posture.SUPINE: -0.06, Posture.SIDE: -0.035, Posture.PRONE: 0.03}[lying.posture]
    if lying.posture is Posture.SIDE:
        is_hair = is_hair | (off_y > 0.02)
    tone = np.where(is_hair, 0.33 - 0.08 * melanin, face)
    dark = np.zeros(SHAPE, bool)
    if lying.posture is Posture.SUPINE:
        dark = (np.abs(off_x - 0.005) < 0.011) & (np.abs(np.abs(off_y) - 0.034) < 0.015)
        dark |= (np.abs(off_x - 0.075) < 0.008) & (np.abs(off_y) < 0.024)
    is_head, is_neck = (lifted > height) & (head > 0), (neck > height) & (neck > 0)
    albedo = np.where(is_head, np.where(dark, 0.25, tone), np.where(is_neck, face * 0.95, albedo))
    skin = np.where((is_head & ~is_hair) | (is_neck & ~is_head), 1.0, skin)
    return np.maximum(np.maximum(height, lifted), neck), albedo, skin
