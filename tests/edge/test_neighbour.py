"""NA-20: the neighbour breathes, and walks, behind a stud wall; this room is empty, and has to be seen so."""

import pytest

from broker.vocabulary import Presence
from edge.commissioning.requests import Doing
from edge.commissioning.steps import NeighbourStep
from edge.trials import Tried
from models.simulator.acts import away, walk
from models.simulator.scene import Neighbour, Scene
from models.simulator.scenes import SCENES
from models.simulator.walls import Wall
from tests.kit.empty_rooms import seen_with


@pytest.mark.parametrize("scenario", ["neighbour", "neighbour_thin"])
def test_NA20_the_neighbour_breathes_through_a_stud_wall_and_this_room_is_empty(scenario: str) -> None:
    # A minute of lying still and half a minute of walking about, at 3.0 to 4.0 m, behind a wall at 2.6 m.
    seen = seen_with(None, SCENES[scenario](), 110)
    assert {one.presence for one in seen[12:]} == {Presence.ABSENT}
    assert [one for one in seen if one.respiratory_rate_per_min is not None] == []


def test_NA20_N3_a_wall_that_holds_nothing_back_fails_the_neighbour_test() -> None:
    acts = [away(20.0), *[walk(3.0), walk(4.0)] * 8]
    open_wall = Scene(acts=[], neighbour=Neighbour(acts, wall=Wall(boards=0)))
    step = NeighbourStep("room 7", Doing.WALKING)
    outcomes = [step.see(Tried(1, one.t_s, one.presence, False)) for one in seen_with(None, open_wall, 40)]
    found = next(one for one in outcomes if one is not None)
    assert not found.passed
    assert found.figures["absent_s"] != 0
