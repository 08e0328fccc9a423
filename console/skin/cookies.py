"""What the console leaves in a browser: a few signed or random cookies, none of which a script can read."""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from console.errors import KeyFault

_KEY_BYTES = 32
_YEAR_S = 365 * 24 * 3600
_TOKEN_MAX = 512


@dataclass(frozen=True, slots=True)
class Cookies:
    """Names, seals and reads the cookies.

    Attributes:
        key: secret of this console; 32 bytes.
        is_tls: then cookies travel over TLS only and are bound to this host by their `__Host-` names.
    """

    key: bytes
    is_tls: bool

    def name(self, what: str) -> str:
        """Return the name of a cookie in the browser."""
        return f"__Host-hushward-{what}" if self.is_tls else f"hushward-{what}"

    def session(self, request: Request) -> str | None:
        """Return the session token that a browser brought; None when there is none or its seal is broken."""
        return self._opened(request, "session")

    def keep_session(self, response: Response, token: str) -> None:
        """Leave a session token; it ends with the browser and, sooner, with the session on the console."""
        self._set(response, "session", self._sealed("session", token), None)

    def stop(self, request: Request, room_id: str) -> str | None:
        """Return the token of the stop that this browser asked for in a room; None when it asked for none there."""
        return self._opened(request, f"stop-{room_id}")

    def keep_stop(self, response: Response, room_id: str, token: str) -> None:
        """Leave the token of a room's stop, which opens the state of that stop and nothing else."""
        self._set(response, f"stop-{room_id}", self._sealed(f"stop-{room_id}", token), 3600)

    def keep_binding(self, response: Response, what: str, value: str, lasts_s: int, *, crosses: bool = False) -> None:
        """Leave what a sign-in that has begun brings back; `crosses` when it comes back from another site."""
        self._set(response, what, self._sealed(what, value), lasts_s, "lax" if crosses else "strict")

    def binding(self, request: Request, what: str) -> str:
        """Return what a sign-in that has begun brought back; empty when it brought nothing."""
        return self._opened(request, what) or ""

    def choice(self, request: Request, what: str) -> str | None:
        """Return a choice about this screen, such as its language; None when none was made."""
        return request.cookies.get(self.name(what))

    def keep_choice(self, response: Response, what: str, value: str, lasts_s: int = _YEAR_S) -> None:
        """Leave a choice about this screen."""
        self._set(response, what, value, lasts_s)

    def device(self, request: Request) -> str:
        """Return the pseudonym of this browser, a new one for a browser that has none."""
        known = self._opened(request, "device")
        made = getattr(request.state, "device", None)
        device = known or made or secrets.token_hex(8)
        request.state.device = device
        return device

    def keep_device(self, request: Request, response: Response) -> None:
        """Leave the pseudonym, so that several stops from one device can be seen as such (NA-18)."""
        self._set(response, "device", self._sealed("device", self.device(request)), _YEAR_S)

    def forget(self, response: Response, what: str) -> None:
        """Take a cookie away."""
        response.delete_cookie(self.name(what), path="/", secure=self.is_tls, httponly=True, samesite="strict")

    def form_token(self, session_token: str) -> str:
        """Return what each form of a session must bring back."""
        return hmac.new(self.key, b"form:" + session_token.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, session_token: str, brought: str) -> bool:
        """Tell whether a form belongs to a session, in constant time."""
        return hmac.compare_digest(self.form_token(session_token).encode(), brought.encode())

    def _sealed(self, what: str, value: str) -> str:
        return str(URLSafeSerializer(self.key, salt=what).dumps(value))

    def _opened(self, request: Request, what: str) -> str | None:
        sealed = request.cookies.get(self.name(what))
        if sealed is None or len(sealed) > _TOKEN_MAX:
            return None
        try:
            value = URLSafeSerializer(self.key, salt=what).loads(sealed)
        except BadSignature:
            return None
        return value if isinstance(value, str) else None

    def _set(
        self,
        response: Response,
        what: str,
        value: str,
        max_age_s: int | None,
        same_site: Literal["lax", "strict"] = "strict",
    ) -> None:
        response.set_cookie(
            self.name(what),
            value,
            max_age=max_age_s,
            path="/",
            secure=self.is_tls,
            httponly=True,
            samesite=same_site,
        )


def open_cookie_key(folder: Path) -> bytes:
    """Read this console's cookie secret, or make it.

    Args:
        folder: of the console's keys; made when missing.

    Returns:
        32 bytes.

    Raises:
        KeyFault: the file has another length.
    """
    path = folder / "cookie.key"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != _KEY_BYTES:
            raise KeyFault(f"{path} is damaged: remove it, and everybody signs in again.") from None
        return key
    key = secrets.token_bytes(_KEY_BYTES)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    return key
