"""The verb `provision`: a ward's authority, and each node from its first request to the certificate of its end."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from broker.clock import SystemClock
from broker.errors import BrokerError
from broker.logins import write_private
from broker.vocabulary import Modality
from deploy.errors import DeployError
from deploy.pages import run_page
from deploy.provisioning import node_side
from deploy.provisioning.authority import Place, WardAuthority, ending_soon
from deploy.provisioning.codes import code_lines, enrolment_link
from deploy.provisioning.papers import Answer, Asked, Vouched, Wiped, read_paper, write_paper
from edge.errors import EdgeError

page = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help=(
        "A node's life at the broker. Keys are made where they are used and never travel.\n\n"
        "On the ward's machine: ward, sign, list, revoke, wiped, renew-own. On the node: ask, take, wipe.\n\n"
        "Example: hushward provision ward /etc/hushward/ward --site st-elsewhere --ward willow --host 192.168.1.10\n\n"
        "Exit codes: 0 done; 1 it could not be done, with the reason in one sentence; 2 wrong options."
    ),
)
_Ward = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the ward's authority.")]
_Node = Annotated[Path, typer.Argument(metavar="DIR", help="The node's data folder.")]
_RESTART = "Now let the broker read it, which also ends what is connected: systemctl restart mosquitto"


@page.command()
def ward(
    folder: _Ward,
    site: Annotated[str, typer.Option(help="The hospital's slug, as it stands in every topic.")],
    ward: Annotated[str, typer.Option(help="The ward's slug.")],
    host: Annotated[str, typer.Option(help="Name or address under which nodes reach the broker.")],
    port: Annotated[int, typer.Option(min=1, max=65535, help="TCP port of the broker.")] = 8883,
    listen: Annotated[str, typer.Option(help="Address that the broker listens on.")] = "0.0.0.0",
    console_key: Annotated[
        str | None, typer.Option(help="Text of the console's keys/lease.pub, once there is one.")
    ] = None,
    account: Annotated[str, typer.Option(help="Account the broker runs as; mosquitto where there is one.")] = "",
) -> None:
    """Make a ward's authority, certificates for its broker and console, and mosquitto's configuration.

    An authority of the trust's own: put an intermediate one for this ward into DIR first, as ca.pem and ca.key (0600).

    Example: hushward provision ward /etc/hushward/ward --site st-elsewhere --ward willow --host 192.168.1.10
    """
    made = WardAuthority.begin(folder, Place(site, ward, host, port, listen, account), _now(), console_key)
    typer.echo(
        f"made {folder}; the authority's fingerprint, to be compared by eye:\n  {made.fingerprint}\n"
        f"The broker: mosquitto -c {folder / 'broker' / 'mosquitto.conf'}\n"
        f"In the console's [broker] table: ca_file = {folder / 'ca.pem'}, certificate_file = "
        f"{folder / 'console.pem'}, key_file = {folder / 'console.key'}\n"
        f"Back up {folder / 'ca.key'} and register.json apart from this machine: whoever has the key can name nodes."
    )
    if console_key is None:
        typer.echo('When the console has made its key: hushward provision console-key DIR "$(cat keys/lease.pub)"')


@page.command("console-key")
def console_key(folder: _Ward, key: Annotated[str, typer.Argument(help="64 hex digits.")]) -> None:
    """Write down the console's key, so that every answer brings it to its node."""
    WardAuthority(folder).tell_console_key(key.strip().lower())
    typer.echo("noted; answers signed from now on carry it")


@page.command()
def sign(
    folder: _Ward,
    requests: Annotated[list[Path], typer.Argument(metavar="REQUEST...", help="What `ask` wrote on each node.")],
    renew: Annotated[bool, typer.Option("--renew", help="The node has a certificate that this one follows.")] = False,
) -> None:
    """Answer a node's request; the broker knows the node from its next start on.

    Example: hushward provision sign /etc/hushward/ward node3.request.json
    """
    authority = WardAuthority(folder)
    for one in requests:
        asked = read_paper(one, Asked)
        answer = authority.answer(asked, _now(), is_renewal=renew)
        out = one.with_name(f"{asked.node_id}.answer.json")
        write_paper(out, answer)
        typer.echo(f"{asked.node_id}: carry {out} back to the node")
    typer.echo(_RESTART)


@page.command("list")
def list_all(folder: _Ward) -> None:
    """List every certificate: whose, until when, and which end within thirty days.

    Exit codes: 0 all is well; 3 one ends within thirty days or has ended, each named.
    """
    register, now = WardAuthority(folder).register, _now()
    for one in register.vouched:
        typer.echo(f"{one.name:<24} until {one.until:%Y-%m-%d}  {_state(one, now)}")
    soon = list(ending_soon(register, now))
    for one in soon:
        how = "hushward provision renew-own" if one.public_key is None else "ask again on the node, then sign --renew"
        typer.echo(f"{one.name} {'has ended' if one.until <= now else f'ends in {(one.until - now).days} days'}: {how}")
    raise typer.Exit(3 if soon else 0)


