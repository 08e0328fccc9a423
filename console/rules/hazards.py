"""The hazard log as data, and what may be read from it: priorities of alerts, and what the safety officer signs."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from console.rules.alerting.alerts import AlertKind, Priority
from console.rules.policy import POLICY_FILE

HAZARDS = Path(__file__).with_name("hazards.toml")
INTENDED_PURPOSE = Path(__file__).with_name("intended_purpose.toml")
_HIGHEST = 5


class HazardError(ValueError):
    """The hazard log cannot be used; the sentence names the hazard and the remedy."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk as DCB0129 rates it.

    Attributes:
        likelihood: 1 (very low) to 5 (very high).
        severity: 1 (minor) to 5 (catastrophic).
    """

    likelihood: int
    severity: int

    @property
    def rating(self) -> int:
        """Return 1 (acceptable) to 5 (unacceptable), by the matrix of the hazard log."""
        return _MATRIX[self.likelihood - 1][self.severity - 1]


_MATRIX = ((1, 1, 2, 2, 3), (1, 2, 2, 3, 4), (2, 2, 3, 3, 4), (2, 3, 3, 4, 5), (3, 4, 4, 5, 5))
"""Rows by likelihood, columns by severity.

Source:
    NHS Digital, clinical risk management: example risk matrix of DCB0129 and DCB0160.
"""


@dataclass(frozen=True, slots=True)
class Control:
    """What is done about a hazard.

    Attributes:
        text: in plain words.
        rules: the rules that are it; empty where it is a paper.
        tests: functions that show it; empty where it is documented only.
        document: a page of the project that describes it; empty where tests show it.
    """

    text: str
    rules: tuple[str, ...]
    tests: tuple[str, ...]
    document: str


@dataclass(frozen=True, slots=True)
class Hazard:
    """One hazard.

    Attributes:
        hazard_id: `HZ01` and so on.
        title: what can go wrong.
        cause: how.
        effect: on the patient.
        initial: without the controls.
        residual: with them.
        owner: who keeps it.
        state: `controlled`, `open` or `transferred` to whoever deploys.
        controls: at least one.
    """

    hazard_id: str
    title: str
    cause: str
    effect: str
    initial: Risk
    residual: Risk
    owner: str
    state: str
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class HazardLog:
    """The whole log.

    Attributes:
        version: rises with every change.
        hazards: by id, in order.
        priorities: of each kind of alert, and the hazard that gives it.
    """

    version: int
    hazards: Mapping[str, Hazard]
    priorities: Mapping[AlertKind, tuple[Priority, str]]


STATES = ("controlled", "open", "transferred")


def priority_of(kind: AlertKind) -> Priority:
    """Return the priority that the hazard log gives a kind of alert (rule A7)."""
    return shipped_hazards().priorities[kind][0]


def read_hazards(path: Path = HAZARDS) -> HazardLog:
    """Read the log and hold it to what it must say.

    Raises:
        HazardError: a hazard without a control, a control that nothing shows, a rating out of bounds, or a kind of
            alert without a priority.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise HazardError(f"{path.name}: {error}; mend it or put back the one that was shipped") from error
    hazards = {one.hazard_id: one for one in map(_hazard, told.get("hazard", []))}
    given = told.get("priority", [])
    priorities = {AlertKind(one["kind"]): (Priority(one["priority"]), str(one["hazard"])) for one in given}
    missing = [kind for kind in AlertKind if kind not in priorities]
    strays = [hazard for _, hazard in priorities.values() if hazard not in hazards]
    if missing or strays:
        raise HazardError(f"{path.name}: kinds of alert without a priority: {missing}; hazards not there: {strays}")
    return HazardLog(int(told["version"]), hazards, priorities)


@cache
def shipped_hazards() -> HazardLog:
    """Return the log that came with the software, read once."""
    return read_hazards()


def safety_digest(policy_hash: str) -> str:
    """Return what the safety officer signs (rule H3): one hash of hazard log, intended purpose, and rules in force.

    Args:
        policy_hash: of the trust's own policy; empty when it has none.

    Returns:
        SHA-256, 64 hex digits.
    """
    parts = [hashlib.sha256(one.read_bytes()).hexdigest() for one in (HAZARDS, INTENDED_PURPOSE, POLICY_FILE)]
    return hashlib.sha256("\n".join(["hushward safety 1", *parts, policy_hash]).encode()).hexdigest()


def _hazard(told: Mapping[str, Any]) -> Hazard:
    hazard_id = str(told.get("id", "?"))
    controls = tuple(_control(hazard_id, one) for one in told.get("control", []))
    if not controls:
        raise HazardError(f"{hazard_id}: has no control; add one, or take the hazard out with a reason in the history")
    if told.get("state") not in STATES:
        raise HazardError(f"{hazard_id}: state is one of {', '.join(STATES)}")
    return Hazard(
        hazard_id,
        str(told["title"]),
        str(told["cause"]),
        str(told["effect"]),
        _risk(hazard_id, told["initial"]),
        _risk(hazard_id, told["residual"]),
        str(told["owner"]),
        str(told["state"]),
        controls,
    )


def _control(hazard_id: str, told: Mapping[str, Any]) -> Control:
    tests, document = tuple(told.get("tests", [])), str(told.get("document", ""))
    if not tests and not document:
        raise HazardError(f"{hazard_id}: {told.get('text')!r} is shown by nothing; name tests, or a document")
    return Control(str(told["text"]), tuple(told.get("rules", [])), tests, document)


def _risk(hazard_id: str, told: list[int]) -> Risk:
    if len(told) != 2 or not all(1 <= one <= _HIGHEST for one in told):
        raise HazardError(f"{hazard_id}: a risk is likelihood and severity, each 1 to {_HIGHEST}")
    return Risk(*told)
