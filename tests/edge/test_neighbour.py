"""NA-20: the neighbour breathes, and walks, behind a stud wall; this room is empty, and has to be seen so."""

import pytest

from broker.vocabulary import Presence
from edge.commissioning.requests import Doing
from edge.commissioning.steps import NeighbourStep
from edge.trials import Tried
from edge.zones import zones_from
from models.simulator.acts import away, lie, walk
from models.simulator.scene import Neighbour, Scene
from models.simulator.scenes import SCENES
from models.simulator.walls import Wall
from tests.kit.empty_rooms import seen_with
from tests.kit.sleeper import CALM


def test_NA20_the_neighbour_breathes_through_a_stud_wall_and_this_room_is_empty() -> None:
    # A minute of lying still and half a minute of walking about, at 3.0 to 4.0 m, behind a wall at 2.6 m.
    seen = seen_with(None, SCENES["neighbour"](), 110)
    assert {one.presence for one in seen[12:]} == {Presence.ABSENT}
    assert [one for one in seen if one.respiratory_rate_per_min is not None] == []


@pytest.mark.parametrize("boards", [0, 2])
def test_NA20_even_a_wall_that_holds_nothing_back_ends_the_room_where_its_zones_end(boards: int) -> None:
    acts = [lie(30.0), *[walk(4.0), walk(3.0)] * 8]
    thin = Scene(acts=[], neighbour=Neighbour(acts, wall=Wall(boards=boards)))
    rooms = zones_from({"bed": [0.0, 1.65], "room": [1.65, 2.5]})
    seen = seen_with(None, thin, 60, zones=rooms)
    assert {one.presence for one in seen[12:]} == {Presence.ABSENT}


def test_zones_nearer_than_every_bin_do_not_make_an_empty_room() -> None:
    rooms = zones_from({"bed": [0.0, 0.2]})
    seen = seen_with(None, Scene(acts=[lie(30.0)], style=CALM), 20, zones=rooms)
    assert seen[-1].presence is Presence.PRESENT


def test_NA20_N3_a_wall_that_holds_nothing_back_fails_the_neighbour_test() -> None:
    acts = [away(20.0), *[walk(3.0), walk(4.0)] * 8]
    open_wall = Scene(acts=[], neighbour=Neighbour(acts, wall=Wall(boards=0)))
    step = NeighbourStep("room 7", Doing.WALKING)
    outcomes = [step.see(Tried(1, one.t_s, one.presence, False)) for one in seen_with(None, open_wall, 40)]
    found = next(one for one in outcomes if one is not None)
    assert not found.passed
    assert found.figures["absent_s"] != 0
