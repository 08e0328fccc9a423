"""How well a room's events are told: simulated rooms with acts, judged kind by kind against what really happened.

Run `python -m models.recipes.room_events [ROOMS]` from the root of the checkout; 44 rooms take about ten minutes of one
processor. Its seeds set no constant.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise, takewhile
from multiprocessing import Pool

import numpy as np

from broker.vocabulary import Purpose, RoomEventKind
from edge.estimates import Moment
from edge.evaluation import EPOCH, new_estimator
from edge.events import RoomEvents, Whereabouts
from edge.frames import Frame, FrameKind, Layout
from edge.permitted import permitted
from edge.pipe import SensedLine
from edge.reports import seen_in
from edge.zones import DEMO_ZONES
from models.simulator.acts import DOOR_M, ENSUITE_M, Act, away, hold, lie, stand, trip, turn, walk
from models.simulator.night import Night, Scene, Truth
from models.simulator.receiver import WAVELENGTH_M

FIRST_SEED = 91_000
SECONDS = 330
NIGHT_H = 10.0
"""[h] of a patient-night: 21:00 to 07:00."""
STILL_S = 100.0
"""[s] after which stillness is an event here; a ward's 12 min would need nights of simulation."""
HELD_S = 60.0
"""[s] without breathing seen before it is an event (rule K8); the hold itself is wanted within 6 s."""
EARLY_S, EARLY_STILL_S = 2.0, 10.0
"""[s] by which an event may come before its truth: a body has width, and its middle crosses a border last; and whoever
goes out of the radar's reach is still in the room for a few seconds more, moving unseen."""
PLACES = {"bed": "in_bed", "room": "out_of_bed", "door": "out_of_bed", "ensuite": "ensuite", None: "gone"}


@dataclass(frozen=True)
class Wanted:
    """What should be said, and how late it may be."""

    kind: RoomEventKind
    at_s: float
    within_s: float


@dataclass
class Tally:
    """What came of one kind of event.

    Attributes:
        late_s: of each one that was said in time or late [s].
        missed: never said.
        in_time: said within what is wanted.
        false: said without cause.
    """

    late_s: list[float] = field(default_factory=list)
    missed: int = 0
    in_time: int = 0
    false: int = 0


WITHIN_S = {
    RoomEventKind.OUT_OF_BED: 3.0,
    RoomEventKind.SECOND_PERSON: 5.0,
    RoomEventKind.IN_BED: 5.0,
    RoomEventKind.LEFT_ROOM: 10.0,
    RoomEventKind.RETURNED: 5.0,
    RoomEventKind.ENSUITE_ENTERED: 5.0,
    RoomEventKind.ENSUITE_LEFT: 5.0,
    RoomEventKind.ONE_PERSON: 20.0,
    RoomEventKind.NO_MOVEMENT: 10.0,
    RoomEventKind.MOVEMENT_AGAIN: 5.0,
    RoomEventKind.BREATHING_NOT_SEEN: 10.0,
    RoomEventKind.BREATHING_AGAIN: 15.0,
}
"""[s] after the truth; the first two as SENSING asks ("Accuracy to reach")."""


def acts_of(room: int, rng: np.random.Generator) -> tuple[list[Act], list[Act]]:
    """Draw what the sleeper and a visitor do; every fifth room holds its breath, every fifth has a long stillness."""
    acts, visitor = [lie(float(rng.uniform(15, 30)))], []
    if room % 5 == 3:
        return [*acts, hold(80.0), lie(40.0), turn(), lie(400.0)], []
    if room % 5 == 4:
        return [*acts, turn(), lie(170.0), turn(4.0), lie(400.0)], []
    for _ in range(4):
        target_m = float(rng.choice([ENSUITE_M, DOOR_M]))
        acts += trip(target_m, float(rng.uniform(12, 30)))
        acts.append(lie(float(rng.uniform(10, 30))))
        if rng.random() < 0.5:
            acts += [turn(float(rng.uniform(2, 6))), lie(float(rng.uniform(8, 20)))]
    if room % 5 == 2:
        acts = [lie(60.0), turn(), lie(400.0)]
        for _ in range(4):
            visitor += [
                away(float(rng.uniform(25, 40))),
                walk(float(rng.uniform(2.1, 2.6)), float(rng.uniform(0.5, 1))),
            ]
            visitor += [stand(float(rng.uniform(8, 20))), walk(4.3, 0.7)]
    return [*acts, lie(400.0)], visitor


def play(room: int) -> list[tuple[Truth, SensedLine]]:
    """Sense one room, second by second, beside what is true at that second."""
    seed = FIRST_SEED + room
    acts, visitor = acts_of(room, np.random.default_rng(seed))
    night = Night(seed, Scene(acts=acts, visitor=visitor))
    rate_hz = night.scene.receiver.frame_rate_hz
    layout = Layout(FrameKind.RADAR, night.receiver.range_m, WAVELENGTH_M, rate_hz)
    estimator, second, seen = new_estimator(DEMO_ZONES), 1, []
    for look in islice(night, int(SECONDS * rate_hz)):
        while look.t_s > second:
            estimate = estimator.estimate(Moment(float(second), EPOCH, float(second)))
            seen.append((look.truth, permitted(estimate, tuple(Purpose), True)))
            second += 1
        estimator.add(Frame(layout, look.t_s, look.iq, look.noise_power, look.lost_before))
    return seen


def said_of(lines: Sequence[SensedLine]) -> list[tuple[RoomEventKind, float]]:
    """Return what the room says, and when."""
    events, places, said = RoomEvents(STILL_S), Whereabouts(), []
    for line in lines:
        seen, purposes = seen_in(line), frozenset(Purpose)
        happened = [*places.see(seen, purposes), *events.see(seen, purposes)]
        said += [(one.kind, line.t_s) for one in happened]
    return said


