"""Who is believed to be before a camera, second by second, from motion that is given block by block."""

import numpy as np

from broker.vocabulary import Presence
from edge.camera.motion import BlockMotion, Blocks
from edge.camera.occupancy import UNLEFT_S, BlockOccupancy
from edge.occupancy import Occupancy
from edge.view import COLUMNS, ROWS, View

BED = "....bbbbbb......"
FLOOR = "ffffffffffffffff"
DOOR = "............dddd"
VIEW = View.checked([*[DOOR] * 4, *[BED] * 5, *[FLOOR] * 3], 3.0)


def motion(*boxes: tuple[slice, slice]) -> BlockMotion:
    moved: Blocks = np.zeros((ROWS, COLUMNS), dtype=bool)
    for box in boxes:
        moved[box] = True
    return BlockMotion(np.where(moved, 50.0, 0.0), moved, np.ones((ROWS, COLUMNS)), 30.0)


STILL = motion()
CAT_ON_THE_FLOOR, CAT_IN_BED = motion((slice(9, 11), slice(8, 11))), motion((slice(7, 9), slice(7, 10)))
CAT_AT_THE_DOOR = motion((slice(3, 5), slice(13, 15)))
A_SLEEVE_IN_THE_DOOR = motion((slice(0, 2), slice(13, 15)))
PERSON_GETTING_IN = motion((slice(4, 10), slice(4, 9)))
AT_THE_DOOR, BY_THE_BED = motion((slice(0, 5), slice(11, 15))), motion((slice(4, 10), slice(9, 12)))


def seconds(*what: BlockMotion) -> list[Occupancy]:
    room = BlockOccupancy()
    return [room.look(float(at), one, VIEW) for at, one in enumerate(what, start=1)]


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


def test_whoever_was_told_to_breathe_is_there_until_they_are_seen_to_leave_and_shows_no_sign_of_life() -> None:
    *_, seen = told_to_breathe(1.0, (2.0, STILL), (3.0, STILL), (300.0, STILL))
    assert seen.presence is Presence.PRESENT and seen.is_presumed


def test_whoever_turns_over_in_bed_is_still_there() -> None:
    *_, seen = told_to_breathe(1.0, (2.0, PERSON_GETTING_IN), *((at, STILL) for at in (3.0, 7.0, 15.0, 16.0, 17.0)))
    assert seen.presence is Presence.PRESENT and seen.is_presumed


def test_after_ten_minutes_of_silence_nobody_is_presumed() -> None:
    seen = told_to_breathe(1.0, *((float(at), STILL) for at in range(2, 700)))
    absent = [one.presence for one in seen].index(Presence.ABSENT)
    assert absent == UNLEFT_S - 1
    assert {one.presence for one in seen[absent:]} == {Presence.ABSENT}


def test_whoever_came_in_by_the_door_and_lay_down_is_there_before_a_breath_is_seen() -> None:
    seen = seconds(AT_THE_DOOR, AT_THE_DOOR, PERSON_GETTING_IN, *[STILL] * 60)[-1]
    assert seen.presence is Presence.PRESENT and seen.is_presumed


def test_what_moves_in_the_bed_alone_proves_nobody_when_it_is_over() -> None:
    assert seconds(PERSON_GETTING_IN, *[STILL] * 60)[-1].presence is Presence.UNSURE


def test_a_cat_that_came_in_by_the_door_is_nobody() -> None:
    assert seconds(CAT_AT_THE_DOOR, CAT_ON_THE_FLOOR, CAT_IN_BED, *[STILL] * 60)[-1].presence is Presence.UNSURE


def test_whoever_lay_in_bed_and_walks_out_has_left() -> None:
    seen = seconds(AT_THE_DOOR, PERSON_GETTING_IN, *[STILL] * 20, PERSON_GETTING_IN, AT_THE_DOOR, *[STILL] * 6)
    assert seen[-1].presence is Presence.ABSENT


def test_of_whoever_was_seen_last_in_a_doorway_and_not_whole_nobody_can_tell() -> None:
    seen = seconds(
        AT_THE_DOOR, PERSON_GETTING_IN, *[STILL] * 20, PERSON_GETTING_IN, A_SLEEVE_IN_THE_DOOR, *[STILL] * 20
    )
    assert seen[20].presence is Presence.PRESENT
    assert seen[-1].presence is Presence.UNSURE


def test_a_visitor_who_comes_and_goes_leaves_a_room_of_which_nothing_was_known_as_it_was() -> None:
    seen = seconds(*[STILL] * 20, AT_THE_DOOR, BY_THE_BED, AT_THE_DOOR, *[STILL] * 30)
    assert seen[-1].presence is Presence.UNSURE


def test_who_comes_into_an_empty_room_and_goes_leaves_it_empty() -> None:
    leaving = [PERSON_GETTING_IN, AT_THE_DOOR, *[STILL] * 6]
    seen = seconds(*leaving, AT_THE_DOOR, BY_THE_BED, AT_THE_DOOR, *[STILL] * 6)
    assert seen[-1].presence is Presence.ABSENT
