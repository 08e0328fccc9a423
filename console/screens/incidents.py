"""After an incident: what is held, who asks and who confirms, who is told, and who holds the key (chapter I)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import Response

from console.incidents.desk import IncidentsView
from console.incidents.releases import Wanted
from console.incidents.views import OpenView
from console.own.ledger import ROLES
from console.roles import Actor
from console.rules.access import Permission
from console.rules.afterwards.holding import HoldReason
from console.rules.afterwards.informing import NotYet, ToldWhom
from console.rules.afterwards.lifting import LiftEnd, LiftReason
from console.rules.afterwards.releasing import ReleaseEnd, ReleaseKind, ReleasePurpose
from console.screens.answers import Answers, shown
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort
from console.words import N_

WHY = {
    HoldReason.COMPLAINT: N_("a complaint"),
    HoldReason.DEATH: N_("a death"),
    HoldReason.HOSPITAL: N_("a transfer to hospital"),
    HoldReason.RESTRAINT: N_("restraint"),
    HoldReason.SECLUSION: N_("seclusion"),
    HoldReason.TRANQUILLISED: N_("a calming injection"),
    HoldReason.NEEDED_HELP: N_("somebody needed help"),
    HoldReason.EMERGENCY: N_("an emergency"),
    HoldReason.UNANSWERED: N_("an alert that nobody answered"),
    HoldReason.MISSING: N_("somebody missing"),
    HoldReason.ASKED_BY_PATIENT: N_("the patient asked for it"),
    HoldReason.ASKED_BY_FAMILY: N_("their family asked for it"),
    HoldReason.ASKED_BY_ADVOCATE: N_("their advocate asked for it"),
    HoldReason.ASKED_BY_STAFF: N_("somebody of the staff asked for it"),
    HoldReason.SAFEGUARDING: N_("a safeguarding concern"),
    HoldReason.INQUIRY: N_("an inquiry, a coroner or a court"),
}
PURPOSES = {
    ReleasePurpose.SAFETY_INVESTIGATION: N_("A patient-safety investigation"),
    ReleasePurpose.COMPLAINT: N_("A complaint"),
    ReleasePurpose.SAFEGUARDING: N_("Safeguarding"),
    ReleasePurpose.CORONER: N_("A coroner"),
    ReleasePurpose.COURT_ORDER: N_("A court order"),
    ReleasePurpose.REGULATOR: N_("A regulator"),
    ReleasePurpose.PATIENT_ASKED: N_("The patient asked for it"),
}
KINDS = {
    ReleaseKind.VIEW: N_("Let me look at it here, for an hour"),
    ReleaseKind.BUNDLE: N_("Make a sealed bundle to hand over"),
}
ENDS = {
    ReleaseEnd.RELEASED: N_("opened"),
    ReleaseEnd.REFUSED: N_("refused"),
    ReleaseEnd.LAPSED: N_("nobody confirmed it in time"),
}
NOT_YET = {
    NotYet.SAFEGUARDING: N_("Safeguarding"),
    NotYet.SERIOUS_HARM: N_("A risk of serious harm"),
    NotYet.COURT_RESTRICTION: N_("The police or a court forbid it"),
}
WHOM = {
    ToldWhom.PATIENT: N_("I told the patient"),
    ToldWhom.REPRESENTATIVE: N_("I told their representative"),
    ToldWhom.FAMILY: N_("I told the named family contact"),
}
LIFTS = {
    LiftReason.LOOKED_INTO: N_("It was looked into, and whoever asked has their answer"),
    LiftReason.INQUIRY_OVER: N_("The inquiry, the inquest or the court case is over"),
    LiftReason.BEGUN_IN_ERROR: N_("It was begun in error"),
}
LIFT_ENDS = {
    LiftEnd.LIFTED: N_("the hold ended"),
    LiftEnd.REFUSED: N_("refused: the hold stands"),
    LiftEnd.LAPSED: N_("nobody agreed in time: the hold stands"),
}
DESK = "/incidents"
RandomId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Code = Annotated[str, Form(max_length=64)]
Short = Annotated[str, Form(max_length=80)]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages."""
    routes = APIRouter()
    _desk(routes, ward, door, answers)
    _releases(routes, ward, door, answers)
    _telling(routes, ward, door, answers)
    _holders(routes, ward, door, answers)
    return routes


