"""A hospital's sign-in on this machine, over real HTTP: it signs whom a test says, and lies as a test says."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from broker.clock import Clock
from console.signing_in.logout_tokens import EVENT
from console.signing_in.provider_settings import ProviderSettings

CLIENT = "hushward-willow"


@cache
def signing_key(number: int = 0) -> RSAKey:
    """Return a key, made once: making one takes a quarter of a second."""
    return RSAKey.generate_key(2048, {"kid": f"key-{number}", "use": "sig"})


@dataclass
class Hospital:
    """What it knows, and how it lies.

    Attributes:
        address: its issuer.
        clock: whose time its tokens say.
        claims: of whoever signs in next.
        lies: claims that its tokens hold instead of the true ones.
        signer: the key that signs; another than `key` is a forger's.
        is_away: it answers nothing but 503.
    """

    address: str
    clock: Clock
    claims: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=signing_key)
    signer: RSAKey | None = None
    is_away: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def sign_in(self, address: str, **claims: Any) -> dict[str, str]:
        """Sign somebody in who was sent to an address here; return what their browser brings back."""
        asked = {name: told[0] for name, told in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256", asked
        assert asked["client_id"] == CLIENT and asked["redirect_uri"].endswith("/sign-in/provider/back"), asked
        self.claims, code = claims or self.claims, secrets.token_hex(8)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def described(self) -> dict[str, Any]:
        here = self.address
        return {
            "issuer": here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/keys",
            "code_challenge_methods_supported": ["S256"],
        }

    def token(self, told: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Give a token for a code, once, to whoever holds its verifier."""
        asked = self.codes.pop(told.get("code", ""), None)
        hashed = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).decode().rstrip("=")
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != told.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        now = int(self.clock.utc_now().timestamp())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.claims | self.lies
        signed = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.signer or self.key)
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": signed}

    def logout_token(self, **changes: Any) -> str:
        """Return what its server posts when Ada signs out there; a change to None leaves a claim out.

        `iat` and `exp` are given in seconds from now, and `typ` stands in the header.
        """
        now = int(self.clock.utc_now().timestamp())
        told = {"iss": self.address, "aud": CLIENT, "iat": 0, "exp": 120, "jti": secrets.token_hex(8)}
        told |= {"events": {EVENT: {}}, "sub": "00u-ada", "typ": "logout+jwt"} | changes
        claims = {name: value for name, value in told.items() if value is not None and name != "typ"}
        claims |= {name: now + claims[name] for name in ("iat", "exp") if name in claims}
        header = {"alg": "RS256", "kid": self.key.kid, "typ": told["typ"]}
        return jwt.encode(header, claims, self.signer or self.key)


@contextmanager
def hospital(clock: Clock) -> Iterator[Hospital]:
    """Run a hospital's sign-in in a thread, on a free port of this machine."""
    made: list[Hospital] = []

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here = made[0]
            if self.path.startswith("/authorize"):
                asked, back = parse_qs(urlsplit(self.path).query), here.sign_in(self.path)
                self._page(f'<a href="{asked["redirect_uri"][0]}?{urlencode(back)}">It is me</a>')
                return
            keys = {"keys": [here.key.as_dict(private=False)]}
            told = {"/.well-known/openid-configuration": here.described(), "/keys": keys}.get(self.path)
            self._say(200 if told else 404, told or {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._say(*made[0].token({name: told[0] for name, told in parse_qs(body).items()}))

        def _say(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(503 if made[0].is_away else status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _page(self, html: str) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_told: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    made.append(Hospital(f"http://127.0.0.1:{server.server_port}", clock))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made[0]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def settings_for(address: str, ward: str) -> ProviderSettings:
    """Return settings that let two groups in on a ward."""
    grants = [
        {"group": "night-nurses", "role": "nurse", "wards": [ward]},
        {"group": "gov", "role": "governance_lead", "wards": [ward]},
        {"group": "elsewhere", "role": "matron", "wards": ["oak"]},
    ]
    return ProviderSettings.model_validate({"issuer": address, "client_id": CLIENT, "grants": grants})
