"""Where people are when not in their rooms: up, on leave, in a hospital, back; and a death, after which all rests."""

from datetime import datetime

from console.consenting.stops import Reactions
from console.office import Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.consent import ConsentState, EntryKind, Standing
from console.rules.consenting.person import AwayKind, WardPlace
from console.rules.consenting.trading import ClinicalReason, may_ease
from console.rules.decision import Decision
from console.showing.views import Words
from console.staying.roll import Person, Roll
from console.staying.stay_history import Decide, Note, StayHistory


class Whereabouts:
    """Commands about where people are; each takes effect on the sensor at once."""

    def __init__(self, office: Office, roll: Roll, reactions: Reactions) -> None:
        self._office = office
        self._roll = roll
        self._reactions = reactions
        self._history = StayHistory(office, roll)

    def go_on_leave(self, actor: Actor, stay_id: str, until: datetime | None, reason: str = "") -> Decision:
        """Write down a leave, from the door on; a yes waits until they are back and say so themselves (rule C2).

        Args:
            actor: who writes it down.
            stay_id: who goes.
            until: when they are due back.
            reason: the clinical reason; needed within a day after a yes (rule C21).
        """
        office = self._office

        def decide(_person: Person, standing: Standing) -> Decision:
            if until is None or until <= office.now():
                return office.policy.deny("C2", reason=Words("Write down when they are due back."))
            eased = may_ease(standing, reason, office.now(), office.policy)
            return (
                office.policy.allow("C2", *eased.rules, reason=_GONE, obligations=eased.obligations) if eased else eased
            )

        known = reason if reason in set(ClinicalReason) else ""
        details = {"kind": AwayKind.LEAVE.value, "until": until.isoformat() if until else None, "reason": known}
        return self._away(actor, stay_id, details, decide, known)

    def go_to_hospital(self, actor: Actor, stay_id: str) -> Decision:
        """Write down that somebody is on the way to a hospital, in one tap: the sensor stops now (rule C2)."""

        def decide(_person: Person, _standing: Standing) -> Decision:
            return self._office.policy.allow("C2", reason=_GONE)

        return self._away(actor, stay_id, {"kind": AwayKind.HOSPITAL.value}, decide)

    def report_missing(self, actor: Actor, stay_id: str) -> Decision:
        """Write down that somebody is missing, in one tap: a yes waits, and what was noted is held (rules C2, I1)."""

        def decide(_person: Person, _standing: Standing) -> Decision:
            words = Words("Written down. Begin the ward's procedure for a missing person. What was noted is held.")
            return self._office.policy.allow("C2", "I1", reason=words)

        return self._away(actor, stay_id, {"kind": AwayKind.MISSING.value}, decide)

    def note_up(self, actor: Actor, stay_id: str, place: WardPlace | str) -> Decision:
        """Write down that somebody was seen elsewhere on the ward just now; after two hours a yes waits (rule C2)."""

        def decide(_person: Person, standing: Standing) -> Decision:
            if place not in set(WardPlace):
                return self._office.policy.deny("C2", reason=Words("Choose where you saw them."))
            if standing.away is not None and standing.away.kind is not AwayKind.UP:
                return self._office.policy.deny(
                    "C2", reason=Words("They are away from the ward. Press: they are back.")
                )
            return self._office.policy.allow("C2", reason=Words("Written down: you saw them there now."))

        return self._away(actor, stay_id, {"kind": AwayKind.UP.value, "place": str(place)}, decide)

    def come_back(self, actor: Actor, stay_id: str) -> Decision:
        """Write down that somebody is in their room again; they are asked once, awake: same as before? (rule C2)."""

        def decide(_person: Person, standing: Standing) -> Decision:
            if standing.away is None:
                return self._office.policy.deny("C2", reason=Words("They are not written down as away."))
            if standing.state is ConsentState.SUSPENDED:
                words = Words("The sensor stays off. Ask once, when they are awake: same as before? One tap, by them.")
                return self._office.policy.allow("C2", reason=words)
            return self._office.policy.allow("C2", reason=Words("Written down: they are back."))

        note = Note(EntryKind.RETURNED, Permission.STAY_CHANGE, decide, area="stay")
        return self._followed(stay_id, self._history.add(actor, stay_id, note))

    def note_death(self, actor: Actor, stay_id: str) -> Decision:
        """Write down a death: the room is closed, the sensor off, and every automatic message stops."""

        def decide(_person: Person, _standing: Standing) -> Decision:
            words = Words(
                "The room is closed. Nothing is sent to anybody from here on. The family is told by a person."
            )
            return self._office.policy.allow("C2", reason=words)

        note = Note(EntryKind.DIED, Permission.STAY_CHANGE, decide, area="stay")
        return self._followed(stay_id, self._history.add(actor, stay_id, note))

    def _away(
        self, actor: Actor, stay_id: str, details: dict[str, str | None], decide: Decide, reason: str = ""
    ) -> Decision:
        note = Note(EntryKind.AWAY, Permission.STAY_CHANGE, decide, details, area="stay", reason=reason)
        return self._followed(stay_id, self._history.add(actor, stay_id, note))

    def _followed(self, stay_id: str, decision: Decision) -> Decision:
        person = self._roll.sheet().stay(stay_id)
        if decision and person is not None:
            self._reactions.follow(person.stay.room_id)
        return decision


_GONE = Words("Written down. The sensor is off, and stays off until they are back and say: same as before.")
