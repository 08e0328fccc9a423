"""The screens that show the board now: each is a viewing (rule X1), and all share one computed board."""

import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import escape

from broker.clock import Clock
from console.roles import Actor
from console.rules.decision import Decision
from console.screens.look_ports import Viewing
from console.screens.pages import Pages, theme_of_hour
from console.screens.ports import WardPort
from console.showing.views import BoardView, TileKind, TileView
from console.skin.broadcast import Broadcaster, RenderedTile, Surroundings
from console.skin.stream import MAX_SILENCE_S, LiveStream
from console.tracing.spans import NO_SPANS, Spans
from console.words import Catalogue

_HEARTBEAT_EVERY_S = 10.0
_STRESSED = re.compile(r"\*\*(.+?)\*\*")


@dataclass(slots=True)
class _Screen:
    viewing: Viewing
    token: str
    answered_s: float
    beaten_s: float
    is_signed_in: bool = True


class LiveBoard:
    """Opens, feeds and closes the live streams of the board.

    Args:
        ward: gives viewings.
        pages: renders tiles.
        clock: the ward's; silence is counted on its elapsed time.
        spans: times boards.
    """

    def __init__(self, ward: WardPort, pages: Pages, clock: Clock, spans: Spans = NO_SPANS) -> None:
        self._ward = ward
        self._pages = pages
        self._clock = clock
        self._screens: dict[str, _Screen] = {}
        self._lock = threading.Lock()
        self.broadcaster = Broadcaster(self._compute, self._tile, self._around, spans=spans)

    @property
    def screen_count(self) -> int:
        """How many screens show the board now."""
        return len(self._screens)

    def open(
        self,
        actor: Actor,
        token: str,
        device: str,
        catalogue: Catalogue,
        shows: Callable[[], bool] = lambda: True,
    ) -> LiveStream | None:
        """Begin a viewing and its stream; the viewing is in the log before the first byte leaves.

        Args:
            actor: who looks.
            token: of their session; the stream ends with it.
            device: pseudonym of the screen.
            catalogue: the reader's words.
            shows: whether that screen may still show a board (rule K10).

        Returns:
            The stream, or None when this reader may not see the board.
        """
        viewing = self._ward.access.open_viewing(actor, device)
        if isinstance(viewing, Decision):
            return None
        now_s = self._clock.elapsed_s()
        screen_id = secrets.token_hex(8)
        with self._lock:
            self._screens[screen_id] = _Screen(viewing, token, now_s, now_s)
        return LiveStream(
            self.broadcaster.read(catalogue),
            name=screen_id,
            is_open=lambda: shows() and self._is_signed_in(screen_id),
            is_answering=lambda: self._is_answering(screen_id),
            on_end=lambda reason: self._close(screen_id, reason),
        )

    def answer(self, screen_id: str, token: str) -> bool:
        """Note that a screen still shows what it is sent.

        Returns:
            Whether that screen is known and of this session.
        """
        with self._lock:
            screen = self._screens.get(screen_id)
            if screen is None or screen.token != token:
                return False
            screen.answered_s = self._clock.elapsed_s()
            return True

    def _is_signed_in(self, screen_id: str) -> bool:
        screen = self._screens.get(screen_id)
        return screen is not None and screen.is_signed_in

    def _is_answering(self, screen_id: str) -> bool:
        screen = self._screens.get(screen_id)
        return screen is not None and self._clock.elapsed_s() - screen.answered_s <= MAX_SILENCE_S

    def _close(self, screen_id: str, reason: str) -> None:
        with self._lock:
            screen = self._screens.pop(screen_id, None)
        if screen is not None:
            screen.viewing.close(reason)

    def _compute(self) -> BoardView | None:
        """Ask which sessions last, in one question for all screens, then make the board that those are sent."""
        with self._lock:
            screens = list(self._screens.values())
        now_s = self._clock.elapsed_s()
        lasting = self._ward.identity.lasting({one.token for one in screens})
        for screen in screens:
            screen.is_signed_in = screen.is_signed_in and screen.token in lasting
        for screen in screens:
            if now_s - screen.beaten_s >= _HEARTBEAT_EVERY_S:
                screen.beaten_s = now_s
                screen.viewing.heartbeat()
        return screens[0].viewing.board() if screens else None

    def _tile(self, catalogue: Catalogue, tile: TileView) -> RenderedTile:
        return render_tile(self._pages, catalogue, tile)

    def _around(self, catalogue: Catalogue, view: BoardView) -> Surroundings:
        around = {
            "sentence": _with_stress(catalogue.words(view.ward_sentence)),
            "calls": self._pages.render(catalogue, "board/calls.html", calling=view.calling),
            "asks": self._pages.render(
                catalogue, "board/asks.html", asks=[tile for tile in view.tiles if tile.prompt is not None]
            ),
            "notices": self._pages.render(catalogue, "board/notices.html", notices=view.notices),
        }
        return Surroundings(
            catalogue.moment(view.at, "seconds"), theme_of_hour(view.at.astimezone(catalogue.timezone)), around
        )


def _with_stress(text: str) -> str:
    """Return a sentence as a fragment; what stands between two pairs of stars is strong."""
    return _STRESSED.sub(r"<strong>\1</strong>", str(escape(text)))


def render_tile(pages: Pages, catalogue: Catalogue, tile: TileView, *, is_alone: bool = False) -> RenderedTile:
    """Render one tile in one language; alone on its page it leads nowhere and its answers stand below it."""
    headline, _, rest = catalogue.words(tile.headline).partition(" · ")
    html = pages.render(catalogue, "board/tile.html", tile=tile, headline=headline, rest=rest, is_alone=is_alone)
    said = [tile.room_title, headline, rest]
    if tile.prompt is not None:
        said.insert(1, catalogue.words(tile.prompt))
    return RenderedTile(
        html,
        tile.kind.value,
        tile.prompt is not None or tile.kind is TileKind.ALERT,
        f"{tile.kind.value} {tile.prompt_id or ''} {tile.alert_id or ''}",
        ". ".join(part for part in said if part) + ".",
    )
