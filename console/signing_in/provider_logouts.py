"""The hospital's sign-in says that somebody has signed out there: every session of theirs here ends at once (rule X6).

Source:
    OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8.
"""

import hashlib
import threading
from collections import OrderedDict
from datetime import timedelta

import structlog

from console.roles import Actor
from console.rules.decision import Decision
from console.showing.views import Words
from console.signing_in.logout_tokens import OLDEST_S, Logout, logout_of
from console.signing_in.provider import Provider, ProviderAway
from console.signing_in.provider_settings import ProviderSettings
from console.signing_in.register import Register
from console.signing_in.sessions import Sessions
from console.signing_in.tokens import Asked, TokenRefused
from console.store import accounts, identity_rows, provider_sids
from console.store.database import Tx

LOGGED_OUT, DENIED = "signin:provider:logged_out", "signin:logout:denied"
_MOST_KEPT = 10_000
_SID_KEPT = timedelta(days=2)
"""Longer than any session lasts."""
_NOT_IT = Words("The logout token does not hold.")
_AWAY = Words("The provider's keys cannot be read; send it again.")
_log = structlog.get_logger(__name__)


class ProviderLogouts:
    """Takes logout tokens from whoever posts them, and believes what is signed."""

    def __init__(self, register: Register, sessions: Sessions, settings: ProviderSettings, provider: Provider) -> None:
        self._register, self._sessions = register, sessions
        self._settings, self._provider = settings, provider
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, tx: Tx, actor: Actor, sid: object) -> None:
        """Keep which of the provider's sessions somebody came with, within the write that lets them in."""
        if isinstance(sid, str) and sid:
            now = self._register.clock.utc_now()
            provider_sids.keep(tx, _hash(self._settings.issuer, sid), actor.actor_id, now, now - _SID_KEPT)

    def log_out(self, token: str) -> Decision:
        """End every session of whom a token names; somebody who is not known here needs no end.

        Args:
            token: as it was posted.

        Raises:
            StoreError: it cannot be recorded; the provider sends it again.
        """
        try:
            logout = self._proved(token)
        except ProviderAway:
            return self._register.deny(DENIED, None, "provider_away", _AWAY)
        except TokenRefused as error:
            _log.warning("logout_token_refused", code=error.code)
            return self._register.deny(DENIED, None, error.code, _NOT_IT)
        if not self._is_new(logout.jti):
            return self._register.deny(DENIED, None, "replayed", _NOT_IT)
        try:
            self._register.store.write(lambda tx: self._end(tx, logout))
        except BaseException:
            self._forget(logout.jti)
            raise
        return self._register.decide(Words("Signed out."), allowed=True)

    def _proved(self, token: str) -> Logout:
        told = self._settings
        asked = Asked(told.issuer, told.client_id, "", told.groups_claim, self._register.clock.utc_now(), told.skew_s)
        try:
            return logout_of(token, self._provider.keys(), asked)
        except TokenRefused as refused:
            if refused.code != "bad_signature":
                raise
            # The provider may have changed its keys since they were read.
            return logout_of(token, self._provider.keys(anew=True), asked)

    def _end(self, tx: Tx, logout: Logout) -> None:
        actor = self._whose(tx, logout)
        if actor is None:
            return
        by = logout.issued_at + timedelta(seconds=self._settings.skew_s)
        self._sessions.end_all(tx, actor, "provider_logout", opened_by=by)
        subject = f"account:{actor.actor_id}"
        self._register.record(tx, LOGGED_OUT, Actor.system("provider"), subject=subject)

    def _whose(self, tx: Tx, logout: Logout) -> Actor | None:
        """Return whose sessions end: the person's where one is named, else whoever came with that session."""
        issuer = self._settings.issuer
        if logout.subject:
            known = identity_rows.provider_account(tx, issuer, logout.subject)
            actor_id = known.actor_id if known else None
        else:
            actor_id = provider_sids.whose(tx, _hash(issuer, logout.sid))
        account = accounts.by_id(tx, actor_id) if actor_id else None
        return account.actor if account else None

    def _is_new(self, jti: str) -> bool:
        """Note a token; return whether it was not here before, as far back as one may come again."""
        key, now_s = _hash(self._settings.issuer, jti), self._register.clock.elapsed_s()
        kept_s = OLDEST_S + 2.0 * self._settings.skew_s
        with self._lock:
            while self._seen and (len(self._seen) >= _MOST_KEPT or next(iter(self._seen.values())) < now_s - kept_s):
                self._seen.popitem(last=False)
            if key in self._seen:
                return False
            self._seen[key] = now_s
            return True

    def _forget(self, jti: str) -> None:
        with self._lock:
            self._seen.pop(_hash(self._settings.issuer, jti), None)


def _hash(issuer: str, told: str) -> str:
    return hashlib.sha256(f"{issuer} {told}".encode()).hexdigest()
