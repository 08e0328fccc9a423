"""What a patient may come to read: every sentence of their pages, papers and cards, as translators' tools find it."""

from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract

from console.own.patient_page import STAFF_STATUS, TELLING
from tests.kit.house import ROOT

CONSOLE = ROOT / "console"
TEMPLATES = "screens/templates"
SCOPE = (
    *(f"{TEMPLATES}/{name}.html" for name in ("base", "hidden", "sign_in", "enrol", "sentence", "decided")),
    *(f"{TEMPLATES}/{folder}/*.html" for folder in ("parts", "me", "stop", "print")),
    f"{TEMPLATES}/consent/explained.html",
    *(
        f"screens/{name}.py"
        for name in (
            "patient",
            "stopping",
            "reading",
            "showing",
            "sleep",
            "telling",
            "sensor_words",
            "told_choice",
            "trying",
            "about_me",
        )
    ),
    *(f"screens/{name}.py" for name in ("paper", "pictograms", "signin", "copying")),
    *(
        f"{name}.py"
        for name in (
            "patient_page",
            "ledger",
            "complaints",
            "own_side",
            "identity",
            "rules/readings",
            "rules/rates",
            "answer_claims",
            "trying",
            "rules/trying",
            "rules/groups",
            "rules/keeping",
            "incidents/own_page",
            "incidents/wrongs",
            "assurance/off_words",
        )
    ),
)
PAPERS_OF_STAFF = (f"{TEMPLATES}/print/index.html", f"{TEMPLATES}/print/stop-sheet.html")
FOR_STAFF = {
    *(words.text for words in (*STAFF_STATUS.values(), *TELLING.values())),
    "Cards to print",
    "One for each room. Print them on soft paper, without lamination or staples. "
    "A patient may refuse a card; staff then keep it.",
    "No sensor, and so no card: {rooms}.",
    "Stop sheet, for when the system is down",
    "Somebody has said so already.",
    "They see now that it has arrived.",
    "Write the answer in plain words, in at most 1,500 letters.",
    "First say that it has arrived.",
    "They see the answer now.",
    "You may.",
    "Nobody has answered it in time.",
    "Emergency",
    "No reading: the sensor is off.",
}
"""Sentences in the same files that only staff come to read."""


def patient_sentences() -> set[str]:
    """Return the sentences that a language needs before a patient is offered it."""
    found: set[str] = set()
    for pattern in SCOPE:
        for path in sorted(CONSOLE.glob(pattern)):
            if str(path.relative_to(CONSOLE)) not in PAPERS_OF_STAFF:
                found |= _sentences(path)
    return found - FOR_STAFF


def _sentences(path: Path) -> set[str]:
    method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
    with path.open("rb") as file:
        entries = list(extract(method, file, keywords={**DEFAULT_KEYWORDS, "N_": None, "Words": None}))
    return {message for _line, message, _comments, _context in entries if isinstance(message, str)}
