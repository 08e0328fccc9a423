"""Proof of place: a code that the door's tag shows for half a minute, and that the console can check (rule A4)."""

import hashlib
import hmac
from datetime import datetime

from console.rules.policy import Policy

DIGITS = 4
_CODES = 10**DIGITS


def tag_key(ward_key: bytes, room_id: str) -> bytes:
    """Return the key of one door's tag: a tag that is taken away opens no other door.

    Args:
        ward_key: the ward's own, 32 bytes; never on a tag.
        room_id: the room's slug.
    """
    return hmac.digest(ward_key, b"hushward tag 1\n" + room_id.encode(), hashlib.sha256)


def window_of(at: datetime, policy: Policy) -> int:
    """Return the number of the time window that a moment lies in."""
    return int(at.timestamp() // policy.number("A4", "code_shown_s"))


def code_of(key: bytes, window: int) -> str:
    """Return the code that a tag shows in a window.

    Returns:
        Four digits: the truncated HMAC of the window's number.

    Source:
        RFC 6238 (TOTP) with SHA-256 and the dynamic truncation of RFC 4226, section 5.3.
    """
    digest = hmac.digest(key, window.to_bytes(8, "big"), hashlib.sha256)
    at = digest[-1] & 0xF
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % _CODES:0{DIGITS}}"


def proves_place(key: bytes, told: str, at: datetime, policy: Policy) -> bool:
    """Return whether a code is what the tag shows now.

    The window before counts too, for a code that changes while it is typed. An older one was copied or photographed,
    and proves nothing (NA-16); nor does it help to read one out over a telephone a minute later.
    """
    window, code = window_of(at, policy), "".join(told.split())
    return any(hmac.compare_digest(code_of(key, one).encode(), code.encode()) for one in (window, window - 1))
