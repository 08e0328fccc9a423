"""A trial as the sensing process runs it, beside its ordinary work and without changing it."""

from collections.abc import Iterator

from broker.vocabulary import SensedState, Withheld
from edge.block_activity import EVERY_S, rows_of_digits
from edge.commissioning.survey import Refused, Survey
from edge.estimates import Estimate, Estimator, Moment
from edge.frames import Frame
from edge.noise_profile import NoiseFile, profile_of
from edge.permitted import FAULTS
from edge.reach import Reach
from edge.trials import PART_BINS, Grid, Profiled, ProfilePart, Trial, TrialKind, TrialRefused, TrialSaid, Tried
from edge.zones import Zones

NO_VIEW = "this sensor does not say how much each block of a view moves; draw a radar's zones in `[zones]` instead"


class Trying:
    """The present trial of one sensing process; none outside a commissioning.

    A phantom is watched by an estimator of its own, which takes a machine's breath for a breath; the room's own
    estimator never does. When a survey is done, the room's estimator knows the room from then on.
    """

    def __init__(self, estimator: Estimator, zones: Zones) -> None:
        self._grid_due_s = 0.0
        self._estimator = estimator
        self._zones = zones
        self._reach = Reach(zones)
        self._phantom: Estimator | None = None
        self._survey: Survey | None = None
        self._trial: Trial | None = None
        self._began_s: float | None = None

    def begin(self, trial: Trial | None) -> None:
        """Turn to another trial, or to none; naming the present one again changes nothing."""
        if trial == self._trial:
            return
        self._trial = trial
        self.begin_anew()

    def begin_anew(self) -> None:
        """Begin the present trial again: a recording has begun again."""
        kind = None if self._trial is None else self._trial.kind
        self._began_s = None
        self._grid_due_s = 0.0
        self._phantom = self._estimator.for_a_phantom() if kind is TrialKind.PHANTOM else None
        self._survey = Survey(self._trial.seconds, self._zones) if self._trial and kind is TrialKind.SURVEY else None

    def add(self, frame: Frame) -> None:
        """Take one frame in."""
        if self._phantom is not None:
            self._phantom.add(frame)
        if self._survey is not None and not self._survey.is_done:
            self._survey.add(self._reach.cut(frame))

    def grids(self, t_s: float) -> Iterator[Grid]:
        """Say how much each block moves, when a grid is asked for and due.

        Args:
            t_s: [s] now, on the source's time; at most two grids a second are given.
        """
        if self._trial is None or self._trial.kind is not TrialKind.GRID or t_s < self._grid_due_s:
            return
        activity = self._estimator.activity
        if activity is not None:
            self._grid_due_s = t_s + EVERY_S
            yield Grid(self._trial.number, rows_of_digits(activity.levels()))

    def answer(self, moment: Moment, estimate: Estimate) -> Iterator[TrialSaid]:
        """Say what came of one second.

        Args:
            moment: the second.
            estimate: the room's own, of the same second.
        """
        if self._trial is None:
            return
        if self._began_s is None:
            self._began_s = moment.t_s
        if self._trial.kind is TrialKind.GRID and self._estimator.activity is None and moment.frames_read > 0:
            yield TrialRefused(self._trial.number, NO_VIEW)
            return
        yield self._tried(self._trial, moment, estimate)
        if self._survey is None:
            return
        refused = self._survey.look(estimate)
        if refused is not None:
            yield self._refuse(self._trial, refused)
        elif self._survey.is_done:
            found = self._survey.finish(moment.captured_at)
            if isinstance(found, Refused):
                yield self._refuse(self._trial, found)
            else:
                self._survey = None
                self._estimator.profile = profile_of(found)
                yield from _told(self._trial, found)

    def _refuse(self, trial: Trial, refused: Refused) -> TrialRefused:
        self._survey = None
        return TrialRefused(trial.number, refused.sentence)

    def _tried(self, trial: Trial, moment: Moment, estimate: Estimate) -> Tried:
        rate, uncertainty = None, None
        withheld: Withheld | None = Withheld.NOT_PERMITTED
        if self._phantom is not None:
            seen = self._phantom.estimate(moment)
            rate, uncertainty = seen.respiratory_rate_per_min, seen.respiratory_rate_uncertainty_per_min
            withheld = seen.respiratory_rate_withheld
        reason = estimate.respiratory_rate_withheld
        return Tried(
            number=trial.number,
            passed_s=moment.t_s - (self._began_s or 0.0),
            presence=estimate.presence,
            is_moving=estimate.state is SensedState.MOVING,
            zone=estimate.zone,
            fault=reason if reason in FAULTS else None,
            rate_per_min=rate,
            uncertainty_per_min=uncertainty,
            withheld=withheld,
        )


def _told(trial: Trial, found: NoiseFile) -> Iterator[ProfilePart | Profiled]:
    """Cut a profile into lines that the pipe carries."""
    for first in range(0, len(found.range_m), PART_BINS):
        part = slice(first, first + PART_BINS)
        yield ProfilePart(
            trial.number, found.range_m[part], found.noise_power[part], found.slow_median[part], found.slow_high[part]
        )
    yield Profiled(trial.number, found.seconds, found.lines)
