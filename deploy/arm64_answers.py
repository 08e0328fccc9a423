"""Do the models answer alike on another processor: the same inputs asked here and there, and the answers compared.

`make arm64` runs this file under an emulated processor, so it needs numpy, onnxruntime and the room `models` alone.
"""

import math
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.card import card_paths, read_card
from models.runtime import Model

Float32 = NDArray[np.float32]
FRAMES, BINS, CHANNELS, SAMPLES = 60, 20, 24, 300
LARGEST_SHARE, LEAST = 1e-5, 1e-6
"""An answer may differ by this share of the largest of its kind, for sums are added up in another order."""


def inputs() -> dict[str, list[Float32]]:
    """Make one set of inputs for each model: a textured picture that moved, a chest in noise; the same on any machine.

    Returns:
        By model, in the card's order.
    """
    rng = np.random.default_rng(7)
    y, x = np.mgrid[:240, :320]
    now = _grey(120 + 40 * np.sin(0.21 * x + 0.13 * y) + 8 * rng.random((240, 320)))
    before = _grey(120 + 40 * np.sin(0.21 * (x - 0.3) + 0.13 * y) + 8 * rng.random((240, 320)))
    half = before.reshape(1, 1, 120, 2, 160, 2).mean(axis=(3, 5), dtype=np.float32)
    t = np.arange(SAMPLES) / 10
    chest = np.sin(2 * math.pi * 15 / 60 * t)[:, None] * (0.5 + rng.random(CHANNELS))
    field = (chest + 0.2 * (rng.random((SAMPLES, CHANNELS)) - 0.5)).astype(np.float32)
    trust = rng.random(CHANNELS, dtype=np.float32)
    whole = np.hanning(SAMPLES + 2)[1:-1].astype(np.float32)
    older, newer = np.zeros((2, SAMPLES), np.float32)
    older[: SAMPLES // 2] = newer[SAMPLES // 2 :] = np.hanning(SAMPLES // 2 + 2)[1:-1]
    iq = (100 + rng.random((FRAMES, BINS, 2))).astype(np.float32)
    return {
        "blocks-v1": [now, half, half, np.array([0.05], np.float32)],
        "movement-v1": [
            iq,
            np.stack([np.zeros((BINS, 2), np.float32), iq.mean(axis=0)]),
            np.hstack([np.eye(BINS), np.full((BINS, BINS), 1 / BINS)]).astype(np.float32),
            np.array([-0.4], np.float32),
        ],
        "vitals-v1": [field, whole, trust, np.array([0.05], np.float32)],
        "vitals-v2": [field, np.stack([whole, older, newer]), trust],
    }


def _grey(picture: NDArray[np.float64]) -> Float32:
    return np.clip(np.round(picture), 0, 255).astype(np.float32)


def answers(asked: dict[str, list[Float32]]) -> dict[str, Float32]:
    """Ask every model that ships; each output under `model/output`.

    Raises:
        ModelError: a model cannot be loaded or does not answer.
        KeyError: a model ships for which no inputs were made.
    """
    told: dict[str, Float32] = {}
    for path in card_paths():
        card = read_card(path)
        for name, value in Model(card)(*asked[card.name]).items():
            told[f"{card.name}/{name}"] = value
    return told


def farthest(here: dict[str, Float32], there: dict[str, Float32]) -> dict[str, float]:
    """Return how far the answers lie apart, over what is allowed: above 1 is too far, infinite where one is missing."""
    apart = {}
    for name in sorted(here.keys() | there.keys()):
        one, other = here.get(name), there.get(name)
        if one is None or other is None or one.shape != other.shape:
            apart[name] = math.inf
        else:
            allowed = LARGEST_SHARE * float(np.abs(one).max()) + LEAST
            apart[name] = float(np.abs(one - other).max()) / allowed
    return apart


def main(arguments: list[str]) -> int:
    """Make the inputs, answer them, or compare: `inputs FILE`, `answer INPUTS FILE`, `compare HERE THERE`.

    Returns:
        0 when done, 1 when the answers lie too far apart, 2 for other words.
    """
    match arguments:
        case ["inputs", file]:
            _keep(file, {f"{name}/{i}": one for name, given in inputs().items() for i, one in enumerate(given)})
        case ["answer", given, file]:
            _keep(file, answers(_asked(_read(given))))
            print(f"arm64: {len(card_paths())} models answered on {platform.machine()}")
        case ["compare", here, there]:
            apart = farthest(_read(here), _read(there))
            worst = max(apart, key=lambda name: apart[name])
            print(f"arm64: {len(apart)} outputs compared; allowed are {LARGEST_SHARE:g} of the largest value of each")
            print(f"arm64: farthest apart is {worst}, at {apart[worst]:.3f} of what is allowed")
            return int(apart[worst] > 1)
        case _:
            print(
                "usage: python -m deploy.arm64_answers inputs FILE | answer INPUTS FILE | compare HERE THERE",
                file=sys.stderr,
            )
            return 2
    return 0


def _keep(file: str, arrays: dict[str, Any]) -> None:
    np.savez(file, **arrays)


def _read(file: str) -> dict[str, Float32]:
    with np.load(Path(file)) as kept:
        return {name: kept[name] for name in kept.files}


def _asked(kept: dict[str, Float32]) -> dict[str, list[Float32]]:
    asked: dict[str, list[Float32]] = {}
    for name in sorted(kept):
        asked.setdefault(name.split("/")[0], []).append(kept[name])
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
