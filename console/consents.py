"""Commands about consent: ask, explain, give, refuse, stop, pause, resume; entries are only ever added."""

import secrets
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from console.office import Done, Office
from console.patient_accounts import waits_for_second
from console.roles import Actor, Role
from console.roll import Person, Roll
from console.rules.access import Permission
from console.rules.asking import AskFacts, may_ask, may_resume
from console.rules.consent import EntryKind, RelayAnswer, Standing
from console.rules.decision import Decision, Obligation
from console.rules.giving import GiveFacts, may_give
from console.rules.grants import Grant
from console.rules.policy import made
from console.stop_journal import StopJournal
from console.stops import Reactions, Stops, Via, is_own, write_entry
from console.store import consents
from console.store.database import Tx
from console.views import Words

__all__ = ["Consents", "Hold", "Reactions", "Via"]


class Hold(StrEnum):
    """After what nobody is asked for a day (rule C20)."""

    RESTRAINT = "restraint"
    SECLUSION = "seclusion"
    RAPID_TRANQUILLISATION = "rapid_tranquillisation"


class Consents:
    """The consents of a ward, one stay at a time (rule C4)."""

    def __init__(self, office: Office, roll: Roll, reactions: Reactions, journal: StopJournal) -> None:
        self._office = office
        self._roll = roll
        self._reactions = reactions
        self._stops = Stops(office, roll, reactions, journal)

    def offer(self, actor: Actor, stay_id: str, *, they_asked: bool = False) -> Decision:
        """Write down that a patient is being asked (rules C14, C20)."""

        def decide(person: Person, standing: Standing) -> Decision:
            facts = AskFacts(standing, person.stay.from_at, they_asked)
            return may_ask(facts, self._office.now(), self._office.policy, self._office.zone)

        details = {"they_asked": they_asked}
        return self._add(actor, stay_id, Permission.CONSENT_ASK, EntryKind.OFFERED, decide, details)

    def explain(self, actor: Actor, stay_id: str, *, in_their_own_form: bool) -> Decision:
        """Write down a teach-back; one that failed says something about us, never about them (rule C6)."""

        def decide(_person: Person, _standing: Standing) -> Decision:
            if in_their_own_form:
                return self._yes("C6", Words("They said it back in their own way."))
            return self._yes("C6", Words("We explained badly: try differently."), Obligation.EXPLAIN_DIFFERENTLY)

        details = {"in_their_own_form": in_their_own_form}
        return self._add(actor, stay_id, Permission.CONSENT_ASK, EntryKind.EXPLAINED, decide, details)

    def give(self, actor: Actor, stay_id: str, grant: Grant) -> Decision:
        """Write down a yes, when every rule for it is met; the decision's detail is the consent's id."""

        def decide(_person: Person, standing: Standing) -> Decision:
            office = self._office
            return may_give(GiveFacts(grant, standing, office.now(), office.policy, office.zone))

        decision = self._add(
            actor, stay_id, Permission.CONSENT_RECORD, EntryKind.GIVEN, decide, grant.to_details(), fresh=True
        )
        return self._followed(stay_id, decision)

    def refuse(self, actor: Actor, stay_id: str) -> Decision:
        """Write down a no, said with capacity (rules C8, C9)."""

        def decide(_person: Person, _standing: Standing) -> Decision:
            return self._yes("C9", Words("They said no. Nothing else changes."))

        decision = self._add(actor, stay_id, Permission.CONSENT_RECORD, EntryKind.REFUSED, decide, {})
        return self._followed(stay_id, decision)

    def note_hold(self, actor: Actor, stay_id: str, hold: Hold) -> Decision:
        """Write down restraint, seclusion or rapid tranquillisation: nobody asks for a day (rule C20)."""

        def decide(_person: Person, _standing: Standing) -> Decision:
            return self._yes("C20", Words("Nobody asks them for a day."))

        return self._add(actor, stay_id, Permission.NOTE_RESTRAINT, EntryKind.RESTRAINED, decide, {"hold": hold.value})

    def note_advance_wish(self, actor: Actor, stay_id: str) -> Decision:
        """Write down that a choice made when well is on record: shown first, never applied (rule C18)."""

        def decide(_person: Person, _standing: Standing) -> Decision:
            return self._yes("C18", Words("What they wished when well is shown first. It is not a yes."))

        return self._add(actor, stay_id, Permission.CONSENT_RECORD, EntryKind.ADVANCE_WISH, decide, {})

    def withdraw(self, actor: Actor | None, room_id: str, *, via: Via, device: str) -> Decision:
        """Stop the sensor of a room, for anyone, at any time; see `Stops.withdraw`."""
        return self._stops.withdraw(actor, room_id, via=via, device=device)

    def pause(self, actor: Actor | None, room_id: str, *, via: Via, device: str) -> Decision:
        """Pause the sensor of a room, for anyone, at any time; see `Stops.pause`."""
        return self._stops.pause(actor, room_id, via=via, device=device)

    def rooms_waiting(self) -> frozenset[str]:
        """Return the rooms with a stop that is not entered yet."""
        return self._stops.rooms_waiting()

    def retry(self) -> None:
        """Write down the stops that could not be written when they came."""
        self._stops.retry()

    def resume(self, actor: Actor, room_id: str) -> Decision:
        """End a pause early, or say "same as before" after a move: the patient's own tap alone (rules C2, S3)."""
        own = is_own(actor, room_id)

        def decide(_person: Person, standing: Standing) -> Decision:
            return may_resume(standing, own, self._office.now(), self._office.policy, self._office.zone)

        person = self._roll.sheet().people.get(room_id)
        stay_id = person.stay.stay_id if person else ""
        decision = self._add(
            actor, stay_id, Permission.CONSENT_RESUME, EntryKind.RESUMED, decide, {}, room=room_id, own=own
        )
        return self._followed(stay_id, decision)

    def answer_relay(self, actor: Actor, answer: RelayAnswer | str) -> Decision:
        """Take a patient's answer to "Was that you?"."""
        room_id = actor.room_id or ""
        person = self._roll.sheet().people.get(room_id)

        def decide(_person: Person, standing: Standing) -> Decision:
            if not standing.relay_open or answer not in set(RelayAnswer):
                return self._office.policy.deny("C5", reason=Words("There is nothing to answer."))
            if answer == RelayAnswer.TALK:
                return self._yes("C5", Words("Somebody will come and talk with you."), Obligation.ASK_THE_PATIENT)
            if answer == RelayAnswer.NO:
                words = Words("Thank you. It stays off until you say: same as before.")
                return self._yes("C5", words, Obligation.FLAG_TO_GOVERNANCE)
            return self._yes("C5", Words("Thank you. It stays off."))

        stay_id = person.stay.stay_id if person else ""
        decision = self._add(
            actor,
            stay_id,
            Permission.CONSENT_ANSWER,
            EntryKind.RELAY_ANSWERED,
            decide,
            {"answer": str(answer)},
            room=room_id,
            own=is_own(actor, room_id),
        )
        return self._followed(stay_id, decision)

    def _add(
        self,
        actor: Actor,
        stay_id: str,
        permission: Permission,
        kind: EntryKind,
        decide: Callable[[Person, Standing], Decision],
        details: Mapping[str, Any],
        *,
        fresh: bool = False,
        room: str = "",
        own: bool = False,
    ) -> Decision:
        """Decide, and add one entry when it is allowed."""

        def work(tx: Tx) -> Done:
            person = self._roll.sheet().stay(stay_id)
            if person is None:
                return Done(self._office.policy.deny("C4", reason=Words("Nobody stays there now.")), room=room)
            standing = self._roll.standing_in(tx, person)
            refused = self._vouched(tx, actor, person, kind, details)
            decision = decide(person, standing) if refused is None else refused
            if decision:
                consent_id = secrets.token_hex(16) if fresh else standing.consent_id
                write_entry(self._office, self._roll, tx, person, consent_id, kind, details, actor)
                decision = made(decision, consent_id) if fresh else decision
            return Done(decision, f"patient:{person.stay.patient_id}", person.stay.room_id)

        return self._office.run(actor, permission, f"consent:record:{kind.value}", work, room=room, is_own=own)

    def _vouched(
        self, tx: Tx, actor: Actor, person: Person, kind: EntryKind, details: Mapping[str, Any]
    ) -> Decision | None:
        """Refuse to undo a stop from a sign-in that was made after it and that one person alone vouches for."""
        undoes = kind is EntryKind.RESUMED or details.get("answer") == RelayAnswer.NO
        entries = consents.entries_of(tx, [person.stay.stay_id])[person.stay.stay_id]
        if not undoes or actor.role is not Role.PATIENT or not waits_for_second(tx, actor, entries):
            return None
        words = Words("This sign-in was made after the stop. First a second member of staff confirms that it is yours.")
        return self._office.policy.deny("X6", reason=words, obligations=(Obligation.SECOND_PERSON,))

    def _followed(self, stay_id: str, decision: Decision) -> Decision:
        person = self._roll.sheet().stay(stay_id)
        if decision and person is not None:
            self._reactions.follow(person.stay.room_id)
        return decision

    def _yes(self, rule_id: str, words: Words, *obligations: Obligation) -> Decision:
        return self._office.policy.allow(rule_id, reason=words, obligations=obligations)
