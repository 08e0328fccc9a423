"""What a node keeps on its disk: who may read it, what waits in the outbox, what the gate and the witness remember."""

import errno
import os
import pwd
import sqlite3
import stat
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from broker.clock import Clock
from deploy.examining.finding import Finding
from edge.memory import GateMemory
from edge.settings import NodeSettings
from edge.witness import Witness
from models.card import card_paths, read_card, verify_card
from models.errors import ModelError

NEARLY_FULL = 0.8
"""Share of the outbox from which its filling is a problem: what it may drop, it drops when full."""
_KEYS = ("node.key", "tls/node.key")


def account_of(data_dir: Path) -> int:
    """Return the user id that a node's folder belongs to: the one that it runs as.

    Raises:
        OSError: there is no such folder, or it may not be looked at.
    """
    return data_dir.stat().st_uid


def rights(settings: NodeSettings, config: Path) -> Iterable[Finding]:
    """Look who may read a node's keys and change its settings."""
    folder = settings.data_dir
    if not folder.exists():
        yield Finding(f"{folder} is not there", "begin with hushward first-boot, as the account that runs the node")
        return
    if not folder.is_dir():
        yield Finding(
            f"{folder} is no folder", f"see data_dir in {config}: the node's own folder, such as /var/lib/hushward/node"
        )
        return
    yield from _closed(folder, 0o700)
    for name in _KEYS:
        key = folder / name
        if key.exists():
            yield from _closed(key, 0o600)
            if key.stat().st_uid != account_of(folder):
                owner = pwd.getpwuid(account_of(folder)).pw_name
                yield Finding(f"{key} belongs to another account than {folder}", f"chown {owner}: {key}")
        else:
            yield Finding(
                f"{key} is missing", "enrol the node: hushward first-boot; without it nothing it says is believed"
            )
    if stat.S_IMODE(config.stat().st_mode) & 0o022:
        yield Finding(f"others may change {config}", f"chmod go-w {config}; then read it, line by line")


def _closed(path: Path, mode: int) -> Iterable[Finding]:
    found = stat.S_IMODE(path.stat().st_mode)
    is_open = found & 0o077
    yield Finding(
        f"{path} has mode {found:04o}",
        f"chmod {mode:o} {path}; it was open to others: renew the certificate, and look who was on this machine"
        if is_open
        else None,
    )


def outbox(settings: NodeSettings) -> Iterable[Finding]:
    """Look how many records wait for the console, without touching them."""
    file = settings.data_dir / "outbox.db"
    if not file.exists():
        yield Finding("no outbox: this node has not run yet")
        return
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as db:
            waiting = int(db.execute("SELECT count(*) FROM waiting").fetchone()[0])
            last, settled = db.execute("SELECT last_sequence, settled_through FROM outbox").fetchone()
    except sqlite3.DatabaseError as error:
        yield Finding(
            f"{file}: cannot be read ({error})",
            "stop the node, move the file away and keep it for whoever builds Hushward; the node begins a new one",
        )
        return
    share = waiting / settings.outbox_capacity
    if share >= NEARLY_FULL:
        yield Finding(
            f"{waiting} records wait for the console, {share:.0%} of the room there is",
            "bring broker and console back: a full one drops the oldest minutes first, and says so",
        )
    elif waiting > 100:
        yield Finding(
            f"{waiting} records wait for the console",
            "usual after it was away; if they do not get fewer, see what is said of the broker",
            is_needed=False,
        )
    else:
        yield Finding(f"{waiting} records wait for the console, {settled} of {last} are settled")


def may_read(file: Path) -> bool:
    """Return whether this account may read a file."""
    return os.access(file, os.R_OK)


def lease(settings: NodeSettings, clock: Clock, may_read: Callable[[Path], bool] = may_read) -> Iterable[Finding]:
    """Look what the gate and the witness remember: under which lease the sensor is open, and what keeps it closed.

    Args:
        settings: the node's.
        clock: the machine's.
        may_read: whether this account may read a file that is there.

    Raises:
        PermissionError: this account may not read them, which says nothing of what stands in them.
    """
    for name in ("gate.json", "witness.json"):
        if (file := settings.data_dir / name).exists() and not may_read(file):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
    memory = GateMemory(settings.data_dir / "gate.json")
    witness = Witness(settings.data_dir / "witness.json")
    if memory.fault is not None:
        yield Finding(memory.fault, "move it away only after asking the console for its audit log, and note it there")
        return
    kept = memory.kept
    if kept.serial == 0:
        yield Finding(
            "this node never had a word from the console",
            "see what is said of the broker first; then, at the console, an engineer adds the node and a second person "
            "confirms it in the room",
            is_needed=False,
        )
    else:
        is_open = f"open under lease {kept.open_under[:8]}" if kept.open_under else "closed"
        yield Finding(f"the sensor is {is_open}; the newest word from the console is number {kept.serial}")
    if kept.paused_until is not None and kept.paused_until > clock.utc_now():
        yield Finding(f"somebody in the room has paused it until {kept.paused_until:%H:%M} UTC; that is their right")
    if witness.in_conflict:
        yield Finding(
            "the console's audit log is not the one that this node saw before, so the sensor stays closed",
            "ask the governance lead; once it is known why, stop the node, keep witness.json as evidence, start it",
        )
    elif witness.fault is not None:
        yield Finding(witness.fault, "see to the disk, then start the node again")


def models(folder: Path | None = None) -> Iterable[Finding]:
    """Look whether each model that ships is the one that its card describes (rule E3).

    Args:
        folder: None means the one that nodes load from.
    """
    cards = card_paths() if folder is None else card_paths(folder)
    if not cards:
        yield Finding("no model is installed", "install the release again: bash deploy/install.sh node")
    for path in cards:
        try:
            card = read_card(path)
            verify_card(card)
        except ModelError as error:
            yield Finding(
                str(error), "install the release again (deploy/install.sh); if it comes back, ask who changed it"
            )
        else:
            yield Finding(f"model {card.name} is the one on its card")
