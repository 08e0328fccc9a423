"""What the screens ask of the ward: every question they read from and every command that a press becomes."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from broker.clock import Clock
from broker.vocabulary import Context, Modality
from console.consenting.stops import Via
from console.roles import Actor, Role
from console.rules.consenting.grants import Grant
from console.rules.decision import Decision
from console.rules.governing.duties import Duty
from console.screens.access_ports import AccessPort
from console.screens.alert_ports import (
    Alerts,
    Calling,
    CallTests,
    Emergencies,
    Limits,
    Nights,
    Shifts,
    Sounders,
    Trials,
)
from console.screens.assurance_ports import Assurance
from console.screens.care_ports import (
    AnswerClaims,
    Care,
    Drafts,
    Month,
    Places,
    Whereabouts,
)
from console.screens.identity_ports import Identity, Mappings, OwnRecord
from console.screens.incident_ports import IncidentPort
from console.screens.look_ports import Access
from console.screens.own_ports import Complaints, Copies, OwnSide
from console.screens.people_ports import PeoplePort
from console.screens.round_ports import Checks
from console.showing.desk_views import HealthView
from console.showing.views import (
    Words,
)


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

    def add_staff(
        self, actor: Actor, username: str, display_name: str, role: Role, *, ends_on: date | None = None
    ) -> Invited:
        """Invite somebody."""

    def renew_staff(self, actor: Actor, actor_id: str) -> Invited:
        """Make a new one-time link for somebody who lost what opens their account."""

    def close_staff(self, actor: Actor, actor_id: str) -> Decision:
        """Close somebody's account at once."""

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

    def withdraw_sensor(self, actor: Actor, sensor: str, *, device: str) -> Decision:
        """Stop one of a patient's own two sensors."""

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
    def node_register(self) -> Path | None:
        """Where it is written when the nodes' certificates end; None when not told."""

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it over TLS."""

    @property
    def contacts(self) -> Contacts:
        """Whom a patient can turn to."""


class WardPort(AccessPort, PeoplePort, Protocol):
    """The ward as the screens see it."""

    @property
    def clock(self) -> Clock:
        """The ward's clock."""

    @property
    def identity(self) -> Identity:
        """Who is who."""

    @property
    def own_record(self) -> OwnRecord:
        """What is noted about a member of staff, for themselves."""

    @property
    def mappings(self) -> Mappings:
        """Which groups of the hospital's sign-in come in."""

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
    def call_tests(self) -> CallTests:
        """Whether each room's call reaches one of them."""

    @property
    def assurance(self) -> Assurance:
        """The governance lead's desk."""

    @property
    def rollback(self) -> Rollback:
        """Whether this console may be an older copy of itself."""

    @property
    def duties(self) -> Duties:
        """What people owe the rule book."""

    @property
    def incidents(self) -> IncidentPort:
        """What comes after an incident."""

    def is_ready(self) -> bool:
        """Whether the database and the broker are there."""

    def machine_health(self) -> HealthView:
        """Return what the health page shows, for a machine: nothing of it concerns a person."""
