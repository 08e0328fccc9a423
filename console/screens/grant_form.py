"""The form of a yes, read answer by answer: none has a default, and what cannot be read is no yes (C3, C17, C22)."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData

from broker.vocabulary import Modality, Purpose
from console.rules.consenting.authority import Authority, ChildView, CourtOrder
from console.rules.consenting.grants import (
    Alternative,
    Basis,
    CarePlanReason,
    Feeling,
    Grant,
    Information,
    KeptFor,
    LessAnswer,
    Mark,
    NetworkChoice,
    PurposeReason,
)
from console.rules.consenting.hours import parse_hours
from console.rules.consenting.person import PlaceKind

Text = Annotated[str, Field(max_length=80)]
_MANY = ("sensors", "purposes", "alternatives", "places", "not_radar", "not_camera")
_OWN = "reason_"
_DAYS = "days_"
_LONGEST_REVIEW_D = 7


class GrantForm(BaseModel):
    """What the form of a yes brings; each answer must be there, and none has a default (rules C3, C17, C22)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    sensors: Annotated[tuple[Modality, ...], Field(min_length=1)]
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)]
    not_radar: tuple[Purpose, ...] = ()
    not_camera: tuple[Purpose, ...] = ()
    hours: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
    basis: Basis
    mark: Mark
    format: Annotated[str, Field(pattern=r"^(easy_read|large_print|audio|paper|talk|bsl)$")]
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$")]
    interpreter: Text = ""
    care_plan_reason: CarePlanReason
    network: NetworkChoice
    kept_for: KeptFor = KeptFor.FOURTEEN_DAYS
    feeling: Feeling
    alternatives: tuple[Alternative, ...] = ()
    review_days: Annotated[int, Field(ge=1, le=_LONGEST_REVIEW_D)]
    would_less_do: LessAnswer | None = None
    safety_plan: Text = ""
    mark_witness: Text = ""
    places: tuple[PlaceKind, ...] = ()
    teach_back_done: bool = False
    at_their_wish: bool = False
    advocate_offered: bool = False
    assessment: Text = ""
    assessed_on: Text = ""
    decision_maker: Text = ""
    consultees: Text = ""
    least_restrictive: Text = ""
    authority_seen: bool = False
    authority_registered: bool = False
    authority_reference: Text = ""
    authority_in_scope: bool = False
    child_view: ChildView | None = None
    court_order: CourtOrder | None = None
    parents_consulted: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What was told on a form of a yes.

    Attributes:
        form: the answers.
        own_reasons: by purpose, its own reason and in how many days it is reviewed.
        said_at: when it was said, if that was earlier.
    """

    form: GrantForm
    own_reasons: tuple[tuple[Purpose, CarePlanReason, int], ...]
    said_at: datetime | None


def read_form(told: FormData, zone: ZoneInfo) -> Told | None:
    """Read the form; None when an answer is missing or is none of those offered."""
    single = {name: value for name, value in told.items() if name not in _MANY and value != ""}
    try:
        form = GrantForm.model_validate({**single, **{name: tuple(told.getlist(name)) for name in _MANY}})
        own = tuple(_own_reason(one, told, form.review_days) for one in form.purposes if told.get(f"{_OWN}{one}"))
        _moment(form.assessed_on, zone)
        return Told(form, own, said_at_of(str(told.get("said_at", "")), zone))
    except (ValidationError, ValueError):
        return None


def grant_of(told: Told, version: str, now: datetime, zone: ZoneInfo) -> Grant:
    """Return the grant that a form tells of.

    Args:
        told: the form.
        version: hash of the words that were read out (rule C15).
        now: UTC; review dates count from it.
        zone: ward time.
    """
    form = told.form
    return Grant(
        sensors=form.sensors,
        purposes=form.purposes,
        hours=(parse_hours(form.hours),),
        basis=form.basis,
        mark=form.mark,
        information=Information(version, form.language, form.format, form.interpreter.strip()),
        care_plan_reason=form.care_plan_reason,
        network=form.network,
        feeling=form.feeling,
        alternatives=form.alternatives,
        review_by=now + timedelta(days=form.review_days),
        teach_back_done=form.teach_back_done,
        advocate_offered=form.advocate_offered,
        at_their_wish=form.at_their_wish,
        assessment=form.assessment.strip(),
        decision_maker=form.decision_maker.strip(),
        consultees=tuple(one.strip() for one in form.consultees.split(",") if one.strip()),
        authority=_authority(form, zone),
        least_restrictive=form.least_restrictive.strip(),
        destroy_after_a_day=form.kept_for is KeptFor.ONE_DAY,
        own_reasons=tuple(PurposeReason(one, why, now + timedelta(days=days)) for one, why, days in told.own_reasons),
        would_less_do=form.would_less_do,
        safety_plan=form.safety_plan.strip(),
        places=form.places,
        mark_witness=form.mark_witness.strip(),
        not_with=_left_out(form),
    )


def _left_out(form: GrantForm) -> tuple[tuple[Modality, Purpose], ...]:
    """Return what they left out for one of two sensors; of one sensor alone nothing can be left out."""
    told = {Modality.RADAR: form.not_radar, Modality.CAMERA: form.not_camera}
    sensors = form.sensors if len(form.sensors) > 1 else ()
    return tuple((one, purpose) for one in sensors for purpose in form.purposes if purpose in told[one])


def said_at_of(told: str, zone: ZoneInfo) -> datetime | None:
    """Read a time as a browser writes it, in ward time; None when the field is empty.

    Raises:
        ValueError: it is no time.
    """
    return datetime.fromisoformat(told).replace(tzinfo=zone).astimezone(UTC) if told else None


def _authority(form: GrantForm, zone: ZoneInfo) -> Authority:
    return Authority(
        seen=form.authority_seen,
        registered=form.authority_registered,
        reference=form.authority_reference.strip(),
        in_scope=form.authority_in_scope,
        assessed_at=_moment(form.assessed_on, zone),
        child_view=form.child_view,
        court_order=form.court_order,
        parents_consulted=form.parents_consulted,
    )


def _moment(day: str, zone: ZoneInfo) -> datetime | None:
    """Return the beginning of a day in ward time; None without one."""
    return datetime.combine(datetime.fromisoformat(day).date(), time(0, 0), zone).astimezone(UTC) if day else None


def _own_reason(purpose: Purpose, told: FormData, review_days: int) -> tuple[Purpose, CarePlanReason, int]:
    given: Any = told.get(f"{_DAYS}{purpose}") or review_days
    days = int(given)
    if not 1 <= days <= _LONGEST_REVIEW_D:
        raise ValueError("a purpose is talked about again in one to seven days")
    return purpose, CarePlanReason(str(told.get(f"{_OWN}{purpose}"))), days
