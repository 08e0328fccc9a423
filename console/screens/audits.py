"""The month's audit: every month with where it stands, one month to read, take, build and sign (rule G1)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import Response

from console.assurance.month_files import files_of
from console.roles import Actor
from console.rules.access import Permission
from console.rules.governing.listening import VisitReason
from console.screens.answers import Answers, shown
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort
from console.words import N_

PATH = "/governance/audits"
VISITS = {
    VisitReason.HIGH: N_("Nearly everybody says yes: the patients' panel comes to listen."),
    VisitReason.LOW: N_("Hardly anybody says yes: the patients' panel comes to listen."),
    VisitReason.CHANGED: N_("What people say has changed a great deal: the patients' panel comes to listen."),
}
TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8", "json": "application/json"}
Month = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages, the files and the presses."""
    routes = APIRouter()
    Reading = Annotated[Actor, Depends(door.unlocked)]  # noqa: N806 (a type)
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)

    @routes.get(PATH)
    def months(request: Request, actor: Reading) -> Response:
        rows = shown(ward.assurance.packs.months(actor))
        return answers.page(request, actor, "assurance/audits.html", rows=rows, visits=VISITS)

    @routes.get(f"{PATH}/{{month}}")
    def audit(request: Request, actor: Reading, month: Month) -> Response:
        view = shown(ward.assurance.packs.view(actor, month))
        may_sign = ward.access.permits(actor, Permission.PACK_SIGN)
        return answers.page(request, actor, "assurance/audit.html", view=view, visits=VISITS, may_sign=may_sign)

    @routes.get(f"{PATH}/{{month}}/{{ending}}")
    def file(actor: Reading, month: Month, ending: str) -> Response:
        if ending not in TYPES:
            raise NotForYou
        pack = shown(ward.assurance.packs.view(actor, month)).pack
        named = {"content-disposition": f'attachment; filename="{pack.name}.{ending}"'}
        return Response(files_of(pack)[ending], media_type=TYPES[ending], headers=named)

    @routes.post(f"{PATH}/{{month}}/build")
    def build(request: Request, actor: Changing, month: Month) -> Response:
        return answers.decided(request, actor, ward.assurance.packs.build(actor, month), f"{PATH}/{month}")

    @routes.post(f"{PATH}/{{month}}/sign")
    def sign(
        request: Request, actor: Changing, month: Month, digest: Annotated[str, Form(max_length=64)] = ""
    ) -> Response:
        return answers.decided(request, actor, ward.assurance.packs.sign(actor, month, digest), f"{PATH}/{month}")

    @routes.post(f"{PATH}/{{month}}/evaluation")
    def export(request: Request, actor: Changing, month: Month) -> Response:
        decision, table = ward.assurance.evaluation.export(actor, month)
        if not decision.allowed:
            return answers.decided(request, actor, decision, f"{PATH}/{month}")
        named = {"content-disposition": f'attachment; filename="hushward-evaluation-{month}.csv"'}
        return Response(table, media_type=TYPES["csv"], headers=named)

    @routes.post(f"{PATH}/{{month}}/visit")
    def visit(request: Request, actor: Changing, month: Month, heard: Annotated[int, Form(ge=0, le=200)]) -> Response:
        return answers.decided(request, actor, ward.assurance.packs.note_visit(actor, month, heard), f"{PATH}/{month}")

    return routes
