"""Names and passwords at the broker: random at each start of a ward on one machine, in files that only we can read."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from broker.durable import replace_durably


@dataclass(frozen=True, slots=True)
class Login:
    """A name and its password at the broker.

    Attributes:
        username: `ward` on the embedded broker; `console` or the node id on mosquitto.
        password: random, 43 characters of the URL-safe alphabet.
    """

    username: str
    password: str = field(repr=False)


def new_login(username: str) -> Login:
    """Make a login with a fresh password."""
    return Login(username, secrets.token_urlsafe(32))


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file that only its owner can read, where no other mode is given; whole or not at all, and on the disk.

    Args:
        path: replaced when it exists.
        text: its content.
        mode: its permission bits.

    Raises:
        OSError: the folder cannot be written or the disk is full; an old file is left as it was.
    """
    replace_durably(path, text.encode(), mode=mode)
