"""The breathing rate of a room with two sensors: the better one's, or none where they contradict (rules K6, C17)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from broker.readings import Readings
from broker.vocabulary import Context, Modality, Origin, Purpose, Withheld
from console.rules.policy import Policy
from console.rules.sensing.leading import rates_overlap
from console.rules.sensing.readings import breathing_view
from console.showing.views import ReadingView, Words


@dataclass(frozen=True, slots=True)
class Rated:
    """What one sensor of a room has told of breathing under the lease in force.

    Attributes:
        modality: radar or camera.
        purposes: what its lease permits.
        origin: where its frames come from.
        newest: its last readings that held a rate; None when none did.
        now: what it says at present; None when nothing.
    """

    modality: Modality
    purposes: tuple[Purpose, ...]
    origin: Origin
    newest: Readings | None
    now: Readings | None = None


def rate_view(told: Sequence[Rated], context: Context, now: datetime, policy: Policy) -> ReadingView:
    """Say the newest breathing rate of a room in words.

    Args:
        told: by each sensor that may be on; the radar first.
        context: rule A11.
        now: UTC.
        policy: the rule book.
    """
    if not told:
        return ReadingView(Words("No reading: the sensor is off."), False)
    views = [breathing_view(one.newest, one.purposes, context, one.origin, now, policy) for one in told]
    if len(told) == 1:
        return views[0]
    numbers = [(one, view) for one, view in zip(told, views, strict=True) if view.is_value]
    if any(_is_crowded(one) for one in told):
        # Either sees that it is not known whose breathing the other counts.
        return ReadingView(Words("No reading now. Look in."), False)
    if not numbers:
        return next(
            (view for one, view in zip(told, views, strict=True) if Purpose.BREATHING_SPOT in one.purposes), views[0]
        )
    each = tuple((one.modality, view.words) for one, view in numbers)
    if len(numbers) == 1:
        return replace(numbers[0][1], each=each)
    lead = _lead(numbers[0][0], numbers[1][0], policy)
    if lead is None:
        return ReadingView(Words("No reading: the radar and the camera do not agree. Look in."), False, each=each)
    return replace(next(view for one, view in numbers if one is lead), each=each)


def _is_crowded(told: Rated) -> bool:
    return told.now is not None and told.now.respiratory_rate.withheld is Withheld.SECOND_PERSON


def _lead(one: Rated, other: Rated, policy: Policy) -> Rated | None:
    """Return whose number is said: of two of the same moment the narrower, else the fresher; None where they differ."""
    mine, theirs = one.newest, other.newest
    if mine is None or theirs is None:
        return one if theirs is None else other
    if abs(mine.captured_at - theirs.captured_at) > policy.duration("K8", "sensors_disagree_after_s"):
        return one if mine.captured_at > theirs.captured_at else other
    if not rates_overlap(mine.respiratory_rate, theirs.respiratory_rate):
        return None
    width = mine.respiratory_rate.uncertainty_per_min or 0.0
    return one if width <= (theirs.respiratory_rate.uncertainty_per_min or 0.0) else other
