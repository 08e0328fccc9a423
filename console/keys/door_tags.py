"""Keys of what hangs on the ward's walls: of the doors' tags, each its own door's, and the corridor unit's secret."""

import secrets
from datetime import datetime
from pathlib import Path

from broker.durable import replace_durably
from console.errors import KeyFault
from console.rules.alerting.place_codes import code_of, proves_place, tag_key, window_of
from console.rules.policy import Policy

KEY_FILE = "door-tags.key"
TOKEN_FILE = "corridor-unit.token"
_BYTES = 32


class DoorTags:
    """Checks what a door's tag shows, and stands for the tag where there is none yet."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def made(cls) -> "DoorTags":
        """Return tags with a new key that is kept nowhere: for a console without a folder of its own."""
        return cls(secrets.token_bytes(_BYTES))

    @classmethod
    def open(cls, keys_dir: Path) -> "DoorTags":
        """Read the ward's key, or make it.

        Raises:
            KeyFault: it cannot be read, or others may read it.
        """
        file = keys_dir / KEY_FILE
        if not file.exists():
            keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_durably(file, secrets.token_hex(_BYTES).encode(), mode=0o600)
        return cls.read(keys_dir)

    @classmethod
    def read(cls, keys_dir: Path) -> "DoorTags":
        """Read the ward's key.

        Raises:
            KeyFault: it is not there, cannot be read, or others may read it.
        """
        file = keys_dir / KEY_FILE
        try:
            if file.stat().st_mode & 0o077:
                raise KeyFault(f"{file}: others may read this key; run: chmod 600 {file}")
            key = bytes.fromhex(file.read_text("ascii").strip())
        except (OSError, ValueError) as error:
            raise KeyFault(f"{file}: cannot be read as a key; put it back from the backup") from error
        if len(key) != _BYTES:
            raise KeyFault(f"{file}: a key has {2 * _BYTES} hex digits; put it back from the backup")
        return cls(key)

    def proves(self, room_id: str, code: str, policy: Policy, at: datetime) -> bool:
        """Return whether a code is what the tag of that door shows now."""
        return proves_place(tag_key(self._key, room_id), code, at, policy)

    def shown(self, room_id: str, policy: Policy, at: datetime) -> str:
        """Return what the tag of a door shows now."""
        return code_of(tag_key(self._key, room_id), window_of(at, policy))


def open_token(keys_dir: Path, name: str = TOKEN_FILE) -> str:
    """Read the secret of a machine that asks the console, or make it; without a name, the corridor unit's.

    Raises:
        KeyFault: others may read it.
    """
    file = keys_dir / name
    if not file.exists():
        keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_durably(file, secrets.token_urlsafe(_BYTES).encode(), mode=0o600)
    return read_token(file)


def read_token(file: Path) -> str:
    """Read the secret of a machine that asks the console.

    Raises:
        KeyFault: it cannot be read, or others may read it.
    """
    try:
        if file.stat().st_mode & 0o077:
            raise KeyFault(f"{file}: others may read this secret; run: chmod 600 {file}")
        return file.read_text("ascii").strip()
    except OSError as error:
        raise KeyFault(f"{file}: cannot be read; copy it from the console's folder of keys") from error
