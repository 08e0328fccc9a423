"""A hand-made ward for the screens: six rooms that a test sets as it likes, and a record of every press."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from broker.clock import Clock, HandClock
from broker.vocabulary import Context, Modality
from console.consenting.care_views import AbsentRow, ProfileView
from console.own.own_views import ReadingChoice, TrialView
from console.roles import Actor, Role
from console.rules.alerting.corridor import Level
from console.rules.consenting.groups import OwnQuestion
from console.rules.consenting.places import OTHER_PLACES
from console.rules.decision import Decision
from console.rules.governing.duties import duties_of
from console.rules.looking.telling import Telling
from console.rules.policy import shipped_policy
from console.rules.sensing.sleep import Night, NoNight
from console.rules.sensing.trend import NoTrend, Trend
from console.showing.views import BoardView, StopState, StopView, TileView, Words
from tests.kit.alert_facts import ALERT, CALL_TEST, CARRIED, EMERGENCY, NIGHT_VIEW, ROOM_LIMITS, on_shift
from tests.kit.assurance_facts import HandAssurance
from tests.kit.check_facts import HandChecks
from tests.kit.incident_facts import hand_incidents
from tests.kit.skin_access import PEOPLE as PEOPLE
from tests.kit.skin_access import HandAccess, HandViewing
from tests.kit.skin_facts import (
    A_NIGHT,
    A_REVIEW,
    AUDIT,
    COMPLAINTS,
    COPY_REQUESTS,
    HEALTH,
    LONG_VISITS,
    MONTH,
    NIGHT,
    NOTHING_ASKED,
    ROOMS,
    STAFF_CHOICES,
    TRAINED,
    WARD_SENTENCE,
    no,
    patient_view,
    tiles,
    yes,
)
from tests.kit.trends import a_trend

PASSWORD = "three quiet words"


class HandIdentity:
    """Sign-in with one password."""

    def __init__(self) -> None:
        self.sessions: dict[str, Actor] = {}
        self.enrolled: list[tuple[str, str, str]] = []
        self.provider: Any = None
        self.has_pin_of: set[str] = set()

    def sign_in(self, username: str, password: str, device: str, code: str = "") -> Any:
        for actor in PEOPLE.values():
            if actor.username == username and password == PASSWORD:
                token = f"token-{secrets.token_hex(4)}-{username}"
                self.sessions[token] = actor
                return HandSignIn(token, actor)
        return no("The sign-in name or the password is not right.", rules=("X4", "X6"))

    def tap(self, badge: str, device: str) -> Any:
        """Any badge is the nurse's."""
        return self.sign_in(PEOPLE["nurse"].username, PASSWORD, device)

    @property
    def steps(self) -> "HandIdentity":
        return self

    @property
    def badges(self) -> "HandIdentity":
        return self

    def has_pin(self, actor: Actor) -> bool:
        return actor.username in self.has_pin_of

    def is_wanting(self, _actor: Actor) -> bool:
        return False

    def actor_of(self, session_token: str) -> Actor | None:
        return self.sessions.get(session_token)

    def lasting(self, session_tokens: Collection[str]) -> frozenset[str]:
        return frozenset(self.sessions.keys() & session_tokens)

    def sign_out(self, session_token: str) -> bool:
        return self.sessions.pop(session_token, None) is not None

    def enrol(self, token: str, username: str, display_name: str, password: str) -> Any:
        if token != "good":
            return no("This link was used or is too old. Ask for a new one.", rules=("X4", "X6"))
        self.enrolled.append((token, username, display_name))
        return PEOPLE["administrator"]

    def change_password(self, session_token: str, password: str, new_password: str) -> Decision:
        return yes("The password is changed.") if password == PASSWORD else no("That is not the password.")


@dataclass(frozen=True, slots=True)
class HandSignIn:
    session_token: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class HandInvited:
    decision: Decision
    token: str


class HandDrafts:
    """Keeps the answers of a talk by stay."""

    def __init__(self) -> None:
        self.kept: dict[str, Mapping[str, Any]] = {}

    def of(self, actor: Actor, stay_id: str) -> Mapping[str, Any]:
        return self.kept.get(stay_id, {}) if actor.role is Role.NURSE else {}

    def keep(self, _actor: Actor, stay_id: str, answers: Mapping[str, Any]) -> bool:
        self.kept[stay_id] = answers
        return True

    def drop(self, stay_id: str) -> None:
        self.kept.pop(stay_id, None)


