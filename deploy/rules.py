"""The verb `rules`: read the rule book, check that it is enforced, and sign the trust's own policy."""

import json
from dataclasses import asdict
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from console.assurance.trust_policy import check as check_policy
from console.assurance.trust_policy import read_signatures, sign
from console.errors import ConsoleError
from console.keys.signer import make_person_key
from console.roles import Role
from console.rules.changes import read_changes
from console.rules.policy import Policy, PolicyError, shipped_policy
from console.rules.rule import CHAPTERS, Parameter, Rule, RuleState, text_of
from console.running.settings_file import load
from deploy.rule_check import Tree, findings

ROOT = Path(__file__).parents[1]

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help=(
        "The rule book: what this product does and never does.\n\nExample: hushward rules --chapter C\n\n"
        "Exit codes: 0 done; 1 it could not be done, with the reason in one sentence; 2 wrong options."
    ),
)
signing = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The trust's own policy: values of its own.")
app.add_typer(signing, name="policy")

_File = Annotated[Path, typer.Argument(metavar="FILE", help="The trust's policy (TOML).", exists=True, dir_okay=False)]
_Chapter = Annotated[str, typer.Option("--chapter", help=f"One chapter: {', '.join(CHAPTERS)}.")]
_Json = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


@app.callback(invoke_without_command=True)
def list_rules(context: typer.Context, chapter: _Chapter = "", as_json: _Json = False) -> None:
    """List every rule: its id, how it is kept, and its sentence.

    enforced: in the code. by_people: a record with a due date and a prompt. not_yet: not in this version, and why.

    Example: hushward rules --chapter C

    Exit codes: 0 listed; 2 wrong options.
    """
    if context.invoked_subcommand is not None:
        return
    if chapter and chapter not in CHAPTERS:
        raise typer.BadParameter(f"there is no chapter {chapter}; say one of {', '.join(CHAPTERS)}")
    rules = [one for one in shipped_policy().in_order() if not chapter or one.chapter == chapter]
    typer.echo(as_text_json([_told(one) for one in rules]) if as_json else _page(rules))


@app.command()
def show(
    rule_id: Annotated[str, typer.Argument(metavar="RULE", help="Its id, such as C5.")], as_json: _Json = False
) -> None:
    """Show one rule: sentence, source, values with their bounds, who signs a change, and where it is enforced.

    Example: hushward rules show C5

    Exit codes: 0 shown; 1 there is no such rule.
    """
    policy = shipped_policy()
    if rule_id not in policy.rules:
        raise PolicyError(f"there is no rule {rule_id}; hushward rules lists them")
    rule = policy.rules[rule_id]
    typer.echo(as_text_json(_told(rule)) if as_json else _whole(rule, policy))


@app.command()
def check(
    root: Annotated[Path, typer.Option("--root", help="Folder of the source; this installation's own.")] = ROOT,
) -> None:
    """Check that each rule is enforced where the book says, and that a test names it.

    It reads the source: a rule whose enforcement was taken out is named. Where the tests are not installed, only the
    enforcement is checked, and it says so.

    Example: hushward rules check

    Exit codes: 0 every rule is enforced and tested; 1 one is not, each named; 2 wrong options; 3 every rule is
    enforced, but the tests are not here to be looked at.
    """
    policy, tree = shipped_policy(), Tree(root)
    found = findings(policy, tree)
    for one in found:
        typer.echo(f"{one.rule_id}: {one.sentence}")
    counted = _counted(list(policy.rules.values()))
    if found:
        typer.echo(f"{len(found)} findings in {counted}")
        raise typer.Exit(1)
    if tree.tested is None:
        typer.echo(f"{counted}; every enforced one is enforced where the book says. The tests are not installed here.")
        raise typer.Exit(3)
    typer.echo(f"{counted}; every enforced one is enforced where the book says, and a test names it")


