"""The camera's way from pictures to motion, place and displacement."""

import numpy as np
from numpy.typing import NDArray

from broker.vocabulary import Withheld
from edge.block_activity import Levels
from edge.camera.activity import NEWEST_S, levels_of
from edge.camera.blocks import BlockWindow, Float, Look
from edge.camera.field import channels_px, kept, most_rhythmic, powers_of, whole_field
from edge.camera.health import Outlook, fault_in
from edge.camera.motion import MEDIAN_SQUARE, BlockMotion, Blocks, moved_of, slow_of
from edge.camera.occupancy import BlockOccupancy
from edge.camera.ranks import median_square
from edge.camera.vetoes import is_uneven, lifeless, unevenness
from edge.chest import Chest
from edge.frames import Frame
from edge.occupancy import Occupancy
from edge.resampling import DisplacementField
from edge.senses import SensingModels
from edge.signals import CHURN_LAG_S
from edge.verdicts import Verdict

# Fewer looks than this say nothing of a second.
LEAST_LOOKS = 4
# Quality of a verdict from which what it does not tell may be a breath all the same: in simulated empty rooms it stayed
# below 0.26, and on ten sleepers whose breath moves the picture by 0.03 to 0.1 px it came over this within 195 s.
HINT = 0.3
# And from which somebody is there, though no more is seen of them than a breath that cannot be told yet: on simulated
# sleepers it came 1 to 15 s before the first rate.
LIKELY = 0.4
# A wave so uneven is told when it was sound for so many seconds together: cloth in a draught often is for one or two.
UNEVEN_AT_FIRST, STEADY_LOOKS = 0.25, 4


class FollowedBlocks:
    """A block window with the channels that were judged last: what a held breath is watched in."""

    def __init__(self, blocks: BlockWindow) -> None:
        self._blocks = blocks
        self.centre: NDArray[np.intp] | None = None
        """shape (channels,), which of the channels; None before any was judged."""

    def path(self, seconds: float, centre: NDArray[np.intp] | None) -> Float | None:
        """See `Followed.path`."""
        looks = self._blocks.recent(seconds)
        if len(looks) < 2 * LEAST_LOOKS or centre is None or self._blocks.duration_s < seconds:
            return None
        path = channels_px(self._blocks.shifts(len(looks)), centre)
        return path.astype(np.float64) * self._blocks.view.mm_per_px

    def churn(self, seconds: float) -> Float:
        """See `Followed.churn`."""
        looks = self._blocks.recent(seconds)
        if len(looks) < 2 * LEAST_LOOKS or self.centre is None:
            return np.zeros(0)
        times = np.array([look.t_s for look in looks])
        path = channels_px(self._blocks.shifts(len(looks)), self.centre)
        quick = median_square(np.diff(path, axis=0)) / MEDIAN_SQUARE + 1e-9
        back = np.searchsorted(times, times - CHURN_LAG_S)
        late = times - times[0] >= CHURN_LAG_S
        # Not cut off at nothing: of noise, the part above nothing alone would look like half a breath in a held one.
        energy: Float = ((path[late] - path[back[late]]) ** 2 / quick - 1).sum(axis=1)
        return energy


