"""The lines between node and sensing: JSON, closed and short, so that numbers cross and frames cannot (rule K1)."""

import json
from collections.abc import Collection
from dataclasses import asdict, field
from typing import Annotated, Any

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as closed_dataclass
from pydantic_core import to_jsonable_python

from broker.messages import Count, Digest
from broker.vocabulary import LeaseKind, Movement, Presence, Purpose, SensedState, Withheld, Zone
from edge.errors import PipeError
from edge.trials import Grid, Profiled, ProfilePart, Trial, TrialRefused, TrialSaid, Tried

MAX_LINE_BYTES = 2048
"""A longer line is refused by both ends."""
_CLOSED = ConfigDict(extra="forbid", allow_inf_nan=False)


@closed_dataclass(frozen=True, config=_CLOSED)
class Open:
    """First line to sensing: open the source.

    Attributes:
        source: its settings, as in the node's file.
        purposes: what may leave sensing.
        vital_signs: whether rates may (rule A11).
        lease_id: the lease it stands under; for logs.
        room: its zones, as `edge.zones.rows_of` writes them.
        open_for_s: [s] on the node's clock after which the kernel ends sensing.
        clock: `{}` for the machine's own, `{"file": path}` for a demonstration's.
        noise_profile: file of what the empty room does by itself; None when it was never measured.
        lease_kind: on whose word it is opened.
        trial: what to try; under a commissioning lease alone.
    """

    source: dict[str, Any]
    purposes: tuple[Purpose, ...]
    vital_signs: bool
    lease_id: str
    room: Annotated[tuple[dict[str, Any], ...], Field(max_length=8)]
    open_for_s: float
    clock: dict[str, str] = field(default_factory=dict)
    noise_profile: str | None = None
    lease_kind: LeaseKind = LeaseKind.CONSENT
    trial: Trial | None = None


@closed_dataclass(frozen=True, config=_CLOSED)
class Extend:
    """Later lines to sensing: a renewal.

    Attributes:
        open_for_s: [s] from now.
        purposes: what may leave sensing from now on.
        lease_kind: on whose word it stays open.
        trial: what to try from now on; under a commissioning lease alone.
    """

    open_for_s: float
    purposes: tuple[Purpose, ...]
    lease_kind: LeaseKind = LeaseKind.CONSENT
    trial: Trial | None = None


@closed_dataclass(frozen=True, config=_CLOSED)
class Opened:
    """The source is open."""


@closed_dataclass(frozen=True, config=_CLOSED)
class SensedLine:
    """What may leave sensing of one second: each reading a value, or the reason why there is none.

    Attributes:
        captured_at: UTC, of the newest frame.
        t_s: [s] since the source began.
        presence: present or absent.
        movement: still or moving.
        zone: where the evidence of a person lies; None when there is none or it is not permitted.
        is_low: all that is seen of a person lies on the floor; None when that is not permitted.
        people: 0, 1, 2 (two or more).
        breathing: breathing or no_breathing_seen.
        respiratory_rate_per_min: [1/min].
        respiratory_rate_uncertainty_per_min: [1/min] half-width that holds 90 % of true values.
        pulse_rate_per_min: [1/min].
        pulse_rate_uncertainty_per_min: [1/min] as above.
        living_age_s: [s] since motion of a living body was last seen; None when not since the source began.
        quality: 0..1; 0 when nothing of it may leave.
        fault: what is wrong with the sensor or its frames, said whatever the purposes; None when nothing is.
        model: sha256 of the model behind it, hex.
        frames_read: since the source began.
        frames_lost: since the source began.
        frames_bad: since the source began.
    """

    captured_at: AwareDatetime
    t_s: Annotated[float, Field(ge=0)]
    model: Digest
    quality: Annotated[float, Field(ge=0, le=1)] = 0.0
    fault: Withheld | None = None
    presence: Presence | None = None
    presence_withheld: Withheld | None = Withheld.NOT_PERMITTED
    movement: Movement | None = None
    movement_withheld: Withheld | None = Withheld.NOT_PERMITTED
    zone: Zone | None = None
    is_low: bool | None = None
    people: Annotated[int, Field(ge=0, le=2)] | None = None
    people_withheld: Withheld | None = Withheld.NOT_PERMITTED
    breathing: SensedState | None = None
    breathing_withheld: Withheld | None = Withheld.NOT_PERMITTED
    respiratory_rate_per_min: float | None = None
    respiratory_rate_uncertainty_per_min: float | None = None
    respiratory_rate_withheld: Withheld | None = Withheld.NOT_PERMITTED
    pulse_rate_per_min: float | None = None
    pulse_rate_uncertainty_per_min: float | None = None
    pulse_rate_withheld: Withheld | None = Withheld.NOT_PERMITTED
    living_age_s: Annotated[float, Field(ge=0)] | None = None
    frames_read: Count = 0
    frames_lost: Count = 0
    frames_bad: Count = 0


