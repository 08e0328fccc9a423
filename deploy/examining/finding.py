"""One thing that was looked at, and all of them as lines for a person or as JSON for a machine."""

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from broker.errors import BrokerError
from console.errors import ConsoleError
from edge.errors import EdgeError
from models.errors import ModelError

Check = Callable[[], Iterable["Finding"]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: what was looked at and what was found.
        remedy: what to do; None when all is well.
        is_needed: a ward cannot run, or may not be trusted, until it is remedied.
    """

    what: str
    remedy: str | None = None
    is_needed: bool = True

    @property
    def mark(self) -> str:
        """Return the word that stands before it."""
        if self.remedy is None:
            return "ok"
        return "PROBLEM" if self.is_needed else "note"


Named = tuple[str, Finding]
"""A finding after the name of its check."""


_OF_A_ROOM = (BrokerError, ConsoleError, EdgeError, ModelError)
"""Errors that are one sentence for whoever has to act: what is wrong and what to do."""


def examine(checks: Mapping[str, Check]) -> list[Named]:
    """Make all checks, in order; one that fails is a finding, not an end: what it looked at may be in any state."""
    findings: list[Named] = []
    for name, check in checks.items():
        try:
            findings.extend((name, one) for one in check())
        except _OF_A_ROOM as error:
            findings.append((name, Finding(str(error), "mend that, then ask again")))
        except PermissionError as error:
            told = f"{name}: may not be looked at by this account ({error.filename})"
            findings.append((name, Finding(told, "run it as root: sudo hushward doctor", is_needed=False)))
        except Exception as error:
            # Whatever it is: an engineer at three in the morning needs the other findings, and not a traceback. What
            # only could not be read is a note; what nobody thought of is a problem, so that no script calls it well.
            told = f"{name}: could not be looked at ({type(error).__name__}: {str(error)[:200]})"
            remedy = "see the reason above; run it as root, and report it if it comes again"
            is_foreseen = isinstance(error, OSError | ValueError | subprocess.SubprocessError)
            findings.append((name, Finding(told, remedy, is_needed=not is_foreseen)))
    return findings


def exit_code(findings: Iterable[Named]) -> int:
    """Return 1 when anything has to be remedied, otherwise 0."""
    return int(any(one.mark == "PROBLEM" for _, one in findings))


def as_lines(findings: Iterable[Named]) -> Iterable[str]:
    """Return them for a person: what was found, and under it what to do."""
    for _, one in findings:
        yield f"{one.mark:<8} {one.what}"
        if one.remedy is not None:
            yield f"{'':<8} -> {one.remedy}"


def as_json(findings: Iterable[Named]) -> str:
    """Return them for a machine: `exit_code`, and in `findings` a `check`, `mark`, `what` and `remedy` each."""
    told = list(findings)
    rows = [{"check": name, "mark": one.mark, "what": one.what, "remedy": one.remedy} for name, one in told]
    return json.dumps({"exit_code": exit_code(told), "findings": rows}, indent=2, ensure_ascii=False)