class CameraSense:
    """Block motion through one view."""

    finds_by_breath = True
    """A chest under a cover stirs less than can be told from noise block by block, and its rhythm stands out."""

    def __init__(self, models: SensingModels) -> None:
        self._judge = models.judge
        self._blocks = BlockWindow(models.blocks())
        self.window = FollowedBlocks(self._blocks)
        self._occupancy = BlockOccupancy()
        self._outlook = Outlook()
        self._moved: tuple[Float, Blocks] | None = None
        self._field: DisplacementField | None = None
        self._looked_s = 0.0
        self._sound_looks = 0

    @property
    def newest_s(self) -> float | None:
        """See `Sense`."""
        newest = self._blocks.recent(1.0)
        return newest[-1].t_s if newest else None

    def add(self, frame: Frame) -> bool:
        """See `Sense`."""
        return self._blocks.add(frame)

    def restart(self) -> None:
        """See `Sense`."""
        self._occupancy.restart()
        self._outlook = Outlook()
        self._sound_looks = 0

    def settle(self) -> None:
        """See `Sense`."""
        self._blocks.learn_anew()

    def note_breath(self, t_s: float) -> None:
        """See `Sense`."""
        self._occupancy.note_breath(t_s)

    def fault(self) -> Withheld | None:
        """See `Sense`; asked once a second before `look`, for it finds what moved and remembers how the room looks."""
        looks, hidden = self._looks(), self._blocks.view.hidden
        if len(looks) < LEAST_LOOKS:
            return None
        self._moved = moved_of(looks, hidden)
        is_calm = not self._moved[1].any()
        unlike = self._outlook.look(looks[-1], self._blocks.newest, self._blocks.background, hidden, is_calm=is_calm)
        fault = fault_in(looks, hidden) or unlike
        if fault is not None:
            # What was seen through the fault is no background.
            self._blocks.learn_anew()
        return fault

    def levels(self) -> Levels:
        """See `edge.block_activity.BlockActivity`."""
        return levels_of(self._blocks.recent(NEWEST_S), self._looks(), self._blocks.view.hidden)

    def _looks(self) -> list[Look]:
        return self._blocks.since(-np.inf)

    def look(self, t_s: float, calm_since_s: float) -> Occupancy | None:
        """See `Sense`."""
        looks, view = self._looks(), self._blocks.view
        calm = self._blocks.since(calm_since_s)
        if len(looks) < LEAST_LOOKS or self._moved is None:
            return None
        calm = calm if len(calm) >= LEAST_LOOKS else looks[-LEAST_LOOKS:]
        shift_px = self._blocks.shifts(len(calm))
        motion = BlockMotion(*self._moved, slow_of(calm, shift_px, view.lying), calm[-1].t_s - calm[0].t_s)
        seen = self._occupancy.look(t_s, motion, view)
        self._field, self._looked_s = whole_field(calm, shift_px, view), t_s
        return seen

    def judge(self, *, accepts_machines: bool) -> tuple[Verdict, Chest]:
        """See `Sense`: what breathes most is judged, and nothing stiff is believed to breathe."""
        assert self._field is not None
        powers, view = powers_of(self._field), self._blocks.view
        chosen = most_rhythmic(powers, self._field.trust, view)
        verdict, chest = self._judge.judge(kept(self._field, chosen), accepts_machines=accepts_machines)
        self.window.centre = chosen
        if accepts_machines or verdict.withheld is Withheld.WARMING_UP:
            self._sound_looks = 0
            return verdict, chest
        is_told = verdict.rate_per_min is not None
        reason = lifeless(self._field, powers, chest, view, is_told=is_told)
        may_be_cloth = is_told and is_uneven(self._field, powers, chest, view)
        is_sound = is_told and reason is None and not may_be_cloth
        self._sound_looks = self._sound_looks + 1 if is_sound else 0
        if reason is not None:
            return Verdict(None, None, reason, 0.0, False), chest
        if verdict.is_alive is not False and verdict.quality >= HINT:
            self._occupancy.note_hint(self._looked_s, is_likely=verdict.quality >= LIKELY)
        if is_told and (may_be_cloth or self._is_doubtful(chest)):
            return Verdict(None, None, Withheld.LOW_QUALITY, verdict.quality, None), chest
        return verdict, chest

    def _is_doubtful(self, chest: Chest) -> bool:
        """Say whether what could be told has to wait: it may be cloth in the air, or a small animal in the bed."""
        is_steady = self._sound_looks >= STEADY_LOOKS or unevenness(chest)[0] <= UNEVEN_AT_FIRST
        return not is_steady or self._occupancy.is_of_an_animal
