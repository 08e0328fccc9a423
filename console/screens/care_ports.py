"""What the screens ask of the ward about a person besides their yes or no."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from console.assurance.month_views import MonthView
from console.consenting.care_views import LongVisitRow, TrainedRow
from console.own.own_views import ComplaintView
from console.roles import Actor
from console.rules.decision import Decision
from console.rules.in_person.training import Course


class Care(Protocol):
    """What is written down about a person."""

    def note_age(self, actor: Actor, stay_id: str, age: str) -> Decision:
        """Write down an age group."""

    def note_adjustments(self, actor: Actor, stay_id: str, needs: Iterable[str], *, met: bool) -> Decision:
        """Write down what they need to be asked fairly."""

    def note_advance_wish(self, actor: Actor, stay_id: str, *, says_no: bool, is_written: bool) -> Decision:
        """Write down a choice made when well."""

    def review_earlier_no(
        self, actor: Actor, stay_id: str, *, first: str, second: str, told_first: bool, heard: bool
    ) -> Decision:
        """Write down why an earlier no is no longer what they wish."""

    def note_not_by(self, actor: Actor, stay_id: str, colleague_id: str) -> Decision:
        """Write down by whom they do not want to be asked."""

    def note_talk(self, actor: Actor, stay_id: str, less: str) -> Decision:
        """Write down a talk after a change."""

    def note_feeling(self, actor: Actor, stay_id: str, feeling: str) -> Decision:
        """Write down how it was."""

    def note_change(self, actor: Actor, stay_id: str, what: str, reason: str = "") -> Decision:
        """Write down a change."""

    def note_objection(self, actor: Actor, room_id: str, how: str) -> Decision:
        """Write down an objection."""

    def tranquillise(self, actor: Actor, stay_id: str) -> Decision:
        """Begin the timetable after rapid tranquillisation."""

    def check_in_person(self, actor: Actor, stay_id: str, seen: str) -> Decision:
        """Write down a check of it."""

    def end_sedation_checks(self, actor: Actor, stay_id: str, prescriber: str) -> Decision:
        """End it."""


class Whereabouts(Protocol):
    """Where people are when not in their rooms."""

    def go_on_leave(self, actor: Actor, stay_id: str, until: datetime | None, reason: str = "") -> Decision:
        """Write down a leave."""

    def go_to_hospital(self, actor: Actor, stay_id: str) -> Decision:
        """Write down a way to a hospital."""

    def report_missing(self, actor: Actor, stay_id: str) -> Decision:
        """Write down that somebody is missing."""

    def note_up(self, actor: Actor, stay_id: str, place: str) -> Decision:
        """Write down where somebody was seen."""

    def come_back(self, actor: Actor, stay_id: str) -> Decision:
        """Write down a return."""

    def note_death(self, actor: Actor, stay_id: str) -> Decision:
        """Write down a death."""


class Places(Protocol):
    """The profiles of seclusion and like places."""

    def write_profile(self, actor: Actor, kind: str, text_sha256: str, *, stop_inside: bool) -> Decision:
        """Put one forward."""

    def sign_profile(self, actor: Actor, kind: str) -> Decision:
        """Sign one."""


class Drafts(Protocol):
    """Talks that are not finished."""

    def of(self, actor: Actor, stay_id: str) -> Mapping[str, Sequence[str]]:
        """Return what was answered so far."""

    def keep(self, actor: Actor, stay_id: str, answers: Mapping[str, Sequence[str]]) -> bool:
        """Keep the answers."""

    def drop(self, stay_id: str) -> None:
        """Forget them."""


class Month(Protocol):
    """What those outside the ward read each month."""

    def view(self, actor: Actor) -> MonthView | Decision:
        """Return it."""

    def note_sample(self, actor: Actor) -> Decision:
        """Write down that the sample was looked at."""


class AnswerClaims(Protocol):
    """Codes of those who have left and wait for an answer."""

    def make(self, actor: Actor) -> Decision:
        """Make one."""

    def read(self, code: str) -> "Sequence[ComplaintView] | Decision":
        """Return what became of their complaints, or why not."""


class Training(Protocol):
    """The register of training."""

    def enter(self, actor: Actor, actor_id: str, course: str, until: datetime | None) -> Decision:
        """Write down until when somebody is in date for a course."""

    def own(self, actor: Actor) -> "Sequence[TrainedRow]":
        """Return somebody's own courses."""

    def view(self, actor: Actor) -> "Sequence[TrainedRow] | Decision":
        """Return every member of staff with each course."""


class TrainedShift(Protocol):
    """Whether anybody on shift is trained."""

    def missing(self) -> "Sequence[Course]":
        """Return what nobody on this shift is in date for."""


class Visits(Protocol):
    """Who of the staff is in which room."""

    def come(self, actor: Actor, room_id: str, code: str) -> Decision:
        """Write down that somebody stands at a door."""

    def leave(self, actor: Actor, room_id: str) -> Decision:
        """Write down that somebody has left a room."""

    def is_in(self, actor: Actor, room_id: str) -> bool:
        """Return whether somebody is written down as in a room."""

    def long(self, actor: Actor) -> "Sequence[LongVisitRow] | Decision":
        """Return the long visits by night."""
