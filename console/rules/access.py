"""Who may do what (chapter X): Cedar permits, read once; unknown or failed means no."""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import cedarpy

from console.roles import Role
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.views import Words

_FOLDER = Path(__file__).parent
PERMITS = _FOLDER / "access.cedar"
SCHEMA = _FOLDER / "access.cedarschema"


class Permission(StrEnum):
    """What can be asked for, `resource:action`."""

    BOARD_GLANCE = "board:glance"
    READING_LOOK = "reading:look"
    CONSENT_LOOK = "consent:look"
    NAMES_LOOK = "names:look"
    PATIENT_PAGE = "patient_page:read"
    HEALTH = "health:read"
    ROOMS = "rooms:read"
    STAFF = "staff:read"
    AUDIT = "audit:read"
    DUTY_NOTE = "duty:note"
    WARD_CHANGE = "ward:change"
    STAFF_CHANGE = "staff:change"
    NODE_ADD = "node:add"
    NODE_CONFIRM = "node:confirm"
    STAY_CHANGE = "stay:change"
    COMMISSION = "room:commission"
    CONSENT_ASK = "consent:ask"
    CONSENT_RECORD = "consent:record"
    CONSENT_STOP = "consent:stop"
    CONSENT_PAUSE = "consent:pause"
    CONSENT_RESUME = "consent:resume"
    CONSENT_ANSWER = "consent:answer"
    PROMPT_ATTEND = "prompt:attend"
    NOTE_RESTRAINT = "hold:note"
    ROLLBACK_CLEAR = "rollback:clear"
    PROFILE_SIGN = "profile:sign"
    READING_CHOOSE = "reading_choice:change"
    HELP_CALL = "help:call"
    COMPLAINT_MAKE = "complaint:make"
    COMPLAINT_ANSWER = "complaint:answer"
    COPY_TAKE = "copy:take"
    ALERT_RESPOND = "alert:respond"
    ALERT_LIMIT = "alert:limit"
    ALERT_TRIAL = "alert:trial"
    NIGHT_FIGURES = "night_figures:read"
    SHIFT = "shift:change"
    EMERGENCY = "emergency:call"
    STAND_DOWN = "ward:stand_down"
    OBSERVE = "observation:enter"
    OBSERVATION_PLAN = "observation_plan:set"
    LOAD_ANSWER = "load:answer"


class AccessReason(StrEnum):
    """Why an actor looks."""

    DIRECT_CARE = "direct_care"
    INCIDENT_REVIEW = "incident_review"
    WARD_AUDIT = "ward_audit"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for.

    Attributes:
        role: of the actor; None when nobody signed in.
        permission: what they ask for.
        reason: why, for a look; None otherwise.
        is_own: it is about themselves.
        log_durable: an audit entry can be written now.
    """

    role: Role | None
    permission: Permission
    reason: AccessReason | None = None
    is_own: bool = False
    log_durable: bool = True


def may(request: Request, policy: Policy) -> Decision:
    """Decide whether somebody may do what they ask for.

    Returns:
        The decision with the rule that permits or forbids; X1 where nothing permits.
    """
    permits, people = _permits()
    answer = cedarpy.is_authorized(
        {
            "principal": {"type": "Person", "id": request.role or "anyone"},
            "action": {"type": "Action", "id": request.permission.value},
            "resource": {"type": "Ward", "id": "here"},
            "context": {
                "reason": request.reason or "",
                "is_own": request.is_own,
                "log_durable": request.log_durable,
            },
        },
        permits,
        people,
    )
    named = sorted(set(answer.diagnostics.id_annotations_by_reason.values())) or ["X1"]
    if answer.allowed and not answer.diagnostics.errors:
        return policy.allow(*named, reason=Words("You may."))
    return policy.deny(*named, reason=_why_not(request))


def _why_not(request: Request) -> Words:
    if not request.log_durable:
        return Words("Not now: this look could not be written down.")
    if request.role is None:
        return Words("Sign in first.")
    if request.permission in _LOOKS and request.role in (Role.NURSE, Role.NURSE_IN_CHARGE):
        return Words("Say why you look.")
    return Words("Your role does not include this. The attempt is written down.")


_LOOKS = frozenset({Permission.READING_LOOK, Permission.CONSENT_LOOK, Permission.NAMES_LOOK})


@cache
def _permits() -> tuple[cedarpy.PolicySet, cedarpy.Entities]:
    """Parse the permits and the roles once; the schema is checked with them.

    Raises:
        ValueError: a permit asks for something that the schema does not know.
    """
    text, schema = PERMITS.read_text("utf-8"), SCHEMA.read_text("utf-8")
    checked = cedarpy.validate_policies(text, schema)
    if not checked:
        raise ValueError(f"{PERMITS.name}: {'; '.join(str(one) for one in checked.errors)}")
    names = [*Role, "anyone"]
    people = [_entity("Person", name, [_uid("Role", name)]) for name in names]
    roles = [_entity("Role", name, []) for name in names]
    return cedarpy.PolicySet.from_str(text), cedarpy.Entities.from_json_str(json.dumps([*people, *roles]))


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": str(name)}


def _entity(kind: str, name: str, parents: list[dict[str, str]]) -> dict[str, object]:
    return {"uid": _uid(kind, name), "attrs": {}, "parents": parents}
