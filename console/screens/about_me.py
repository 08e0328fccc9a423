"""What I tell about myself: each question optional, each answer taken back at any time (rule E2)."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.roles import Actor, Role
from console.rules.consenting.groups import ANSWERS, OwnQuestion
from console.rules.governing.equality import GroupQuestion
from console.screens.answers import Answers
from console.screens.door import Door, NotForYou
from console.screens.ports import WardPort
from console.words import N_

PATH = "/me/about"
QUESTIONS: dict[GroupQuestion | OwnQuestion, str] = {
    OwnQuestion.SEX: N_("Sex"),
    OwnQuestion.ETHNICITY: N_("Ethnic group"),
    OwnQuestion.DETENTION: N_("Why I am here"),
    OwnQuestion.DISABILITY: N_("I have a disability"),
    OwnQuestion.AUTISM_OR_LD: N_("I am autistic, or have a learning disability"),
    OwnQuestion.RELIGION: N_("Religion"),
    OwnQuestion.GENDER_IDENTITY: N_("Gender"),
    OwnQuestion.SEXUAL_ORIENTATION: N_("Sexual orientation"),
    OwnQuestion.PREGNANCY: N_("I am pregnant, or have had a baby in the last year"),
}
WORDS = {
    "yes": N_("Yes"),
    "no": N_("No"),
    "female": N_("Female"),
    "male": N_("Male"),
    "asian": N_("Asian"),
    "black": N_("Black"),
    "mixed": N_("Mixed"),
    "white": N_("White"),
    "other": N_("Another"),
    "detained": N_("I am kept here under the Mental Health Act"),
    "informal": N_("I am here of my own will"),
    "none": N_("None"),
    "buddhist": N_("Buddhist"),
    "christian": N_("Christian"),
    "hindu": N_("Hindu"),
    "jewish": N_("Jewish"),
    "muslim": N_("Muslim"),
    "sikh": N_("Sikh"),
    "same_as_at_birth": N_("The same as at birth"),
    "not_as_at_birth": N_("Not the same as at birth"),
    "straight": N_("Straight"),
    "gay_or_lesbian": N_("Gay or lesbian"),
    "bisexual": N_("Bisexual"),
}
_Answers = Annotated[Sequence[str], Form(max_length=20)]


def router(ward: WardPort, door: Door, answers: Answers) -> APIRouter:
    """Return the page and its presses."""
    routes = APIRouter()

    @routes.get(PATH)
    def about(request: Request, actor: Annotated[Actor, Depends(door.unlocked)]) -> Response:
        if actor.role is not Role.PATIENT:
            raise NotForYou
        told = ward.groups.answers(actor)
        return answers.page(
            request, actor, "me/about.html", questions=QUESTIONS, options=ANSWERS, told=told, names=WORDS
        )

    @routes.post(PATH)
    def tell(request: Request, actor: Annotated[Actor, Depends(door.changing)], told: _Answers = ()) -> Response:
        """Keep what the one form says, `question:answer` by `question:answer`."""
        pairs = {question: answer for question, _, answer in (one.partition(":") for one in told)}
        return answers.decided(request, actor, ward.groups.tell(actor, pairs), PATH)

    return routes
