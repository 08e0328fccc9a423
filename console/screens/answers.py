"""How a page answers: a decision as a page, a view or nothing, and the way back."""

from typing import TypeVar

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.roles import Actor
from console.rules.decision import Decision, Obligation
from console.screens.door import NotForYou
from console.screens.pages import Pages
from console.showing.views import Words
from console.skin.cookies import Cookies
from console.words import N_

View = TypeVar("View")
SEE_OTHER = 303
_DUTIES = {
    Obligation.EXPLAIN_DIFFERENTLY: N_(
        "Explain it in another way: pictures, an interpreter, another person, another day."
    ),
    Obligation.ASK_AGAIN_AFTER_FIRST_NIGHT: N_("Ask after the first night, and after a week, how it was."),
    Obligation.LIBERTY_VIEW: N_("Ask for a view on deprivation of liberty."),
    Obligation.SECOND_PERSON: N_("A second person confirms it, standing in the room."),
    Obligation.LAMP_IN_ROOM: N_("The lamp in the right room must flash."),
    Obligation.GO_ROUND_AND_ASK: N_("The nurse in charge goes round and asks each person."),
    Obligation.FLAG_TO_GOVERNANCE: N_("Governance sees this."),
}
"""What a decision asks of the person who reads it; the others are done by the console itself."""


def go(path: str) -> Response:
    """Send the browser on after a press."""
    return RedirectResponse(path, status_code=SEE_OTHER)


def shown(view: "View | Decision") -> View:
    """Return what the one door gave.

    Raises:
        NotForYou: it gave a denial.
    """
    if isinstance(view, Decision):
        raise NotForYou
    return view


class Answers:
    """Answers that several screens give alike.

    Args:
        pages: renders them.
        cookies: keeps the pseudonym of the device.
    """

    def __init__(self, pages: Pages, cookies: Cookies) -> None:
        self.pages = pages
        self.cookies = cookies

    def page(
        self, request: Request, actor: Actor | None, template: str, status: int = 200, **facts: object
    ) -> Response:
        """Render a page for whoever asks."""
        return self.pages.page(request, self.pages.reader(request, actor), template, status, **facts)

    def decided(self, request: Request, actor: Actor, decision: Decision, onward: str) -> Response:
        """Show what a command came to, with its rules and its reason, and the way on."""
        status = 200 if decision.allowed else 403
        duties = [_DUTIES[one] for one in decision.obligations if one in _DUTIES]
        return self.page(request, actor, "decided.html", status, decision=decision, onward=onward, onward_duties=duties)

    def pressed(self, request: Request, actor: Actor, decision: Decision, onward: str) -> Response:
        """Answer a press: on to what it changed, or why it was not done and the way back there."""
        return go(onward) if decision.allowed else self.decided(request, actor, decision, onward)

    def sentence(
        self, request: Request, actor: Actor | None, title: str, text: str, status: int, onward: str = "/"
    ) -> Response:
        """Show one sentence of the catalogue and the way on."""
        return self.page(
            request, actor, "sentence.html", status, title=Words(title), sentence=Words(text), onward=onward
        )
