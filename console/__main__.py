"""`python -m console`: run the ward console, move its database on, verify its audit log, make certificates."""

import contextlib
import os
import shlex
import signal
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from broker.clock import SystemClock, clock_from
from broker.errors import BrokerError
from broker.service import Service
from console.alerting import corridor_unit
from console.errors import ConsoleError
from console.keeping import backups
from console.keeping import retention as retained
from console.keys import certificates, key_backup
from console.keys.door_tags import read_token
from console.keys.signer import Keys
from console.logbook import audit_page, restoring, schema_back
from console.logbook.audit import AuditLog
from console.rules.policy import shipped_policy
from console.running.settings import ConsoleSettings
from console.running.settings_file import describe, load
from console.store.database import Store

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help=(
        "The ward console: night board, patient page, consent, leases, audit.\n\n"
        "Example: hushward console serve --config console.toml\n\n"
        "Exit codes: 0 done; 1 it could not be done, with the reason in one sentence; 2 wrong options."
    ),
    rich_markup_mode=None,
)
audit = typer.Typer(
    no_args_is_help=True,
    help=(
        "The audit log of a ward.\n\nExample: hushward audit verify --data ward-data\n\n"
        "Exit codes: 0 the log is whole; 1 it is not, or cannot be read; 2 wrong options; 3 no witness was asked."
    ),
    rich_markup_mode=None,
)
app.add_typer(audit, name="audit")

_Config = Annotated[Path, typer.Option("--config", help="The console's TOML file.")]
_Data = Annotated[Path, typer.Option("--data", help="The ward's folder, or the console's own.")]
_WITNESS_HELP = "Heads that a node or somebody else has seen: JSON lines with tree_size and root. Repeat for more."
_Witness = Annotated[list[Path] | None, typer.Option("--witness", help=_WITNESS_HELP)]
_Key = Annotated[Path | None, typer.Option("--key", help="Public key of the checkpoints; else keys/audit.pub.")]
_Database = Annotated[str | None, typer.Option("--database", help="Its address, when it is not SQLite in the folder.")]


@app.command()
def serve(config: _Config) -> None:
    """Run the console in the foreground until a signal ends it.

    Example: hushward console serve --config console.toml

    Exit codes: 0 ended by a signal; 1 it could not start, with the reason in one sentence.
    """
    # Imported only here: verifying an audit log needs no web server.
    run: Callable[[ConsoleSettings], None] = import_module("console.running.serve").serve
    # As Ctrl-C does: by itself SIGTERM would end the process in the middle of a write, with no viewing closed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        run(load(config))


@app.command()
def migrate(config: _Config) -> None:
    """Make the database, or bring it to this version; `serve` does the same at its start.

    Example: hushward console migrate --config console.toml
    """
    settings = load(config)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store.open(settings.url, Keys.open(settings.keys_dir), clock_from(settings.clock_file))
    with contextlib.closing(store):
        AuditLog.open(store, settings.site, settings.ward, head_file=settings.head_file)
    typer.echo("the database is up to date")


@app.command("go-back")
def go_back_one(
    config: _Config,
    by: Annotated[list[str], typer.Option("--by", help="Sign-in name: the engineer, and the safety officer on call.")],
    why: Annotated[schema_back.Why, typer.Option("--why", help="Why; the word stands in the audit log.")],
) -> None:
    """Take the database back by one version, before an older console is started; the console must not run.

    Both people, the two versions and the reason go into the audit log, in the same write. It is refused where a record
    would be lost that the older version cannot hold. Make a backup first.

    Example: hushward console go-back --config console.toml --by an.engineer --by safety.officer --why update_failed

    Exit codes: 0 it is one version older; 1 it was refused or failed and nothing was changed; 2 wrong options.
    """
    settings = load(config)
    move = schema_back.go_back(settings, clock_from(settings.clock_file), by, why)
    typer.echo(
        f"the database went from version {move.newer} to {move.older}, and the log says who and why; install the "
        f"console of version {move.older} before you start it"
    )


@app.command()
def restored(
    config: _Config,
    by: Annotated[list[str], typer.Option("--by", help="Sign-in name of a member of staff; give it twice.")],
) -> None:
    """Say that an older backup was put back on purpose; two people stand for it, and every yes is suspended.

    The console must not run. Both, of different roles, go into the audit log. Who had said yes is asked again: a no
    that was said after the backup was made is not in it.

    Example: hushward console restored --config console.toml --by nurse.in.charge --by governance.lead

    Exit codes: 0 taken; 1 it could not be, with the reason in one sentence; 2 wrong options.
    """
    settings = load(config)
    stopped = restoring.accept(settings, clock_from(settings.clock_file), by)
    typer.echo(f"the backup is taken, {stopped} rooms stay off; start the console, and ask each person anew")


