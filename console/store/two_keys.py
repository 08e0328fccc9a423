"""Sealing to a person: what only their own code opens, which they keep and the console never does (rule R1).

A code is 160 random bits that a person writes down once. The key pair follows from it, and the database holds its
public half alone: whoever takes the server, its keys and every backup of it has no code.
"""

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from console.errors import SealBroken

_CODE_BYTES = 20
_FOURS = 4
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
"""RFC 9180, base mode."""


def new_code() -> str:
    """Make a code: 32 letters and digits in fours."""
    told = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    return "-".join(told[at : at + _FOURS] for at in range(0, len(told), _FOURS))


def public_of(code: str) -> str:
    """Return the public key that follows from a code, 64 hex digits; empty when it is no code."""
    key = _private(code)
    return "" if key is None else key.public_key().public_bytes_raw().hex()


def seal_to(public_hex: str, content: bytes, info: str) -> bytes:
    """Seal content to a person.

    Args:
        public_hex: their key, 64 hex digits.
        content: any bytes.
        info: what it belongs to; needed again to open it.
    """
    public = X25519PublicKey.from_public_bytes(bytes.fromhex(public_hex))
    return bytes(_SUITE.encrypt(content, public, info=info.encode()))


def open_with(code: str, sealed: bytes, info: str) -> bytes:
    """Open what was sealed to the person who holds a code.

    Raises:
        SealBroken: the code is another's, or what was sealed was changed or belongs elsewhere.
    """
    key = _private(code)
    try:
        if key is not None:
            return bytes(_SUITE.decrypt(sealed, key, info=info.encode()))
    except (InvalidTag, ValueError):
        pass
    raise SealBroken("that code does not open what was sealed to its holder")


def _private(code: str) -> X25519PrivateKey | None:
    try:
        secret = base64.b32decode("".join(one for one in code.upper() if one.isalnum()))
    except binascii.Error:
        return None
    if len(secret) != _CODE_BYTES:
        return None
    derived = HKDF(SHA256(), 32, salt=None, info=b"hushward holder key 1").derive(secret)
    return X25519PrivateKey.from_private_bytes(derived)
