"""`make docs`: judge the shipped models, and write what came of it into the accuracy page and the models' cards."""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from deploy import toml
from deploy.accuracy_page import false_rates, page, per_min, ratio, share
from edge.cases import recordings_dir
from edge.scores.judge import JudgeOptions, evaluate
from models.card import card_paths, read_card
from models.release import ERROR, WITHHELD

PAGE = Path("docs/reference/accuracy.md")
LISTS = tuple(Path("tests/golden") / name for name in ("cases.toml", "simulated.toml", "films.toml"))
BEGIN, END = "# judged: written by `make docs`\n", "# judged: end\n"
_JUDGED = re.compile(r"(?:# judged: written.*\n)?\[judged\]\n.*?(?:# judged: end\n|(?=\n?\[\[))", re.DOTALL)
ABSENT = "recording absent"


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge, or take what was judged, and write.

    Returns:
        0 when all is written, or left alone because recordings are not here; 1 when it could not be judged.
    """
    parser = argparse.ArgumentParser(prog="python -m deploy.accuracy", description=__doc__)
    parser.add_argument("--from", dest="figures", type=Path, metavar="FILE", help="what hushward eval --json printed")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep what was judged")
    asked = parser.parse_args(arguments)
    reason = None if asked.figures else _not_here()
    document = None if reason else _figures(asked.figures)
    if document is not None:
        reason = missing_from(document)
    if reason is not None:
        sys.stderr.write(f"docs: {reason}, so {PAGE} and the models' cards stay as they are\n")
        return 0
    if document is None:
        return 1
    if asked.keep:
        asked.keep.parent.mkdir(parents=True, exist_ok=True)
        asked.keep.write_text(json.dumps(document, indent=2), "utf-8")
    for path in write(document, Path()):
        sys.stdout.write(f"wrote {path}\n")
    return 0


def _not_here() -> str | None:
    return "there are no recordings here (HUSHWARD_RECORDINGS)" if recordings_dir() is None else None


def _figures(kept: Path | None) -> dict[str, Any] | None:
    if kept is not None:
        taken: dict[str, Any] = json.loads(kept.read_text("utf-8"))
        return taken
    out = StringIO()
    if evaluate(LISTS, JudgeOptions(with_baselines=True, json_only=True), out=out) != 0:
        return None
    judged: dict[str, Any] = json.loads(out.getvalue())
    return judged


def missing_from(document: dict[str, Any]) -> str | None:
    """Say what forbids to publish these figures; None when nothing does.

    Args:
        document: as `hushward eval --json --baselines` prints it.
    """
    absent = [row["id"] for row in document["cases"] if row["note"] == ABSENT]
    if absent:
        return f"{len(absent)} recordings are not here ({absent[0]} and others)"
    if not document["baselines"]:
        return "the figures hold no baseline (--baselines)"
    shipped = {card.name: card.sha256 for card in map(read_card, card_paths())}
    if document["models"] != shipped:
        return "the figures are of other models than those that ship"
    return None


def write(document: dict[str, Any], root: Path) -> list[Path]:
    """Write the page and the `[judged]` part of every card.

    Args:
        document: as `hushward eval --json --baselines` prints it.
        root: the checkout.

    Returns:
        What changed.
    """
    texts = {PAGE: page(document)}
    for path in card_paths(root / "models"):
        texts[path.relative_to(root)] = with_judged(path.read_text("utf-8"), document)
    changed = []
    for path, text in texts.items():
        whole = root / path
        if not whole.exists() or whole.read_text("utf-8") != text:
            whole.parent.mkdir(parents=True, exist_ok=True)
            whole.write_text(text, "utf-8")
            changed.append(path)
    return changed


def with_judged(card: str, document: dict[str, Any]) -> str:
    """Put the figures into the text of a card, in place of what stood there.

    Args:
        card: TOML with a `[judged]` table.
        document: as `hushward eval --json --baselines` prints it.
    """
    block = BEGIN + toml.text({"judged": judged(document)}) + END
    return _JUDGED.sub(lambda _: block, card, count=1)


def judged(document: dict[str, Any]) -> dict[str, toml.Value]:
    """Say in a few lines how all shipped models did together: one for each set, and who they were."""
    rows = document["groups"]["set"]["rows"]
    compared = {kind: group for kind, group in document["groups"].items() if kind != "set"}
    return {
        "method": f"hushward eval {' '.join(map(str, LISTS))} --baselines; all models together",
        "models": [f"{name} sha256:{sha256}" for name, sha256 in sorted(document["models"].items())],
        "page": str(PAGE),
        "cost": f"{document['all']['cpu_s_per_s']:.4f} processor seconds per second, all sets together",
        "pulse": "not offered",
        "sets": {row["id"]: _told(row) for row in rows},
        "groups": {kind: _compared(group) for kind, group in compared.items()},
        "worst_over_best": {what: _ratios(compared, what) for what in (ERROR, WITHHELD)},
    }


def _ratios(compared: dict[str, dict[str, Any]], what: str) -> dict[str, toml.Value]:
    """Write the worst group over the best as numbers, for rule E3; kinds that cannot be compared are left out."""
    told = {kind: group[f"worst_over_best_{what}"] for kind, group in compared.items()}
    return {kind: round(times, 2) for kind, times in told.items() if times is not None}


def _compared(group: dict[str, Any]) -> str:
    """Write one kind of group in a sentence: what is withheld and how far off, of each, and worst over best (E3)."""
    told = [f"{row['id']}: withheld {_withheld(row)}, MAE {per_min(row['mae_per_min'])}" for row in group["rows"]]
    withheld, error = ratio(group["worst_over_best_withheld"]), ratio(group["worst_over_best_error"])
    return f"{'; '.join(told)}; worst over best {withheld} in what is withheld, {error} in error"


def _withheld(row: dict[str, Any]) -> str:
    return share(None if row["coverage"] is None else 1 - row["coverage"])


def _told(row: dict[str, Any]) -> str:
    """Write one set in a sentence; an accuracy always with its coverage."""
    told = []
    if row["mae_per_min"] is not None:
        told.append(f"MAE {per_min(row['mae_per_min'])}, {share(row['within_2'])} within 2/min")
    elif row["coverage"] is not None:
        told.append("no reference here")
    if row["coverage"] is not None:
        told.append(f"coverage {share(row['coverage'])}")
    if row["inside_interval"] is not None:
        told.append(f"stated interval holds {share(row['inside_interval'])} of errors")
    if row["holds"]["real"]:
        told.append(f"{row['holds']['found']} of {row['holds']['real']} held breaths found")
    if row["forbidden"]:
        told.append(f"false rates in {false_rates(row)}")
    return ", ".join(told) or "presence alone is judged"


if __name__ == "__main__":
    sys.exit(main())
