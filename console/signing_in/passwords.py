"""Passwords: what is asked of a new one, and argon2 for keeping and checking them."""

import secrets
import unicodedata
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from console.showing.views import Words

SHORTEST = 10
LONGEST = 128
_AT_ONCE = 2


class Passwords:
    """Argon2id, a few at a time, since each takes 64 MiB of memory while it runs.

    A check takes the same time whether or not there is anything to check against.
    """

    def __init__(self, hasher: Argon2Hasher | None = None) -> None:
        self._hash = PasswordHash((hasher or Argon2Hasher(),))
        self._slots = BoundedSemaphore(_AT_ONCE)
        self._nobody = self._hash.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """Return what is stored of a password."""
        with self._slots:
            return self._hash.hash(_normal(password))

    def holds(self, password: str, stored: str | None) -> bool:
        """Return whether a password is the stored one; with nothing stored the work is done all the same."""
        if len(password) > LONGEST:
            # Longer than any password that was ever taken: nothing to compare, and no work to be made to do.
            password, stored = "", None
        with self._slots:
            try:
                matches = self._hash.verify(_normal(password), stored or self._nobody)
            except PwdlibError:
                return False
        return matches and stored is not None


def fault_of(password: str, username: str) -> Words | None:
    """Return why a new password is not taken, or None when it is."""
    if len(password) < SHORTEST:
        return Words("A password has at least {shortest} characters.", {"shortest": SHORTEST})
    if len(password) > LONGEST:
        return Words("A password has at most {longest} characters.", {"longest": LONGEST})
    if _normal(password).casefold() == username.strip().casefold():
        return Words("A password is not the sign-in name.")
    if len(set(password)) < 4:
        return Words("A password has at least four different characters.")
    return None


def _normal(password: str) -> str:
    """Return a password as every keyboard would write it (NIST SP 800-63B 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
