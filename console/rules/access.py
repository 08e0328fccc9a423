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
from console.showing.views import Words

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
    SENSOR_TRY = "sensor:try"
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
    SIGHT_TAKE = "sight:take"
    STAY_MARK = "stay:mark"
    LOOK_AGREE = "look:agree"
    STAFF_SHUT_OUT = "staff:shut_out"
    LOOK_REVIEW = "look:review"
    TRAINING_ENTER = "training:enter"
    LONG_VISITS = "long_visits:read"
    OBSERVE = "observation:enter"
    OBSERVATION_PLAN = "observation_plan:set"
    LOAD_ANSWER = "load:answer"
    MAPPING_APPROVE = "mapping:approve"
    OWN_RECORD = "own_record:read"
    INCIDENT_READ = "incident:read"
    KEY_HOLD = "key:hold"
    RELEASE_ASK = "release:ask"
    RELEASE_CONFIRM = "release:confirm"
    TELL_THEM = "incident:tell"
    WRONG_REPORT = "wrong:report"
    WRONG_ANSWER = "wrong:answer"
    KEEP_ANSWER = "keep:answer"
    PACK_SIGN = "pack:sign"
    DOCUMENT_ENTER = "document:enter"
    BENEFIT_REVIEW = "benefit:review"
    PANEL_NOTE = "panel:note"
    REGISTER_READ = "register:read"


class AccessReason(StrEnum):
    """Why an actor looks."""

    DIRECT_CARE = "direct_care"
    INCIDENT_REVIEW = "incident_review"
    WARD_AUDIT = "ward_audit"
    MAINTENANCE = "maintenance"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for.

    Attributes:
        role: of the actor; None when nobody signed in.
        permission: what they ask for.
        reason: why, for a look; None otherwise.
        is_own: it is about themselves.
        log_durable: an audit entry can be written now.
        has_sight: emergency sight of this stay lasts for them (rule X7).
        needs_second: the stay is sensitive (rule X8).
        has_second: a second person has agreed to this look.
        is_shut_out: the patient has asked that this member of staff does not look.
    """

    role: Role | None
    permission: Permission
    reason: AccessReason | None = None
    is_own: bool = False
    log_durable: bool = True
    has_sight: bool = False
    needs_second: bool = False
    has_second: bool = False
    is_shut_out: bool = False


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
                "has_sight": request.has_sight,
                "needs_second": request.needs_second,
                "has_second": request.has_second,
                "is_shut_out": request.is_shut_out,
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
    if request.is_shut_out:
        return Words("The person here has asked that you do not look at their details. Ask a colleague.")
    if request.needs_second and not request.has_second and not request.has_sight and request.reason:
        return Words("This look needs a second person: ask for one, and they agree on a sign-in of their own.")
    if request.permission in LOOKS and request.role in (Role.NURSE, Role.NURSE_IN_CHARGE):
        return Words("Say why you look.")
    return Words("Your role does not include this. The attempt is written down.")


LOOKS = frozenset({Permission.READING_LOOK, Permission.CONSENT_LOOK, Permission.NAMES_LOOK})
"""Looks at one person's details."""


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