@page.command()
def revoke(
    folder: _Ward,
    node: Annotated[str, typer.Argument(help="The node id.")],
    old: Annotated[bool, typer.Option("--old", help="Only what a renewal has replaced.")] = False,
) -> None:
    """Take a node's certificates back: it was stolen, or has a newer one. Also take it out of its room at the console.

    Example: hushward provision revoke /etc/hushward/ward node3
    """
    ended = WardAuthority(folder).take_back(node, "replaced" if old else "lost", _now(), all_but_newest=old)
    typer.echo(f"{node}: {len(ended)} certificate(s) count no more\n{_RESTART}")


@page.command()
def wiped(folder: _Ward, certificate: Annotated[Path, typer.Argument(help="What `wipe` wrote on the node.")]) -> None:
    """Check a decommissioned node's certificate, write it down, and take the node's certificates back (rule N6)."""
    said = read_paper(certificate, Wiped)
    WardAuthority(folder).take_last_word(said, _now())
    typer.echo(f"{said.node_id}: its keys were destroyed on {said.at:%Y-%m-%d %H:%M} UTC, signed by itself\n{_RESTART}")


@page.command("renew-own")
def renew_own(folder: _Ward) -> None:
    """Make new certificates, with new keys, for the broker and the console; both are started anew afterwards."""
    WardAuthority(folder).renew_own(_now())
    typer.echo("made; now: systemctl restart mosquitto hushward-console")


@page.command()
def ask(
    folder: _Node,
    site: Annotated[str, typer.Option(help="The hospital's slug.")],
    ward: Annotated[str, typer.Option(help="The ward's slug.")],
    node: Annotated[str, typer.Option(help="This node's name; never used before on this ward.")],
    modality: Annotated[Modality, typer.Option(help="The kind of sensor.")] = Modality.RADAR,
    out: Annotated[Path | None, typer.Option(help="Where the request goes; a USB stick.")] = None,
    console: Annotated[str | None, typer.Option(help="Address of the console: then a code to scan is shown.")] = None,
) -> None:
    """On the node: make its keys, which stay here, and a request to carry to the ward's machine.

    Example: hushward provision ask /var/lib/hushward/node --site st-elsewhere --ward willow --node node3 --out /mnt
    """
    asked = node_side.ask(folder, site, ward, node, modality)
    place = (out or Path()) / f"{node}.request.json"
    write_paper(place, asked)
    typer.echo(f"carry {place} to the ward's machine: hushward provision sign DIR {place.name}")
    typer.echo(f"the node's public key, for the console's page: {asked.public_key}")
    if console is not None:
        link = enrolment_link(console, node, modality, asked.public_key)
        typer.echo(f"or scan this with the tablet that an engineer is signed in on:\n  {link}")
        typer.echo("\n".join(code_lines(link)))


@page.command()
def take(
    folder: _Node,
    answer: Annotated[Path, typer.Argument(help="What `sign` wrote.")],
    config: Annotated[Path | None, typer.Option(help="The node's settings; written only where there is none.")] = None,
) -> None:
    """On the node: take the answer; the node's next start uses the new key and certificate.

    Example: hushward provision take /var/lib/hushward/node /mnt/node3.answer.json --config /etc/hushward/node.toml
    """
    told = read_paper(answer, Answer)
    link = node_side.take(folder, told)
    typer.echo(f"the certificate is in {link}; restart the node: systemctl restart hushward-node")
    if config is not None and not config.exists():
        write_private(config, node_side.settings_text(folder, told), 0o640)
        typer.echo(f"wrote {config}; add [lamp], [pause], [source] and the zones of the room")


@page.command()
def wipe(
    folder: _Node,
    out: Annotated[Path, typer.Option(help="Where the certificate of the end goes.")],
    yes: Annotated[bool, typer.Option("--yes", help="Destroy it without asking.")] = False,
) -> None:
    """On the node: destroy its keys and all that it keeps, and print the certificate of it (rule N6). No way back.

    Example: hushward provision wipe /var/lib/hushward/node --out /mnt/node3.wiped.json
    """
    if not yes and not typer.confirm(f"Destroy everything in {folder}, for ever?"):
        raise typer.Exit(1)
    said = node_side.wipe(folder, _now(), out)
    typer.echo(
        f"CERTIFICATE OF DECOMMISSIONING\n  node       {said.site}/{said.ward}/{said.node_id}\n"
        f"  key        {said.public_key}\n  destroyed  {said.at:%d %B %Y, %H:%M:%S} UTC, {len(said.destroyed)} files\n"
        f"  kept in    {out}, signed by the node with the key that it then destroyed\n"
        "  On a memory card, spare blocks may still hold old content: destroy the card.\n"
        f"On the ward's machine: hushward provision wiped DIR {out.name}\n"
        "At the console: take the node out of its room."
    )


def _now() -> datetime:
    return SystemClock().utc_now()


def _state(one: Vouched, now: datetime) -> str:
    if one.ended_at is not None:
        return f"taken back on {one.ended_at:%Y-%m-%d}: {one.ended_why}"
    return "has ended" if one.until <= now else "counts"


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; an error is one sentence and exit code 1."""
    try:
        return run_page(page, "hushward provision", arguments)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        sys.stderr.write(f"hushward provision: {'.'.join(map(str, first['loc']))}: {first['msg']}\n")
    except (DeployError, BrokerError, EdgeError, ValueError) as error:
        sys.stderr.write(f"hushward provision: {error}\n")
    except OSError as error:
        sys.stderr.write(f"hushward provision: {error.filename or 'the folder'}: {error.strerror}\n")
    return 1
