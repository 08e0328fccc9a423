"""How a page answers: a decision as a page, a view or nothing, and the way back."""

from typing import TypeVar

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from console.roles import Actor
from console.rules.decision import Decision
from console.screens.door import NotForYou
from console.screens.pages import Pages
from console.skin.cookies import Cookies
from console.views import Words

View = TypeVar("View")
SEE_OTHER = 303


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
        return self.page(request, actor, "decided.html", status, decision=decision, onward=onward)

    def sentence(
        self, request: Request, actor: Actor | None, title: str, text: str, status: int, onward: str = "/"
    ) -> Response:
        """Show one sentence of the catalogue and the way on."""
        return self.page(
            request, actor, "sentence.html", status, title=Words(title), sentence=Words(text), onward=onward
        )