class HandCalling:
    """What calls, set by hand; one alert in room 6 and one emergency."""

    def __init__(self) -> None:
        self.one = ALERT
        self.limited = ROOM_LIMITS

    def alert(self, actor: Actor, alert_id: str) -> Any:
        return no() if actor.role in (Role.PATIENT, Role.GOVERNANCE_LEAD) else self.one

    def newest_in(self, actor: Actor, room_id: str) -> Any:
        return self.one.alert_id if room_id == self.one.room_id else no(rules=("A4",))

    def emergency(self, actor: Actor, emergency_id: str) -> Any:
        return EMERGENCY

    def shift(self, actor: Actor) -> Any:
        return on_shift(actor.actor_id)

    def managers(self) -> Any:
        return (("f6" * 16, "Mo L."),)

    def rooms(self) -> Any:
        return (("room-1", "Room 1"), ("room-6", "Room 6"))

    def limits(self, actor: Actor, room_id: str) -> Any:
        return self.limited if actor.role is Role.NURSE else no(rules=("A14",))

    def corridor(self) -> Any:
        return Level.MEDIUM, True


TAKES_NAMED = ("reset_patient_account",)


class Presses:
    """Takes any command, remembers it, and allows it."""

    def __init__(self, presses: list[tuple[Any, ...]], answers: Mapping[str, Any]) -> None:
        self._presses = presses
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        def press(*given: Any, **named: Any) -> Any:
            self._presses.append((name, *given[1:], *named.values()))
            answer = self._answers.get(name, yes())
            return answer(*given, **(named if name in TAKES_NAMED else {})) if callable(answer) else answer

        return press


@dataclass(frozen=True)
class HandContacts:
    advocate: str = "Sam Okafor, 01632 960 001"
    pals: str = "01632 960 002"


@dataclass
class HandSettings:
    data_dir: Path
    timezone: str = "Europe/London"
    language: str = "en"
    context: Context = Context.DEMONSTRATION
    names: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]", "ward.example")
    is_secure: bool = False
    contacts: HandContacts = HandContacts()
    node_register: Path | None = None


