"""Facts of the desk after an incident, as the screens' tests see them."""

from types import SimpleNamespace
from typing import Any

from console.incidents.desk import IncidentsView
from console.incidents.key_holders import HolderView
from console.incidents.pack import NOT_RECORDED, Pack, Section
from console.incidents.views import (
    HazardView,
    HeldRow,
    LiftView,
    OpenView,
    Released,
    ReleaseView,
    TellingView,
    WrongView,
)
from console.roles import Actor, Role
from console.rules.afterwards.lifting import LiftEnd, LiftReason
from console.rules.afterwards.releasing import ReleaseEnd, ReleaseKind, ReleasePurpose
from console.rules.afterwards.wrongs import WrongOutcome
from console.rules.decision import Decision
from console.store.incident_reads import Where
from tests.kit.skin_facts import NIGHT, no, yes

HOLD_ID, RELEASE_ID, REPORT_ID, TELLING_ID = "1a" * 16, "2b" * 16, "3c" * 16, "4d" * 16
STAY = "5e" * 16
DESK_ROLES = frozenset({Role.GOVERNANCE_LEAD, Role.IG_OFFICER, Role.WARD_MANAGER, Role.MATRON})
_ASKED = ("Ada O.", Role.WARD_MANAGER, NIGHT, NIGHT)
_ENDED = ("Ben K.", Role.IG_OFFICER, NIGHT, None, None, False, False)
IN_THE_REGISTER = (
    ReleaseView(RELEASE_ID, HOLD_ID, "room-2", ReleaseKind.BUNDLE, ReleasePurpose.CORONER, "Dr Okoro, Coroner", *_ASKED,
                None, "", None, None, None, None, may_confirm=True, may_view=True),
    ReleaseView("6f" * 16, HOLD_ID, "room-2", ReleaseKind.VIEW, ReleasePurpose.COMPLAINT, "Ada O.", *_ASKED,
                ReleaseEnd.RELEASED, *_ENDED),
)  # fmt: skip
LIFT_ID = "0d" * 16
_WAITS = ("The family has its answer.", Role.WARD_MANAGER, NIGHT, NIGHT)
LIFTS = (LiftView(LIFT_ID, HOLD_ID, "room-2", "complaint", LiftReason.LOOKED_INTO, *_WAITS, None, None, None, True),)
LIFTED = (
    LiftView("1e" * 16, "2f" * 16, "room-6", "inquiry", LiftReason.INQUIRY_OVER, *_WAITS, LiftEnd.LIFTED,
             Role.IG_OFFICER, NIGHT, False),
)  # fmt: skip
DESK = IncidentsView(
    (HeldRow(HOLD_ID, "complaint", "room-2", STAY, NIGHT, NIGHT, NIGHT, is_sealed=True, is_late=True),),
    IN_THE_REGISTER,
    (
        TellingView(TELLING_ID, "hold", "room-2", STAY, NIGHT, NIGHT, True, False, None, None, True),
        TellingView("7a" * 16, "release", "room-6", STAY, NIGHT, NIGHT, False, True, None, None, False),
    ),
    is_sealing=False,
    lifts=LIFTS,
    lifted=LIFTED,
)
HOLDERS = (
    HolderView("8b" * 16, "9c" * 16, "Ada O.", Role.WARD_MANAGER, "a1b2 c3d4 e5f6 0718", NIGHT, False, True),
    HolderView("ad" * 16, "be" * 16, "Ben K.", Role.IG_OFFICER, "1122 3344 5566 7788", NIGHT, True, False),
)
SECTION = Section("minutes", "What the sensor noted, minute by minute", ("at", "presence"), (("02:14", "present"),))
BARE = Section("alerts", "Alerts: raised, going, arrived, closed", ("at",), (), "No alert was raised.")
PACK = Pack(Where("room-2", STAY, NIGHT, NIGHT), NIGHT, (BARE, SECTION), (41,), NOT_RECORDED)
VIEW = OpenView(PACK, "Shown to 0123456789abcdef (ward_manager) until 03:14 UTC", NIGHT)
REPORT = WrongView(REPORT_ID, NIGHT, Role.PATIENT, "room-2", "/me", "It said on at noon.", NIGHT, True, None, "")
ANSWERED = WrongView("cf" * 16, NIGHT, Role.PATIENT, "room-2", "/me", "", NIGHT, False, WrongOutcome.UPHELD, "Mended.")
HAZARD = HazardView(
    "L01", "An old number was shown", "A clock", "Nobody looked in", NIGHT, "LFPSE-1", "MHRA-2", "Look."
)


def for_roles(roles: frozenset[Role], shown: Any) -> Any:
    """What somebody of these roles is shown, and everybody else is not."""
    return lambda actor, *_told: shown if actor.role in roles else no(rules=("I2",))


def hand_incidents(presses: Any) -> Any:
    """The desk, set by hand; presses are remembered."""
    holders = presses({"name": yes("Write this code down.", rules=("R1",), detail="ABCD-EFGH-IJKL")})
    holders.view = for_roles(DESK_ROLES, HOLDERS)
    releases = presses({"confirm": _confirmed})
    releases.view = for_roles(frozenset({Role.WARD_MANAGER}), VIEW)
    wrongs = presses({"report": yes("Thank you.", rules=("I7",), detail=REPORT_ID), "own": (REPORT, ANSWERED)})
    wrongs.waiting = for_roles(frozenset({Role.CLINICAL_SAFETY_OFFICER}), (REPORT,))
    audit = frozenset({Role.GOVERNANCE_LEAD, Role.IG_OFFICER, Role.CLINICAL_SAFETY_OFFICER})
    wrongs.hazards = for_roles(audit, (HAZARD,))
    view = for_roles(DESK_ROLES | {Role.CLINICAL_SAFETY_OFFICER}, DESK)
    return SimpleNamespace(
        holders=holders,
        releases=releases,
        informing=presses({}),
        wrongs=wrongs,
        keeping=presses({"is_for_a_day": False}),
        view=view,
        holding=presses({}),
    )


def _confirmed(_actor: Actor, _release_id: str, code: str) -> tuple[Decision, Released]:
    if code != "RIGHT":
        return no("That code opens no half.", rules=("I2",)), Released()
    return yes("Confirmed.", rules=("I2",)), Released(b"PK-bundle", "hushward-release-2b2b2b2b.zip")
