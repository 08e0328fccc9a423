"""From what lasts in a room to an alert, and to the next one when it still lasts after a visit (rules A2, A15)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from broker.messages import LiveState
from broker.vocabulary import Place, Purpose, SensedState, SensorState
from console.rules.alerting.alerts import Alert, AlertKind, Concern, Progress, Rung
from console.rules.alerting.limits import NEEDS, Watch
from console.rules.policy import Policy

Conditions = Mapping[AlertKind, datetime]
"""Since when each condition has held in a room; what does not hold is not there."""


@dataclass(frozen=True, slots=True)
class Due:
    """An alert that is to be raised.

    Attributes:
        kind: what lasted.
        watch: what it was held against.
        began_at: since when.
        again: which one of the same condition.
        start: the rung on which it begins.
    """

    kind: AlertKind
    watch: Watch
    began_at: datetime
    again: int
    start: Rung


def conditions_of(
    before: Conditions, live: LiveState, purposes: tuple[Purpose, ...], no_movement_since: datetime | None
) -> Conditions:
    """Follow a room's conditions by one live message.

    Args:
        before: the conditions until now.
        live: the newest live message, under the lease in force.
        purposes: what that lease permits.
        no_movement_since: from the node's own room event; None when there is movement.

    Returns:
        The conditions now; empty while the sensor is not open.
    """
    readings = live.readings
    if live.sensor.state is not SensorState.OPEN or readings is None:
        return {}
    now, place = readings.captured_at, readings.place
    since = place.since or now
    breathless = readings.breathing.value is SensedState.NO_BREATHING_SEEN
    holds = {
        AlertKind.ENSUITE: since if place.value is Place.ENSUITE else None,
        AlertKind.FLOOR: since if place.value is Place.ON_FLOOR else None,
        AlertKind.BED_EXIT: _out_of_bed(before, place.value, since),
        AlertKind.NO_MOVEMENT: no_movement_since,
        AlertKind.SECOND_PERSON: before.get(AlertKind.SECOND_PERSON, now) if readings.people.value == 2 else None,
        AlertKind.BREATHING_NOT_SEEN: (readings.breathing.since or now) if breathless else None,
    }
    return {kind: at for kind, at in holds.items() if at is not None and NEEDS[kind] in purposes}


def _out_of_bed(before: Conditions, place: Place | None, since: datetime) -> datetime | None:
    """Return since when somebody is up; it goes on from room to en-suite, and is not known without a place."""
    if place is None:
        return before.get(AlertKind.BED_EXIT)
    return None if place is Place.IN_BED else before.get(AlertKind.BED_EXIT, since)


def due_alert(
    kind: AlertKind,
    began_at: datetime,
    watch: Watch,
    earlier: Iterable[tuple[Alert, Progress]],
    now: datetime,
    policy: Policy,
) -> Due | None:
    """Decide whether a condition calls somebody now.

    Args:
        kind: of condition.
        began_at: since when it has held.
        watch: how long it may last.
        earlier: alerts of this kind, room and person, oldest first, as far back as an hour.
        now: on the console's clock.
        policy: the rule book.

    Returns:
        None while it may last, while an alert for it stands (it never ends by itself, rule A2), and for a while after
        somebody has been there.
    """
    known = [one for one in earlier if one[0].kind is kind]
    if any(progress.is_open for _, progress in known):
        return None
    same = [one for one in known if one[0].began_at == began_at]
    closed_at = max((one.closed_at for _, one in same if one.closed_at is not None), default=None)
    if closed_at is None:
        is_due = (now - began_at).total_seconds() >= watch.after_s
    else:
        is_due = now - closed_at >= policy.duration("A15", _waits(kind))
    if not is_due:
        return None
    return Due(kind, watch, began_at, len(same) + 1, _start(watch, same, len(known), policy))


def _waits(kind: AlertKind) -> str:
    return "again_ensuite_s" if kind is AlertKind.ENSUITE else "again_s"


def _start(watch: Watch, same: list[tuple[Alert, Progress]], in_an_hour: int, policy: Policy) -> Rung:
    """Return where an alert begins: a rung higher each time, and with the nurse in charge from the third on."""
    first = Rung.EVERYBODY if watch.concern is Concern.HIGH else Rung.ALLOCATED
    if in_an_hour + 1 >= policy.number("A15", "third_in_an_hour"):
        return max(first, Rung.NURSE_IN_CHARGE)
    return same[-1][0].start.next if same else first
