"""Speak with the hospital's sign-in: where it is, whom it sends back, and with which keys it signs (OpenID Connect)."""

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client

from broker.clock import Clock
from console.signing_in.handshakes import Handshake
from console.signing_in.provider_settings import ProviderSettings

_KEPT_S = 3600.0
"""[s] for which what the provider says of itself is kept."""
_AGAIN_S = 15.0
"""[s] before a provider that was away is asked again: people are not kept waiting one after the other."""
_LONGEST = 256 * 1024
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderAway(Exception):
    """It does not answer, or not as itself."""


class ProviderRefused(Exception):
    """It answers, and will not give a token for this code."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider gave for a code.

    Attributes:
        id_token: not yet proved.
        access_token: that came with it; used for nothing else than to prove it.
    """

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


class Provider:
    """One provider; nothing it sends is believed here, and no redirect of its is followed."""

    def __init__(self, settings: ProviderSettings, secret: str | None, clock: Clock) -> None:
        self._settings = settings
        self._secret = secret
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Mapping[str, Any]]] = {}
        self._away_s = float("-inf")

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        """Read once whose certificates count: those of the machine, or the hospital's own."""
        file = self._settings.ca_file
        return ssl.create_default_context(cafile=None if file is None else str(file))

    @property
    def is_away(self) -> bool:
        """Return whether it was away a moment ago."""
        return self._clock.elapsed_s() - self._away_s < _AGAIN_S

    def address(self, begun: Handshake) -> str:
        """Return where a browser signs in.

        Raises:
            ProviderAway: it does not say.
        """
        endpoint = str(self._described()["authorization_endpoint"])
        with self._client(begun.where) as client:
            address, _ = client.create_authorization_url(
                endpoint,
                state=begun.part("state"),
                nonce=begun.part("nonce"),
                code_verifier=begun.part("verifier"),
                # Whoever stands at a shared tablet signs in: the one before them is not taken for them.
                prompt="login",
            )
        return str(address)

    def exchange(self, code: str, begun: Handshake) -> Answer:
        """Return what the provider gives for a code, once.

        Raises:
            ProviderAway: it does not answer.
            ProviderRefused: it does not know the code, or not any more, or not from us.
        """
        endpoint = str(self._described()["token_endpoint"])
        try:
            with self._client(begun.where) as client:
                told = client.fetch_token(
                    endpoint, grant_type="authorization_code", code=code, code_verifier=begun.part("verifier")
                )
        except httpx2.HTTPError as error:
            raise self._away() from error
        except (AuthlibBaseError, ValueError) as error:
            raise ProviderRefused from error
        id_token, access_token = told.get("id_token"), told.get("access_token", "")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise ProviderRefused
        return Answer(id_token, access_token)

    def keys(self, *, anew: bool = False) -> Mapping[str, Any]:
        """Return its key set.

        Args:
            anew: ask again, when the keys at hand do not fit; at most four times a minute.

        Raises:
            ProviderAway: it does not answer.
        """
        address = str(self._described()["jwks_uri"])
        return self._read(address, _AGAIN_S if anew else _KEPT_S)

    def _described(self) -> Mapping[str, Any]:
        """Return what the provider says of itself, held to its own name and to TLS."""
        issuer = self._settings.issuer
        return self._read(f"{issuer}/.well-known/openid-configuration", _KEPT_S, self._describes)

    def _describes(self, told: Mapping[str, Any]) -> bool:
        issuer, own = self._settings.issuer, urlsplit(self._settings.issuer)
        challenges = told.get("code_challenge_methods_supported", ["S256"])
        return (
            told.get("issuer") == issuer
            and all(urlsplit(str(told.get(name, ""))).scheme == own.scheme for name in _ENDPOINTS)
            and isinstance(challenges, list)
            and "S256" in challenges
        )

    def _read(
        self, address: str, kept_s: float, is_right: Callable[[Mapping[str, Any]], bool] = bool
    ) -> Mapping[str, Any]:
        now_s = self._clock.elapsed_s()
        with self._lock:
            kept = self._kept.get(address)
            if kept is not None and now_s - kept[0] < kept_s:
                return kept[1]
            if self.is_away:
                raise ProviderAway
            told = self._fetched(address)
            if told is None or not is_right(told):
                raise self._away()
            self._kept[address] = (now_s, told)
            return told

    def _fetched(self, address: str) -> Mapping[str, Any] | None:
        try:
            with httpx2.Client(**self._ways()) as client:
                answer = client.get(address)
            if answer.status_code != 200 or len(answer.content) > _LONGEST:
                return None
            told = answer.json()
        except (httpx2.HTTPError, ValueError):
            return None
        return told if isinstance(told, dict) else None

    def _away(self) -> ProviderAway:
        self._away_s = self._clock.elapsed_s()
        return ProviderAway()

    def _ways(self) -> dict[str, Any]:
        # Neither a redirect nor a proxy of the environment leads elsewhere.
        timeout_s, trusted = self._settings.timeout_s, self._trusted
        return {"timeout": timeout_s, "verify": trusted, "follow_redirects": False, "trust_env": False}

    def _client(self, where: str) -> Any:
        return OAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._secret,
            scope=" ".join(self._settings.scopes),
            redirect_uri=where,
            code_challenge_method="S256",
            **self._ways(),
        )