@app.command()
def backup(
    config: _Config, out: Annotated[Path, typer.Option("--out", help="Folder for the copies; best on another disk.")]
) -> None:
    """Copy the database while the console runs, check the copy, and delete the copies that have come to their end.

    A copy holds what the ward will destroy, so it is deleted when that would be: after 14 days, by the next run. The
    keys are not in it: see `backup-keys`. Let a timer run this once a day.

    Example: hushward console backup --config console.toml --out /mnt/backup

    Exit codes: 0 made; 1 it could not be, with the reason in one sentence; 3 made of a log that is not whole.
    """
    settings = load(config)
    made = backups.make(settings, out, clock_from(settings.clock_file), shipped_policy())
    typer.echo(
        f"{made.file}: {made.manifest.entries} entries of the log, to be kept until "
        f"{made.manifest.keep_until:%d %B %Y}; {made.deleted} earlier copies deleted"
    )
    if not made.manifest.is_whole:
        typer.echo("the audit log in it is not whole: hushward audit verify says where", err=True)
        raise typer.Exit(3)


@app.command("put-back")
def put_back(
    config: _Config,
    file: Annotated[Path, typer.Argument(metavar="BACKUP", help="A copy that `backup` made, its manifest beside it.")],
    by: Annotated[list[str], typer.Option("--by", help="Sign-in name of a member of staff; give it twice.")],
) -> None:
    """Put a backup in the place of the database; what was there is kept, and every yes is suspended.

    The console must not run. It is `restored` with the copying done and checked; see docs/how-to/restore.md.

    Example: hushward console put-back --config console.toml B.db --by nurse.in.charge --by governance.lead

    Exit codes: 0 put back; 1 it could not be, and the database is as it was; 2 wrong options.
    """
    settings = load(config)
    stopped, evidence = backups.put_back(settings, file, clock_from(settings.clock_file), by)
    typer.echo(f"put back, {stopped} rooms stay off; what was there is in {evidence}: keep it as evidence")


@app.command("backup-keys")
def backup_keys(
    config: _Config, out: Annotated[Path, typer.Option("--out", help="The sealed file; kept apart from the database.")]
) -> None:
    """Write the console's keys into one file that only a passphrase opens. Once, and after no change ever again.

    Example: hushward console backup-keys --config console.toml --out /mnt/safe/willow.keys
    """
    words = typer.prompt("Passphrase (16 signs or more)", hide_input=True, confirmation_prompt=True)
    typer.echo(f"{key_backup.save(load(config).keys_dir, out, words)} files sealed in {out}")


