"""Copies of a ward's database: made while the console runs, checked at once, gone in time, put back by two people."""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from broker.clock import Clock
from broker.logins import write_private
from console.errors import ConsoleError, StoreError
from console.keys.signer import Keys
from console.logbook import heads, restoring
from console.logbook.audit_verify import verify
from console.rules.policy import Policy
from console.running.settings import ConsoleSettings
from console.store.inspection import look_into
from console.store.lock import only_console

_SIDES = ("", "-wal", "-shm")
_CHUNK = 1 << 20


class BackupFault(ConsoleError):
    """A backup cannot be made, or is not one that may be put back."""


class Manifest(BaseModel):
    """What lies beside each copy, as JSON; it names nobody."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    site: str
    ward: str
    made_at: AwareDatetime
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the copy."""
    entries: int = Field(ge=0)
    """Entries of the audit log in it."""
    is_whole: bool
    """Whether nothing wrong could be seen in that log, against the head that the console had kept outside of it."""
    keep_until: AwareDatetime
    """From then on the copy holds what the ward has destroyed (rule R1)."""


@dataclass(frozen=True, slots=True)
class Made:
    """What one run did.

    Attributes:
        file: the copy.
        manifest: what it says of itself.
        deleted: earlier copies that had come to their end.
    """

    file: Path
    manifest: Manifest
    deleted: int


def make(settings: ConsoleSettings, folder: Path, clock: Clock, policy: Policy) -> Made:
    """Copy the database, check the copy, and delete the copies in the folder that have come to their end.

    The console may run meanwhile: the copy is of one moment. The keys are not in it; see `console.keys.key_backup`.

    Args:
        settings: of the console.
        folder: where copies lie; made with mode 0700 when missing. Best on another disk.
        clock: the console's.
        policy: how long minutes may be kept: a copy must not outlive them.

    Raises:
        BackupFault: the ward's database is on a server, or the copy cannot be read back.
        StoreError: there is no database.
        OSError: the folder cannot be written; nothing was deleted then.
    """
    source = _database(settings)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = clock.utc_now()
    file = folder / f"hushward-{settings.site}-{settings.ward}-{now:%Y%m%dT%H%M%SZ}.db"
    # The head is read before the copy: a console that runs meanwhile can only add to what was seen.
    kept = heads.newest(settings.head_file)
    draft = file.with_suffix(".part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    _copy(source, draft)
    audit_key = Keys.open(settings.keys_dir).audit_key
    report = look_into(
        f"sqlite:///{draft}",
        lambda tx: verify(tx, f"hushward/{settings.site}/{settings.ward}", audit_key, kept=kept, must_have_head=False),
    )
    manifest = Manifest(
        site=settings.site,
        ward=settings.ward,
        made_at=now,
        sha256=_digest(draft),
        entries=report.size,
        is_whole=not report.findings,
        keep_until=now + policy.duration("R1", "destroy_after_d"),
    )
    draft.replace(file)
    write_private(_manifest_of(file), manifest.model_dump_json(indent=2) + "\n")
    return Made(file, manifest, _delete_ended(folder, now))


def put_back(settings: ConsoleSettings, file: Path, clock: Clock, usernames: Sequence[str]) -> tuple[int, Path]:
    """Put a copy in the place of the database; two people stand for it, and every yes is suspended (rules X3, T10).

    Args:
        settings: of the console, which must not run.
        file: the copy, with its manifest beside it.
        clock: the console's.
        usernames: of two members of staff of different roles, as the copy knows them.

    Returns:
        How many people's consent was suspended, and the folder with what was there before: evidence.

    Raises:
        BackupFault: it is another ward's, was changed, or has no manifest.
        ConsoleError: as `console.logbook.restoring.accept`; the database is then as it was.
        OSError: it cannot be written; the database is then as it was.
    """
    place = _database(settings, must_exist=False)
    manifest = _read(file)
    if (manifest.site, manifest.ward) != (settings.site, settings.ward):
        raise BackupFault(f"{file}: is of {manifest.site}/{manifest.ward}, not of this ward")
    if _digest(file) != manifest.sha256:
        raise BackupFault(f"{file}: was changed after it was made; take another backup")
    evidence = settings.data_dir / f"replaced-{clock.utc_now():%Y%m%dT%H%M%SZ}"
    with _set_aside(place, evidence):
        shutil.copyfile(file, place)
        place.chmod(0o600)
        return restoring.accept(settings, clock, usernames), evidence


@contextmanager
def _set_aside(place: Path, evidence: Path) -> Iterator[None]:
    """Move a database away; move it back when what follows fails."""
    lock = only_console(place)
    assert lock is not None
    with closing(lock):
        evidence.mkdir(mode=0o700, parents=True)
        moved = [side for side in _SIDES if place.with_name(place.name + side).exists()]
        for side in moved:
            place.with_name(place.name + side).rename(evidence / (place.name + side))
    try:
        yield
    except BaseException:
        for side in _SIDES:
            place.with_name(place.name + side).unlink(missing_ok=True)
        for side in moved:
            (evidence / (place.name + side)).rename(place.with_name(place.name + side))
        evidence.rmdir()
        raise


def _copy(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, and read the copy back."""
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as ours,
            closing(sqlite3.connect(target)) as to,
        ):
            ours.backup(to, pages=4096)
            to.execute("PRAGMA journal_mode=DELETE")
            found = to.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise BackupFault(f"{source}: cannot be copied ({error}); check the disk and the folder") from error
    if found != ("ok",):
        raise BackupFault(f"{source}: the copy cannot be read back; keep the database, and look at its disk")


def _delete_ended(folder: Path, now: datetime) -> int:
    """Delete the copies whose time has come; what cannot be read as a manifest is left for a person."""
    ended = 0
    for told in folder.glob("hushward-*.json"):
        try:
            manifest = Manifest.model_validate_json(told.read_bytes())
        except ValidationError:
            continue
        if manifest.keep_until <= now:
            told.with_suffix(".db").unlink(missing_ok=True)
            told.unlink()
            ended += 1
    return ended


def _database(settings: ConsoleSettings, *, must_exist: bool = True) -> Path:
    if not settings.url.startswith("sqlite:///"):
        raise BackupFault("the database is on a server; back it up there with pg_dump, see docs/how-to/restore.md")
    file = Path(settings.url.removeprefix("sqlite:///"))
    if must_exist and not file.is_file():
        raise StoreError(f"{file}: there is no database")
    return file


def _manifest_of(file: Path) -> Path:
    return file.with_suffix(".json")


def _read(file: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(_manifest_of(file).read_bytes())
    except (OSError, ValidationError) as error:
        raise BackupFault(f"{file}: has no manifest; give a copy that `hushward console backup` made") from error


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
