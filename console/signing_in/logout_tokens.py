"""What a logout token says, once it is proved to be the provider's, for us, of now, and no token of another kind.

Source:
    OpenID Connect Back-Channel Logout 1.0, sections 2.4 and 2.6; RFC 8725, section 3.12 (one kind of token each).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from console.signing_in.tokens import Asked, TokenRefused, proved

EVENT = "http://schemas.openid.net/event/backchannel-logout"
OLDEST_S = 120
"""[s] how old a logout token may be: it is sent the moment somebody signs out (section 2.4 says two minutes)."""
_KINDS = (None, "JWT", "logout+jwt")
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Logout:
    """Whom the provider says to be signed out.

    Attributes:
        subject: their name there; empty where only a session is named.
        sid: the provider's own session; empty where only a person is named.
        jti: of this token; no other has it.
        issued_at: when they signed out; whoever has come since has come anew.
    """

    subject: str
    sid: str = field(repr=False)
    jti: str
    issued_at: datetime


def logout_of(token: str, keys: Mapping[str, Any], asked: Asked) -> Logout:
    """Return whom a logout token signs out.

    Args:
        token: as it was posted; by whom is not known before this.
        keys: the provider's key set.
        asked: what it must answer to; its nonce and groups are of no use here.

    Raises:
        TokenRefused: anything about it is not as asked.
    """
    (header, claims), now_s = proved(token, keys), int(asked.now.timestamp())
    audience = claims.get("aud")
    issued, ends = claims.get("iat"), claims.get("exp")
    held = {
        "typ": header.get("typ") in _KINDS,
        "iss": claims.get("iss") == asked.issuer,
        "aud": audience == asked.client_id or (isinstance(audience, list) and asked.client_id in audience),
        "iat": -asked.skew_s <= now_s - _time(issued) <= OLDEST_S + asked.skew_s,
        # Early versions of the standard had no exp; where there is one it holds.
        "exp": ends is None or now_s <= _time(ends) + asked.skew_s,
        "jti": _is_text(claims.get("jti")),
        "events": isinstance(claims.get("events"), dict) and isinstance(claims["events"].get(EVENT), dict),
        # An ID token has a nonce: it is never taken for a logout token.
        "nonce": "nonce" not in claims,
        "sub": _is_text(claims.get("sub")) or (claims.get("sub") is None and _is_text(claims.get("sid"))),
        "sid": claims.get("sid") is None or _is_text(claims.get("sid")),
    }
    wrong = next((name for name, holds in held.items() if not holds), None)
    if wrong is not None:
        raise TokenRefused(f"wrong_{wrong}")
    issued_at = datetime.fromtimestamp(_time(issued), UTC)
    return Logout(claims.get("sub") or "", claims.get("sid") or "", claims["jti"], issued_at)


def _time(told: Any) -> int:
    """Return a time as a token has it; what is none is one long ago."""
    return told if isinstance(told, int) and not isinstance(told, bool) else 0


def _is_text(told: Any) -> bool:
    return isinstance(told, str) and 0 < len(told) <= _LONGEST
