"""What the checks of 28 nights tell about those who said no, and what a week costs and gives (rules O6, O8, O10)."""

from collections import Counter
from datetime import timedelta

from console.observing.check_views import PunctualView
from console.office import Office
from console.roles import Actor
from console.rules.access import Permission, Request, may
from console.rules.decision import Decision
from console.rules.in_person.punctuality import compared, over_the_gap, wakings_per_night
from console.store import observations as observed
from console.store import rounds as rows
from console.store.database import Tx

_WEEK = timedelta(days=7)
_MOST_LISTED = 20


class Punctual:
    """Counts; no person is named in it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def view(self, actor: Actor) -> PunctualView | Decision:
        """Return the page, to whoever answers for the ward."""
        permitted = may(Request(actor.role, Permission.NIGHT_FIGURES), self._office.policy)
        return self._office.store.read(self._read) if permitted else permitted

    def _read(self, tx: Tx) -> PunctualView:
        now, policy = self._office.now(), self._office.policy
        checks = rows.done_between(tx, now - policy.duration("O6", "nights_d"), now)
        over = over_the_gap(checks, now)[:_MOST_LISTED]
        seen = [one for one in observed.since(tx, now - policy.duration("O6", "nights_d")) if one.place]
        woke = observed.wakings(tx, now - _WEEK)
        # A person's week counts as many nights as they had checks in.
        nights = dict.fromkeys((True, False), 0)
        for no in nights:
            nights[no] = len(
                {
                    (one.stay_id, one.latest_at.date())
                    for one in checks
                    if one.said_no is no and one.latest_at > now - _WEEK
                }
            )
        engaged, sensed = observed.engaged_and_sensed_min(tx, now - _WEEK)
        return PunctualView(
            compared(checks, now, policy),
            tuple((one.level, one.latest_at, int(one.late_by(now).total_seconds() // 60)) for one in over),
            wakings_per_night(woke[True], nights[True]),
            wakings_per_night(woke[False], nights[False]),
            nights[True],
            nights[False],
            engaged,
            sensed,
            len(seen),
            dict(Counter(mark for one in seen for mark in one.marks)),
        )