class HandWard:
    """What the screens ask for, set by hand."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or HandClock(NIGHT)
        self.policy = shipped_policy()
        self.first_night: Any = Presses([], {"is_due": False, "done_at": NIGHT})
        self.is_broken = False
        self.sensor_kinds: tuple[Modality, ...] = (Modality.RADAR,)
        self.is_unwritable = False
        self.presses: list[tuple[Any, ...]] = []
        self.viewings: list[HandViewing] = []
        self.stop = NOTHING_ASKED
        self.board = BoardView(NIGHT, Context.DEMONSTRATION, tiles(), WARD_SENTENCE, (Words("Room 9 is back."),))
        self.patient = patient_view()
        self.night: Night | NoNight = A_NIGHT
        self.trend: Trend | NoTrend = a_trend()
        self.trial = TrialView("room-2", (Modality.RADAR,), must_ask=False)
        self.health = HEALTH
        self.rooms = ROOMS
        self.audit = AUDIT
        self.absent: tuple[AbsentRow, ...] = ()
        self.profiles = tuple(ProfileView(kind.value) for kind in OTHER_PLACES)
        self.identity: Any = HandIdentity()
        self.access: Any = HandAccess(self)
        stopped = {"withdraw": self._asked_to_stop, "pause": self._asked_to_stop}
        self.consents: Any = Presses(self.presses, stopped)
        invited = HandInvited(yes("Give them the link."), "one-time")
        self.desk: Any = Presses(
            self.presses, {"add_staff": invited, "add_patient_account": invited, **_reset(invited)}
        )
        self.care: Any = Presses(self.presses, {})
        self.drafts: Any = HandDrafts()
        self.whereabouts: Any = Presses(self.presses, {})
        self.places: Any = Presses(self.presses, {})
        self.reading_choice: ReadingChoice | None = ReadingChoice()
        self.own: Any = Presses(self.presses, {"choose_reading": self._chosen})
        self.own.reading_choice = lambda actor: self.reading_choice if actor.role is Role.PATIENT else None
        self.own.telling = lambda _actor: Telling.WHEN_I_ASK
        self.trying: Any = Presses(self.presses, {})
        self.trying.view = lambda _actor: self.trial
        self.training: Any = Presses(self.presses, {"own": TRAINED[:3], "view": TRAINED})
        self.trained_shift: Any = Presses(self.presses, {"missing": ()})
        self.groups: Any = Presses(self.presses, {})
        self.groups.answers = lambda _actor: {OwnQuestion.SEX: "female"}
        self.visits: Any = Presses(self.presses, {"is_in": False, "long": LONG_VISITS})
        self.assurance = HandAssurance(lambda answers: Presses(self.presses, answers))
        self.month: Any = Presses(self.presses, {"view": MONTH})
        code = replace(yes("Keep this code.", rules=("S6",)), detail="ABCD-EFGH-IJKL-MNOP")
        self.claims: Any = Presses(self.presses, {"make": code})
        self.claims.read = lambda told: (
            COMPLAINTS[1:] if told == code.detail else no("There is no such code, or it has ended.")
        )
        self.complaints: Any = Presses(self.presses, {"waiting": COMPLAINTS})
        self.copies: Any = Presses(self.presses, {"waiting": COPY_REQUESTS})
        self.prompts: Any = Presses(self.presses, {})
        self.alerts: Any = Presses(self.presses, {})
        self.calling: Any = HandCalling()
        started = yes(rules=("A17",), detail="e1" * 16)
        self.emergencies: Any = Presses(self.presses, {"start": started, "ask_to_stand_down": yes(detail="4711")})
        self.shifts: Any = Presses(self.presses, {})
        self.limits: Any = Presses(self.presses, {})
        self.trials: Any = Presses(self.presses, {})
        self.nights: Any = Presses(self.presses, {"view": NIGHT_VIEW})
        self.sounders: Any = Presses(self.presses, {"beat": True, "leave": None})
        self.sounders.carried = lambda: CARRIED
        self.call_tests: Any = Presses(self.presses, {"for_corridor": ("ab12", False)})
        self.call_tests.view = lambda: CALL_TEST
        self.call_tests.came_back = lambda _marks, *, counts: None
        self.checks = HandChecks(lambda answers: Presses(self.presses, answers))
        self.duties: Any = Presses(self.presses, {"due": duties_of(shipped_policy(), {}, NIGHT)})
        self.incidents: Any = hand_incidents(lambda answers: Presses(self.presses, answers))
        self.closeness: Any = Presses(self.presses, {})
        self.closeness.staff_for = lambda actor: STAFF_CHOICES if actor.role is Role.PATIENT else ()
        self.closeness.waiting = lambda _actor: ()
        self.closeness.needs_second = lambda _room, _reason: False
        self.mappings: Any = Presses(self.presses, {"view": None})
        self.reviews: Any = Presses(self.presses, {})
        self.reviews.waiting = lambda _actor: (A_REVIEW,)
        self.notice: Words | None = None
        self.rollback: Any = Presses(self.presses, {})
        self.rollback.notice = lambda: self.notice

    def is_ready(self) -> bool:
        return not self.is_broken

    def set_tile(self, tile: TileView) -> None:
        shown = tuple(tile if one.room_id == tile.room_id else one for one in self.board.tiles)
        self.board = replace(self.board, tiles=shown, at=self.clock.utc_now())

    def confirm_stop(self, at: datetime) -> None:
        self.stop = StopView(StopState.CONFIRMED, self.stop.asked_at, at, Words("stopped"))
        self.patient = replace(self.patient, sensor_on=False, stop=self.stop)

    def _chosen(self, _actor: Actor, choice: ReadingChoice) -> Decision:
        self.reading_choice = choice
        return yes("Your page is like this from now on.", rules=("E1",))

    def _asked_to_stop(self, _actor: Actor | None, room_id: str) -> Decision:
        if room_id not in {room.room_id for room in self.rooms}:
            return no("There is no such room.", rules=("C5",))
        self.stop = StopView(StopState.STOPPING, self.clock.utc_now(), None, Words("stopping"))
        self.patient = replace(self.patient, stop=self.stop)
        return yes("The sensor is being stopped.", rules=("C5", "C5b"), detail=f"stop-{room_id}")


def _reset(second: HandInvited) -> dict[str, Any]:
    """Without the patient the first of two people gets no link."""

    def reset(_actor: Actor, _stay_id: str, _username: str, *, patient_present: bool) -> HandInvited:
        return second if patient_present else HandInvited(yes("Now a second person asks for the same."), "")

    return {"reset_patient_account": reset}


@dataclass
class Screens:
    """The application over a hand-made ward, and a browser without a window.

    Attributes:
        ward: what the screens show.
        client: the browser.
    """

    ward: HandWard
    client: Any
    form_tokens: dict[str, str] = field(default_factory=dict)

    def sign_in(self, who: str) -> "Screens":
        answer = self.client.post("/sign-in", data={"username": PEOPLE[who].username, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return self

    def press(self, page: str, path: str, **told: Any) -> Any:
        """Open a page, take its form's token, and press a button."""
        html = self.client.get(page).text
        token = html.split('name="form_token" value="', 1)[1].split('"', 1)[0]
        return self.client.post(path, data={"form_token": token, **told})


def screens_over(ward: Any, folder: Path, **settings: Any) -> Screens:
    """Put a ward behind the application, and a client before it that speaks as a browser of the same origin.

    Hand-made wards with the usual settings share one application; any other ward has its own.
    """
    from starlette.testclient import TestClient

    from console.app import create_app
    from tests.kit.stage import application_playing

    told = HandSettings(folder, **settings)
    base = "https://ward.example" if told.is_secure else "http://127.0.0.1:8800"
    is_shared = isinstance(ward, HandWard) and not settings
    app = application_playing(ward, told) if is_shared else create_app(ward, told)
    client = TestClient(app, base_url=base, follow_redirects=False)
    client.headers["sec-fetch-site"] = "same-origin"
    return Screens(ward, client)
