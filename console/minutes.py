"""The minutes of a room as they were noted, opened with the keys of their days (rule R1)."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from broker.readings import RateReading
from broker.vocabulary import Place, Presence, Withheld
from console.errors import KeyDestroyed
from console.office import Office
from console.rules.sleep import Minute
from console.rules.trend import Noted
from console.store.database import Tx
from console.store.nights import SealedMinute
from console.store.sealing import DaySeals, unseal


def opened(tx: Tx, office: Office, rows: Iterable[SealedMinute], *, with_rates: bool) -> Iterator[Noted]:
    """Open what can still be opened; a minute whose day's key was destroyed is gone, and nobody knows it any more.

    Args:
        tx: the transaction that also writes down the look.
        office: keys.
        rows: the minutes.
        with_rates: open their breathing rates too; otherwise these stay sealed.

    Raises:
        SealBroken: a minute cannot be opened.
    """
    days = DaySeals(office.store)
    for row in rows:
        try:
            key = days.key(tx, row.key_id)
        except KeyDestroyed:
            continue
        minute = _minute(json.loads(unseal(key, row.sealed, f"minute:{row.label}")), row.node_id)
        if not with_rates or row.rate_sealed is None:
            yield Noted(minute, withheld=Withheld(row.rate_withheld) if row.rate_withheld else None)
            continue
        rate = RateReading.model_validate_json(unseal(key, row.rate_sealed, f"respiratory_rate:{row.label}"))
        yield Noted(minute, rate.value_per_min, rate.uncertainty_per_min)


def _minute(told: dict[str, Any], sensor: str) -> Minute:
    readings = told["readings"]
    presence, place = readings["presence"].get("value"), readings["place"].get("value")
    return Minute(
        at=datetime.fromisoformat(told["minute_from"]),
        sensed_s=told["sensed_s"],
        present_s=told["present_s"],
        moving_s=told["moving_s"],
        presence=Presence(presence) if presence else None,
        place=Place(place) if place else None,
        people=readings["people"].get("value"),
        sensor=sensor,
    )
