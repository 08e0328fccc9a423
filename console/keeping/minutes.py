"""The minutes of a room as they were noted, opened with the keys of their days (rule R1)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from broker.readings import RateReading
from broker.vocabulary import Place, Presence, Withheld
from console.errors import KeyDestroyed, KeySealed
from console.keys.signer import SealingKey
from console.office import Office
from console.rules.sensing.sleep import Minute
from console.rules.sensing.trend import Noted
from console.store.database import Tx
from console.store.nights import SealedMinute
from console.store.sealing import DaySeals, unseal


def opened(
    tx: Tx,
    office: Office,
    rows: Iterable[SealedMinute],
    *,
    with_rates: bool,
    opened_by_two: Mapping[str, SealingKey] = MappingProxyType({}),
) -> Iterator[Noted]:
    """Open what the console can open; a minute whose day's key was sealed or destroyed is not among them.

    Args:
        tx: the transaction that also writes down the look.
        office: keys.
        rows: the minutes.
        with_rates: open their breathing rates too; otherwise these stay sealed.
        opened_by_two: keys of sealed days that two people have opened for this moment, by name (rule I2).

    Raises:
        SealBroken: a minute cannot be opened.
    """
    days = DaySeals(office.store)
    for row in rows:
        try:
            key = opened_by_two.get(row.key_id) or days.key(tx, row.key_id)
        except (KeyDestroyed, KeySealed):
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
