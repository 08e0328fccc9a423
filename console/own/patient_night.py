"""A patient's night, opened and summed at their own look and kept nowhere (rules S1, R1)."""

from broker.vocabulary import Purpose
from console.keeping.minutes import opened
from console.office import Office
from console.rules.consenting.consent import Standing
from console.rules.sensing.sleep import Night, NoNight, night_of, night_to_tell
from console.staying.roll import Person
from console.store.database import Tx
from console.store.nights import sealed_minutes


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
    minutes = [one.minute for one in opened(tx, office, rows, with_rates=False)]
    # Half a night would be told as a bad one: once its first day is sealed, none of it is told.
    if len(minutes) < len(rows):
        return NoNight.NOT_KEPT
    purposes = standing.grant.purposes if standing.grant else ()
    return night_of(minutes, window, knows_place=Purpose.BED_EXIT in purposes)
