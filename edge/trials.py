"""What is tried in an empty room, and what the sensing process says of it: lines that only a commissioning has.

They never become readings and never reach the console. A phantom's rate among them is a number about a machine, not a
vital sign of anybody, which is why rule A11 lets it out of the sensing process here and nowhere else.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as closed_dataclass

from broker.vocabulary import Presence, Withheld, Zone
from edge.noise_profile import MAX_LINES, RoomLine

_CLOSED = ConfigDict(extra="forbid", allow_inf_nan=False)
PART_BINS = 16
"""Range bins in one line: four numbers each fit into the 2 KB of the pipe."""

_Part = Annotated[tuple[Annotated[float, Field(ge=0, le=1e15)], ...], Field(max_length=PART_BINS)]


class TrialKind(StrEnum):
    """What is tried."""

    SURVEY = "survey"
    """Listen to the empty room and make its noise profile."""
    PHANTOM = "phantom"
    """Tell the rate of a breathing phantom."""
    WATCH = "watch"
    """Say who is seen where: for the walk through the room and for the neighbours."""
    GRID = "grid"
    """Say how much each block of a camera's view moves: for drawing the room."""


@closed_dataclass(frozen=True, config=_CLOSED)
class Trial:
    """Something to try from now on, until another or none is named.

    Attributes:
        kind: what.
        number: rises with each trial of a node's start, so that one can be tried again.
        seconds: [s] how long, for a survey.
    """

    kind: TrialKind
    number: Annotated[int, Field(ge=1)]
    seconds: Annotated[float, Field(ge=0, le=900)] = 0.0


@closed_dataclass(frozen=True, config=_CLOSED)
class Tried:
    """One second of a trial.

    Attributes:
        number: of the trial.
        passed_s: [s] since the trial began, on the sensor's time.
        presence: what is believed.
        is_moving: somebody moves.
        zone: where the evidence lies; None when there is none or it lies in no zone.
        fault: what is wrong with the sensor or its frames; None when nothing is.
        rate_per_min: [1/min] of a phantom; None in any other trial, and while it cannot be told.
        uncertainty_per_min: [1/min] half-width that holds 90 % of true values; None exactly when the rate is.
        withheld: why there is no rate; None when there is one.
    """

    number: int
    passed_s: Annotated[float, Field(ge=0)]
    presence: Presence
    is_moving: bool
    zone: Zone | None = None
    fault: Withheld | None = None
    rate_per_min: float | None = None
    uncertainty_per_min: float | None = None
    withheld: Withheld | None = Withheld.NOT_PERMITTED


@closed_dataclass(frozen=True, config=_CLOSED)
class ProfilePart:
    """Some range bins of a noise profile, in order; see `edge.noise_profile.NoiseFile`.

    Attributes:
        number: of the trial.
        range_m: [m] of each bin.
        noise_power: of each bin.
        slow_median: of each bin.
        slow_high: of each bin.
    """

    number: int
    range_m: _Part
    noise_power: _Part
    slow_median: _Part
    slow_high: _Part


@closed_dataclass(frozen=True, config=_CLOSED)
class Profiled:
    """The profile is whole: what its parts did not say.

    Attributes:
        number: of the trial.
        seconds: [s] how long the room was listened to.
        lines: what moves to and fro.
    """

    number: int
    seconds: float
    lines: Annotated[tuple[RoomLine, ...], Field(max_length=MAX_LINES)]


@closed_dataclass(frozen=True, config=_CLOSED)
class TrialRefused:
    """The trial has ended without a result.

    Attributes:
        number: of the trial.
        sentence: what was seen and what to do.
    """

    number: int
    sentence: Annotated[str, Field(max_length=200)]


_RowOfDigits = Annotated[str, Field(pattern=r"^[0-9]{16}$")]


@closed_dataclass(frozen=True, config=_CLOSED)
class Grid:
    """How much each block of a camera's view moves; 192 digits are all that it can hold (rule K1).

    Attributes:
        number: of the trial.
        rows: from the top; 0 (still, or hidden) to 9 for each block.
    """

    number: Annotated[int, Field(ge=1)]
    rows: Annotated[tuple[_RowOfDigits, ...], Field(min_length=12, max_length=12)]


TrialSaid = Tried | Grid | ProfilePart | Profiled | TrialRefused
