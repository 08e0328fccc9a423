"""The token under which one stop can be followed: it says when it was asked for, so that a restart forgets none."""

import secrets
from datetime import UTC, datetime, timedelta

from console.keys.signer import Keys, note_text

_ORIGIN = "stop"
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def new_token(keys: Keys, room_id: str, asked_at: datetime) -> str:
    """Return a token that only this console can make.

    Args:
        keys: the console's.
        room_id: of the room.
        asked_at: UTC.
    """
    stamp, nonce = str((asked_at - _EPOCH) // timedelta(microseconds=1)), secrets.token_hex(8)
    signed = keys.sign_note(_ORIGIN, _text(room_id, stamp, nonce)).rstrip().rpartition(" ")[2]
    return f"{stamp}.{nonce}.{signed.translate(_FOR_A_COOKIE)}"


def asked_at(keys: Keys, room_id: str, token: str) -> datetime | None:
    """Return when the stop of a room was asked for; None when this console made no such token for that room."""
    stamp, _, rest = token.partition(".")
    nonce, _, signed = rest.partition(".")
    text = _text(room_id, stamp, nonce)
    note = f"{text}\n— {_ORIGIN} {signed.translate(_AS_IT_WAS)}\n"
    if note_text(note, _ORIGIN, keys.audit_key) != text:
        return None
    return _EPOCH + timedelta(microseconds=int(stamp))


def _text(room_id: str, stamp: str, nonce: str) -> str:
    return f"{room_id}\n{stamp}\n{nonce}\n"


_FOR_A_COOKIE = str.maketrans("+/=", "-_~")
_AS_IT_WAS = str.maketrans("-_~", "+/=")