@closed_dataclass(frozen=True, config=_CLOSED)
class Ended:
    """The recording is over; sensing stays until it is ended, and withholds.

    Attributes:
        reason: always `recording_ended`.
        warning: what was wrong with the recording, such as where it is cut; empty when nothing was.
    """

    reason: str
    warning: str = ""


@closed_dataclass(frozen=True, config=_CLOSED)
class Notice:
    """A live sensor was lost, and is tried again; or it is back. Each second says so too, without the sentence.

    Attributes:
        sentence: what is wrong and what to do, for the node's log; empty when it is back.
    """

    sentence: str


@closed_dataclass(frozen=True, config=_CLOSED)
class Fault:
    """Sensing cannot go on and ends itself."""

    reason: Withheld
    sentence: str


@closed_dataclass(frozen=True, config=_CLOSED)
class Loop:
    """A recording begins again, with a cleared window; 2 is the first repetition."""

    loop: int


ToSensing = Open | Extend
FromSensing = Opened | SensedLine | Ended | Fault | Loop | Notice | TrialSaid
_KINDS: dict[str, type[Any]] = {
    "open": Open,
    "extend": Extend,
    "opened": Opened,
    "estimate": SensedLine,
    "ended": Ended,
    "fault": Fault,
    "loop": Loop,
    "notice": Notice,
    "tried": Tried,
    "grid": Grid,
    "profile_part": ProfilePart,
    "profiled": Profiled,
    "trial_refused": TrialRefused,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_READERS = {name: TypeAdapter(kind) for name, kind in _KINDS.items()}


_SENSING_READS = frozenset({"open", "extend"})
_NODE_READS = frozenset(_KINDS) - _SENSING_READS


def may(purposes: Collection[Purpose], *any_of: Purpose) -> bool:
    """Return whether at least one of these purposes was agreed to."""
    return any(one in purposes for one in any_of)


def trial_of(line: Open | Extend) -> Trial | None:
    """Return what is to be tried.

    Raises:
        PipeError: a trial under anything but a commissioning lease.
    """
    if line.trial is not None and line.lease_kind is not LeaseKind.COMMISSIONING:
        raise PipeError("a trial without a commissioning lease")
    return line.trial


def encode(line: ToSensing | FromSensing) -> bytes:
    """Return the line with its end.

    Raises:
        PipeError: it would be longer than MAX_LINE_BYTES.
    """
    # None is written too: for a reason it means that there is a value, which is not what leaving it out means.
    told = to_jsonable_python(asdict(line), fallback=str)
    raw = json.dumps({"kind": _NAMES[type(line)], **told}, separators=(",", ":")).encode() + b"\n"
    if len(raw) > MAX_LINE_BYTES:
        raise PipeError(f"a line of {len(raw)} bytes; at most {MAX_LINE_BYTES}")
    return raw


def decode_to_sensing(raw: bytes) -> ToSensing:
    """Read a line from the node.

    Raises:
        PipeError: it is not one.
    """
    line: ToSensing = _decode(raw, _SENSING_READS)
    return line


def decode_from_sensing(raw: bytes) -> FromSensing:
    """Read a line from sensing.

    Raises:
        PipeError: it is not one.
    """
    line: FromSensing = _decode(raw, _NODE_READS)
    return line


def _decode(raw: bytes, kinds: frozenset[str]) -> Any:
    if len(raw) > MAX_LINE_BYTES:
        raise PipeError(f"a line of {len(raw)} bytes; at most {MAX_LINE_BYTES}")
    try:
        told = json.loads(raw)
        kind = told.pop("kind")
        if kind not in kinds:
            raise PipeError(f"an unexpected line: {str(kind)[:20]}")
        return _READERS[kind].validate_python(told)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise PipeError(f"a line that is not one of ours ({type(error).__name__})") from error
