"""One board for all screens: computed four times a second, each tile rendered once per language, sent where changed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field

import structlog

from console.showing.views import BoardView, TileView
from console.tracing.spans import NO_SPANS, Fact, Spans, Step
from console.words import Catalogue

PERIOD_S = 1.0
_LOOKS = 4
"""How often in a period it is looked whether anything has changed: what a node says waits a quarter of a second."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RenderedTile:
    """One tile in one language.

    Attributes:
        html: the fragment.
        kind: of the tile, for its colour.
        asks: whether it asks somebody to go.
        key: changes when there is something new to say, not when only a time moves on.
        spoken: what a screen reader is told when the key changes.
    """

    html: str
    kind: str
    asks: bool
    key: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A whole board in one language.

    Attributes:
        at: time of the board, in ward time, HH:MM:SS.
        theme: what the hour asks for.
        tiles: by room, in ward order.
        around: fragments besides the tiles (ward sentence, notices), by name.
    """

    at: str
    theme: str
    tiles: Mapping[str, RenderedTile]
    around: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a board says besides its tiles, in one language; the fields are those of `Rendered`."""

    at: str
    theme: str
    around: Mapping[str, str]


RenderTile = Callable[[Catalogue, TileView], RenderedTile]
RenderAround = Callable[[Catalogue, BoardView], Surroundings]


@dataclass(slots=True)
class _Edition:
    """The newest board, and in which edition each part last changed, per language."""

    number: int = 0
    view: BoardView | None = None
    rendered: dict[str, Rendered] = field(default_factory=dict)
    changed: dict[str, dict[str, int]] = field(default_factory=dict)
    changed_around: dict[str, dict[str, int]] = field(default_factory=dict)
    texts: dict[tuple[str, int], str] = field(default_factory=dict)

    @property
    def is_news(self) -> bool:
        """Return whether any part changed with this edition."""
        marks = (*self.changed.values(), *self.changed_around.values())
        return any(number == self.number for parts in marks for number in parts.values())


class Broadcaster:
    """Holds the newest board and hands out what changed.

    Memory is bounded whatever the readers do: nothing is queued for a reader, each asks for what changed since its own
    last edition. A board that cannot be computed is not sent, so that every screen says NOT MONITORED by itself.

    Args:
        compute: returns the board now; called in a thread, at most one at a time, only while somebody reads.
        render_tile: one tile in one language.
        render_around: time and surroundings in one language.
        period_s: between boards that say nothing new [s]; one that does is sent within a quarter of it.
        spans: times boards that are sent.
    """

    def __init__(
        self,
        compute: Callable[[], BoardView | None],
        render_tile: RenderTile,
        render_around: RenderAround,
        period_s: float = PERIOD_S,
        spans: Spans = NO_SPANS,
    ) -> None:
        self._compute = compute
        self._render_tile = render_tile
        self._render_around = render_around
        self._period_s = period_s
        self._spans = spans
        self._edition = _Edition()
        self._readers: dict[object, Catalogue] = {}
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_failing = False
        self._is_awaited = False
        self._sent_s = 0.0

    @property
    def reader_count(self) -> int:
        """How many screens read now."""
        return len(self._readers)

    async def read(self, catalogue: Catalogue) -> AsyncIterator[str]:
        """Yield the whole board first, then what changed, at least each period, for ever, as JSON texts.

        The first board is one that was computed after the reader came: an older one may be long out of date.
        """
        me = object()
        self._readers[me] = catalogue
        seen = -1
        try:
            self._begin()
            begun = self._edition.number
            self._is_awaited = True
            while True:
                news = self._news
                if catalogue.language in self._edition.rendered and self._edition.number > max(seen, begun):
                    text = self._changes(catalogue.language, seen)
                    seen = self._edition.number
                    yield text
                await news.wait()
        finally:
            self._readers.pop(me, None)

    async def stop(self) -> None:
        """End the computing; readers get nothing more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def _begin(self) -> None:
        if self._task is None or self._task.done():
            self._edition = _Edition(number=self._edition.number)
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while self._readers:
            await self._publish(loop.time())
            due = max(due + self._period_s / _LOOKS, loop.time())
            await asyncio.sleep(due - loop.time())

    async def _publish(self, now_s: float) -> None:
        catalogues, began = {one.language: one for one in self._readers.values()}, self._spans.moment()
        try:
            edition = await asyncio.to_thread(self._next, self._edition, catalogues)
        except Exception as error:
            # Any failure ends the same way: nothing is sent, and each screen says NOT MONITORED within 5 s.
            if not self._is_failing:
                _log.error("board_not_computed", error=type(error).__name__)
            self._is_failing = True
            return
        if edition is None:
            return
        self._is_failing = False
        if not self._is_due(edition, now_s):
            return
        self._is_awaited, self._sent_s = False, now_s
        with self._spans.during(Step.BOARD, began) as span:
            span.tell(Fact.SCREENS, len(self._readers))
            self._edition = edition
            news, self._news = self._news, asyncio.Event()
            news.set()

    def _is_due(self, edition: _Edition, now_s: float) -> bool:
        """Return whether somebody waits for a first board, a period is over, or there is something new."""
        # A little sooner, so that four looks make a period and not five.
        is_over = now_s - self._sent_s >= self._period_s * (1 - 0.5 / _LOOKS)
        return self._is_awaited or is_over or edition.is_news

    def _next(self, last: _Edition, catalogues: Mapping[str, Catalogue]) -> _Edition | None:
        view = self._compute()
        if view is None:
            return None
        edition = _Edition(number=last.number + 1, view=view)
        for language, catalogue in catalogues.items():
            before = last.rendered.get(language)
            rendered = self._render(catalogue, view, last.view, before)
            edition.rendered[language] = rendered
            edition.changed[language] = _marks(
                rendered.tiles, before.tiles if before else {}, last.changed.get(language, {}), edition.number
            )
            edition.changed_around[language] = _marks(
                rendered.around, before.around if before else {}, last.changed_around.get(language, {}), edition.number
            )
        return edition

    def _render(
        self, catalogue: Catalogue, view: BoardView, last: BoardView | None, before: Rendered | None
    ) -> Rendered:
        same = {tile.room_id: tile for tile in last.tiles} if last and before else {}
        tiles = {
            tile.room_id: (
                before.tiles[tile.room_id]
                if before is not None and same.get(tile.room_id) == tile
                else self._render_tile(catalogue, tile)
            )
            for tile in view.tiles
        }
        told = self._render_around(catalogue, view)
        return Rendered(told.at, told.theme, tiles, told.around)

    def _changes(self, language: str, seen: int) -> str:
        """Return what a reader of an older edition has missed; fifty screens that saw the same get the same text."""
        texts = self._edition.texts
        if (language, seen) not in texts:
            texts[language, seen] = self._written(language, seen)
        return texts[language, seen]

    def _written(self, language: str, seen: int) -> str:
        edition = self._edition
        rendered, changed = edition.rendered[language], edition.changed[language]
        around = edition.changed_around[language]
        return json.dumps(
            {
                "edition": edition.number,
                "at": rendered.at,
                "theme": rendered.theme,
                "rooms": list(rendered.tiles),
                "tiles": [
                    {"room": room, **asdict(tile)} for room, tile in rendered.tiles.items() if changed[room] > seen
                ],
                "around": {name: html for name, html in rendered.around.items() if around[name] > seen},
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )


def _marks(
    now: Mapping[str, object], before: Mapping[str, object], marks: Mapping[str, int], number: int
) -> dict[str, int]:
    return {name: marks[name] if name in marks and before.get(name) == part else number for name, part in now.items()}
