"""What the board, an alert's page, the emergency card and the shift page show of all that calls."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from console.alerting.alert_book import Known
from console.alerting.alert_views import (
    AlertView,
    CallsView,
    CallView,
    EmergencyView,
    LimitView,
    PersonOnShift,
    RoomLimits,
    TapView,
)
from console.alerting.alert_watch import AlertWatch
from console.alerting.alerts import Alerts
from console.alerting.call_tests import CallTests
from console.alerting.emergencies import Emergencies
from console.alerting.sounders import Sounders
from console.alerting.technical_watch import TechnicalWatch
from console.office import Office
from console.roles import Actor, Role
from console.rules.access import Permission, Request, may
from console.rules.alerting.alert_words import (
    headline_of,
    level_of_alert,
    rung_words,
    what_of,
    with_alert,
    within_a_sentence,
)
from console.rules.alerting.alerts import TOP, AlertState
from console.rules.alerting.corridor import Level
from console.rules.alerting.responding import is_reminder_due
from console.rules.alerting.shifts import Post
from console.rules.alerting.standing_down import ON_CALL
from console.rules.alerting.technical import Call
from console.rules.decision import Decision
from console.showing.views import TileView, Words
from console.staffing.shifts import Shifts
from console.staffing.trained_shift import TrainedShift
from console.staying.roll import Roll

_TWO = 2
"""Devices that must sound at all times (rule A8)."""


class Calling:
    """Turns what is open into views; it changes nothing, however often it is asked (rule A5)."""

    def __init__(
        self,
        office: Office,
        roll: Roll,
        alerts: Alerts,
        watch: AlertWatch,
        technical: TechnicalWatch,
        shifts: Shifts,
        emergencies: Emergencies,
        sounders: Sounders,
        trained: TrainedShift,
        tests: CallTests,
        left_alone: Callable[[], tuple[CallView, ...]] = lambda: (),
    ) -> None:
        self._office, self._roll, self._alerts, self._watch = office, roll, alerts, watch
        self._technical, self._shifts = technical, shifts
        self._emergencies, self._sounders, self._trained = emergencies, sounders, trained
        self._tests, self._left_alone = tests, left_alone

    def over(self, tile: TileView) -> TileView:
        """Return a tile, taken over by the alert of its room where there is one, with the mark of a test (rule N4)."""
        known, mark = self._alerts.open_in(tile.room_id), self._tests.marks().get(tile.room_id, "")
        tile = replace(tile, test_mark=mark) if mark else tile
        if known is None:
            return tile
        headline = self._headline(known, tile.room_title)
        walking = known.progress.is_walking(self._office.now())
        newest = max(known.progress.going, key=lambda one: known.progress.going[one], default="")
        going = self._shifts.initials(newest) if walking else ""
        return with_alert(tile, headline, known.progress.state, known.alert.alert_id, known.alert.again, going)

    def calls(self) -> CallsView:
        """Return everything on the board that calls."""
        opened = self._alerts.book.open()
        standing = self._emergencies.standing_down()
        calls = [*(self._emergency_call(one.emergency_id, one.room_id) for one in self._emergencies.lasting())]
        calls += [self._call(one) for one in opened]
        calls += self._left_alone()
        calls += [self._technical_call(one, is_quiet=standing is not None) for one in self._technical.calls()]
        return CallsView(
            tuple(calls),
            tuple(self._to_walk(one.title, one.since) for one in self._technical.round()),
            any(one.progress.nobody_answered_at is not None for one in opened),
            standing.until if standing else None,
            self._sounders.sounding() < _TWO,
            self._uncovered(),
        )

    def corridor(self) -> tuple[Level, bool]:
        """Return what the corridor unit is to sound, and whether any device of the ward can be reached."""
        opened = [one for one in self._alerts.book.open() if self._alerts.sounds(one)]
        is_called = any(one.progress.rung >= TOP - 1 for one in opened)
        return (Level.HIGH if is_called else Level.SILENT), self._sounders.some_tablet_is_there()

    def alert(self, actor: Actor, alert_id: str) -> AlertView | Decision:
        """Return one alert for whoever goes; to look at it changes nothing (rule A5)."""
        known = self._alerts.book.of(alert_id)
        permitted = may(Request(actor.role, Permission.ALERT_RESPOND), self._office.policy)
        if known is None or not permitted:
            return (
                permitted if not permitted else self._office.policy.deny("A4", reason=Words("There is no such alert."))
            )
        return self._view(actor, known)

    def emergency(self, actor: Actor, emergency_id: str) -> EmergencyView | Decision:
        """Return the emergency card."""
        told = self._emergencies.of(emergency_id)
        permitted = may(Request(actor.role, Permission.EMERGENCY), self._office.policy)
        if told is None or not permitted:
            return permitted if not permitted else self._office.policy.deny("A17", reason=Words("That is over."))
        initials = self._shifts.initials
        return EmergencyView(
            emergency_id,
            self._title(told.room_id),
            told.started_at,
            told.is_over,
            tuple(TapView(one.at, one.kind, initials(one.actor_id)) for one in told.steps),
            tuple((one, initials(one)) for one in sorted(told.there)),
            actor.role is Role.NURSE_IN_CHARGE and not told.is_over,
        )

    def shift(self, actor: Actor) -> tuple[PersonOnShift, ...]:
        """Return who is on shift."""
        busy = self._alerts.with_patients() | {one for each in self._emergencies.lasting() for one in each.there}
        return tuple(
            PersonOnShift(
                one.actor_id,
                self._name(one.actor_id),
                one.role.value,
                one.post.value,
                one.actor_id in busy,
                self._name(one.cover),
                tuple(sorted(one.rooms)),
                one.actor_id == actor.actor_id,
            )
            for one in self._shifts.people()
        )

    def newest_in(self, actor: Actor, room_id: str) -> str | Decision:
        """Return the id of the alert that stands in a room, for whoever touches the tag at its door."""
        permitted = may(Request(actor.role, Permission.ALERT_RESPOND), self._office.policy)
        known = self._alerts.open_in(room_id)
        if known is None or not permitted:
            return permitted if not permitted else self._office.policy.deny("A4", reason=Words("No alert stands here."))
        return known.alert.alert_id

    def managers(self) -> tuple[tuple[str, str], ...]:
        """Return who can be the manager on call, with their names."""
        return tuple((one.actor_id, one.display_name) for one in self._shifts.accounts() if one.role in ON_CALL)

    def rooms(self) -> tuple[tuple[str, str], ...]:
        """Return every room with its title, for the allocation."""
        return tuple((one.room_id, one.title) for one in self._roll.sheet().rooms)

    def limits(self, actor: Actor, room_id: str) -> RoomLimits | Decision:
        """Return what calls somebody to the person of a room."""
        permitted = may(Request(actor.role, Permission.ALERT_LIMIT), self._office.policy)
        person = self._roll.sheet().people.get(room_id)
        if person is None or not permitted:
            return permitted if not permitted else self._office.policy.deny("A14", reason=Words("Nobody stays there."))
        stay_id = person.stay.stay_id
        limits = tuple(
            LimitView(one.kind.value, one.after_s, one.concern.value, one.reason.value, one.expires_at)
            for one in self._watch.limits_of(stay_id)
        )
        return RoomLimits(room_id, self._title(room_id), stay_id, limits)

    def notices(self, since: datetime) -> tuple[Words, ...]:
        """Return silent lines: what is back, whose tags are broken."""
        faults = {one.alert.room_id for one in self._alerts.book.known() if one.progress.tag_fault}
        broken = [
            Words("{room}: the tag at the door is broken. Repair it.", {"room": self._title(one)}) for one in faults
        ]
        return (*self._trained.notices(), *self._tests.notices(since), *broken, *self._technical.notices(since))

    def to_walk(self) -> tuple[str, ...]:
        """Return the rooms whose call is not proven by the newest test (rule N4)."""
        return self._tests.to_walk()

    def _view(self, actor: Actor, known: Known) -> AlertView:
        alert, progress, initials = known.alert, known.progress, self._shifts.initials
        return AlertView(
            alert.alert_id,
            alert.room_id,
            self._title(alert.room_id),
            self._headline(known, self._title(alert.room_id)),
            what_of(alert, self._office.now()),
            progress.state,
            rung_words(progress.rung),
            tuple((initials(one), at) for one, at in progress.going.items()),
            actor.actor_id in progress.going,
            actor.actor_id in progress.proven,
            alert.voice_answer,
            bool(progress.failed),
            progress.nobody_answered_at is not None,
            initials(progress.closed_by) if progress.closed_by else "",
            not progress.is_open and progress.useful is None and progress.closed_by == actor.actor_id,
            actor.role is Role.NURSE_IN_CHARGE,
        )

    def _headline(self, known: Known, title: str) -> Words:
        who = self._shifts.initials(known.progress.with_actor) if known.progress.with_actor else ""
        return headline_of(known.alert, known.progress, title, who, self._office.now())

    def _call(self, known: Known) -> CallView:
        alert, progress, now = known.alert, known.progress, self._office.now()
        sounds = self._alerts.sounds(known)
        level, devices = Level.SILENT, self._alerts.called(known)
        if sounds:
            level = level_of_alert(alert, progress, now)
        elif is_reminder_due(progress, now, self._office.policy):
            level, devices = Level.LOW, (progress.with_actor,)
        return CallView(
            f"{alert.alert_id} {progress.state.value} {progress.rung.value}",
            self._line(known),
            level,
            devices,
            "everyone" if progress.rung is TOP else "ward",
            f"/alerts/{alert.alert_id}",
            sounds,
        )

    def _line(self, known: Known) -> Words:
        """Return the words of the strip above the tiles: without a running time, so that it can be pressed."""
        title, progress = self._title(known.alert.room_id), known.progress
        if progress.state is AlertState.WITH_PATIENT and progress.with_since is not None:
            who = self._shifts.initials(progress.with_actor)
            values: dict[str, str | datetime] = {"room": title, "who": who, "since": progress.with_since}
            return Words("{room}: with the patient ({who}, {since})", values)
        return Words("ALERT · go to {room}", {"room": within_a_sentence(title)})

    def _technical_call(self, call: Call, *, is_quiet: bool) -> CallView:
        key = f"{call.cause.value} {' '.join(call.rooms)} {call.is_loud}"
        return CallView(key, call.words, Level.LOW if call.is_loud and not is_quiet else Level.SILENT)

    def _emergency_call(self, emergency_id: str, room_id: str) -> CallView:
        words = Words("EMERGENCY · {room}", {"room": self._title(room_id)})
        return CallView(emergency_id, words, path=f"/emergency/{emergency_id}")

    def _to_walk(self, title: str, since: datetime) -> Words:
        return Words("{room}, unseen since {since}", {"room": title, "since": since})

    def _uncovered(self) -> tuple[str, ...]:
        people = self._shifts.people()
        on_break = (one for one in people if one.post is Post.BREAK and not one.cover)
        return tuple(self._name(one.actor_id) for one in on_break)

    def _name(self, actor_id: str) -> str:
        known = self._shifts.account(actor_id) if actor_id else None
        return known.display_name if known is not None else ""

    def _title(self, room_id: str) -> str:
        room = self._roll.sheet().room(room_id)
        return room.title if room is not None else room_id
