"""What staff write down about a person besides their yes or no; each is one entry, and none opens a sensor."""

from collections.abc import Iterable, Mapping
from typing import Any

from console.consenting.stops import Reactions
from console.office import Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.consent import EntryKind, Standing
from console.rules.consenting.grants import Feeling, LessAnswer, is_own_word
from console.rules.consenting.person import Adjustment, AgeGroup, Change, Hold, Objection, SeenState
from console.rules.consenting.sedation import may_enter_check
from console.rules.consenting.trading import ClinicalReason, may_ease
from console.rules.decision import Decision, Obligation
from console.showing.views import Words
from console.staying.roll import Person, Roll
from console.staying.stay_history import Decide, Note, StayHistory


class Care:
    """What is written down beside the consents of a ward."""

    def __init__(self, office: Office, roll: Roll, reactions: Reactions) -> None:
        self._office = office
        self._roll = roll
        self._reactions = reactions
        self._history = StayHistory(office, roll)

    def note_age(self, actor: Actor, stay_id: str, age: AgeGroup | str) -> Decision:
        """Write down an age group (rule C13); the date of birth is not asked."""
        if age not in set(AgeGroup):
            return self._turned_down(
                actor, stay_id, EntryKind.ABOUT_THEM, self._no("C13", Words("Choose one of the age groups."))
            )
        return self._note(actor, stay_id, EntryKind.ABOUT_THEM, "C13", Words("Written down."), {"age": str(age)})

    def note_adjustments(self, actor: Actor, stay_id: str, needs: Iterable[str], *, met: bool) -> Decision:
        """Write down what somebody needs to be asked fairly, and whether it is there (rule E5)."""
        told = list(dict.fromkeys(needs))
        alone = str(Adjustment.NONE) in told and len(told) > 1
        if not told or alone or any(one not in set(Adjustment) for one in told):
            return self._turned_down(
                actor, stay_id, EntryKind.ADJUSTED, self._no("E5", Words("Choose what helps them, or nothing."))
            )
        words = Words("Written down. They may be asked.") if met or told == [Adjustment.NONE] else _NOT_THERE
        return self._note(actor, stay_id, EntryKind.ADJUSTED, "E5", words, {"needs": told, "met": met})

    def note_hold(self, actor: Actor, stay_id: str, hold: Hold) -> Decision:
        """Write down restraint or seclusion: nobody asks for a day (rule C20)."""
        note = Note(
            EntryKind.RESTRAINED,
            Permission.NOTE_RESTRAINT,
            self._always("C20", Words("Nobody asks them for a day.")),
            {"hold": hold.value},
        )
        return self._history.add(actor, stay_id, note)

    def note_advance_wish(
        self, actor: Actor, stay_id: str, *, says_no: bool = False, is_written: bool = False
    ) -> Decision:
        """Write down a choice made when well: shown first, never applied; a written no is overridden by nobody (C9)."""
        words = Words("What they wished when well is shown first. It is not a yes.")
        if says_no:
            words = Words("They said no when they were well. It stands, and it is shown first.")
        details = {"says_no": says_no, "is_written": is_written}
        return self._note(actor, stay_id, EntryKind.ADVANCE_WISH, "C18", words, details)

    def review_earlier_no(
        self, actor: Actor, stay_id: str, *, first: str, second: str, told_first: bool, heard: bool
    ) -> Decision:
        """Write down why an earlier no says no more what they wish (rule C9).

        Args:
            actor: who writes it down.
            stay_id: whose no it was.
            first: the responsible clinician.
            second: a second clinician, from outside the team.
            told_first: the patient was told first, in person.
            heard: the advocate, and the named carer or nominated person, were heard.
        """

        def decide(_person: Person, standing: Standing) -> Decision:
            advance = standing.advance
            if advance is None or not advance.says_no:
                return self._no("C9", Words("There is no earlier no on record."))
            if advance.is_written:
                return self._no("C9", Words("They refused in writing when they were well. Nobody can override that."))
            two = bool(first.strip() and second.strip()) and first.strip().casefold() != second.strip().casefold()
            if not two or not told_first or not heard:
                return self._no(
                    "C9", Words("Two clinicians, the advocate and the carer heard, the patient told first.")
                )
            return self._yes("C9", Words("Written down. If they object it pauses at once."))

        details = {"first": first.strip(), "second": second.strip(), "told_first": told_first, "heard": heard}
        note = Note(EntryKind.EARLIER_NO_REVIEWED, Permission.CONSENT_RECORD, decide, details)
        return self._history.add(actor, stay_id, note)

    def note_not_by(self, actor: Actor, stay_id: str, colleague_id: str) -> Decision:
        """Write down a member of staff by whom they do not want to be asked (rule C20)."""
        if not colleague_id:
            return self._turned_down(
                actor, stay_id, EntryKind.NOT_BY, self._no("C20", Words("Say who should not ask them."))
            )
        words = Words("Written down. A colleague asks them.")
        return self._note(actor, stay_id, EntryKind.NOT_BY, "C20", words, {"actor": colleague_id})

    def note_talk(self, actor: Actor, stay_id: str, less: LessAnswer | str) -> Decision:
        """Write down a talk after a change, with the answer to "Would less do?" (rules C7, P5)."""
        if less not in set(LessAnswer):
            return self._turned_down(
                actor,
                stay_id,
                EntryKind.TALKED,
                self._no("P5", Words("Ask first: would less do? The answer is written down and they see it.")),
            )
        words = Words("Written down. They see the answer on their page.")
        return self._note(actor, stay_id, EntryKind.TALKED, "C7", words, {"less": str(less)})

    def note_feeling(self, actor: Actor, stay_id: str, feeling: Feeling | str) -> Decision:
        """Write down how the first night or week with it was (rule C22)."""
        if feeling not in set(Feeling):
            return self._turned_down(
                actor, stay_id, EntryKind.FELT, self._no("C22", Words("Write down what they say about it."))
            )
        uneasy = feeling in (Feeling.WATCHED, Feeling.UNEASY)
        words = (
            Words("They feel uneasy: radar only, or off. Nobody persuades them.") if uneasy else Words("Written down.")
        )
        return self._note(actor, stay_id, EntryKind.FELT, "C22", words, {"feeling": str(feeling)})

    def note_change(self, actor: Actor, stay_id: str, what: Change | str, reason: str = "") -> Decision:
        """Write down a change of status, level or capacity (rules C7, C12, C21).

        Args:
            actor: who writes it down.
            stay_id: whose.
            what: the change.
            reason: the clinical reason of a lowered level; needed within a day after a yes.
        """
        if what not in set(Change):
            return self._turned_down(actor, stay_id, EntryKind.CHANGED, self._no("C7", Words("Choose what changed.")))

        def decide(_person: Person, standing: Standing) -> Decision:
            if what == Change.LEVEL_LOWERED:
                return may_ease(standing, reason, self._office.now(), self._office.policy)
            words = Words("Talk with them about the sensor within a day, in waking hours.")
            return self._yes("C7", words, Obligation.TALK_AGAIN)

        kept = Change.LEVEL if what == Change.LEVEL_LOWERED else Change(what)
        known = reason if reason in set(ClinicalReason) else ""
        details = {"what": kept.value, "was": str(what), "reason": known}
        note = Note(EntryKind.CHANGED, Permission.CONSENT_RECORD, decide, details, reason=known)
        return self._followed(stay_id, self._history.add(actor, stay_id, note))

    def note_objection(self, actor: Actor, room_id: str, how: Objection | str) -> Decision:
        """Write down an objection under somebody else's yes: it pauses at once, for the night (rule C10)."""
        person = self._roll.sheet().people.get(room_id)
        stay_id = person.stay.stay_id if person else ""
        if how not in set(Objection):
            return self._turned_down(
                actor, stay_id, EntryKind.PAUSED, self._no("C10", Words("Write down how they objected."))
            )

        def decide(_person: Person, standing: Standing) -> Decision:
            if standing.grant is None or is_own_word(standing.grant.basis):
                return self._no("C10", Words("It is their own yes: press 'They said no' and it stops."))
            return self._yes("C10", Words("The sensor is being paused until the morning."), Obligation.CLOSE_SENSOR)

        note = Note(EntryKind.PAUSED, Permission.CONSENT_ASK, decide, {"objection": str(how)})
        return self._followed(stay_id, self._history.add(actor, stay_id, note, room=room_id))

    def tranquillise(self, actor: Actor, stay_id: str) -> Decision:
        """Write down rapid tranquillisation, in one tap: the timetable of checks in person begins (rule P10)."""
        words = Words("Check in person every 15 minutes. No reading of the sensor counts.")
        note = Note(EntryKind.TRANQUILLISED, Permission.NOTE_RESTRAINT, self._always("P10", words), area="stay")
        return self._history.add(actor, stay_id, note)

    def check_in_person(self, actor: Actor, stay_id: str, seen: SeenState | str, source: str = "person") -> Decision:
        """Write down a physical check after rapid tranquillisation; what a sensor said is not one (rules P9, P10)."""
        if seen not in set(SeenState):
            return self._turned_down(
                actor,
                stay_id,
                EntryKind.CHECKED_IN_PERSON,
                self._no("P10", Words("Write down how they were: awake, drowsy, asleep, or over limits.")),
            )

        def decide(person: Person, standing: Standing) -> Decision:
            room_kind = self._roll.sheet().kind_of(person.stay.room_id)
            return may_enter_check(standing, source, room_kind, self._office.policy)

        details = {"seen": str(seen), "source": source}
        note = Note(EntryKind.CHECKED_IN_PERSON, Permission.NOTE_RESTRAINT, decide, details, area="stay")
        return self._history.add(actor, stay_id, note)

    def end_sedation_checks(self, actor: Actor, stay_id: str, prescriber: str) -> Decision:
        """Write down that the prescriber ends the timetable (rule P10)."""
        if not prescriber.strip():
            return self._turned_down(
                actor, stay_id, EntryKind.SEDATION_ENDED, self._no("P10", Words("Write down which prescriber ends it."))
            )
        words = Words("The timetable is over. No quiet check for a day after the injection.")
        details = {"prescriber": prescriber.strip()}
        note = Note(
            EntryKind.SEDATION_ENDED, Permission.NOTE_RESTRAINT, self._always("P10", words), details, area="stay"
        )
        return self._history.add(actor, stay_id, note)

    def _note(
        self, actor: Actor, stay_id: str, kind: EntryKind, rule_id: str, words: Words, details: Mapping[str, Any]
    ) -> Decision:
        note = Note(kind, Permission.CONSENT_RECORD, self._always(rule_id, words), details)
        return self._followed(stay_id, self._history.add(actor, stay_id, note))

    def _turned_down(self, actor: Actor, stay_id: str, kind: EntryKind, denial: Decision) -> Decision:
        """Write into the log that what was told could not be taken."""
        note = Note(kind, Permission.CONSENT_RECORD, lambda _person, _standing: denial)
        return self._history.add(actor, stay_id, note)

    def _always(self, rule_id: str, words: Words) -> Decide:
        return lambda _person, _standing: self._yes(rule_id, words)

    def _followed(self, stay_id: str, decision: Decision) -> Decision:
        person = self._roll.sheet().stay(stay_id)
        if decision and person is not None:
            self._reactions.follow(person.stay.room_id)
        return decision

    def _yes(self, rule_id: str, words: Words, *obligations: Obligation) -> Decision:
        return self._office.policy.allow(rule_id, reason=words, obligations=obligations)

    def _no(self, rule_id: str, words: Words) -> Decision:
        return self._office.policy.deny(rule_id, reason=words)


_NOT_THERE = Words("Written down. Bring it first, then ask.")