@app.command("put-back-keys")
def put_back_keys(config: _Config, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Write the keys of a sealed file into the console's empty keys folder.

    Example: hushward console put-back-keys --config console.toml /mnt/safe/willow.keys
    """
    words = typer.prompt("Passphrase", hide_input=True)
    typer.echo(f"{key_backup.put_back(file, load(config).keys_dir, words)} files put back")


@app.command()
def retention(config: _Config) -> None:
    """Destroy what has come to the end of its time; a console that runs does it by itself, every hour.

    Keys of days that are over 14 days old are destroyed, unless a hold keeps them, and the rows of those days deleted.
    The log keeps how many, and a hash of the keys' names. The console must not run.

    Example: hushward console retention --config console.toml

    Exit codes: 0 done, also when nothing was due; 1 it could not be done, with the reason in one sentence.
    """
    settings = load(config)
    done = retained.run_once(settings, clock_from(settings.clock_file))
    typer.echo(
        f"destroyed: the keys of {done.days} days, {done.rows} rows; kept by a hold: {done.kept} days\n"
        f"proof in the log: sha256 {done.proof}"
    )


@app.command()
def month(
    month: Annotated[str, typer.Argument(metavar="YYYY-MM", help="The month.")],
    config: _Config,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files; made when it is not there.")],
) -> None:
    """Build a month's ward audit anew from the frozen daily figures: PDF, CSV and JSON, the same bytes each time.

    It reads the database and writes nothing into it, and may run while the console does. The JSON's SHA-256 is what
    the governance lead signs and what the log keeps.

    Example: hushward console month 2026-10 --config console.toml --out audits

    Exit codes: 0 written; 1 it could not be, with the reason in one sentence; 2 wrong options.
    """
    # Imported only here: nothing else needs what draws the PDF.
    done = import_module("console.assurance.month_files").write_month(load(config), month, out)
    for path, digest in done.files.items():
        typer.echo(f"{digest}  {path}")
    logged = f"{done.built_at:%d %B %Y}" if done.built_at else "not yet"
    typer.echo(f"the same audit was built on the desk: {logged}; days without figures: {done.missing}")


@app.command()
def cert(
    host: Annotated[list[str], typer.Option("--host", help="Name or address that tablets will open; repeat for more.")],
    folder: Annotated[Path, typer.Option("--out", help="Where the certificates go.")],
    ward: Annotated[str, typer.Option(help="The ward's slug, for the name of its CA.")] = "ward",
) -> None:
    """Make the console's certificate, and the ward's own CA at the first call.

    Example: hushward console cert --host console.ward.example --host 192.0.2.10 --out certs
    """
    made = certificates.make(folder, ward, host, SystemClock().utc_now())
    typer.echo(
        f"The console's certificate is valid until {made.until:%d %B %Y}. In the console's settings:\n"
        f'  tls_certificate = "{made.certificate}"\n  tls_key = "{made.key}"\n\n'
        f"Each tablet must trust the ward's CA once:\n"
        f"  1. Copy {made.ca} to the tablet by USB or from a page that you trust (never the key beside it).\n"
        "  2. Android: Settings, Security, Encryption and credentials, Install a certificate, CA certificate.\n"
        "     iPad: open the file, Settings, Profile downloaded, Install; then General, About, Certificate Trust\n"
        "     Settings, switch it on. Windows: double-click, Install, Local Machine, Trusted Root.\n"
        "  3. Compare its SHA-256 fingerprint on the tablet with this one:\n"
        f"     {made.fingerprint}\n"
        f"Keep {folder / 'ca.key'} off the console once the certificates are made: whoever has it can pose as it."
    )


@app.command()
def corridor(
    url: Annotated[str, typer.Option("--url", help="The console's address.")],
    token: Annotated[Path, typer.Option("--token", help="The unit's secret, copied from the console's keys.")],
    play: Annotated[str, typer.Option("--play", help="What plays raw samples from standard input.")] = (
        "aplay -q -t raw -f S16_LE -r 8000 -c 1"
    ),
    ca: Annotated[Path | None, typer.Option("--ca", help="The ward's CA certificate.")] = None,
) -> None:
    """Run the corridor sounder: it calls what the console calls, and by itself when nobody answers for a minute.

    Example: hushward console corridor --url https://console.ward.example:8800 --token corridor-unit.token --ca ca.pem

    Exit codes: 0 ended by a signal; 1 it could not start, with the reason in one sentence.
    """
    ask = corridor_unit.ask_console(url, read_token(token), ca)
    output = corridor_unit.PlayedOutput(shlex.split(play))
    unit = corridor_unit.CorridorUnit(ask, output, SystemClock(), shipped_policy())
    service = Service.of(os.environ, ("corridor",), SystemClock())
    service.ready()
    with contextlib.suppress(KeyboardInterrupt):
        unit.run(threading.Event(), lambda: service.gone_round("corridor"))


@app.command("print-settings")
def print_settings(config: _Config) -> None:
    """Print every setting with its value and meaning; checks the file at the same time.

    Example: hushward console print-settings --config console.toml
    """
    typer.echo(describe(load(config)), nl=False)


@audit.command("verify")
def audit_verify(data: _Data, witness: _Witness = None, key: _Key = None, database: _Database = None) -> None:
    """Verify the audit log: every row, every signed checkpoint, and what witnesses have seen.

    A log cannot prove of itself that its end was not cut off: whoever holds the console's keys can cut it or write it
    anew, and sign that. The heads that the nodes remember tell. In the folder of `hushward up` every node's witness
    file is asked; on a ward, copy them from the nodes and give them with --witness. It may run while the console does.

    Example: hushward audit verify --data ward-data --witness node2-witness.json

    Exit codes: 0 the log is whole, and a witness agrees; 1 it is not whole, with the first bad row, or it cannot be
    read; 2 wrong options; 3 nothing wrong can be seen from here, but no witness was asked.
    """
    seen = audit_page.look(data, witness or [], key, database)
    typer.echo(seen.text)
    if seen.verdict:
        raise typer.Exit(int(seen.verdict))


_Out = Annotated[Path, typer.Option("--out", help="Where the file goes.")]


@audit.command("export")
def audit_export(data: _Data, out: _Out, key: _Key = None, database: _Database = None) -> None:
    """Write the whole log into a file that anybody checks with hushward_verify.py, without this software.

    It holds codes and pseudonyms only. It may run while the console does.

    Example: hushward audit export --data ward-data --out log.jsonl
    """
    typer.echo(f"{audit_page.export(data, key, database, out)} lines written to {out}")


@audit.command("growth")
def audit_growth(
    data: _Data,
    out: _Out,
    first: Annotated[int, typer.Option("--from", help="Entries under the earlier head.")],
    second: Annotated[int, typer.Option("--to", help="Entries under the later head.")],
    key: _Key = None,
    database: _Database = None,
) -> None:
    """Write the proof that a later log begins with an earlier one; hushward_verify.py checks it.

    Example: hushward audit growth --data ward-data --from 41 --to 101 --out growth.json
    """
    out.write_text(audit_page.growth(data, key, database, (first, second)), "utf-8")
    typer.echo(f"the proof from {first} to {second} entries is in {out}")


app.command("verify-audit", help="The same as `audit verify`.")(audit_verify)


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; an error is one sentence and exit code 1."""
    prog = "hushward" if arguments and arguments[0] == "audit" else "hushward console"
    try:
        app(args=arguments, prog_name=prog, standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except (ConsoleError, BrokerError, OSError, ValueError) as error:
        typer.echo(f"{prog}: {error}", err=True)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
