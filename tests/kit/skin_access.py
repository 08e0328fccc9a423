"""What a hand-made ward answers to who looks: the door to patient data, and glances at the board."""

from datetime import timedelta
from typing import Any

from broker.vocabulary import Modality
from console.observing.spot_checks import SpotView
from console.roles import Actor, Role
from console.rules.access import AccessReason, Permission, Request, may
from console.rules.in_person.observing import Saw
from console.rules.policy import shipped_policy
from console.showing.desk_views import StaffRow
from console.showing.views import BoardView, ReadingView, StopView, Words
from tests.kit.skin_facts import (
    NOTHING_ASKED,
    OWN_COPY,
    no,
)

PEOPLE = {
    "nurse": Actor("a1" * 16, "ada", "Ada K.", Role.NURSE),
    "patient": Actor("b2" * 16, "pat", "Pat", Role.PATIENT, "room-2", "c3" * 16),
    "administrator": Actor("d4" * 16, "root", "Ro T.", Role.ADMINISTRATOR),
    "matron": Actor("f6" * 16, "mat", "Mo L.", Role.MATRON),
    "engineer": Actor("a7" * 16, "eng", "Eve N.", Role.ENGINEER),
    "governance_lead": Actor("e5" * 16, "gov", "Gil V.", Role.GOVERNANCE_LEAD),
    "ward_manager": Actor("b8" * 16, "wim", "Wim D.", Role.WARD_MANAGER),
    "ig_officer": Actor("c9" * 16, "ivy", "Ivy C.", Role.IG_OFFICER),
    "safety_officer": Actor("da" * 16, "saf", "Sam F.", Role.CLINICAL_SAFETY_OFFICER),
}


class HandViewing:
    """A viewing that remembers how it ended."""

    def __init__(self, ward: Any, device: str) -> None:
        self._ward = ward
        self.device = device
        self.beats = 0
        self.closed: str | None = None

    def board(self) -> BoardView:
        if self._ward.is_broken:
            raise RuntimeError("the board cannot be computed")
        return self._ward.board

    def heartbeat(self) -> None:
        self.beats += 1

    def close(self, reason: str) -> None:
        self.closed = reason


class HandAccess:
    """The door of the hand-made ward: roles as in the rule book, told shortly."""

    def __init__(self, ward: Any) -> None:
        self._ward = ward

    def open_viewing(self, actor: Actor, device: str) -> Any:
        if not self.permits(actor, Permission.BOARD_GLANCE):
            return no()
        viewing = HandViewing(self._ward, device)
        self._ward.viewings.append(viewing)
        return viewing

    def reading(self, actor: Actor, room_id: str, access_reason: str) -> Any:
        self._ward.presses.append(("reading", room_id, access_reason))
        if access_reason != "direct_care":
            return no("Looking needs a reason of care.")
        words = Words(
            "about {rate} breaths a minute ({low} to {high}), noticed {age:minutes} min ago. Not a check.",
            {"rate": 14, "low": 13, "high": 15, "age": timedelta(minutes=3)},
        )
        return ReadingView(words, True)

    def spot_opens(self, _actor: Actor, observation_id: str) -> bool:
        return observation_id == "b" * 32

    def spot(self, actor: Actor, observation_id: str) -> Any:
        self._ward.presses.append(("spot", observation_id))
        words = self.reading(actor, "room-3", "direct_care").words
        return SpotView("room-3", "Room 3", Saw.BREATHED, self._ward.clock.utc_now(), ReadingView(words, True))

    def trend(self, _actor: Actor, room_id: str, access_reason: str) -> Any:
        self._ward.presses.append(("trend", room_id, access_reason))
        return self._ward.trend if access_reason == "direct_care" else no("Looking needs a reason of care.")

    def patient_page(self, actor: Actor, page: int = 0) -> Any:
        return self._ward.patient if actor.role is Role.PATIENT and not self._ward.is_unwritable else no()

    def own_copy(self, actor: Actor) -> Any:
        self._ward.presses.append(("own_copy", actor.actor_id))
        return (self._ward.patient, OWN_COPY) if actor.role is Role.PATIENT else no(rules=("S5",))

    def own_night(self, actor: Actor) -> Any:
        return self._ward.night if actor.role is Role.PATIENT else no(rules=("S1",))

    def stays_here(self, actor: Actor) -> bool:
        return actor.role is Role.PATIENT

    def health(self, actor: Actor) -> Any:
        return no() if actor.role is Role.PATIENT else self._ward.health

    def rooms(self, actor: Actor) -> Any:
        return self._ward.rooms if actor.role in (Role.NURSE, Role.ADMINISTRATOR, Role.ENGINEER) else no()

    def absent(self, actor: Actor) -> Any:
        return self._ward.absent

    def profiles(self, actor: Actor) -> Any:
        return self._ward.profiles if self.permits(actor, Permission.PROFILE_SIGN) else no(rules=("P9",))

    def talk(self, actor: Actor, stay_id: str) -> Any:
        found = [room for room in self._ward.rooms if room.stay_id and room.stay_id == stay_id]
        return found[0] if found and self.permits(actor, Permission.CONSENT_ASK) else no(rules=("C6",))

    def permits(self, actor: Actor, permission: Permission, reason: AccessReason | None = None) -> bool:
        return bool(may(Request(actor.role, permission, reason), shipped_policy()))

    def staff(self, actor: Actor) -> Any:
        rows = tuple(StaffRow(one.actor_id, one.username, one.display_name, one.role, True) for one in PEOPLE.values())
        return rows if actor.role is Role.ADMINISTRATOR else no()

    def audit_rows(self, actor: Actor, after: int, limit: int) -> Any:
        if actor.role is not Role.GOVERNANCE_LEAD:
            return no()
        return tuple(row for row in self._ward.audit if row.index > after)[:limit]

    def sensor_kinds(self) -> tuple[Modality, ...]:
        return self._ward.sensor_kinds

    def stop_status(self, room_id: str, stop_token: str) -> StopView:
        return self._ward.stop if stop_token == f"stop-{room_id}" else NOTHING_ASKED