def _desk(routes: APIRouter, ward: WardPort, door: Door, answers: Answers) -> None:
    @routes.get(DESK)
    def desk(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        view: IncidentsView = shown(ward.incidents.view(actor))
        return answers.page(
            request,
            actor,
            "incidents/desk.html",
            view=view,
            why=WHY,
            purposes=PURPOSES,
            kinds=KINDS,
            ends=ENDS,
            not_yet=NOT_YET,
            whom=WHOM,
            roles=ROLES,
            lift_reasons=LIFTS,
            lift_ends=LIFT_ENDS,
            may_hold=ward.access.permits(actor, Permission.KEY_HOLD),
            may_lift=ward.access.permits(actor, Permission.NOTES_LIFT),
        )

    @routes.get(f"{DESK}/ask/{{hold_id}}")
    def ask_page(request: Request, hold_id: RandomId, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        view: IncidentsView = shown(ward.incidents.view(actor))
        hold = next((one for one in view.holds if one.hold_id == hold_id), None)
        if hold is None:
            raise NotForYou
        return answers.page(request, actor, "incidents/ask.html", hold=hold, why=WHY, purposes=PURPOSES, kinds=KINDS)

    @routes.post(f"{DESK}/ask/{{hold_id}}")
    def ask(
        request: Request,
        hold_id: RandomId,
        actor: Annotated[Actor, Depends(door.changing)],
        kind: Annotated[str, Form(max_length=16)] = "",
        purpose: Annotated[str, Form(max_length=32)] = "",
        recipient: Short = "",
        organisation: Short = "",
        code: Code = "",
    ) -> Response:
        wanted = Wanted(hold_id, kind, purpose, recipient, organisation, code)
        return answers.decided(request, actor, ward.incidents.releases.ask(actor, wanted), DESK)


def _releases(routes: APIRouter, ward: WardPort, door: Door, answers: Answers) -> None:
    @routes.post(f"{DESK}/releases/{{release_id}}")
    def confirm(
        request: Request,
        release_id: RandomId,
        actor: Annotated[Actor, Depends(door.changing)],
        what: Annotated[str, Form(max_length=16)] = "",
        code: Code = "",
    ) -> Response:
        if what != "confirm":
            return answers.decided(request, actor, ward.incidents.releases.refuse(actor, release_id), DESK)
        decision, out = ward.incidents.releases.confirm(actor, release_id, code)
        if not decision.allowed or out.bundle is None:
            return answers.decided(request, actor, decision, DESK)
        headers = {"content-disposition": f'attachment; filename="{out.name}"'}
        return Response(out.bundle, media_type="application/zip", headers=headers)

    @routes.get(f"{DESK}/view/{{release_id}}")
    def view(request: Request, release_id: RandomId, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        told: OpenView = shown(ward.incidents.releases.view(actor, release_id))
        return answers.page(request, actor, "incidents/view.html", told=told)


def _telling(routes: APIRouter, ward: WardPort, door: Door, answers: Answers) -> None:
    @routes.post(f"{DESK}/tellings/{{telling_id}}")
    def told(
        request: Request,
        telling_id: RandomId,
        actor: Annotated[Actor, Depends(door.changing)],
        whom: Annotated[str, Form(max_length=16)] = "",
        not_yet: Annotated[str, Form(max_length=24)] = "",
    ) -> Response:
        informing = ward.incidents.informing
        decision = (
            informing.let_wait(actor, telling_id, not_yet) if not_yet else informing.note_told(actor, telling_id, whom)
        )
        return answers.decided(request, actor, decision, DESK)


def _holders(routes: APIRouter, ward: WardPort, door: Door, answers: Answers) -> None:
    keys = f"{DESK}/keys"

    @routes.get(keys)
    def holders(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        rows = shown(ward.incidents.holders.view(actor))
        return answers.page(request, actor, "incidents/keys.html", rows=rows, roles=ROLES, code="")

    @routes.post(keys)
    def change(
        request: Request,
        actor: Annotated[Actor, Depends(door.changing)],
        holder_id: Annotated[str, Form(max_length=32)] = "",
    ) -> Response:
        if holder_id:
            return answers.decided(request, actor, ward.incidents.holders.confirm(actor, holder_id), keys)
        decision = ward.incidents.holders.name(actor)
        if not decision.allowed:
            return answers.decided(request, actor, decision, keys)
        rows = shown(ward.incidents.holders.view(actor))
        return answers.page(request, actor, "incidents/keys.html", rows=rows, roles=ROLES, code=decision.detail)
