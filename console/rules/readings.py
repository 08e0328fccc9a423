"""What may be said of a rate: a spot check with its age, or why there is none (rules A11, K6)."""

from datetime import datetime, timedelta

from broker.messages import LiveState
from broker.readings import Readings
from broker.vocabulary import Context, Origin, Purpose, SensorState
from console.rules.policy import Policy
from console.views import ReadingView, Words

_OLDEST = timedelta(seconds=5)
"""An estimate older than this is not sent as the present state (rule A9)."""


def shows_numbers(context: Context, origin: Origin) -> bool:
    """Return whether rates may be shown at all (rule A11): never from a real sensor in a demonstration."""
    if context is Context.DEMONSTRATION:
        return origin is not Origin.SENSOR
    return origin is Origin.SENSOR


def breathing_view(
    newest: Readings | None,
    purposes: tuple[Purpose, ...],
    context: Context,
    origin: Origin,
    now: datetime,
    policy: Policy,
) -> ReadingView:
    """Say the newest breathing rate in words.

    Args:
        newest: the last readings of this lease that held a rate, or the newest ones when none did; None when nothing
            was heard under the lease in force.
        purposes: what the consent permits.
        context: rule A11.
        origin: where the frames come from.
        now: UTC.
        policy: the rule book.
    """
    if Purpose.BREATHING_SPOT not in purposes:
        return ReadingView(Words("No reading: breathing is not part of what they agreed to."), False)
    if not shows_numbers(context, origin):
        return ReadingView(Words("No reading: this ward shows no numbers."), False)
    if newest is None or newest.respiratory_rate.value_per_min is None:
        return ReadingView(Words("No reading now. Look in."), False)
    age = now - newest.captured_at
    if age > policy.duration("K6", "reading_expires_s"):
        return ReadingView(Words("No reading in the last half hour. Look in."), False)
    rate = newest.respiratory_rate.value_per_min
    spread = newest.respiratory_rate.uncertainty_per_min or 0.0
    return ReadingView(
        Words(
            "about {rate} breaths a minute ({low} to {high}), noticed {age:minutes} min ago. Not a check.",
            {"rate": round(rate), "low": round(max(0.0, rate - spread)), "high": round(rate + spread), "age": age},
        ),
        True,
    )


def readings_in_force(live: LiveState | None, lease_id: str) -> Readings | None:
    """Return the readings of a live message, if they stand under the lease in force; None otherwise.

    What was sensed under a lease whose consent is gone is never shown, nor an old estimate in a new message.
    """
    if live is None or live.sensor.state is not SensorState.OPEN or live.readings is None:
        return None
    if live.sent_at - live.readings.captured_at > _OLDEST:
        return None
    return live.readings if live.readings.lease_id == lease_id else None
