"""`python -m broker`: print the contract between node and console, write a broker's configuration, run a broker."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from broker import acl, asyncapi, embedded, mosquitto, rates, topics
from broker.errors import BrokerError
from broker.logins import new_login, write_private

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help=(
        "The contract between node and console, and the broker that carries it.\n\n"
        "Example: hushward broker topics\n\n"
        "Exit codes: 0 done; 1 it could not be done, with the reason in one sentence; 2 wrong options."
    ),
    rich_markup_mode=None,
)

_Site = Annotated[str, typer.Option(help="The hospital's slug, as it stands in every topic.")]
_Ward = Annotated[str, typer.Option(help="The ward's slug.")]
_Nodes = Annotated[list[str], typer.Option("--node", help="A node id; repeat for each node of the ward.")]


@app.command()
def messages() -> None:
    """Print the JSON Schema of every message of contract version 1.

    Example: python -m broker messages > messages.json
    """
    typer.echo(json.dumps(asyncapi.schemas(), indent=2, ensure_ascii=False))


@app.command("topics")
def print_topics() -> None:
    """Print the topic grammar: who publishes where, at which quality of service."""
    for leaf in topics.Leaf:
        topic = topics.Topic("SITE", "WARD", "NODE", leaf)
        way = "node to console" if leaf in topics.UPWARD else "console to node"
        typer.echo(f"{topic}   QoS {topic.qos}   {way}")


@app.command("asyncapi")
def print_asyncapi() -> None:
    """Print the contract as an AsyncAPI 3.0 document (JSON)."""
    typer.echo(asyncapi.text(), nl=False)


@app.command("acl")
def print_acl(node: _Nodes, site: _Site = "site", ward: _Ward = "ward") -> None:
    """Print mosquitto's access file for a ward.

    A node may write its own two topics and read its own three; the console the reverse; all else is denied.

    Example: python -m broker acl --node room1 --node room2
    """
    typer.echo(acl.mosquitto_acl(site, ward, node), nl=False)


@app.command("rates")
def print_rates(port: Annotated[int, typer.Option(min=1, max=65535, help="The broker's TCP port.")] = 8883) -> None:
    """Print packet rules (nftables) for the broker's machine: how much one address may send.

    Example: hushward broker rates > /etc/nftables.d/hushward.nft
    """
    typer.echo(rates.nftables(port), nl=False)


@app.command("mosquitto")
def write_mosquitto(
    folder: Annotated[Path, typer.Argument(help="Where the files go; made when it is missing.")],
    node: _Nodes,
    site: _Site = "site",
    ward: _Ward = "ward",
    port: Annotated[int, typer.Option(min=1, max=65535, help="TCP port.")] = 8883,
    address: Annotated[str, typer.Option(help="Address to listen on, with certificates.")] = "0.0.0.0",
    ca: Annotated[Path | None, typer.Option(help="The ward's CA; without it: this machine only, passwords.")] = None,
    certificate: Annotated[Path | None, typer.Option(help="The broker's certificate.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its key.")] = None,
) -> None:
    """Write mosquitto's configuration, access file and, for one machine, passwords.

    With --ca, --certificate and --key it listens with TLS 1.3 and takes only clients with a certificate of that CA,
    whose name in the certificate is their node id (or `console`). Without, it listens on 127.0.0.1 only and the
    passwords are written beside it, one file for each name.

    Example: python -m broker mosquitto /etc/hushward/broker --node room1 --ca ca.pem --certificate b.pem --key b.key
    """
    given = [one for one in (ca, certificate, key) if one is not None]
    if given and len(given) < 3:
        raise BrokerError("--ca, --certificate and --key belong together: give all three, or none")
    if ca is not None and certificate is not None and key is not None:
        tls = mosquitto.Tls(ca, certificate, key, address)
        config = mosquitto.prepare(folder, port, site, ward, node, tls=tls)
    else:
        logins = [new_login(name) for name in (acl.CONSOLE, *node)]
        config = mosquitto.prepare(folder, port, site, ward, node, logins)
        for login in logins:
            write_private(folder / f"{login.username}.password", f"{login.password}\n")
    typer.echo(f"wrote {config}; run: mosquitto -c {config}")


@app.command()
def serve(
    config: Annotated[Path, typer.Argument(help="A file that `hushward up` or `mosquitto` above has written.")],
    kind: Annotated[str, typer.Option(help="embedded or mosquitto.")] = "embedded",
) -> None:
    """Run a broker in the foreground until a signal ends it.

    Exit codes: 0 ended by a signal; 1 it could not start, with the reason in one sentence.
    """
    run = {"embedded": embedded.serve, "mosquitto": mosquitto.serve}.get(kind)
    if run is None:
        raise BrokerError(f"--kind {kind}: say embedded or mosquitto")
    run(config)


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; a broker error is one sentence and exit code 1."""
    try:
        app(args=arguments, prog_name="hushward broker", standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except (BrokerError, OSError) as error:
        typer.echo(f"hushward broker: {error}", err=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
