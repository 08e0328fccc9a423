"""The page of the hazard log, for whoever signs it and whoever deploys."""

from console.rules.hazards import Control, Hazard, shipped_hazards


def text() -> str:
    """Render the page."""
    log = shipped_hazards()
    lines = [
        "# Hazard log",
        "",
        f"Version {log.version}. Made from `console/rules/hazards.toml`; `hushward safety check` holds every control",
        "against the rule book and the tests. A risk is rated 1 (acceptable) to 5 (unacceptable) from likelihood and",
        "severity, each 1 to 5, in the words of DCB0129.",
    ]
    lines += ["", "| hazard | | before | after | state | owner |", "|---|---|---|---|---|---|"]
    lines += [_row(one) for one in log.hazards.values()]
    lines += ["", "## Priorities of alerts (rule A7)", "", "| alert | priority | from |", "|---|---|---|"]
    lines += [f"| {kind.value} | {told[0].value} | {told[1]} |" for kind, told in log.priorities.items()]
    for hazard in log.hazards.values():
        lines += _section(hazard)
    return "\n".join(lines) + "\n"


def _row(one: Hazard) -> str:
    before, after = one.initial.rating, one.residual.rating
    return f"| {one.hazard_id} | {one.title} | {before} | {after} | {one.state} | {one.owner} |"


def _section(one: Hazard) -> list[str]:
    lines = ["", f"## {one.hazard_id}: {one.title}", "", f"- Cause: {one.cause}", f"- Effect: {one.effect}"]
    for name, risk in (("Before", one.initial), ("After", one.residual)):
        lines += [f"- {name}: likelihood {risk.likelihood}, severity {risk.severity}, risk {risk.rating}"]
    lines += [f"- State: {one.state}; owner: {one.owner}", "", "Controls:", ""]
    return [*lines, *(f"- {_control(control)}" for control in one.controls)]


def _control(one: Control) -> str:
    rules = f" (rule {', '.join(one.rules)})" if one.rules else ""
    shown = [f"`{name}`" for name in one.tests] + ([f"`{one.document}`"] if one.document else [])
    return f"{one.text}{rules}. Shown by {', '.join(shown)}."
