"""What an ID token says, once it is proved to be the provider's, for us, for this sign-in and of now.

Source:
    OpenID Connect Core 1.0, section 3.1.3.7; RFC 8725 (no algorithm but those listed here).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwk import KeySet

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures by a key pair alone: `none` and every shared secret are refused."""
_OLDEST_S = 600
"""[s] how old a token may be that was asked for a moment ago."""
_MOST_GROUPS = 500


class TokenRefused(Exception):
    """An ID token proves nothing.

    Attributes:
        code: why, as the log keeps it.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider vouches for.

    Attributes:
        subject: their name there, which never changes.
        groups: theirs.
        amr: how they signed in there.
        claims: all that was said.
    """

    subject: str
    groups: tuple[str, ...]
    amr: tuple[str, ...]
    claims: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a token must answer to.

    Attributes:
        issuer: the provider.
        client_id: us.
        nonce: of this sign-in.
        groups_claim: where the groups stand.
        now: UTC.
        skew_s: [s] that clocks may differ by.
    """

    issuer: str
    client_id: str
    nonce: str
    groups_claim: str
    now: datetime
    skew_s: int


def person_of(id_token: str, access_token: str, keys: Mapping[str, Any], asked: Asked) -> Person:
    """Return whom an ID token vouches for.

    Args:
        id_token: as it came, over TLS, from the token endpoint.
        access_token: that came with it; its hash must stand in the token where one does.
        keys: the provider's key set.
        asked: what it must answer to.

    Raises:
        TokenRefused: anything about it is not as asked.
    """
    try:
        token = jwt.decode(id_token, KeySet.import_key_set(public_part(keys)), algorithms=list(ALGORITHMS))
        claims = CodeIDToken(
            token.claims,
            token.header,
            {"iss": {"essential": True, "value": asked.issuer}, "aud": {"essential": True, "value": asked.client_id}},
            {"nonce": asked.nonce, "client_id": asked.client_id, "access_token": access_token},
        )
        now_s = int(asked.now.timestamp())
        claims.validate(now_s, asked.skew_s)
    except ExpiredTokenError as error:
        raise TokenRefused("token_expired") from error
    except (InvalidClaimError, MissingClaimError) as error:
        raise TokenRefused(f"wrong_{error.claim}" if error.claim.isidentifier() else "wrong_claim") from error
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise TokenRefused("bad_signature") from error
    if now_s - claims["iat"] > _OLDEST_S + asked.skew_s:
        raise TokenRefused("wrong_iat")
    if not 1 <= len(claims["sub"]) <= 255:
        raise TokenRefused("wrong_sub")
    return Person(claims["sub"], _texts(claims.get(asked.groups_claim)), _texts(claims.get("amr")), dict(claims))


def proved(token: str, keys: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the header and the claims of a token that the provider has signed; nothing else of it is held to anything.

    Raises:
        TokenRefused: it is none, or somebody else has signed it.
    """
    try:
        told = jwt.decode(token, KeySet.import_key_set(public_part(keys)), algorithms=list(ALGORITHMS))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise TokenRefused("bad_signature") from error
    return told.header, told.claims


def public_part(keys: Mapping[str, Any]) -> Any:
    """Return the key set without keys that are shared secrets or for something else than signing."""
    listed = keys.get("keys")
    told = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {"keys": [one for one in told if one.get("kty") != "oct" and one.get("use", "sig") == "sig"]}


def _texts(told: Any) -> tuple[str, ...]:
    """Return a claim that is a list of texts, or one text; anything else is empty."""
    listed = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    return tuple(one for one in listed[:_MOST_GROUPS] if isinstance(one, str))
