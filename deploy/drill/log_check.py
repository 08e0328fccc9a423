"""The console's audit log after a drill: every row, every signed checkpoint, and what the nodes have seen of it."""

from pathlib import Path

from console.errors import ConsoleError
from console.logbook.audit_page import Verdict, look


def faults_of_log(data: Path) -> list[str]:
    """Say what is wrong with the log of a ward's folder; it may be asked while the console runs.

    Args:
        data: the ward's folder, with its nodes' own memory of the log in it.
    """
    try:
        seen = look(data, [], None, None)
    except ConsoleError as error:
        return [f"the audit log cannot be read: {error}"]
    return [] if seen.verdict is Verdict.WHOLE else [seen.text.replace("\n", " ")]
