"""What `hushward audit verify` reads from a ward's folder, and what it says (rule X3)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from console.errors import StoreError
from console.logbook import heads, receipts
from console.logbook.audit_verify import VerifyReport, verify
from console.store import audit_rows
from console.store.database import Tx
from console.store.inspection import look_into

_MOST_LINES = 20


class Verdict(IntEnum):
    """The exit code of a verification."""

    WHOLE = 0
    NOT_WHOLE = 1
    UNWITNESSED = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found.

    Attributes:
        verdict: in one word.
        text: in sentences.
    """

    verdict: Verdict
    text: str


def look(data: Path, witnesses: Sequence[Path], key: Path | None, database: str | None) -> Seen:
    """Verify the log of a folder.

    Args:
        data: the ward's folder as `hushward up` makes it, or the console's own.
        witnesses: files of heads; those of the ward's nodes, where they lie in its folder, are asked as well.
        key: public key of the checkpoints, None for the console's own file.
        database: its address, None for the SQLite file in the console's folder.

    Raises:
        ConsoleError: the database, the key or a file of heads cannot be read.
    """
    folder = _folder(data)
    public = _public_key(key or folder / "keys" / "audit.pub")
    # Heads are read before the rows: a console that runs meanwhile can only add rows to what was seen.
    kept = heads.newest(folder / "audit-head.jsonl")
    files = [*witnesses, *_of_nodes(folder.resolve().parent)]
    seen = [head for path in dict.fromkeys(files) for head in heads.read_file(path)]
    # Whoever verifies a copy elsewhere has neither keys nor file here; where the console runs, its head file must be.
    is_consoles = (folder / "keys").is_dir() or (folder / "console.db").exists()

    def read(tx: Tx) -> VerifyReport:
        return verify(tx, _origin(tx), public, kept=kept, witness=seen, must_have_head=is_consoles)

    report = look_into(database or f"sqlite:///{folder / 'console.db'}", read)
    return Seen(verdict(report), told(report))


def export(data: Path, key: Path | None, database: str | None, out: Path) -> int:
    """Write the whole log of a folder into a file that `hushward_verify.py` checks; return its number of lines.

    Raises:
        ConsoleError: the database or the key cannot be read.
        OSError: the file cannot be written.
    """
    folder = _folder(data)
    public = _public_key(key or folder / "keys" / "audit.pub")

    def write(tx: Tx) -> int:
        with out.open("w", encoding="utf-8") as file:
            return sum(1 for line in receipts.log_lines(tx, public) if file.write(f"{line}\n"))

    return look_into(database or f"sqlite:///{folder / 'console.db'}", write)


def growth(data: Path, key: Path | None, database: str | None, sizes: tuple[int, int]) -> str:
    """Return the file that proves that a later log begins with an earlier one.

    Raises:
        ConsoleError: the database or the key cannot be read, or no head of such a size was signed.
    """
    folder = _folder(data)
    public = _public_key(key or folder / "keys" / "audit.pub")
    url = database or f"sqlite:///{folder / 'console.db'}"
    return json.dumps(look_into(url, lambda tx: receipts.growth_between(tx, public, *sizes)), indent=2) + "\n"


def verdict(report: VerifyReport) -> Verdict:
    """Return the verdict of a report: only a witness outside the database makes a log whole."""
    if not report.is_whole:
        return Verdict.NOT_WHOLE
    return Verdict.WHOLE if report.is_witnessed else Verdict.UNWITNESSED


def told(report: VerifyReport) -> str:
    """Return a report as a person reads it."""
    if not report.set_back:
        return _told_of_rows(report)
    listed = ", ".join(str(row) for row in report.set_back[:_MOST_LINES])
    note = f"the console's clock was set back before row {listed}: believe the order, not the hour"
    return f"{_told_of_rows(report)}\n{note}"


def _told_of_rows(report: VerifyReport) -> str:
    rows = f"{report.size} rows, {report.signed_size} under a signed checkpoint"
    match verdict(report):
        case Verdict.WHOLE:
            return f"the audit log is whole: {rows}, {report.asked_size} seen by a witness"
        case Verdict.UNWITNESSED:
            return (
                f"the audit log is whole as far as it can be seen from here: {rows}; no witness was asked, so a log "
                "that was cut, or written anew with the console's keys, would look the same; give a node's file with "
                "--witness"
            )
    lines = [f"THE AUDIT LOG IS NOT WHOLE: first bad row {report.first_bad} of {report.size}"]
    lines += [f"  {finding.fault}: {finding.sentence}" for finding in report.findings[:_MOST_LINES]]
    if len(report.findings) > _MOST_LINES:
        lines.append(f"  and {len(report.findings) - _MOST_LINES} more")
    return "\n".join(lines)


def _of_nodes(ward: Path) -> list[Path]:
    """Return the witness files of the nodes that run beside this console."""
    return sorted(ward.glob("nodes/*/witness.json"))


def _folder(data: Path) -> Path:
    return data / "console" if (data / "console").is_dir() else data


def _origin(tx: Tx) -> str:
    checkpoints: Sequence[audit_rows.StoredCheckpoint] = audit_rows.every_checkpoint(tx)
    return checkpoints[-1].note.partition("\n")[0] if checkpoints else ""


def _public_key(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: the public key of the checkpoints cannot be read; give it with --key") from error
