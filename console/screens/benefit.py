"""What good the sensors did, what patients said of each change, and every use of a sensor (rules G4, G5, P6)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.talking_over import LONGEST, Talk
from console.rules.governing.benefit import BenefitAnswer, Change, Measure
from console.screens import consent_words
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.patient import PURPOSES
from console.screens.ports import WardPort
from console.words import N_

PATH, PANEL = "/governance/benefit", "/governance/panel"
MEASURES = {
    Measure.WAKINGS: N_("Being woken at night by checks"),
    Measure.SLEEP: N_("Sleep, as people tell it"),
    Measure.SAFETY: N_("Feeling safe, as people tell it"),
    Measure.RESTRAINT: N_("Restraint"),
    Measure.ENGAGEMENT: N_("Time with people"),
    Measure.COMPLAINTS: N_("Complaints"),
}
CHANGES = {
    Change.BETTER: N_("Better"),
    Change.SAME: N_("The same"),
    Change.WORSE: N_("Worse"),
    Change.NOT_KNOWN: N_("Not known"),
}
ANSWERS = {
    BenefitAnswer.GO_ON: N_("Go on"),
    BenefitAnswer.CHANGE: N_("Change something, and go on"),
    BenefitAnswer.STOP: N_("Stop: every sensor is off from the end of this night"),
}
_Code = Annotated[str, Form(max_length=16)]
_Text = Annotated[str, Form(max_length=LONGEST)]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the pages and their forms."""
    routes = APIRouter()
    Reading = Annotated[Actor, Depends(door.unlocked)]  # noqa: N806 (a type)
    Changing = Annotated[Actor, Depends(door.changing)]  # noqa: N806 (a type)

    @routes.get(PATH)
    def reviews(request: Request, actor: Reading) -> Response:
        return answers.page(
            request,
            actor,
            "assurance/benefit.html",
            view=shown(ward.assurance.reviews(actor)),
            measures=MEASURES,
            changes=CHANGES,
            outcomes=ANSWERS,
            purposes=PURPOSES,
            bases=dict(consent_words.LISTS["basis"]),
            reasons=dict(consent_words.LISTS["care_plan_reason"]),
            less=dict(consent_words.LISTS["would_less_do"]),
            may_review=ward.access.permits(actor, Permission.BENEFIT_REVIEW),
        )

    @routes.post(PATH)
    def review(
        request: Request,
        actor: Changing,
        wakings: _Code = "",
        sleep: _Code = "",
        safety: _Code = "",
        restraint: _Code = "",
        engagement: _Code = "",
        complaints: _Code = "",
        answer: _Code = "",
    ) -> Response:
        told = (wakings, sleep, safety, restraint, engagement, complaints)
        measures = {one.value: said for one, said in zip(Measure, told, strict=True)}
        return answers.decided(request, actor, ward.assurance.benefit.review(actor, answer, measures), PATH)

    @routes.get(PANEL)
    def panel(request: Request, actor: Reading) -> Response:
        may_log = ward.access.permits(actor, Permission.PANEL_NOTE)
        view = shown(ward.assurance.reviews(actor))
        return answers.page(request, actor, "assurance/panel.html", view=view, may_log=may_log, longest=LONGEST)

    @routes.post(PANEL)
    def log(
        request: Request,
        actor: Changing,
        change: _Text = "",
        who: _Text = "",
        said: _Text = "",
        answer: _Text = "",
        is_objection: Annotated[bool, Form()] = False,
    ) -> Response:
        talk = Talk(change, who, said, answer, is_objection)
        return answers.decided(request, actor, ward.assurance.benefit.log_talk(actor, talk), PANEL)

    return routes
