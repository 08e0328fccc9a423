"""The verb `safety`: hold the hazard log against the rules and the tests, sign it, and show a door's code."""

from pathlib import Path
from typing import Annotated

import typer

from broker.clock import SystemClock
from broker.vocabulary import Context
from console.assurance.safety_case import sign
from console.assurance.trust_policy import policy_of
from console.errors import ConsoleError
from console.keys.door_tags import DoorTags
from console.rules.hazards import read_hazards, safety_digest
from console.rules.policy import shipped_policy
from console.running.settings_file import load
from deploy.hazard_check import findings
from deploy.release import blocked
from deploy.rule_check import Tree

ROOT = Path(__file__).parents[1]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help=(
        "The safety case: the hazard log, what shows its controls, and the safety officer's signature.\n\n"
        "Example: hushward safety check\n\n"
        "Exit codes: 0 done; 1 it could not be done, with the reason in one sentence; 2 wrong options."
    ),
)


@app.command()
def check(
    root: Annotated[Path, typer.Option("--root", help="Folder of the source; this installation's own.")] = ROOT,
) -> None:
    """Hold every control of every hazard against the rule book and the tests.

    A control whose rule is not enforced, whose test is gone, or whose page is missing is named.

    Example: hushward safety check

    Exit codes: 0 every link holds; 1 one does not, each named; 3 the tests are not here to be looked at.
    """
    log, tree = read_hazards(), Tree(root)
    found = findings(log, shipped_policy(), tree)
    for one in found:
        typer.echo(one)
    controls = sum(len(one.controls) for one in log.hazards.values())
    counted = f"{len(log.hazards)} hazards, {controls} controls, hazard log version {log.version}"
    if found:
        typer.echo(f"{len(found)} findings in {counted}")
        raise typer.Exit(1)
    if not (root / "tests").is_dir():
        typer.echo(f"{counted}; the rules hold. The tests are not installed here.")
        raise typer.Exit(3)
    still = [one.hazard_id for one in log.hazards.values() if one.state == "open"]
    typer.echo(f"{counted}; every control has its rule and its test. Open, and said openly: {', '.join(still)}")
    typer.echo(f"to be signed: {safety_digest('')}")


@app.command()
def release(
    context: Annotated[
        Context, typer.Option("--context", help="What the models are to be used in.")
    ] = Context.CLINICAL,
    config: Annotated[Path | None, typer.Option("--config", help="The console's TOML file, with its policy.")] = None,
) -> None:
    """Say whether the models may be used: for clinical use none may serve a group much worse than another (rule E3).

    Elsewhere the same is told, and blocks nothing. A node in clinical use asks this of its own models when it starts.

    Example: hushward safety release --context evaluation

    Exit codes: 0 they may; 1 they may not, each group named with how far it is from the best.
    """
    policy = policy_of(load(config)) if config is not None else shipped_policy()
    found = list(blocked(policy))
    for one in found:
        typer.echo(one)
    if not found:
        typer.echo("Every model serves every group alike, as far as it was judged (rule E3).")
    elif context is Context.CLINICAL:
        typer.echo(f"{len(found)} comparisons block clinical use (rule E3).")
        raise typer.Exit(1)
    else:
        typer.echo(f"{len(found)} comparisons would block clinical use; {context} may go on (rule E3).")


@app.command("sign")
def sign_case(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the signature goes.")],
    key: Annotated[Path, typer.Option("--key", help="The clinical safety officer's signing key.")],
    config: Annotated[Path | None, typer.Option("--config", help="The console's TOML file, with its policy.")] = None,
) -> None:
    """Sign the hazard log, the intended purpose and the rules in force, as the clinical safety officer.

    Example: hushward safety sign safety.json --key safety-officer.key --config console.toml

    Exit codes: 0 signed; 1 the key cannot be read, or the policy cannot be taken.
    """
    policy = policy_of(load(config)) if config is not None else shipped_policy()
    typer.echo(f"signed: {sign(file, key, policy)}")


@app.command()
def tag(
    room: Annotated[str, typer.Argument(metavar="ROOM", help="The room's short name, such as room6.")],
    data: Annotated[Path, typer.Option("--data", help="The console's own folder, with its keys.")],
) -> None:
    """Show what the tag at a door shows now: in place of the tag, where none hangs there yet.

    Whoever can read the console's keys can do this from anywhere, so it belongs to trying out, not to a ward.

    Example: hushward safety tag room6 --data ward-data/console

    Exit codes: 0 shown; 1 the keys cannot be read.
    """
    typer.echo(DoorTags.read(data / "keys").shown(room, shipped_policy(), SystemClock().utc_now()))


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; an error is one sentence and exit code 1."""
    try:
        app(args=arguments, prog_name="hushward safety", standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except (ConsoleError, OSError, ValueError) as error:
        typer.echo(f"hushward safety: {error}", err=True)
        return 1
    return 0
