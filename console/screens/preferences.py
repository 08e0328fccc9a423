"""Language and theme of this screen: kept in the browser, set by a press, applied before the first pixel."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from console.screens.answers import Answers, go
from console.screens.pages import THEMES


def router(answers: Answers) -> APIRouter:
    """Return the two presses."""
    routes = APIRouter()

    @routes.post("/screen")
    def screen(
        theme: Annotated[str, Form(max_length=16)] = "",
        language: Annotated[str, Form(max_length=16)] = "",
        back: Annotated[str, Form(max_length=200)] = "/",
    ) -> Response:
        response = go(back if _is_own_path(back) else "/")
        if theme in THEMES:
            answers.cookies.keep_choice(response, "theme", theme, answers.pages.choice_lasts_s())
        if language in {one.language for one in answers.pages.languages()}:
            answers.cookies.keep_choice(response, "language", language)
        return response

    return routes


def _is_own_path(path: str) -> bool:
    return path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
