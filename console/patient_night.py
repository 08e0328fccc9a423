"""A patient's night, opened and summed at their own look and kept nowhere (rules S1, R1)."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from broker.vocabulary import Place, Presence, Purpose
from console.errors import KeyDestroyed
from console.office import Office
from console.roll import Person
from console.rules.consent import Standing
from console.rules.sleep import Minute, Night, NoNight, night_of, night_to_tell
from console.store.database import Tx
from console.store.nights import SealedMinute, sealed_minutes
from console.store.sealing import DaySeals, unseal


def night_in(tx: Tx, office: Office, person: Person, standing: Standing) -> Night | NoNight:
    """Sum up the last night of a patient's own consent.

    Args:
        tx: the transaction that also writes down the look.
        office: keys, rules and clock.
        person: whose.
        standing: their consent now.

    Raises:
        SealBroken: a minute cannot be opened.
    """
    window = night_to_tell(standing, office.now(), office.policy, office.zone)
    if isinstance(window, NoNight):
        return window
    rows = sealed_minutes(tx, person.stay.stay_id, standing.consent_id, window.opens_at, window.closes_at)
    minutes = list(_opened(tx, DaySeals(office.store), rows))
    if rows and not minutes:
        return NoNight.NOT_KEPT
    purposes = standing.grant.purposes if standing.grant else ()
    return night_of(minutes, window, knows_place=Purpose.BED_EXIT in purposes)


def _opened(tx: Tx, days: DaySeals, rows: Iterable[SealedMinute]) -> Iterator[Minute]:
    """Open what can still be opened; a minute whose day's key was destroyed is gone, and nobody knows it any more."""
    for row in rows:
        try:
            key = days.key(tx, row.key_id)
        except KeyDestroyed:
            continue
        yield _minute(json.loads(unseal(key, row.sealed, row.label)), row.node_id)


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
