"""What the screens ask of the ward: every question they read from and every command that a press becomes."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from broker.clock import Clock
from broker.vocabulary import Context, Modality
from console.care_views import AbsentRow, ProfileView
from console.own_views import OwnCopy
from console.roles import Actor, Role
from console.rules.access import AccessReason, Permission
from console.rules.decision import Decision
from console.rules.duties import Duty
from console.rules.grants import Grant
from console.rules.sleep import Night, NoNight
from console.screens.alert_ports import Alerts, Calling, Emergencies, Limits, Nights, Shifts, Sounders, Trials
from console.screens.care_ports import AnswerClaims, Care, Drafts, Month, Places, Whereabouts
from console.screens.own_ports import Complaints, Copies, OwnSide
from console.screens.round_ports import Checks
from console.stops import Via
from console.views import (
    AuditRow,
    BoardView,
    HealthView,
    PatientView,
    ReadingView,
    RoomRow,
    StaffRow,
    StopView,
    Words,
)


class SignIn(Protocol):
    """A sign-in that worked."""

    @property
    def session_token(self) -> str:
        """Secret of the session; known to the browser only."""

    @property
    def actor(self) -> Actor:
        """Who signed in."""


class Identity(Protocol):
    """Who is who."""

    def sign_in(self, username: str, password: str, device: str) -> "SignIn | Decision":
        """Begin a session, or say why not."""

    def actor_of(self, session_token: str) -> Actor | None:
        """Return who holds a session and count it as used; None when it has ended."""

    def sign_out(self, session_token: str) -> bool:
        """End a session."""

    def enrol(self, token: str, username: str, display_name: str, password: str) -> "Actor | Decision":
        """Make an account from a one-time link."""

    def change_password(self, session_token: str, password: str, new_password: str) -> Decision:
        """Change the password."""


class Viewing(Protocol):
    """A glance at the board: logged before the first byte, when it ends, or when its heartbeat stops (rule X1)."""

    def board(self) -> BoardView:
        """Return the board now."""

    def heartbeat(self) -> None:
        """Say that the screen still shows it."""

    def close(self, reason: str) -> None:
        """Say that the screen no longer shows it."""


class Access(Protocol):
    """The one door to patient data."""

    def open_viewing(self, actor: Actor, device: str) -> "Viewing | Decision":
        """Begin a glance."""

    def reading(self, actor: Actor, room_id: str, access_reason: str) -> "ReadingView | Decision":
        """Look at the newest rate of a room."""

    def patient_page(self, actor: Actor, page: int = 0) -> "PatientView | Decision":
        """Return a patient's own page, with a page of its ledger."""

    def own_copy(self, actor: Actor) -> "tuple[PatientView, OwnCopy] | Decision":
        """Hand a patient what they may see."""

    def own_night(self, actor: Actor) -> Night | NoNight | Decision:
        """Sum up a patient's last night, for them alone."""

    def stays_here(self, actor: Actor) -> bool:
        """Return whether a patient's own room is theirs now."""

    def health(self, actor: Actor) -> "HealthView | Decision":
        """Return the health of the nodes and the console."""

    def rooms(self, actor: Actor) -> "Sequence[RoomRow] | Decision":
        """Return who stays where."""

    def absent(self, actor: Actor) -> "Sequence[AbsentRow] | Decision":
        """Return who is away while their bed is lent."""

    def profiles(self, actor: Actor) -> "Sequence[ProfileView] | Decision":
        """Return the profiles of seclusion and like places."""

    def talk(self, actor: Actor, stay_id: str) -> "RoomRow | Decision":
        """Return who stays there, to staff who may talk with them about the sensor."""

    def permits(self, actor: Actor, permission: Permission, reason: AccessReason | None = None) -> bool:
        """Tell whether this may be offered; whatever is pressed is asked anew."""

    def staff(self, actor: Actor) -> "Sequence[StaffRow] | Decision":
        """Return the accounts."""

    def audit_rows(self, actor: Actor, after: int, limit: int) -> "Sequence[AuditRow] | Decision":
        """Return entries of the audit log."""

    def sensor_kinds(self) -> Sequence[Modality]:
        """Return the kinds of sensor on this ward."""

    def stop_status(self, room_id: str, stop_token: str) -> StopView:
        """Tell where one stop is on its way."""


