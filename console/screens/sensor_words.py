"""What a sensor can see, in the words that a patient reads: of a camera nobody says that it takes none (C15)."""

from collections.abc import Iterable

from broker.vocabulary import Modality
from console.words import N_

_NO_SOUND = ("no_sound", N_("It hears nothing."))
_CAMERA = (
    ("camera", N_("It is a camera: it sees in the dark to measure movement.")),
    ("stay_inside", N_("Its pictures never leave the sensor, are never kept, and nobody can see them.")),
    _NO_SOUND,
)
SEES: dict[Modality, tuple[tuple[str, str], ...]] = {
    Modality.RADAR: (("no_pictures", N_("It takes no pictures and hears nothing.")),),
    Modality.CAMERA: _CAMERA,
}
"""By kind of sensor: name of a drawing and a sentence, in the order in which they are read."""
SEES_EASY: dict[Modality, tuple[tuple[str, str], ...]] = {
    Modality.RADAR: (("no_pictures", N_("It takes no pictures.")), _NO_SOUND),
    Modality.CAMERA: _CAMERA,
}
"""The same, one thought to a line, for Easy Read."""
SENSOR_NAMES = {Modality.RADAR: N_("Radar"), Modality.CAMERA: N_("Camera")}


def told_of(sensors: Iterable[Modality], *, easy: bool = False) -> tuple[tuple[str, str], ...]:
    """Return what is said of the sensors of a room; nothing where there is none.

    Args:
        sensors: the kinds of sensor in that room.
        easy: one thought to a line.
    """
    words = SEES_EASY if easy else SEES
    return tuple(dict.fromkeys(row for one in sorted(set(sensors), reverse=True) for row in words[one]))
