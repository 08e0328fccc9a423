"""What the corridor unit does: what the console tells it, and by itself when nobody tells it anything (rule A10)."""

from dataclasses import dataclass
from enum import StrEnum

from console.rules.policy import Policy


class Level(StrEnum):
    """How loud a device is now; there is no level between a call and silence that anybody could choose."""

    SILENT = "silent"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the unit knows of the console and of the ward's devices.

    Attributes:
        told: what the console last asked for.
        answered_s: when the console last answered, on the elapsed clock [s].
        devices_s: when the console last said that some device of the ward can be reached, on the same clock [s].
        walked_s: when somebody last pressed the unit itself, on the same clock [s]; None when nobody has.
    """

    told: Level
    answered_s: float
    devices_s: float
    walked_s: float | None = None


def level_of(heard: Heard, now_s: float, policy: Policy) -> Level:
    """Return how loud the unit is now.

    An alert that the console calls is sounded as it says. Without a word of the console, or without any device on the
    ward, for a minute the unit sounds by itself: half an hour, then for a minute of every five, until somebody walks to
    it and presses it.
    """
    lost_s = min(heard.answered_s, heard.devices_s)
    began_s = lost_s + policy.number("A10", "unreachable_s")
    is_answered = now_s - heard.answered_s <= policy.number("A10", "unreachable_s")
    told = heard.told if is_answered else Level.SILENT
    if now_s < began_s or (heard.walked_s is not None and heard.walked_s >= began_s):
        return told
    sounding_s = now_s - began_s
    continuous_s = policy.duration("A10", "continuous_min").total_seconds()
    every_s = policy.duration("A10", "again_every_min").total_seconds()
    if sounding_s < continuous_s or (sounding_s - continuous_s) % every_s < _MINUTE_S:
        return Level.HIGH
    return told


_MINUTE_S = 60.0
