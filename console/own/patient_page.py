"""A patient's own page: what is on, why, until when, who looked, and where a stop is on its way (rule S1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from broker.vocabulary import SensorState
from console.own.ledger import LedgerPage
from console.own.own_views import AfterIncident, ComplaintView, CopyView, OwnSensor
from console.receiving.live import Live
from console.rules.consenting.consent import ConsentState, Standing
from console.rules.consenting.grants import CarePlanReason, LessAnswer
from console.rules.consenting.leasing import KeptOff, granted_window
from console.rules.looking.telling import Telling
from console.showing.views import LedgerRow, PatientView, ReadingView, StopView, Words
from console.staying.roll import Person
from console.store.people import NodeRow


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the page is made from.

    Attributes:
        person: whose page.
        room_title: as the ward calls it.
        standing: their consent now.
        sensors: each sensor of the room; empty when there is none.
        stop: where their newest stop is.
        ledger: who looked.
        alerts: what was said about them to staff.
        reading: the newest reading; None when none is permitted.
        help_asked_at: since when somebody is asked to come to them; None when nobody is.
        complaints: what they said, newest first.
        copies: their requests for everything, newest first.
        after: what is kept after something happened, and keep or delete.
        kept_off: why every sensor of the ward is off (rules G2, G4); None while none is by that.
    """

    person: Person
    room_title: str
    standing: Standing
    sensors: tuple[OwnSensor, ...]
    stop: StopView
    ledger: LedgerPage
    alerts: tuple[LedgerRow, ...]
    reading: ReadingView | None
    help_asked_at: datetime | None = None
    complaints: tuple[ComplaintView, ...] = ()
    copies: tuple[CopyView, ...] = ()
    after: AfterIncident = field(default_factory=AfterIncident)
    kept_off: KeptOff | None = None


STATUS: Mapping[ConsentState, Words] = {
    ConsentState.NOT_ASKED: Words("Nobody has asked you yet. The sensor is off."),
    ConsentState.OFFERED: Words("You have been asked. The sensor is off until you say yes."),
    ConsentState.GIVEN: Words("You said yes. You can stop it at any time."),
    ConsentState.REFUSED: Words("You said no. The sensor is off."),
    ConsentState.PAUSED: Words("Paused."),
    ConsentState.SUSPENDED: Words("The sensor is off until you say: same as before."),
    ConsentState.WITHDRAWN: Words("You stopped it. The sensor is off."),
    ConsentState.EXPIRED: Words("Time to talk again about the sensor. It is off."),
    ConsentState.UNDER_REVIEW: Words("Something changed. The sensor is off until somebody has talked with you."),
}
_COVERED = Words("It was covered, and so it is off. It stays off until you say: same as before.")
_STOPPED_FOR_YOU = Words("Somebody stopped it for you. The sensor is off.")
STAFF_STATUS: Mapping[ConsentState, Words] = {
    ConsentState.NOT_ASKED: Words("not asked about the sensor"),
    ConsentState.OFFERED: Words("asked about the sensor, no answer yet"),
    ConsentState.GIVEN: Words("a yes to the sensor is on record"),
    ConsentState.REFUSED: Words("a no to the sensor is on record"),
    ConsentState.PAUSED: Words("the sensor is paused"),
    ConsentState.SUSPENDED: Words("the sensor waits for their own word"),
    ConsentState.WITHDRAWN: Words("the sensor was stopped"),
    ConsentState.EXPIRED: Words("time to talk again about the sensor"),
    ConsentState.UNDER_REVIEW: Words("the sensor is off after a change: talk with them"),
}
TELLING: Mapping[Telling, Words] = {
    Telling.AT_ONCE: Words("Wants to be told at once: say so when you have looked."),
    Telling.EACH_MORNING: Words(
        "Wants the list of who looked on paper each morning: print it with them, on their page."
    ),
}
"""For the ward; whoever looks when they wish needs nobody (rule S2)."""
_WHY: Mapping[CarePlanReason, Words] = {
    CarePlanReason.REST_WITHOUT_WAKING: Words("So that we wake you less at night."),
    CarePlanReason.BREATHING_AT_NIGHT: Words("Because of your breathing at night."),
    CarePlanReason.GETTING_UP_AT_NIGHT: Words("Because you get up at night."),
    CarePlanReason.FEELING_SAFER: Words("Because you feel safer with it."),
}

