"""A signed release, the word of two people that it ran well in one room, and whether a machine may take it now."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from broker.logins import write_private
from console.keys.signer import signature_holds, signed_by_person
from console.roles import Role
from console.rules.policy import Policy
from deploy.errors import UpdateRefused

TRUSTED = (Role.ENGINEER, Role.CLINICAL_SAFETY_OFFICER)
"""Who say together that a release ran well."""
_CHUNK = 1 << 20
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Signed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def content(self) -> bytes:
        """Return what is signed: all other fields."""
        return self.model_dump_json(exclude={"signature", "signatures"}).encode()


class Release(_Signed):
    """What stands beside an archive, signed by whoever publishes releases."""

    form: Literal[1] = 1
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$")]
    """As it is shown on the console's health page."""
    made_at: AwareDatetime
    """No machine goes to an earlier one but by `install.sh back`."""
    sha256: _Sha256
    """Of the archive."""
    signature: str = ""


class Proved(_Signed):
    """The word of the engineer and of the clinical safety officer that a release ran well in one room."""

    form: Literal[1] = 1
    sha256: _Sha256
    """Of the archive."""
    room: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    """Where it ran."""
    since: AwareDatetime
    """When that room's node took it."""
    until: AwareDatetime
    """When they looked."""
    signatures: Mapping[Role, str] = {}


Paper = TypeVar("Paper", bound=_Signed)


def sign_release(archive: Path, version: str, key_file: Path, now: datetime) -> Path:
    """Write `ARCHIVE.release.json`; return where.

    Raises:
        KeyFault: the key cannot be used.
        OSError: the archive cannot be read.
    """
    unsigned = Release(version=version, made_at=now, sha256=_digest(archive))
    signed = unsigned.model_copy(update={"signature": signed_by_person(key_file, unsigned.content())})
    return _write(_beside(archive, "release"), signed)


def sign_proved(
    archive: Path, role: Role, key_file: Path, room: str, since: datetime, now: datetime, policy: Policy
) -> Path:
    """Add one person's word to `ARCHIVE.proved.json`, made at the first; return where.

    Raises:
        UpdateRefused: not one of the two roles, the room has not had it for long enough, or the earlier word is of
            another room or time.
        KeyFault: the key cannot be used.
    """
    if role not in TRUSTED:
        raise UpdateRefused(f"{role.value}: it is the engineer and the clinical safety officer who say so (rule N5)")
    if now - since < policy.duration("N5", "one_room_h"):
        raise UpdateRefused(f"one room has had it since {since:%H:%M on %d %B}; that is not long enough yet (rule N5)")
    file = _beside(archive, "proved")
    said = Proved(sha256=_digest(archive), room=room, since=since, until=now)
    if file.exists():
        earlier = read(file, Proved)
        if (earlier.sha256, earlier.room, earlier.since) != (said.sha256, said.room, said.since):
            raise UpdateRefused(f"{file}: is of another room or time; both sign for the same one")
        said = earlier
    signatures = {**said.signatures, role: signed_by_person(key_file, said.content())}
    return _write(file, said.model_copy(update={"signatures": signatures}))


def admitted(
    archive: Path,
    publisher: str,
    people: Mapping[Role, str],
    now: datetime,
    policy: Policy,
    *,
    running: Release | None,
    is_first_room: bool,
) -> Release:
    """Return the release that a machine may take now (rule N5).

    Args:
        archive: with its papers beside it.
        publisher: public key of whoever publishes releases, 64 hex digits.
        people: public keys of the engineer and of the clinical safety officer.
        now: the machine's time, in its ward's zone.
        policy: the rule book.
        running: what the machine runs; None where nothing was taken this way before.
        is_first_room: this machine is the node of the one room where it is tried.

    Raises:
        UpdateRefused: it may not, and why.
        OSError: the archive cannot be read.
    """
    release = read(_beside(archive, "release"), Release)
    if not signature_holds(publisher, release.content(), release.signature):
        raise UpdateRefused(f"{archive}: is not signed by the publisher whom this machine trusts")
    if _digest(archive) != release.sha256:
        raise UpdateRefused(f"{archive}: is not what was signed; fetch it again")
    if running is not None and release.made_at <= running.made_at:
        raise UpdateRefused(f"{release.version} is not newer than {running.version}; `install.sh back` goes back")
    begins, ends = policy.time_of_day("N5", "night_from"), policy.time_of_day("N5", "night_until")
    if not ends <= now.time() < begins:
        raise UpdateRefused(f"it is {now:%H:%M}: nothing is updated between {begins:%H:%M} and {ends:%H:%M} (rule N5)")
    if not is_first_room:
        _check_proved(archive, release, people)
    return release


def read(file: Path, kind: type[Paper]) -> Paper:
    """Read one of the papers.

    Raises:
        UpdateRefused: it is not there, or is none.
    """
    try:
        return kind.model_validate_json(file.read_bytes())
    except OSError as error:
        raise UpdateRefused(f"{file}: {error.strerror}; it comes with the archive, and lies beside it") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise UpdateRefused(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}; fetch it again") from error


def _check_proved(archive: Path, release: Release, people: Mapping[Role, str]) -> None:
    file = _beside(archive, "proved")
    if not file.exists():
        raise UpdateRefused("try it in one room first, with --first-room on that node (rule N5)")
    proved = read(file, Proved)
    if proved.sha256 != release.sha256:
        raise UpdateRefused(f"{file}: is of another release")
    for role in TRUSTED:
        key = people.get(role)
        if key is None or not signature_holds(key, proved.content(), proved.signatures.get(role, "")):
            raise UpdateRefused(f"{file}: the {role.value.replace('_', ' ')} has not said that it ran well (rule N5)")


def _beside(archive: Path, kind: str) -> Path:
    return archive.with_name(f"{archive.name}.{kind}.json")


def _write(file: Path, paper: _Signed) -> Path:
    write_private(file, paper.model_dump_json(indent=2) + "\n", 0o644)
    return file


def _digest(archive: Path) -> str:
    digest = hashlib.sha256()
    with archive.open("rb") as content:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
