"""The faults and attacks, and what shows each: `python -m tests.spec.faults docs/reference/faults.md`."""

import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]
_TABLE = Path(__file__).with_name("faults.toml")
_TEST = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)
_IDS = re.compile(r"_([FT]\d\d)(?=_)")


@dataclass(frozen=True, slots=True)
class Fault:
    """One row.

    Attributes:
        fault_id: F01 to F46 for faults, T01 to T54 for attacks.
        what: what happens or is done.
        outcome: what then holds.
        also: test files, or tests as `file::name`, that show it without its id in their name.
        not_shown: what has not been tried; empty when all of it was.
    """

    fault_id: str
    what: str
    outcome: str
    also: tuple[str, ...] = ()
    not_shown: str = ""


def read_faults() -> list[Fault]:
    """Read the table."""
    told = tomllib.loads(_TABLE.read_text("utf-8"))["row"]
    return [Fault(one["id"], one["what"], one["outcome"], tuple(one.get("also", ())), one.get("not_shown", ""))
            for one in told]  # fmt: skip


def named_tests() -> Mapping[str, list[str]]:
    """Return, by id, the tests that carry it in their name."""
    found: dict[str, list[str]] = {}
    for file in sorted(TESTS.rglob("test_*.py")):
        for name in _TEST.findall(file.read_text("utf-8")):
            for fault_id in _IDS.findall(name):
                found.setdefault(fault_id, []).append(name)
    return found


def page() -> str:
    """Render the table for engineers."""
    named, rows = named_tests(), read_faults()
    shown = [one for one in rows if one.also or named.get(one.fault_id)]
    whole = [one for one in shown if not one.not_shown]
    lines = [
        "# Faults and attacks, and what shows each",
        "",
        "Made from the table and from the names of the tests; a test keeps it so. Of "
        f"{len(rows)} rows, {len(whole)} are shown by tests that",
        f"run with every change, {len(shown) - len(whole)} in part, and {len(rows) - len(shown)} are not tried yet. "
        "What the last column names is not claimed.",
    ]
    for letter, title in (("F", "Faults"), ("T", "Attacks")):
        lines += ["", f"## {title}", "", "| | what happens | what then holds | shown | not shown |"]
        lines += ["|---|---|---|---|---|"]
        for one in rows:
            if one.fault_id.startswith(letter):
                is_shown = "by tests" if one in whole else "in part" if one in shown else "no"
                lines.append(f"| {one.fault_id} | {one.what} | {one.outcome} | {is_shown} | {one.not_shown} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), "utf-8")
