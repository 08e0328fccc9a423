"""The month, for those outside the ward: the sample of C21, the counts of E2, what is held; nobody is ranked by it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.roles import Actor
from console.rules.afterwards.holding import HoldReason
from console.rules.consenting.groups import OwnQuestion
from console.rules.governing.equality import NOT_ON_RECORD, GroupQuestion, Outcome
from console.screens import about_me, consent_words
from console.screens.answers import Answers, shown
from console.screens.door import Door
from console.screens.ports import WardPort
from console.words import N_

QUESTIONS: dict[GroupQuestion | OwnQuestion, str] = {
    GroupQuestion.AGE: N_("By age"),
    GroupQuestion.LANGUAGE: N_("By the language in which it was explained"),
    GroupQuestion.NEEDS: N_("By what helps them to understand"),
    **about_me.QUESTIONS,
}
OUTCOMES = {
    Outcome.OFFERED: N_("Asked"),
    Outcome.YES: N_("Yes"),
    Outcome.NO: N_("No"),
    Outcome.STOPPED: N_("Stopped"),
    Outcome.BEST_INTERESTS: N_("Best interests"),
}
GROUPS = {
    **about_me.WORDS,
    **dict(consent_words.LISTS["age"]),
    "nothing": N_("Nothing needed"),
    "some": N_("Something needed"),
    NOT_ON_RECORD: N_("Not on record"),
}
HELD = {
    HoldReason.COMPLAINT: N_("A complaint"),
    HoldReason.DEATH: N_("A death"),
    HoldReason.HOSPITAL: N_("On the way to a hospital"),
    HoldReason.RESTRAINT: N_("Restraint"),
    HoldReason.SECLUSION: N_("Seclusion"),
    HoldReason.TRANQUILLISED: N_("Rapid tranquillisation"),
    HoldReason.NEEDED_HELP: N_("Somebody needed help"),
    HoldReason.EMERGENCY: N_("An emergency"),
    HoldReason.UNANSWERED: N_("An alert that nobody answered"),
    HoldReason.MISSING: N_("A missing person"),
}
ACTIONS = {
    "room:staff:came": N_("Staff paused the sensor, and were at that door"),
    "consent:record:relay_answered": N_("They say that a no was not theirs"),
    "consent:record:given": N_("A yes that was said earlier than it was written down"),
    "consent:record:changed": N_("Their level was lowered"),
    "stay:record:away": N_("A leave"),
}


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page and its one press."""
    routes = APIRouter()

    @routes.get("/governance/month")
    def month(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        tongues = {one.language: one.name for one in answers.pages.catalogues.values()}
        return answers.page(
            request,
            actor,
            "month.html",
            view=shown(ward.month.view(actor)),
            questions=QUESTIONS,
            outcomes=OUTCOMES,
            groups=GROUPS,
            tongues=tongues,
            held=HELD,
            actions=ACTIONS,
            reasons=dict(consent_words.LISTS["clinical_reason"]),
        )

    @routes.post("/governance/month/looked")
    def looked(request: Request, actor: Annotated[Actor, Depends(door.changing)]) -> Response:
        return answers.decided(request, actor, ward.month.note_sample(actor), "/governance/month")

    return routes
