"""The verb `update`: sign a release, say that it ran well in one room, and let a machine take it (rule N5)."""

import sys
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from broker.clock import SystemClock
from console.errors import ConsoleError
from console.roles import Role
from console.rules.policy import shipped_policy
from deploy.errors import DeployError, UpdateRefused
from deploy.pages import run_page
from deploy.updating.release import Release, admitted, read, sign_proved, sign_release

page = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=(
        "Updates of a ward's machines: signed, tried in one room first, never at night (rule N5).\n\n"
        "Example: hushward update check hushward-0.2.0.tar.gz --trust /etc/hushward/updates.toml\n\n"
        "Exit codes: 0 done, or it may be taken now; 1 it may not, with the reason in one sentence; 2 wrong options."
    ),
)
_Archive = Annotated[Path, typer.Argument(metavar="ARCHIVE", help="The release; its papers lie beside it.")]
_KeyFile = Annotated[Path, typer.Option("--key", help="Your signing key; `hushward rules policy key` makes one.")]


@page.command()
def sign(archive: _Archive, version: Annotated[str, typer.Option(help="Of the release.")], key: _KeyFile) -> None:
    """Sign a release, as its publisher.

    Example: hushward update sign hushward-0.2.0.tar.gz --version 0.2.0 --key publisher.key
    """
    typer.echo(f"signed: {sign_release(archive, version, key, SystemClock().utc_now())}")


@page.command()
def proved(
    archive: _Archive,
    role: Annotated[Role, typer.Option(help="engineer or clinical_safety_officer.")],
    key: _KeyFile,
    room: Annotated[str, typer.Option(help="The room where it ran.")],
    since: Annotated[datetime, typer.Option(help="When that room's node took it, as 2026-11-20T10:00.")],
) -> None:
    """Say that it ran well in one room, after looking at that room's node on the health page. Two people say so.

    Example: hushward update proved A.tar.gz --role engineer --key me.key --room room-6 --since 2026-11-20T10:00
    """
    at = since if since.tzinfo else since.astimezone()
    now = SystemClock().utc_now()
    typer.echo(f"said: {sign_proved(archive, role, key, room, at, now, shipped_policy())}")


@page.command()
def check(
    archive: _Archive,
    trust: Annotated[Path, typer.Option(help="Whose signatures count here: publisher, engineer, safety officer.")],
    first_room: Annotated[bool, typer.Option("--first-room", help="This node's room tries it.")] = False,
    running: Annotated[Path | None, typer.Option(help="The paper of the release that runs here.")] = None,
) -> None:
    """Say whether this machine may take a release now; `install.sh update` asks the same before it does.

    Example: hushward update check hushward-0.2.0.tar.gz --trust /etc/hushward/updates.toml --first-room
    """
    publisher, people = _trusted(trust)
    release = admitted(
        archive,
        publisher,
        people,
        SystemClock().utc_now().astimezone(),
        shipped_policy(),
        running=read(running, Release) if running is not None and running.exists() else None,
        is_first_room=first_room,
    )
    typer.echo(release.version)


def _trusted(file: Path) -> tuple[str, dict[Role, str]]:
    try:
        told = tomllib.loads(file.read_text("utf-8"))
        people = {
            role: told[role.value] for role in (Role.ENGINEER, Role.CLINICAL_SAFETY_OFFICER) if role.value in told
        }
        return str(told["publisher"]), {role: str(key) for role, key in people.items()}
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise UpdateRefused(f'{file}: says not whom to trust; write publisher = "64 hex digits" into it') from error


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; a refusal is one sentence and exit code 1."""
    try:
        return run_page(page, "hushward update", arguments)
    except (DeployError, ConsoleError) as error:
        sys.stderr.write(f"hushward update: {error}\n")
    except OSError as error:
        sys.stderr.write(f"hushward update: {error.filename}: {error.strerror}\n")
    return 1
