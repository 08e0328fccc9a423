"""Names and passwords at the broker: random at each start of a ward on one machine, in files that only we can read."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path


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
    """Write a file that only its owner can read, where no other mode is given; whole or not at all.

    Args:
        path: replaced when it exists.
        text: its content.
        mode: its permission bits.

    Raises:
        OSError: the folder cannot be written or the disk is full; an old file is left as it was.
    """
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