class Invited(Protocol):
    """A new account and its one-time link, or why there is none."""

    @property
    def decision(self) -> Decision:
        """The outcome."""

    @property
    def token(self) -> str:
        """For the link; empty when denied, and while a second person is waited for."""


class Desk(Protocol):
    """The ward's book: rooms, nodes, staff, and who comes, moves and goes."""

    def create_ward(self, actor: Actor, title: str) -> Decision:
        """Make the ward."""

    def add_room(self, actor: Actor, room_id: str, title: str, kind: str = "bedroom") -> Decision:
        """Add a room."""

    def add_node(self, actor: Actor, node_id: str, room_id: str, modality: Modality, public_key: str) -> Decision:
        """Register a node's key for a room: the first of two steps."""

    def confirm_node(self, actor: Actor, node_id: str) -> Decision:
        """Confirm it, by another person: the second step."""

    def add_staff(self, actor: Actor, username: str, display_name: str, role: Role) -> Invited:
        """Invite somebody."""

    def add_patient_account(self, actor: Actor, stay_id: str, username: str) -> Invited:
        """Invite a patient."""

    def reset_patient_account(
        self, actor: Actor, stay_id: str, username: str, *, patient_present: bool = False
    ) -> Invited:
        """Put a new sign-in in place of a patient's old one; without the patient this takes two people."""

    def confirm_patient_account(self, actor: Actor, stay_id: str) -> Decision:
        """Say, as a second person, that the patient has it."""

    def admit(self, actor: Actor, name: str, initials: str, room_id: str, age: str | None = None) -> Decision:
        """Begin a stay; the sensor is off."""

    def swap(self, actor: Actor, stay_id: str, other_id: str) -> Decision:
        """Put two people into each other's rooms; both sensors are off."""

    def bring_back(self, actor: Actor, stay_id: str, room_id: str) -> Decision:
        """Begin a stay of somebody whose bed was lent."""

    def let_go(self, actor: Actor, stay_id: str) -> Decision:
        """Say that they do not come back."""

    def move(self, actor: Actor, stay_id: str, room_id: str) -> Decision:
        """Go on with a stay in another room; the sensor is off."""

    def discharge(self, actor: Actor, stay_id: str) -> Decision:
        """End a stay; the sensor stops."""


class Consents(Protocol):
    """What a patient says about the sensor."""

    def offer(self, actor: Actor, stay_id: str, *, they_asked: bool) -> Decision:
        """Write down that a patient is being asked."""

    def explain(self, actor: Actor, stay_id: str, *, in_their_own_form: bool) -> Decision:
        """Write down a teach-back."""

    def give(self, actor: Actor, stay_id: str, grant: Grant, *, said_at: datetime | None = None) -> Decision:
        """Write down a yes."""

    def turn_down(self, actor: Actor, stay_id: str, basis: str) -> Decision:
        """Write into the log that a form of a yes could not be read."""

    def refuse(self, actor: Actor, stay_id: str, *, said_at: datetime | None = None) -> Decision:
        """Write down a no."""

    def wish_to_talk(self, actor: Actor, room_id: str) -> Decision:
        """Write down that a patient asks to talk about the sensor."""

    def withdraw(self, actor: Actor | None, room_id: str, *, via: Via, device: str) -> Decision:
        """Stop the sensor; `detail` is the token that opens the state of this stop."""

    def pause(self, actor: Actor | None, room_id: str, *, via: Via, device: str) -> Decision:
        """Pause the sensor for ten minutes; `detail` as for a stop."""

    def resume(self, actor: Actor, room_id: str) -> Decision:
        """End one's own pause."""

    def answer_relay(self, actor: Actor, answer: str) -> Decision:
        """Answer "Was that you?"."""


