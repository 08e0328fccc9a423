"""Turn facts into a page: the reader's language, the screen's theme, and the frame of the context."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context as RenderContext
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from broker.clock import Clock
from broker.vocabulary import Context
from console import words as sentences
from console.own.own_views import ReadingChoice
from console.roles import Actor, Role
from console.screens.navigation import links_for
from console.screens.pictograms import picture
from console.screens.sensor_words import SENSOR_NAMES
from console.screens.sensor_words import told_of as told_of_sensors
from console.screens.shapes import mark, shape
from console.showing.views import Words
from console.skin.cookies import Cookies
from console.words import PSEUDO_LANGUAGES, SOURCE_LANGUAGE, Catalogue

TEMPLATES = Path(__file__).with_name("templates")
THEMES = ("day", "night", "red")
"""Day; night (amber on near black); red on black, for below 2 cd/m2 (rule A8)."""
_NIGHT_FROM, _NIGHT_UNTIL = 21, 7
READING = "reading"
"""Name of the choice of how somebody reads, in their browser."""
PLAIN = ReadingChoice()
READING_FLAGS = ("easy_read", "large_print", "high_contrast", "aloud")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page, and how.

    Attributes:
        catalogue: their language.
        theme: one of `THEMES`.
        actor: None before signing in.
        form_token: for the page's forms; empty before signing in.
        reading: how they read; plain for staff.
    """

    catalogue: Catalogue
    theme: str
    actor: Actor | None = None
    form_token: str = ""
    reading: ReadingChoice = PLAIN


class Pages:
    """Renders every page and every fragment.

    Args:
        catalogues: by language.
        cookies: where a browser's choices are kept.
        clock: the ward's.
        context: rule A11.
        ward_language: the default.
    """

    def __init__(
        self,
        catalogues: Mapping[str, Catalogue],
        cookies: Cookies,
        clock: Clock,
        context: Context,
        ward_language: str,
    ) -> None:
        self.catalogues = catalogues
        self._cookies = cookies
        self._clock = clock
        self._context = context
        self._ward_language = ward_language
        self._environment = _environment(context)

    def languages(self, actor: Actor | None = None) -> list[Catalogue]:
        """Return the languages that a reader may choose; the test languages only in a demonstration.

        Args:
            actor: staff choose among those that hold their screens too; None before signing in.
        """
        shown = self._context is Context.DEMONSTRATION
        found = [one for name, one in self.catalogues.items() if shown or name not in PSEUDO_LANGUAGES]
        found.sort(
            key=lambda one: one.language in PSEUDO_LANGUAGES
        )  # a person who looks for their own meets those last
        return [one for one in found if one.covers_staff] if _is_staff(actor) else found

    def reader(self, request: Request, actor: Actor | None = None, language: str = "") -> Reader:
        """Return who reads, in which language, theme and form.

        Args:
            request: with the browser's choices.
            actor: who asks; None before signing in.
            language: of a paper, which may be another one than its reader's; empty for theirs.
        """
        paper = self.catalogues.get(language)
        choice = self._cookies.choice(request, "language")
        catalogue = paper or sentences.choose(
            {one.language: one for one in self.languages(actor)},
            choice,
            request.headers.get("accept-language", ""),
            self._ward_language,
        )
        token = self._cookies.session(request)
        form_token = self._cookies.form_token(token) if token and actor is not None else ""
        told = None if _is_staff(actor) else self._cookies.choice(request, READING)
        return Reader(
            catalogue, self._theme(request, catalogue), actor, form_token, reading_of(told, catalogue.language)
        )

    def page(self, request: Request, reader: Reader, template: str, status: int = 200, **facts: Any) -> Response:
        """Render a whole page."""
        html = self.render(
            reader.catalogue,
            template,
            reader=reader,
            links=links_for(reader.actor),
            languages=self.languages(reader.actor),
            themes=THEMES,
            here=request.url.path,
            **facts,
        )
        return HTMLResponse(html, status_code=status)

    def render(self, catalogue: Catalogue, template: str, **facts: Any) -> str:
        """Render a page or a fragment in one language."""
        return self._environment.get_template(template).render(catalogue=catalogue, **facts)

    def _theme(self, request: Request, catalogue: Catalogue) -> str:
        chosen = self._cookies.choice(request, "theme")
        if chosen in THEMES:
            return str(chosen)
        return theme_of_hour(self._clock.utc_now().astimezone(catalogue.timezone))

    def choice_lasts_s(self) -> int:
        """Return how long a theme that is chosen now may last [s]: no choice of the day brightens the night."""
        now = self._clock.utc_now().astimezone(self.catalogues[SOURCE_LANGUAGE].timezone)
        switch = _NIGHT_UNTIL if theme_of_hour(now) == "night" else _NIGHT_FROM
        return ((switch - now.hour) % 24 or 24) * 3600 - now.minute * 60 - now.second


def reading_of(told: str | None, language: str) -> ReadingChoice:
    """Read how somebody reads from what their browser keeps; what is not known is left out."""
    flags = (told or "").split(".")
    return ReadingChoice(language, *(one in flags for one in READING_FLAGS))


def told_of(choice: ReadingChoice) -> str:
    """Return what a browser keeps of it."""
    return ".".join(["asked", *(one for one in READING_FLAGS if getattr(choice, one))])


def _is_staff(actor: Actor | None) -> bool:
    return actor is not None and actor.role is not Role.PATIENT


def theme_of_hour(now: datetime) -> str:
    """Return the theme of an hour in ward time, for a screen whose reader has not chosen one."""
    return "night" if now.hour >= _NIGHT_FROM or now.hour < _NIGHT_UNTIL else "day"


def _environment(context: Context) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), PackageLoader("nhsuk_frontend_jinja")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.globals.update(
        _=_say,
        gettext=_say,
        words=_words,
        moment=_moment,
        month_name=_month_name,
        span=_span,
        shape=shape,
        mark=mark,
        picture=_picture,
        told_of=told_of_sensors,
        sensor_names=SENSOR_NAMES,
        is_demonstration=_framed(context),
        may_call_emergency=_may_call,
    )
    return environment


def _may_call(reader: Reader) -> bool:
    """Return whether the red control stands on a reader's screens: on everybody's who works here (rule A17)."""
    return _is_staff(reader.actor) and reader.actor is not None and reader.actor.role is not Role.ADVOCATE


def _framed(context: Context) -> bool:
    return context is Context.DEMONSTRATION


@pass_context
def _say(context: RenderContext, text: str, **values: Any) -> str:
    return _catalogue(context).say(text, **values)


@pass_context
def _words(context: RenderContext, words: Words) -> str:
    return _catalogue(context).words(words)


@pass_context
def _moment(context: RenderContext, at: datetime, form: str = "") -> Markup:
    shown = _catalogue(context).moment(at, form)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), shown)


@pass_context
def _month_name(context: RenderContext, month: str) -> str:
    """Return a month that is kept as 2026-10 as people say it, such as October 2026."""
    return _catalogue(context).moment(datetime.strptime(f"{month}-15 12 +0000", "%Y-%m-%d %H %z"), "month")


@pass_context
def _picture(context: RenderContext, name: str) -> Markup:
    return picture(name, _catalogue(context))


def _span(seconds: float, form: str = "") -> str:
    return sentences.span(timedelta(seconds=seconds), form)


def _catalogue(context: RenderContext) -> Catalogue:
    found = context["catalogue"]
    if not isinstance(found, Catalogue):
        raise TypeError("a template was rendered without its language")
    return found
