"""Signatures at the node: what the console says is verified, what the node says of itself is signed."""

import base64
import os
from pathlib import Path
from typing import Self, TypeVar

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from broker.codec import canonical
from broker.durable import replace_durably
from broker.messages import (
    Checkpoint,
    ConsentLease,
    Cosignature,
    LiveState,
    NodeAnnouncement,
    NodeLost,
    Receipt,
    Record,
)
from broker.vocabulary import CheckpointOutcome
from edge.errors import KeyFault

UNSIGNED = base64.b64encode(bytes(64)).decode()
"""Stands where a signature will be, while the rest of a message is being made."""

Said = TypeVar("Said", NodeAnnouncement, LiveState, NodeLost, Record)


class ConsoleKey:
    """The console's public key: the only voice that can open a sensor."""

    def __init__(self, key_hex: str) -> None:
        try:
            self._key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key_hex))
        except ValueError as error:
            raise KeyFault("console_key is not an Ed25519 public key in 64 hex digits; copy it again") from error

    def verifies(self, message: ConsentLease | Receipt | Checkpoint) -> bool:
        """Return whether the console signed exactly this message."""
        try:
            self._key.verify(base64.b64decode(message.signature, validate=True), canonical(message))
        except (InvalidSignature, ValueError):
            return False
        return True


class NodeKey:
    """The node's own key, made on the node at its first start; it never leaves the node.

    Attributes:
        public_hex: the public half, 64 hex digits, for the console's list of nodes.
    """

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_hex = key.public_key().public_bytes_raw().hex()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read `node.key`, or make it; write `node.pub` beside it.

        Args:
            folder: the node's data folder; must exist.

        Raises:
            KeyFault: the file is not a key, or others may read it.
            OSError: the folder cannot be written.
        """
        path = folder / "node.key"
        if not path.exists():
            made = Ed25519PrivateKey.generate()
            replace_durably(path, made.private_bytes_raw().hex().encode())
        if path.stat().st_mode & 0o077:
            raise KeyFault(f"{path}: others may read the node's key; run: chmod 600 {path}")
        try:
            key = cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii").strip())))
        except ValueError as error:
            raise KeyFault(
                f"{path}: not the node's key; move it away, start again, and enrol the new node.pub at the console"
            ) from error
        public = folder / "node.pub"
        if not public.exists() or public.read_text("ascii").strip() != key.public_hex:
            replace_durably(public, f"{key.public_hex}\n".encode(), mode=0o644)
        return key

    def sign(self, unsigned: Said) -> Said:
        """Return a message with this node's signature over all its other fields."""
        return unsigned.model_copy(update={"signature": self._sign(canonical(unsigned))})

    def cosign(self, node_id: str, tree_size: int, root: str, outcome: CheckpointOutcome) -> Cosignature:
        """Say, signed, what this node found when it was shown a head of the audit tree.

        Args:
            node_id: this node.
            tree_size: entries under the head.
            root: the head, 64 hex digits.
            outcome: what was found.
        """
        signature = self._sign(cosigned_bytes(node_id, tree_size, root, outcome))
        return Cosignature(tree_size=tree_size, root=root, outcome=outcome, signature=signature)

    def sign_installation(self, content: bytes) -> str:
        """Return a signature over the record of an installation, whose kind no message carries."""
        return self._sign(content)

    def _sign(self, content: bytes) -> str:
        return base64.b64encode(self._key.sign(content)).decode()


def cosigned_bytes(node_id: str, tree_size: int, root: str, outcome: CheckpointOutcome) -> bytes:
    """Return what a cosignature covers: RFC 8785 JSON of these four fields."""
    return rfc8785.dumps({"node_id": node_id, "outcome": str(outcome), "root": root, "tree_size": tree_size})


def signature_holds(public_hex: str, content: bytes, signature: str) -> bool:
    """Return whether a key made a signature over these bytes; used to check what a node says of itself."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_hex))
        key.verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_secret(path: Path) -> str:
    """Read a password from a file that nobody else may read.

    Raises:
        KeyFault: the file is missing, empty, or others may read it.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFault(f"{path}: others may read this password; run: chmod 600 {os.fspath(path)}")
        secret = path.read_text("utf-8").strip()
    except OSError as error:
        raise KeyFault(
            f"{path}: the broker's password cannot be read ({error.strerror}); write it there with mode 0600"
        ) from error
    if not secret:
        raise KeyFault(f"{path}: the broker's password is empty; write it there with mode 0600")
    return secret
