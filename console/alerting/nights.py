"""The figures of the last day's alerts, for whoever answers for them (rules A9, A12, A13)."""

from dataclasses import dataclass
from datetime import timedelta

from console.alerting.alerts import Alerts
from console.alerting.technical_watch import TechnicalWatch
from console.alerting.trials import Trials
from console.office import Office
from console.roles import Actor
from console.rules.access import Permission, Request, may
from console.rules.alerting.budget import NightFigures, over_budget
from console.rules.decision import Decision
from console.showing.views import Words

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NightView:
    """The last day in counts.

    Attributes:
        figures: of the alerts.
        is_over_budget: too many were not worth the walk: a tuning task is open.
        technical: technical calls that were audible.
        asks_engineer: more of them than a night may have.
        trials: how each limit on trial stands.
    """

    figures: NightFigures
    is_over_budget: bool
    technical: int
    asks_engineer: bool
    trials: tuple[Words, ...]


class Nights:
    """Counts; nothing of a person is in it."""

    def __init__(self, office: Office, alerts: Alerts, technical: TechnicalWatch, trials: Trials) -> None:
        self._office, self._alerts, self._technical, self._trials = office, alerts, technical, trials

    def view(self, actor: Actor) -> NightView | Decision:
        """Return the last day's figures."""
        permitted = may(Request(actor.role, Permission.NIGHT_FIGURES), self._office.policy)
        if not permitted:
            return permitted
        policy, figures = self._office.policy, self._alerts.figures()
        loud = self._technical.loud_since(self._office.now() - _DAY)
        too_loud = loud > policy.number("A9", "audible_per_night")
        return NightView(figures, over_budget(figures, policy), loud, too_loud, self._trials.sentences())
