"""What may leave the sensing process: the permitted part of an estimate (GOVERNANCE, 'What each purpose opens')."""

from collections.abc import Collection
from dataclasses import replace

from broker.vocabulary import Movement, Presence, Purpose, SensedState, Withheld, Zone
from edge.estimates import Estimate
from edge.pipe import SensedLine, may

# Movement at which a second counts as moving on a tile comes from the state; a fault hides everything.
FAULTS = frozenset(
    {
        Withheld.COVERED,
        Withheld.DARK,
        Withheld.SATURATED,
        Withheld.FROZEN,
        Withheld.REPEATED,
        Withheld.DEFOCUSED,
        Withheld.SENSOR_MOVED,
        Withheld.LOW_FRAME_RATE,
        Withheld.IRREGULAR_TIME,
        Withheld.SENSOR_FAULT,
        Withheld.MODEL_FAULT,
        Withheld.RECORDING_ENDED,
    }
)


def permitted(estimate: Estimate, purposes: Collection[Purpose], vital_signs: bool) -> SensedLine:
    """Take from an estimate what its purposes let out.

    Args:
        estimate: all that is believed.
        purposes: of the lease; an empty collection lets nothing of a person out.
        vital_signs: False keeps breathing and pulse in, whatever the purposes (rule A11).
    """
    reason = estimate.respiratory_rate_withheld
    line = SensedLine(
        captured_at=estimate.captured_at,
        t_s=estimate.t_s,
        model=estimate.model,
        frames_read=estimate.frames_read,
        frames_lost=estimate.frames_lost,
        frames_bad=estimate.frames_bad,
        fault=reason if reason in FAULTS else None,
    )
    # A place says that somebody is there, or that they have left: it cannot be given without presence.
    if may(purposes, Purpose.PRESENCE, Purpose.BED_EXIT):
        line = _with_presence(line, estimate)
    if may(purposes, Purpose.PRESENCE, Purpose.NO_MOVEMENT):
        line = _with_movement(line, estimate)
    if may(purposes, Purpose.FLOOR):
        line = replace(line, is_low=estimate.is_low)
    if may(purposes, Purpose.SECOND_PERSON):
        doubt = None if estimate.people is not None else _doubt(estimate)
        line = replace(line, people=estimate.people, people_withheld=doubt)
    if vital_signs and may(purposes, Purpose.BREATHING_SPOT):
        line = _with_breathing(line, estimate)
    if vital_signs and may(purposes, Purpose.PULSE_SPOT):
        line = replace(
            line,
            pulse_rate_per_min=estimate.pulse_rate_per_min,
            pulse_rate_uncertainty_per_min=estimate.pulse_rate_uncertainty_per_min,
            pulse_rate_withheld=estimate.pulse_rate_withheld,
        )
    return replace(line, zone=_zone(estimate.zone, purposes))


def _with_presence(line: SensedLine, estimate: Estimate) -> SensedLine:
    if estimate.presence is Presence.UNSURE:
        return replace(line, presence_withheld=_doubt(estimate))
    return replace(line, presence=estimate.presence, presence_withheld=None)


def _with_movement(line: SensedLine, estimate: Estimate) -> SensedLine:
    age_s = estimate.living_age_s
    if estimate.presence is Presence.PRESENT:
        moving = Movement.MOVING if estimate.state is SensedState.MOVING else Movement.STILL
        return replace(line, movement=moving, movement_withheld=None, living_age_s=age_s)
    reason = Withheld.NO_PRESENCE if estimate.presence is Presence.ABSENT else _doubt(estimate)
    return replace(line, movement_withheld=reason, living_age_s=age_s)


def _with_breathing(line: SensedLine, estimate: Estimate) -> SensedLine:
    is_told = estimate.state in (SensedState.BREATHING, SensedState.NO_BREATHING_SEEN)
    return replace(
        line,
        breathing=estimate.state if is_told else None,
        breathing_withheld=None if is_told else estimate.respiratory_rate_withheld or Withheld.LOW_QUALITY,
        respiratory_rate_per_min=estimate.respiratory_rate_per_min,
        respiratory_rate_uncertainty_per_min=estimate.respiratory_rate_uncertainty_per_min,
        respiratory_rate_withheld=estimate.respiratory_rate_withheld,
        quality=estimate.quality,
        living_age_s=estimate.living_age_s,
    )


def _zone(zone: Zone | None, purposes: Collection[Purpose]) -> Zone | None:
    if zone is Zone.ENSUITE and may(purposes, Purpose.BATHROOM_DWELL):
        return zone
    if not may(purposes, Purpose.BED_EXIT):
        return None
    return Zone.ROOM if zone is Zone.ENSUITE else zone


def _doubt(estimate: Estimate) -> Withheld:
    """Say why presence is not known: the sensor's fault when there is one, else too little evidence."""
    reason = estimate.respiratory_rate_withheld
    if reason in FAULTS or reason is Withheld.WARMING_UP:
        return reason
    return Withheld.LOW_QUALITY
