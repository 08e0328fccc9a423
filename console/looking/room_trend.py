"""What was noted in one room and what happened there, read for a look at its trend (rule X1)."""

from collections.abc import Iterator

from broker.vocabulary import Context, RoomEventKind
from console.keeping.minutes import opened
from console.office import Office
from console.rules.alerting.alert_words import what_of
from console.rules.alerting.alerts import StepKind
from console.rules.alerting.visits import NOT_SEEN
from console.rules.consenting.consent import Standing
from console.rules.consenting.hours import Window
from console.rules.sensing.readings import opens_event
from console.rules.sensing.trend import Mark, MarkKind, NoTrend, Trend, trend_of, window_to_show
from console.showing.views import Words
from console.staying.roll import Person
from console.store import alerts, observations
from console.store.database import Tx
from console.store.nights import events_under, sealed_minutes

_ENDS = frozenset({StepKind.CLOSED, StepKind.ENDED})
EVENTS = {
    RoomEventKind.IN_BED: Words("In bed"),
    RoomEventKind.OUT_OF_BED: Words("Out of bed"),
    RoomEventKind.LEFT_ROOM: Words("Left the room"),
    RoomEventKind.RETURNED: Words("Came back"),
    RoomEventKind.AT_DOOR: Words("At the door"),
    RoomEventKind.ENSUITE_ENTERED: Words("Into the en-suite"),
    RoomEventKind.ENSUITE_LEFT: Words("Out of the en-suite"),
    RoomEventKind.ON_FLOOR: Words("On the floor"),
    RoomEventKind.SECOND_PERSON: Words("More than one person"),
    RoomEventKind.ONE_PERSON: Words("One person again"),
    RoomEventKind.NO_MOVEMENT: Words("No movement seen"),
    RoomEventKind.MOVEMENT_AGAIN: Words("Movement again"),
    RoomEventKind.BREATHING_NOT_SEEN: Words("No breathing seen"),
    RoomEventKind.BREATHING_AGAIN: Words("Breathing seen again"),
    RoomEventKind.SENSOR_BLIND: Words("The sensor sees nothing"),
    RoomEventKind.SENSOR_SEES_AGAIN: Words("The sensor sees again"),
}
"""Each event in plain words, as something that was seen."""

CHECKS = {
    (True, True): Words("Seen in person"),
    (True, False): Words("Seen in person, place not proven"),
    (False, True): Words("Looked in, not seen"),
    (False, False): Words("Looked in, not seen; place not proven"),
}
"""A check in person: by whether they were seen, and whether a code proved the place."""


def trend_in(tx: Tx, office: Office, person: Person, standing: Standing) -> Trend | NoTrend:
    """Put the last granted hours of a room on one time axis.

    Args:
        tx: the transaction that also writes down the look.
        office: keys, rules and clock.
        person: who stays there.
        standing: their consent now.

    Raises:
        SealBroken: a minute cannot be opened.
    """
    window = window_to_show(standing, office.now(), office.zone)
    if isinstance(window, NoTrend) or standing.grant is None:
        return window if isinstance(window, NoTrend) else NoTrend.NO_CONSENT
    stay_id, purposes = person.stay.stay_id, standing.grant.purposes
    rows = sealed_minutes(tx, stay_id, standing.consent_id, window.opens_at, window.closes_at)
    # Numbers of an evaluation are for the study's own role, which is on no ward screen (rule A11).
    shows = office.context is not Context.EVALUATION
    happened = (
        Mark(MarkKind.EVENT, at, None, EVENTS[event])
        for at, event in events_under(tx, stay_id, standing.consent_id, window.opens_at, window.closes_at)
        if opens_event(event, purposes)
    )
    marks = [*happened, *_alerts(tx, office, stay_id, window), *_checks(tx, stay_id, window)]
    return trend_of(opened(tx, office, rows, with_rates=shows), marks, window, purposes, may_show_rates=shows)


def _alerts(tx: Tx, office: Office, stay_id: str, window: Window) -> Iterator[Mark]:
    for alert, steps in alerts.since(tx, window.opens_at):
        if alert.stay_id == stay_id:
            until = next((step.at for step in steps if step.kind in _ENDS), None)
            yield Mark(MarkKind.ALERT, alert.raised_at, until, what_of(alert, until or office.now()))


def _checks(tx: Tx, stay_id: str, window: Window) -> Iterator[Mark]:
    for one in observations.since(tx, window.opens_at):
        if one.stay_id == stay_id:
            is_proven, was_seen = one.place_proven, one.saw not in NOT_SEEN
            yield Mark(MarkKind.CHECK, one.there_at, None, CHECKS[was_seen, is_proven])