def wanted_of(truths: Sequence[Truth]) -> list[Wanted]:
    """Return what a perfect watcher would say; what lasts under 2 s need not be said."""
    return [
        Wanted(kind, at_s, WITHIN_S[kind])
        for kind, at_s in [*_moves(truths), *_visits(truths), *_stillness(truths), *_held(truths)]
    ]


def _stretches(values: Sequence[object], least_s: int) -> list[tuple[object, int]]:
    """Return each value that lasts, with the second at which it begins."""
    found: list[tuple[object, int]] = []
    for at in range(len(values)):
        lasts = all(one == values[at] for one in values[at : at + least_s])
        if lasts and at + least_s <= len(values) and (not found or found[-1][0] != values[at]):
            found.append((values[at], at + 1))
    return found


def _moves(truths: Sequence[Truth]) -> Iterator[tuple[RoomEventKind, float]]:
    kind, last_zone, seen = RoomEventKind, "bed", []
    for truth in truths:
        last_zone = truth.zone or last_zone
        away_to = "ensuite" if last_zone == "ensuite" else "left_room"
        seen.append(away_to if truth.zone is None else PLACES[truth.zone])
    # Who walks past the en-suite's door has not been in it.
    for place, at in _stretches(seen, 1):
        stay_s = len(list(takewhile("ensuite".__eq__, seen[at - 1 :])))
        if place == "ensuite" and stay_s < 4:
            seen[at - 1 : at - 1 + stay_s] = ["out_of_bed"] * stay_s
    stretches = _stretches(seen, 2)
    for (before, _), (now, at) in pairwise(stretches):
        if before == "in_bed":
            yield kind.OUT_OF_BED, at
        if now == "left_room":
            yield kind.LEFT_ROOM, at
        if before == "left_room":
            yield kind.RETURNED, at
        if now == "ensuite":
            yield kind.ENSUITE_ENTERED, at
        if before == "ensuite":
            yield kind.ENSUITE_LEFT, at
        if now == "in_bed":
            yield kind.IN_BED, at
    yield kind.IN_BED, 1.0


def _visits(truths: Sequence[Truth]) -> Iterator[tuple[RoomEventKind, float]]:
    for crowded, at in _stretches([truth.people >= 2 for truth in truths], 4)[1:]:
        yield (RoomEventKind.SECOND_PERSON if crowded else RoomEventKind.ONE_PERSON), at


def _stillness(truths: Sequence[Truth]) -> Iterator[tuple[RoomEventKind, float]]:
    still = [truth.state in ("breathing", "no_breathing_seen") for truth in truths]
    stretches = [*_stretches(still, 2), (None, len(truths) + 1)]
    for (is_still, at), (_, until) in pairwise(stretches):
        if is_still and until - at > STILL_S:
            yield RoomEventKind.NO_MOVEMENT, at + STILL_S
            if until < len(truths):
                yield RoomEventKind.MOVEMENT_AGAIN, until


def _held(truths: Sequence[Truth]) -> Iterator[tuple[RoomEventKind, float]]:
    stretches = [*_stretches([truth.state == "no_breathing_seen" for truth in truths], 2), (None, len(truths) + 1)]
    for (is_held, at), (_, until) in pairwise(stretches):
        if is_held and until - at > HELD_S + 8:
            yield RoomEventKind.BREATHING_NOT_SEEN, at + HELD_S
            yield RoomEventKind.BREATHING_AGAIN, until


def judge(
    tallies: dict[RoomEventKind, Tally], wanted: Sequence[Wanted], said: list[tuple[RoomEventKind, float]]
) -> None:
    """Match what was said with what should be, first come first served; what is left over is false or missed."""
    left = list(said)
    for one in sorted(wanted, key=lambda want: want.at_s):
        tally = tallies[one.kind]
        early_s = EARLY_STILL_S if one.kind is RoomEventKind.NO_MOVEMENT else EARLY_S
        near = [
            (kind, at) for kind, at in left if kind is one.kind and -early_s <= at - one.at_s <= one.within_s + 25.0
        ]
        if not near:
            tally.missed += 1
            continue
        left.remove(near[0])
        late_s = near[0][1] - one.at_s
        tally.late_s.append(late_s)
        tally.in_time += late_s <= one.within_s
    for kind, _ in left:
        tallies[kind].false += 1


def table(tallies: dict[RoomEventKind, Tally], hours: float) -> str:
    """Lay the figures out for reading."""
    lines = [
        f"{hours:.1f} h of simulated rooms",
        "event                wanted within  recall  median  worst  false/night",
    ]
    for kind in WITHIN_S:
        tally = tallies[kind]
        count = tally.missed + len(tally.late_s)
        late = f"{np.median(tally.late_s):6.1f} {max(tally.late_s):6.1f}" if tally.late_s else "     -      -"
        recall = f"{tally.in_time / count:7.1%}" if count else "      -"
        false = tally.false * NIGHT_H / hours
        lines.append(f"{kind:<20} {count:5d} {WITHIN_S[kind]:5.0f} s {recall} {late}  {false:6.2f} ({tally.false})")
    return "\n".join(lines)


def main() -> None:
    """Play all rooms on two processors and print the table."""
    rooms = int(sys.argv[1]) if len(sys.argv) > 1 else 44
    tallies: dict[RoomEventKind, Tally] = defaultdict(Tally)
    with Pool(2) as pool:
        for seen in pool.imap(play, range(rooms)):
            judge(tallies, wanted_of([truth for truth, _ in seen]), said_of([line for _, line in seen]))
    sys.stdout.write(table(tallies, rooms * SECONDS / 3600) + "\n")


if __name__ == "__main__":
    main()
