"""Who stands before a screen, whether they are still there, and whether a press came from a form of theirs."""

import hashlib
import threading
from typing import Annotated

from fastapi import Form, Request

from broker.clock import Clock
from console.roles import Actor
from console.screens.ports import WardPort
from console.skin.cookies import Cookies
from console.skin.overlooked import OverlookedScreens

IDLE_LOCK_S = 120.0
"""Rule X6: after this long without a touch, details and changes need the password again."""
_REMEMBERED = 10_000


class SignInNeeded(Exception):
    """Nobody is signed in, or the session has ended."""


class UnlockNeeded(Exception):
    """Somebody is signed in, and nobody has touched the screen for two minutes."""

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.actor = actor


class SecondStepNeeded(Exception):
    """Somebody whose role needs a second step has none yet (rule X6)."""


class NotForYou(Exception):
    """There is no such thing, or it is not this reader's: the two look alike (T06)."""


class FormRefused(Exception):
    """A form that is old, or was not made for this session."""


class Door:
    """Tells pages who asks.

    The live stream and its answers never count as a touch, so a board that hangs on a wall is locked all the same: it
    goes on showing the board and taking answers to prompts, and asks for the password before anything else.

    Args:
        ward: the ward.
        cookies: reads what the browser brought.
        clock: idle time is counted on its elapsed time.
        overlooked: screens that visitors can see: nobody is known at them until a badge is near (rule K10).
    """

    def __init__(self, ward: WardPort, cookies: Cookies, clock: Clock, overlooked: OverlookedScreens) -> None:
        self._ward = ward
        self._cookies = cookies
        self._clock = clock
        self.overlooked = overlooked
        self._touched: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def anybody(self, request: Request) -> Actor | None:
        """Return who is signed in; None when nobody is."""
        token = self._cookies.session(request)
        if token is None or not self.overlooked.shows(request):
            return None
        found: Actor | None = self._ward.identity.actor_of(token)
        return found

    def signed_in(self, request: Request) -> Actor:
        """Return who is signed in, for what a locked screen still shows.

        Raises:
            SignInNeeded: nobody is.
        """
        actor = self.anybody(request)
        if actor is None:
            raise SignInNeeded
        return actor

    def unlocked(self, request: Request) -> Actor:
        """Return who is signed in and was here a moment ago, for details.

        Raises:
            SignInNeeded: nobody is signed in.
            UnlockNeeded: nobody touched the screen for two minutes.
            SecondStepNeeded: their role needs a second step, and they have none.
        """
        actor = self.enrolling(request)
        if self._ward.identity.steps.is_wanting(actor):
            raise SecondStepNeeded
        return actor

    def is_locked(self, request: Request) -> bool:
        """Return whether nobody has touched this screen for two minutes; to ask is no touch."""
        token = self._cookies.session(request)
        with self._lock:
            before = self._touched.get(_key(token)) if token is not None else None
        return before is None or self._clock.elapsed_s() - before > IDLE_LOCK_S

    def enrolling(self, request: Request) -> Actor:
        """Return the same, also while they must still set up their second step.

        Raises:
            SignInNeeded: nobody is signed in.
            UnlockNeeded: nobody touched the screen for two minutes.
        """
        actor = self.signed_in(request)
        token = self._cookies.session(request)
        if token is None or not self._touch(token):
            raise UnlockNeeded(actor)
        return actor

    def pressed(self, request: Request, form_token: Annotated[str, Form(max_length=128)] = "") -> Actor:
        """Return who pressed a button of their own form, for what a locked screen still takes.

        Raises:
            SignInNeeded: nobody is signed in.
            FormRefused: the form was not made for this session.
        """
        actor = self.signed_in(request)
        token = self._cookies.session(request)
        if token is None or not self._cookies.is_form_token(token, form_token):
            raise FormRefused
        self.overlooked.came(token)
        return actor

    def changing(self, request: Request, form_token: Annotated[str, Form(max_length=128)] = "") -> Actor:
        """Return who pressed a button of their own form and was here a moment ago, for details and changes.

        Raises:
            SignInNeeded: nobody is signed in.
            FormRefused: the form was not made for this session.
            UnlockNeeded: nobody touched the screen for two minutes.
        """
        self.pressed(request, form_token)
        return self.unlocked(request)

    def began(self, token: str) -> None:
        """Note a new session: its owner is here."""
        self.overlooked.came(token)
        with self._lock:
            if len(self._touched) >= _REMEMBERED:
                self._touched.clear()
            self._touched[_key(token)] = self._clock.elapsed_s()

    def _touch(self, token: str) -> bool:
        """Note a touch; return whether the one before it was recent. One before a restart is forgotten: locked."""
        now_s = self._clock.elapsed_s()
        with self._lock:
            before = self._touched.get(_key(token))
            if before is None or now_s - before > IDLE_LOCK_S:
                return False
            self._touched[_key(token)] = now_s
            return True


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
