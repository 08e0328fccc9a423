"""The console's keys, kept in files outside the database, and what they sign and check."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from broker.codec import canonical
from broker.durable import replace_durably
from broker.messages import Checkpoint, ConsentLease, NodeAnnouncement, Receipt
from console.errors import KeyFault

UNSIGNED = base64.b64encode(bytes(64)).decode()
"""Stands where a signature will be, while the rest of a message is being made."""
NAMES, TEXTS, DAYS = "names", "texts", "days"
"""The sealing keys: patients' names, free text, and the key that wraps each day's key."""
_SIGNING = ("lease", "audit")
_SEALING = (NAMES, TEXTS, DAYS)

_COMPLETE = "complete"
"""A file written after the last key: until it is there, a first start was cut short and may go on making keys."""

Signed = TypeVar("Signed", ConsentLease, Receipt, Checkpoint)


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A key for sealing, with a name that can be stored beside what it sealed.

    Attributes:
        key_id: 16 hex digits derived from the key; tells which key, not what it is.
        secret: 32 bytes; never shown.
    """

    key_id: str
    secret: bytes

    @classmethod
    def of(cls, secret: bytes) -> Self:
        """Name a key."""
        return cls(hashlib.sha256(b"hushward key id\x00" + secret).hexdigest()[:16], secret)

    def __repr__(self) -> str:
        """Show the name alone, so that no log can hold the key."""
        return f"SealingKey({self.key_id})"


class Keys:
    """Every key of one console.

    Attributes:
        folder: where the files lie.
    """

    def __init__(self, folder: Path, secret: Mapping[str, bytes]) -> None:
        self.folder = folder
        self._lease = Ed25519PrivateKey.from_private_bytes(secret["lease"])
        self._audit = Ed25519PrivateKey.from_private_bytes(secret["audit"])
        self._sealing = {name: SealingKey.of(secret[name]) for name in _SEALING}

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read the keys, or make all of them at the first start; write the public halves as `*.pub`.

        Args:
            folder: made with mode 0700 when missing; each key file has mode 0600 and 64 hex digits.

        Raises:
            KeyFault: a key that was once made is missing, a file is not a key, or others may read it.
            OSError: the folder cannot be written.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        paths = {name: folder / f"{name}.key" for name in (*_SIGNING, *_SEALING)}
        missing = [name for name, path in paths.items() if not path.exists()]
        if missing and (folder / _COMPLETE).exists():
            raise KeyFault(
                f"{folder}: the keys {', '.join(missing)} are missing; put them back from the backup, or what they "
                "sealed and signed cannot be read"
            )
        for name in missing:
            replace_durably(paths[name], secrets.token_bytes(32).hex().encode(), mode=0o600)
        keys = cls(folder, {name: _read_secret(path) for name, path in paths.items()})
        if not (folder / _COMPLETE).exists():
            replace_durably(folder / _COMPLETE, b"every key of this folder was made\n", mode=0o644)
        for name, public in (("lease", keys.lease_key), ("audit", keys.audit_key)):
            path = folder / f"{name}.pub"
            if not path.exists() or path.read_text("ascii").strip() != public:
                replace_durably(path, f"{public}\n".encode(), mode=0o644)
        return keys

    @property
    def lease_key(self) -> str:
        """Return the public key that nodes trust, 64 hex digits; leases, receipts and checkpoints verify under it."""
        return self._lease.public_key().public_bytes_raw().hex()

    @property
    def audit_key(self) -> str:
        """Return the public key of the audit log's checkpoint notes, 64 hex digits."""
        return self._audit.public_key().public_bytes_raw().hex()

    def sealing(self, name: str) -> SealingKey:
        """Return the sealing key NAMES, TEXTS or DAYS."""
        return self._sealing[name]

    def sign(self, unsigned: Signed) -> Signed:
        """Return the message with the console's signature over all its other fields."""
        signature = base64.b64encode(self._lease.sign(canonical(unsigned))).decode()
        return unsigned.model_copy(update={"signature": signature})

    def sign_note(self, origin: str, text: str) -> str:
        """Return a signed note: the text, an empty line, and one signature line.

        Args:
            origin: who signs; the key's name in the signature line.
            text: lines, each ended by a newline.

        Source:
            C2SP signed-note, Ed25519 signatures (type 0x01).
        """
        blob = _key_hash(origin, self.audit_key) + self._audit.sign(text.encode())
        return f"{text}\n— {origin} {base64.b64encode(blob).decode()}\n"


def note_text(note: str, origin: str, public_hex: str) -> str | None:
    """Return the text of a signed note.

    Args:
        note: as `Keys.sign_note` made it; any content.
        origin: who must have signed.
        public_hex: their key, 64 hex digits.

    Returns:
        The text with its final newline, or None when this key did not sign it.
    """
    text, gap, signature_lines = note.rpartition("\n\n")
    text += "\n"
    for line in signature_lines.splitlines() if gap else ():
        name, _, encoded = line.removeprefix("— ").rpartition(" ")
        blob = _decoded(encoded)
        if name == origin and blob[:4] == _key_hash(origin, public_hex) and _holds(public_hex, text.encode(), blob[4:]):
            return text
    return None


def verifies(public_hex: str, message: ConsentLease | Receipt | Checkpoint | NodeAnnouncement) -> bool:
    """Return whether a key signed exactly this message; False also for something that is no key."""
    return signature_holds(public_hex, canonical(message), message.signature)


def signature_holds(public_hex: str, content: bytes, signature: str) -> bool:
    """Return whether a key made this base64 signature over these bytes; used for what a node says of itself."""
    return _holds(public_hex, content, _decoded(signature))


def signed_by_person(key_file: Path, content: bytes) -> str:
    """Return a person's base64 signature over these bytes, with the key of a file that `make_person_key` made.

    Raises:
        KeyFault: the key cannot be read, or others may read it.
    """
    if not key_file.exists():
        raise KeyFault(f"{key_file}: there is no such key; make one with: hushward rules policy key {key_file}")
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(_read_secret(key_file)).sign(content)).decode()


def make_person_key(key_file: Path) -> str:
    """Make a person's signing key; return its public half, 64 hex digits.

    Raises:
        KeyFault: the file is there already.
    """
    if key_file.exists():
        raise KeyFault(f"{key_file}: is there already; choose another name, so that no key is lost")
    secret = secrets.token_bytes(32)
    replace_durably(key_file, secret.hex().encode(), mode=0o600)
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw().hex()


def is_public_key(told: str) -> bool:
    """Return whether a text is an Ed25519 public key in 64 hex digits."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(told))
    except ValueError:
        return False
    return len(told) == 64


def _holds(public_hex: str, content: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_hex)).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key_hash(origin: str, public_hex: str) -> bytes:
    return hashlib.sha256(origin.encode() + b"\n\x01" + bytes.fromhex(public_hex)).digest()[:4]


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return b""


def _read_secret(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise KeyFault(f"{path}: others may read this key; run: chmod 600 {path}")
    try:
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise KeyFault(f"{path}: cannot be read as a key; put it back from the backup") from error
    if len(secret) != 32:
        raise KeyFault(f"{path}: a key has 64 hex digits; put it back from the backup")
    return secret
