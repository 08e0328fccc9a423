"""One estimate for a room with a radar and a camera (rule K8).

Each node fails, is stopped and is permitted alone, so what two say is joined here, at the console, and nowhere below. A
sensor that is lost, paused or not permitted is not among those that speak. Where two contradict, the room is unsure: no
calm word stands on either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from broker.readings import (
    BreathingReading,
    MovementReading,
    PeopleReading,
    PlaceReading,
    PresenceReading,
    RateReading,
    Reading,
    Readings,
)
from broker.vocabulary import Purpose, Withheld
from console.rules.policy import Policy
from console.rules.sensing.leading import CHOOSE, Lead, SensorSays, Subject, better
from console.rules.sensing.readings import only_opened

__all__ = ["Joined", "Lead", "SensorSays", "Subject", "join"]


@dataclass(frozen=True, slots=True)
class Joined:
    """One estimate for a room.

    Attributes:
        readings: what the room shows; what is contradicted, and presence with it, is withheld as `sensors_disagree`.
            Lease, quality and model are those of the sensor that leads.
        purposes: what either lease permits; each value stands under the lease of the sensor that told it.
        leads: who tells what; a reading that nobody tells, or that is contradicted, is not there. Empty for a sensor
            that is alone.
        contradicted: what the two do not agree on.
    """

    readings: Readings
    purposes: tuple[Purpose, ...]
    leads: Mapping[Subject, Lead] = field(default_factory=dict)
    contradicted: tuple[Subject, ...] = ()


def join(said: Sequence[SensorSays], now: datetime, policy: Policy) -> Joined:
    """Join what one or two sensors of a room say.

    Args:
        said: sensors that speak now, each kind at most once; one that is silent is not among them.
        now: UTC.
        policy: the rule book.

    Returns:
        The one estimate; of a sensor that is alone exactly what it said.

    Raises:
        ValueError: nobody speaks, or more than two do.
    """
    if len(said) == 1:
        return Joined(said[0].readings, said[0].purposes)
    one, other = (replace(each, readings=only_opened(each.readings, each.purposes)) for each in said)
    settled = now - policy.duration("K8", "sensors_disagree_after_s")
    chosen = {subject: choose(one, other, settled) for subject, choose in CHOOSE.items()}
    contradicted = tuple(subject for subject, choice in chosen.items() if choice is None)
    readings: dict[str, object] = {
        subject.value: _UNSURE[subject] if choice is None else choice[0] for subject, choice in chosen.items()
    }
    leads = {subject: choice[1] for subject, choice in chosen.items() if choice is not None and choice[1] is not None}
    base = _base(one, other, leads)
    if contradicted:
        readings["presence"] = _UNSURE[Subject.PRESENCE]
        leads.pop(Subject.PRESENCE, None)
    seen = [each.readings.living_seen_at for each in (one, other) if each.readings.living_seen_at is not None]
    readings["living_seen_at"] = max(seen, default=None)
    purposes = tuple(purpose for purpose in Purpose if purpose in (*one.purposes, *other.purposes))
    return Joined(base.readings.model_copy(update=readings), purposes, leads, contradicted)


def _base(one: SensorSays, other: SensorSays, leads: Mapping[Subject, Lead]) -> SensorSays:
    """Return the sensor that leads the room: of the rate, else of presence, else the better one."""
    lead = leads.get(Subject.RESPIRATORY_RATE) or leads.get(Subject.PRESENCE)
    if lead is None:
        return better(one, other)
    return one if one.modality is lead.modality else other


_UNSURE: Mapping[Subject, Reading] = {
    Subject.PRESENCE: PresenceReading(withheld=Withheld.SENSORS_DISAGREE),
    Subject.MOVEMENT: MovementReading(withheld=Withheld.SENSORS_DISAGREE),
    Subject.PLACE: PlaceReading(withheld=Withheld.SENSORS_DISAGREE),
    Subject.PEOPLE: PeopleReading(withheld=Withheld.SENSORS_DISAGREE),
    Subject.BREATHING: BreathingReading(withheld=Withheld.SENSORS_DISAGREE),
    Subject.RESPIRATORY_RATE: RateReading(withheld=Withheld.SENSORS_DISAGREE),
    Subject.PULSE_RATE: RateReading(withheld=Withheld.SENSORS_DISAGREE),
}
