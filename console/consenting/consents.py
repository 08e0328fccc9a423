"""Commands about consent: ask, explain, give, refuse, stop, pause, resume; entries are only ever added."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

from broker.vocabulary import Modality
from console.consenting.stop_journal import StopJournal
from console.consenting.stops import Reactions, Stops, Via, is_own
from console.errors import StoreError
from console.office import Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.asking import AskFacts, may_ask, may_resume, talk_is_wished
from console.rules.consenting.bases import basis_of
from console.rules.consenting.consent import EntryKind, RelayAnswer, Standing
from console.rules.consenting.giving import GiveFacts, may_give
from console.rules.consenting.grants import Grant
from console.rules.consenting.history import ONE_SENSOR
from console.rules.consenting.wording import Wording
from console.rules.decision import Decision, Obligation
from console.rules.in_person.training import Course
from console.rules.policy import made
from console.showing.views import Words
from console.signing_in.patient_accounts import vouched_for
from console.staffing.trained_shift import TrainedShift
from console.staffing.training import Training
from console.staying.roll import Person, Roll
from console.staying.stay_history import Note, StayHistory
from console.store.database import Tx

__all__ = ["Consents", "Reactions", "Via"]


class Consents:
    """The consents of a ward, one stay at a time (rule C4)."""

    def __init__(
        self,
        office: Office,
        roll: Roll,
        reactions: Reactions,
        journal: StopJournal,
        wordings: Mapping[str, Wording],
        training: Training,
        shift: TrainedShift,
        papers: Callable[[Tx, Person], Decision | None] = lambda _tx, _person: None,
    ) -> None:
        """Take what consents need.

        Args:
            office: store, log, rules and clock.
            roll: who stays where.
            reactions: what follows at once from a word.
            journal: keeps a stop that cannot be entered yet.
            wordings: by language, who has checked our text; only a checked one carries a yes (rule E1).
            training: who may ask, and write down a yes (rule G3); a no is written down by anybody.
            shift: whether somebody trained is here.
            papers: what refuses asking, and a new yes, while the ward's DPIA has lapsed (rule G2); never a no.
        """
        self._office = office
        self._wordings = wordings
        self._training, self._shift, self._papers = training, shift, papers
        self._roll = roll
        self._reactions = reactions
        self._history = StayHistory(office, roll)
        self._stops = Stops(office, roll, reactions, journal)

    def offer(self, actor: Actor, stay_id: str, *, they_asked: bool = False) -> Decision:
        """Write down that a patient is being asked (rules C14, C20)."""

        def decide(person: Person, standing: Standing) -> Decision:
            room_kind = self._roll.sheet().kind_of(person.stay.room_id)
            facts = AskFacts(standing, person.stay.from_at, they_asked, actor.actor_id, room_kind)
            return may_ask(facts, self._office.now(), self._office.policy, self._office.zone)

        note = Note(
            EntryKind.OFFERED,
            Permission.CONSENT_ASK,
            decide,
            {"they_asked": they_asked},
            vouch=self._gate(actor),
        )
        return self._history.add(actor, stay_id, note)

    def explain(self, actor: Actor, stay_id: str, *, in_their_own_form: bool) -> Decision:
        """Write down a teach-back; one that failed says something about us, never about them (rule C6)."""

        def decide(_person: Person, _standing: Standing) -> Decision:
            if in_their_own_form:
                return self._yes("C6", Words("They said it back in their own way."))
            return self._yes("C6", Words("We explained badly: try differently."), Obligation.EXPLAIN_DIFFERENTLY)

        details = {"in_their_own_form": in_their_own_form}
        return self._history.add(actor, stay_id, Note(EntryKind.EXPLAINED, Permission.CONSENT_ASK, decide, details))

    def give(self, actor: Actor, stay_id: str, grant: Grant, *, said_at: datetime | None = None) -> Decision:
        """Write down a yes, when every rule for it is met; the decision's detail is the consent's id.

        Args:
            actor: who writes it down.
            stay_id: whose yes it is.
            grant: what they agree to.
            said_at: when they said it, if that was earlier. It is kept and marked; it opens nothing before now, and
                makes no earlier look or lease lawful.
        """

        def decide(person: Person, standing: Standing) -> Decision:
            office, room_kind = self._office, self._roll.sheet().kind_of(person.stay.room_id)
            now, wordings = office.now(), self._wordings
            here = self._roll.sheet().sensors_in(person.stay.room_id)
            policy, zone = office.policy, office.zone
            return may_give(GiveFacts(grant, standing, now, policy, zone, room_kind, said_at, wordings, here))

        note = Note(
            EntryKind.GIVEN,
            Permission.CONSENT_RECORD,
            decide,
            grant.to_details(),
            said_at,
            vouch=self._gate(actor),
            new_consent=lambda: secrets.token_hex(16),
        )
        return self._followed(stay_id, self._history.add(actor, stay_id, note))

    def turn_down(self, actor: Actor, stay_id: str, basis: str) -> Decision:
        """Write into the log that a form of a yes could not be read: an answer was missing, or its basis is none."""
        policy = self._office.policy
        read = basis_of(basis, policy)
        missing = policy.deny(
            "C3", reason=Words("An answer is missing: every question is asked, none is answered for them.")
        )
        denial = read if isinstance(read, Decision) else missing
        note = Note(EntryKind.GIVEN, Permission.CONSENT_RECORD, lambda _person, _standing: denial)
        return self._history.add(actor, stay_id, note)

    def refuse(self, actor: Actor, stay_id: str, *, said_at: datetime | None = None) -> Decision:
        """Write down a no, said with capacity (rules C8, C9); one that was said earlier closes now."""

        def decide(_person: Person, _standing: Standing) -> Decision:
            return self._yes("C9", Words("They said no. Nothing else changes."))

        note = Note(EntryKind.REFUSED, Permission.CONSENT_RECORD, decide, {}, said_at)
        return self._followed(stay_id, self._history.add(actor, stay_id, note))

    def wish_to_talk(self, actor: Actor, room_id: str) -> Decision:
        """Write down that a patient asks to talk about the sensor, at any hour (rule C20)."""
        person, own = self._roll.sheet().people.get(room_id), is_own(actor, room_id)

        def decide(_person: Person, _standing: Standing) -> Decision:
            office, here = self._office, self._shift.has(Course.CONSENT)
            return talk_is_wished(office.now(), office.policy, office.zone, somebody_trained=here)

        permission = Permission.CONSENT_ANSWER if own else Permission.CONSENT_ASK
        note = Note(EntryKind.TALK_WISHED, permission, decide)
        return self._history.add(actor, person.stay.stay_id if person else "", note, room=room_id, own=own)

    def withdraw(self, actor: Actor | None, room_id: str, *, via: Via, device: str) -> Decision:
        """Stop the sensor of a room, for anyone, at any time; see `Stops.withdraw`."""
        return self._stops.withdraw(actor, room_id, via=via, device=device)

    def withdraw_sensor(self, actor: Actor, sensor: Modality | str, *, device: str) -> Decision:
        """Take a patient's own yes to one of their sensors back and keep it for the other (rules C3, C5).

        Args:
            actor: the patient.
            sensor: which; anything else, or the last one, is a no to all of it.
            device: pseudonym of the device it came from.

        Returns:
            As `Stops.withdraw`. What cannot be written down of one sensor stops every sensor of the room.
        """
        room_id = actor.room_id or ""
        person, own = self._roll.sheet().people.get(room_id), is_own(actor, room_id)
        agreed = self._roll.standing_of(person).grant if person is not None and own else None
        if person is None or agreed is None or sensor not in agreed.sensors or len(agreed.sensors) < 2:
            return self.withdraw(actor, room_id, via=Via.OWN_PAGE, device=device)

        def decide(_person: Person, _standing: Standing) -> Decision:
            words = Words("That sensor is being stopped. The other stays on.")
            return self._yes("C5", words, Obligation.CLOSE_SENSOR, Obligation.TELL_NURSE_SILENTLY)

        details = {"via": Via.OWN_PAGE.value, ONE_SENSOR: str(sensor)}
        note = Note(EntryKind.WITHDRAWN, Permission.CONSENT_STOP, decide, details, reason=str(sensor))
        try:
            decision = self._history.add(actor, person.stay.stay_id, note, room=room_id, own=own)
        except StoreError:
            return self.withdraw(actor, room_id, via=Via.OWN_PAGE, device=device)
        return made(decision, self._reactions.after_one(room_id, Modality(sensor))) if decision else decision

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
        note = Note(EntryKind.RESUMED, Permission.CONSENT_RESUME, decide, vouch=vouched_for(self._office, actor))
        return self._followed(stay_id, self._history.add(actor, stay_id, note, room=room_id, own=own))

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
        vouch = vouched_for(self._office, actor) if answer == RelayAnswer.NO else _anybody
        note = Note(EntryKind.RELAY_ANSWERED, Permission.CONSENT_ANSWER, decide, {"answer": str(answer)}, vouch=vouch)
        decision = self._history.add(actor, stay_id, note, room=room_id, own=is_own(actor, room_id))
        return self._followed(stay_id, decision)

    def _gate(self, actor: Actor) -> Callable[[Tx, Person], Decision | None]:
        """Return what refuses asking, or a yes: the ward's papers first, then the training of who asks (G2, G3)."""
        trained = self._training.gate(actor, Course.CONSENT)

        def refusal(tx: Tx, person: Person) -> Decision | None:
            refused = self._papers(tx, person)
            return refused if refused is not None else trained(tx, person)

        return refusal

    def _followed(self, stay_id: str, decision: Decision) -> Decision:
        person = self._roll.sheet().stay(stay_id)
        if decision and person is not None:
            self._reactions.follow(person.stay.room_id)
        return decision

    def _yes(self, rule_id: str, words: Words, *obligations: Obligation) -> Decision:
        return self._office.policy.allow(rule_id, reason=words, obligations=obligations)


def _anybody(_tx: Tx, _person: Person) -> Decision | None:
    """Ask for nobody to vouch."""
    return None
