"""Writes one page for each chapter of the rule book: `python -m tests.spec.rule_pages docs/reference/rules`."""

import sys
from pathlib import Path

from console.rules.policy import Policy, Rule, RuleState, shipped_policy
from console.rules.rule import CHAPTERS, text_of
from deploy.rules import signed_by
from tests.spec.chapters import Night, read_chapter_nights, read_chapter_rows
from tests.spec.nights import Row, read_rows


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    policy, nights, rows = shipped_policy(), read_chapter_nights(), [*read_rows(), *read_chapter_rows()]
    return {f"{letter}.md": chapter_page(letter, nights, rows, policy) for letter in CHAPTERS}


def chapter_page(letter: str, nights: list[Night], rows: list[Row], policy: Policy) -> str:
    """Render one chapter for governance leads."""
    lines = [f"# {letter}. {CHAPTERS[letter]}", "", "Made from the rule book and from the nights that are played with"]
    lines += ["every change of the software. `hushward rules show` says the same for the installed version."]
    for rule in policy.in_order():
        if rule.chapter == letter:
            lines += _rule_lines(rule, policy)
            lines += _night_lines(rule.rule_id, nights, rows)
    return "\n".join(lines) + "\n"


def _rule_lines(rule: Rule, policy: Policy) -> list[str]:
    lines = ["", f"## {rule.rule_id}", "", rule.sentence, ""]
    kept = {
        RuleState.ENFORCED: "Enforced in the software.",
        RuleState.BY_PEOPLE: "Kept by people.",
        RuleState.NOT_YET: f"**Not in this version.** {rule.why_not_yet}",
    }
    lines += [f"- {kept[rule.state]}", f"- Source: {rule.source} ({rule.source_status})"]
    if rule.enforced_in:
        lines += ["- Where: " + ", ".join(f"`{one}`" for one in rule.enforced_in)]
    if rule.way_out:
        lines += [f"- Whom it refuses: {rule.way_out}"]
    if rule.paper is not None:
        lines += [f"- Written down every {rule.paper.due.days} days: {rule.paper.record}"]
    if rule.parameters:
        lines += ["", "| value | is | from | to | who signs a change |", "|---|---|---|---|---|"]
    for one in rule.parameters.values():
        value, low, high = (text_of(number) for number in (one.value, one.low, one.high))
        lines += [f"| `{one.name}` | {value} | {low} | {high} | {signed_by(policy, one)} |"]
    return lines


def _night_lines(rule_id: str, nights: list[Night], rows: list[Row]) -> list[str]:
    lines: list[str] = []
    for night in nights:
        if rule_id in night.rules:
            lines += ["", f"**{night.title}**", ""]
            lines += [f"- {'*' + step + '*' if step.startswith('then ') else step}" for step in night.steps]
    told = [row for row in rows if rule_id in row.rules]
    if told:
        lines += ["", "| when | the tile says |", "|---|---|", *(f"| {row.given} | `{row.says}` |" for row in told)]
    return lines


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")
