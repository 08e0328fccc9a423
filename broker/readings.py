"""What a sensor says of a room: each reading is a value or a withheld reason, never neither, never both."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from broker.times import UtcTime
from broker.vocabulary import Movement, Place, Presence, SensedState, Withheld

_FROZEN = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Reading(BaseModel):
    """The shape all readings share.

    Attributes:
        withheld: why there is no value; None exactly when there is one.
    """

    model_config = _FROZEN

    withheld: Withheld | None = None

    @model_validator(mode="after")
    def _value_or_reason(self) -> Self:
        if self.has_value() == (self.withheld is not None):
            raise ValueError("a reading has a value or a withheld reason, never neither, never both")
        return self

    def has_value(self) -> bool:
        """Return whether a value is given."""
        return getattr(self, "value", None) is not None


class PresenceReading(Reading):
    """Somebody or nobody; `unsure` on the sensing side travels as withheld `low_quality` or its reason.

    Attributes:
        value: present or absent.
        since: when it became so; None when withheld.
    """

    value: Annotated[Presence, Field(json_schema_extra={"enum": ["present", "absent"]})] | None = None
    since: UtcTime | None = None

    @model_validator(mode="after")
    def _unsure_is_withheld(self) -> Self:
        if self.value is Presence.UNSURE:
            raise ValueError("unsure is a withheld reason, not a value")
        return self


class MovementReading(Reading):
    """Still or moving.

    Attributes:
        value: still or moving.
        since: when it became so; None when withheld.
    """

    value: Movement | None = None
    since: UtcTime | None = None


class PlaceReading(Reading):
    """Where the person is believed to be.

    Attributes:
        value: the place.
        since: when they were first believed there; None when withheld.
    """

    value: Place | None = None
    since: UtcTime | None = None


class PeopleReading(Reading):
    """How many people.

    Attributes:
        value: 0, 1, or 2 for two or more.
    """

    value: Annotated[int, Field(ge=0, le=2)] | None = None


class BreathingReading(Reading):
    """Is breathing seen? `no_breathing_seen` is a value here: a different thing from not being able to tell.

    Attributes:
        value: breathing or no_breathing_seen.
        since: when it became so; None when withheld.
    """

    value: Annotated[SensedState, Field(json_schema_extra={"enum": ["breathing", "no_breathing_seen"]})] | None = None
    since: UtcTime | None = None

    @model_validator(mode="after")
    def _only_breathing_states(self) -> Self:
        if self.value not in (None, SensedState.BREATHING, SensedState.NO_BREATHING_SEEN):
            raise ValueError("a breathing reading is breathing or no_breathing_seen")
        return self


class RateReading(Reading):
    """A rate with its uncertainty: a number is never given without one.

    Attributes:
        value_per_min: [1/min].
        uncertainty_per_min: [1/min] half-width of the interval that holds 90 % of true values.
    """

    value_per_min: Annotated[float, Field(ge=2, le=220)] | None = None
    uncertainty_per_min: Annotated[float, Field(ge=0, le=50)] | None = None

    def has_value(self) -> bool:
        """Return whether a rate is given."""
        return self.value_per_min is not None

    @model_validator(mode="after")
    def _rate_has_uncertainty(self) -> Self:
        if (self.value_per_min is None) != (self.uncertainty_per_min is None):
            raise ValueError("a rate and its uncertainty are given together")
        return self


class Readings(BaseModel):
    """All that leaves the sensing process about a room at one moment, under one lease.

    Attributes:
        captured_at: time of the newest frame behind it.
        lease_id: the lease under which it was sensed.
        presence: purpose `presence`.
        movement: purpose `presence`.
        place: purpose `bed_exit`; en-suite only with `bathroom_dwell`, floor only with `floor`.
        people: purpose `second_person`.
        breathing: purpose `breathing_spot`.
        respiratory_rate: purpose `breathing_spot`.
        pulse_rate: purpose `pulse_spot`.
        living_seen_at: when motion of a living body was last seen (rule K8); None when not since the sensor opened.
        quality: 0..1, share of the window's evidence that agrees; not a probability.
        model: sha256 of the model behind it.
    """

    model_config = _FROZEN

    captured_at: UtcTime
    lease_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    presence: PresenceReading
    movement: MovementReading
    place: PlaceReading
    people: PeopleReading
    breathing: BreathingReading
    respiratory_rate: RateReading
    pulse_rate: RateReading
    living_seen_at: UtcTime | None = None
    quality: Annotated[float, Field(ge=0, le=1)]
    model: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