_LESS: Mapping[LessAnswer, Words] = {
    LessAnswer.NOTHING_LESS: Words("Nothing less would do."),
    LessAnswer.FEWER_HOURS: Words("Fewer hours would do."),
    LessAnswer.FEWER_PURPOSES: Words("Fewer purposes would do."),
    LessAnswer.RADAR_INSTEAD: Words("Radar instead of a camera would do."),
    LessAnswer.OFF: Words("It could be off."),
}


def patient_view(facts: PageFacts, now: datetime, zone: ZoneInfo) -> PatientView:
    """Return the page's facts."""
    standing, grant = facts.standing, facts.standing.grant
    off = facts.kept_off if standing.is_given else None
    return PatientView(
        room_id=facts.person.stay.room_id,
        room_title=facts.room_title,
        status=_status(standing) if off is None else off.words,
        sensor_on=any(one.is_on for one in facts.sensors),
        sensors=facts.sensors,
        purposes=grant.purposes if grant and standing.state in _AGREED else (),
        why=_WHY[grant.care_plan_reason] if grant and standing.state in _AGREED else Words("There is no sensing."),
        until=_until(standing, now, zone) if off is None else _IT_IS_OFF,
        review_by=grant.review_by if grant and standing.state in _AGREED else None,
        stop=facts.stop,
        paused_until=None if standing.is_covered else standing.paused_until,
        ledger=facts.ledger.rows,
        ledger_has_earlier=facts.ledger.has_earlier,
        alerts=facts.alerts,
        reading=facts.reading,
        relayed_no=Words("Somebody told us that you want the sensor off. Was that you?")
        if standing.relay_open
        else None,
        may_resume=standing.state is ConsentState.SUSPENDED or standing.is_covered,
        help_asked_at=facts.help_asked_at,
        complaints=facts.complaints,
        copies=facts.copies,
        less=_LESS[standing.less] if standing.less else None,
        trial_until=standing.trial.until if standing.trial else None,
        after=facts.after,
    )


def own_sensor(node: NodeRow, live: Live, standing: Standing, closed: Mapping[str, datetime | None]) -> OwnSensor:
    """Say of one sensor whether it is on, or where its stop is.

    Args:
        node: of the sensor.
        live: what the nodes say.
        standing: their consent now.
        closed: by node that their newest stop waits or waited for, when it closed; None until then.
    """
    state = live.of(node.node_id).state if live.loss(node.node_id, link_up=True) is None else None
    is_on = state is not None and state.sensor.state in (SensorState.OPEN, SensorState.OPENING)
    agreed = standing.grant.sensors if standing.grant is not None and standing.state in _AGREED else ()
    may_stop_alone = len(agreed) > 1 and node.kind in agreed
    if node.node_id in closed and (node.kind not in agreed or standing.state is ConsentState.PAUSED):
        closed_at = closed[node.node_id]
        words = (
            Words("Stopping…") if closed_at is None else Words("Stopped, confirmed at {at:seconds}", {"at": closed_at})
        )
        return OwnSensor(node.kind, is_on, words)
    return OwnSensor(node.kind, is_on, _IS_ON if is_on else _IS_OFF, may_stop_alone)


_IT_IS_OFF = Words("It is off.")
_IS_ON, _IS_OFF = Words("The sensor is on"), Words("The sensor is off")


def _status(standing: Standing) -> Words:
    if standing.trial is not None:
        return Words("You are trying it out. Only you see what it says.")
    if standing.relay_open:
        return _STOPPED_FOR_YOU
    return _COVERED if standing.is_covered else STATUS[standing.state]


_AGREED = frozenset({ConsentState.GIVEN, ConsentState.PAUSED, ConsentState.SUSPENDED})


def _until(standing: Standing, now: datetime, zone: ZoneInfo) -> Words:
    if standing.trial is not None:
        return Words("It ends by itself at {until}, and ends off.", {"until": standing.trial.until})
    if standing.state not in _AGREED or standing.ends_at is None:
        return _IT_IS_OFF
    window = granted_window(standing, now, zone)
    if window is None:
        return Words("Off at this hour. We talk about it again by {review:date}.", {"review": standing.ends_at})
    return Words(
        "On until {until:day}. We talk about it again by {review:date}.",
        {"until": window.closes_at, "review": standing.ends_at},
    )
