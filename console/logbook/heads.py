"""Heads of the audit tree as text: the body of a checkpoint note, and a file of heads kept outside the database."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from broker.durable import replace_durably
from console.errors import AuditDamaged


@dataclass(frozen=True, slots=True)
class Head:
    """One head that somebody outside the database has seen.

    Attributes:
        tree_size: entries under it.
        root: 32 bytes.
    """

    tree_size: int
    root: bytes


def note_body(origin: str, size: int, root: bytes) -> str:
    """Return the text of a checkpoint: origin, size, base64 root, each on its line.

    Source:
        C2SP tlog-checkpoint.
    """
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def read_file(path: Path) -> tuple[Head, ...]:
    """Return every head of a witness file, one or more: JSON lines with `tree_size` and `root`, the newest last.

    Raises:
        AuditDamaged: it cannot be read, holds no head, or a line is not a head.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AuditDamaged(f"{path}: cannot be read as a list of heads") from error
    heads = []
    for number, line in enumerate(lines, start=1):
        try:
            heads.append(_head(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise AuditDamaged(f"{path}: line {number} is not a head of the audit tree") from error
    if not heads:
        raise AuditDamaged(f"{path}: holds no head of the audit tree")
    return tuple(heads)


def newest(path: Path) -> Head | None:
    """Return the newest head of a file, or None when there is no such file yet.

    Raises:
        AuditDamaged: the file is there and cannot be read as heads.
    """
    if not path.exists():
        return None
    return read_file(path)[-1]


def keep(path: Path, head: Head, at: datetime) -> None:
    """Replace the file by this one head; it follows the database and never runs ahead of it.

    Raises:
        OSError: it cannot be written; the earlier head stays.
    """
    line = {"tree_size": head.tree_size, "root": head.root.hex(), "issued_at": at.isoformat()}
    replace_durably(path, f"{json.dumps(line)}\n".encode(), mode=0o644)


def _head(told: dict[str, object]) -> Head:
    size, root = told["tree_size"], bytes.fromhex(str(told["root"]))
    if not isinstance(size, int) or isinstance(size, bool) or size < 0 or len(root) != 32:
        raise ValueError("not a head")
    return Head(size, root)