class Prompts(Protocol):
    """Check prompts."""

    def call(self, actor: Actor) -> Decision:
        """Bring a human to a patient who does not feel right."""

    def attend(self, actor: Actor, prompt_id: str, outcome: str) -> Decision:
        """Say who went and what was seen."""


class Rollback(Protocol):
    """Whether this console may be an older copy of itself."""

    def notice(self) -> Words | None:
        """Return the sentence about it; None while nothing is suspected."""

    def clear(self, actor: Actor) -> Decision:
        """Say that one has looked; the second person, of another role, ends it."""


class Contacts(Protocol):
    """Whom a patient can turn to outside the ward."""

    @property
    def advocate(self) -> str:
        """The advocate's name and number; empty when it is not known."""

    @property
    def pals(self) -> str:
        """The hospital's PALS; empty when it is not known."""


class Duties(Protocol):
    """What people owe the rule book."""

    def due(self, actor: Actor) -> "Sequence[Duty] | Decision":
        """Return every record with its due date."""

    def note(self, actor: Actor, rule_id: str) -> Decision:
        """Say that the record of a rule was made."""


class Settings(Protocol):
    """What the screens need of the settings."""

    @property
    def data_dir(self) -> Path:
        """The console's own folder."""

    @property
    def timezone(self) -> str:
        """Ward time zone."""

    @property
    def language(self) -> str:
        """The ward's own language."""

    @property
    def context(self) -> Context:
        """Rule A11."""

    @property
    def names(self) -> Sequence[str]:
        """Host names that browsers may use, as in an address."""

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it over TLS."""

    @property
    def contacts(self) -> Contacts:
        """Whom a patient can turn to."""


class WardPort(Protocol):
    """The ward as the screens see it."""

    @property
    def clock(self) -> Clock:
        """The ward's clock."""

    @property
    def identity(self) -> Identity:
        """Who is who."""

    @property
    def access(self) -> Access:
        """The one door to patient data."""

    @property
    def desk(self) -> Desk:
        """The ward's book."""

    @property
    def consents(self) -> Consents:
        """What patients say about the sensor."""

    @property
    def care(self) -> Care:
        """What is written down about them besides."""

    @property
    def drafts(self) -> Drafts:
        """Talks that are not finished."""

    @property
    def whereabouts(self) -> Whereabouts:
        """Where they are when not in their rooms."""

    @property
    def places(self) -> Places:
        """Profiles of seclusion and like places."""

    @property
    def own(self) -> OwnSide:
        """What a patient chooses on their own page."""

    @property
    def complaints(self) -> Complaints:
        """What patients say about us."""

    @property
    def copies(self) -> Copies:
        """Their requests for everything that is kept about them."""

    @property
    def month(self) -> Month:
        """What those outside the ward read each month."""

    @property
    def claims(self) -> AnswerClaims:
        """Codes of those who have left and wait for an answer."""

    @property
    def prompts(self) -> Prompts:
        """Check prompts."""

    @property
    def alerts(self) -> Alerts:
        """Presses about alerts."""

    @property
    def calling(self) -> Calling:
        """What is shown of all that calls."""

    @property
    def emergencies(self) -> Emergencies:
        """The emergency card and the stand-down."""

    @property
    def shifts(self) -> Shifts:
        """Who is on shift."""

    @property
    def limits(self) -> Limits:
        """Limits of one person's own."""

    @property
    def nights(self) -> Nights:
        """What the alerts were worth."""

    @property
    def trials(self) -> Trials:
        """Limits on trial."""

    @property
    def checks(self) -> Checks:
        """Seeing people in person: levels, rounds, entries, load and handover."""

    @property
    def sounders(self) -> Sounders:
        """The devices that can call somebody."""

    @property
    def rollback(self) -> Rollback:
        """Whether this console may be an older copy of itself."""

    @property
    def duties(self) -> Duties:
        """What people owe the rule book."""

    def is_ready(self) -> bool:
        """Whether the database and the broker are there."""