@signing.command("key")
def policy_key(file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the secret half goes.")]) -> None:
    """Make the signing key of one person; print its public half for the console's settings.

    Example: hushward rules policy key governance-lead.key

    Exit codes: 0 made; 1 the file is there already.
    """
    typer.echo(make_person_key(file))


@signing.command("sign")
def policy_sign(
    file: _File,
    role: Annotated[Role, typer.Option("--role", help="In which role you sign.")],
    key: Annotated[Path, typer.Option("--key", help="Your signing key.")],
) -> None:
    """Read the trust's policy, say what it changes, and add one role's signature beside it.

    Example: hushward rules policy sign trust.toml --role governance_lead --key governance-lead.key

    Exit codes: 0 signed; 1 the policy is out of bounds or the key cannot be read.
    """
    policy = shipped_policy()
    local = read_changes(file.read_bytes(), policy)
    sign(file, role, key)
    signed = read_signatures(file)
    for one in local.changes:
        typer.echo(str(one))
    missing = [str(one) for one in local.signers(policy) if one not in signed]
    typer.echo(f"still to sign: {', '.join(missing)}" if missing else "signed by all who must")


@signing.command("check")
def policy_check(
    file: _File, config: Annotated[Path, typer.Option("--config", help="The console's TOML file, with its signers.")]
) -> None:
    """Say whether a console would take the trust's policy: inside the bounds, and signed by all who must.

    Example: hushward rules policy check trust.toml --config console.toml

    Exit codes: 0 it would be taken; 1 it would not, with the reason in one sentence.
    """
    told = load(config).policy
    signed = check_policy(file, told.signers if told else {}, shipped_policy())
    for one in signed.policy.changes:
        typer.echo(str(one))
    typer.echo(f"version {signed.policy.version} would be taken; SHA-256 {signed.policy.digest}")


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; an error is one sentence and exit code 1."""
    try:
        app(args=arguments, prog_name="hushward rules", standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except (ConsoleError, OSError, ValueError) as error:
        typer.echo(f"hushward rules: {error}", err=True)
        return 1
    return 0


def as_text_json(told: object) -> str:
    """Return JSON for programs."""
    return json.dumps(told, indent=2, ensure_ascii=False)


def signed_by(policy: Policy, parameter: Parameter) -> str:
    """Return who signs a change of a parameter, in words."""
    always = dict.fromkeys((*policy.signing.any_change, *parameter.signed_by))
    words = ", ".join(always)
    for safer, roles, what in (
        (parameter.safer_for_safety, policy.signing.worse_for_safety, "safety"),
        (parameter.safer_for_privacy, policy.signing.worse_for_privacy, "privacy"),
    ):
        if safer != "neither":
            away = "higher" if safer == "lower" else "lower"
            words += f"; {away} (less safe for {what}): also {', '.join(roles)}"
    return words


def _told(rule: Rule) -> dict[str, Any]:
    told = asdict(rule) | {"chapter": rule.chapter, "parameters": [asdict(one) for one in rule.parameters.values()]}
    plain: dict[str, Any] = json.loads(json.dumps(told, default=_plain))
    return plain


def _plain(value: object) -> str | float:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return text_of(value) if isinstance(value, time) else str(value)


def _page(rules: list[Rule]) -> str:
    lines, chapter = [], ""
    for one in rules:
        if one.chapter != chapter:
            chapter = one.chapter
            lines += ["", f"{chapter}. {CHAPTERS[chapter]}"]
        lines.append(f"  {one.rule_id:<4} {one.state:<9} {one.sentence}")
    return "\n".join([*lines[1:], "", _counted(rules)])


def _counted(rules: list[Rule]) -> str:
    counts = [f"{sum(one.state is state for one in rules)} {state}" for state in RuleState]
    return f"{len(rules)} rules: {', '.join(counts)}"


def _whole(rule: Rule, policy: Policy) -> str:
    lines = [f"{rule.rule_id}  {rule.sentence}", "", f"state: {rule.state}"]
    lines += [f"why not yet: {rule.why_not_yet}"] if rule.why_not_yet else []
    lines += [f"source: {rule.source} ({rule.source_status})"]
    lines += [f"enforced in: {one}" for one in rule.enforced_in]
    lines += [f"if it refuses you: {rule.way_out}"] if rule.way_out else []
    if rule.paper is not None:
        lines += [f"written down: {rule.paper.record}", f"due every {rule.paper.due.days} days: {rule.paper.prompt}"]
    for one in rule.parameters.values():
        bounds = f"{text_of(one.low)} to {text_of(one.high)}"
        safer = f"safer for safety: {one.safer_for_safety}; for privacy: {one.safer_for_privacy}"
        lines += ["", f"{one.name} = {text_of(one.value)} {one.unit}, within {bounds}", f"  {safer}"]
        lines += [f"  signed by {signed_by(policy, one)}"]
    return "\n".join(lines)
