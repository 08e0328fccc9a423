"""Who is believed to be before a camera, second by second, from motion that is given block by block."""

import numpy as np

from broker.vocabulary import Presence
from edge.camera.motion import BlockMotion, Blocks
from edge.camera.occupancy import BREATH_S, BlockOccupancy
from edge.occupancy import Occupancy
from edge.view import COLUMNS, ROWS, View

BED = "....bbbbbb......"
FLOOR = "ffffffffffffffff"
VIEW = View.checked([*["." * COLUMNS] * 4, *[BED] * 5, *[FLOOR] * 3], 3.0)


def motion(*boxes: tuple[slice, slice]) -> BlockMotion:
    moved: Blocks = np.zeros((ROWS, COLUMNS), dtype=bool)
    for box in boxes:
        moved[box] = True
    return BlockMotion(np.where(moved, 50.0, 0.0), moved, np.ones((ROWS, COLUMNS)), 30.0)


STILL = motion()
CAT_ON_THE_FLOOR, CAT_IN_BED = motion((slice(9, 11), slice(8, 11))), motion((slice(7, 9), slice(7, 10)))
PERSON_GETTING_IN = motion((slice(4, 10), slice(4, 9)))


def after(*seconds: BlockMotion) -> BlockOccupancy:
    room = BlockOccupancy()
    for at, one in enumerate(seconds, start=1):
        room.look(float(at), one, VIEW)
    return room


def told_to_breathe(at_s: float, *later: tuple[float, BlockMotion]) -> list[Occupancy]:
    room = BlockOccupancy()
    room.look(at_s, STILL, VIEW)
    room.note_breath(at_s)
    return [room.look(t_s, one, VIEW) for t_s, one in later]


def test_something_small_that_goes_from_the_floor_into_the_bed_is_an_animal() -> None:
    assert after(CAT_ON_THE_FLOOR, CAT_IN_BED, STILL, STILL).is_of_an_animal


def test_a_sleeper_who_twitches_is_no_animal() -> None:
    assert not after(STILL, CAT_IN_BED, STILL).is_of_an_animal


def test_a_sleeper_who_twitches_long_after_something_small_passed_is_no_animal() -> None:
    assert not after(CAT_ON_THE_FLOOR, *[STILL] * 6, CAT_IN_BED).is_of_an_animal


def test_whoever_gets_into_a_bed_with_a_cat_in_it_is_a_person() -> None:
    assert not after(CAT_ON_THE_FLOOR, CAT_IN_BED, STILL, PERSON_GETTING_IN).is_of_an_animal


def test_whoever_was_told_to_breathe_and_has_not_moved_is_still_there_and_shows_no_sign_of_life() -> None:
    *_, seen = told_to_breathe(1.0, (2.0, STILL), (3.0, STILL), (1.0 + BREATH_S, STILL))
    assert seen.presence is Presence.PRESENT and seen.is_presumed


def test_when_the_breath_has_left_the_window_nobody_can_tell() -> None:
    *_, seen = told_to_breathe(1.0, (2.0, STILL), (3.0, STILL), (2.0 + BREATH_S, STILL))
    assert seen.presence is Presence.UNSURE and not seen.is_presumed


def test_after_a_movement_the_breath_before_it_proves_nobody() -> None:
    *_, seen = told_to_breathe(1.0, (2.0, PERSON_GETTING_IN), *((at, STILL) for at in (3.0, 4.0, 15.0)))
    assert not seen.is_presumed
