"""A1, A8, A9, NA-3, NA-17: one cause is one call, and a device that cannot prove that it sounds is not counted on."""

from datetime import timedelta

import pytest

from broker.messages import Health
from broker.vocabulary import HealthFlag
from console.rules.alerting.technical import Cause, LostRoom, Sounder, calls_of, can_sound, round_order, sounder_calls
from console.words import open_catalogues
from tests.kit.alerting import POLICY, RAISED, a_person, after, in_the_ensuite
from tests.kit.boxed_ward import boxed_ward

ENGLISH = open_catalogues("Europe/London")["en"]


def lost(number: int, seconds: float, **changes) -> LostRoom:
    return LostRoom(f"room{number}", f"Room {number}", RAISED - timedelta(seconds=seconds), **changes)


def says(calls) -> list[str]:
    return [ENGLISH.words(one.words) for one in calls]


def test_A9_NA17_an_access_point_that_is_down_is_one_call_one_list_and_one_line_back(tmp_path):
    with boxed_ward(tmp_path, rooms=5) as box:
        for _ in range(23):
            box.pass_time(4, in_steps_of=4, heard=False)
        calling = box.ward.calling.calls()
        assert says(calling.calls) == ["Monitoring off in 5 rooms: network. Longest unseen: Room 1. Walk your round."]
        assert len(calling.round) == 5
        # The rooms come back one after another.
        for number in range(1, 6):
            box.nodes[f"room{number}"].live()
            box.ward.step()
        box.pass_time(2)
        assert box.ward.calling.calls().calls == () and box.ward.calling.calls().round == ()
        lines = [one for one in says_notices(box) if "Monitoring" in one]
        assert lines == ["Monitoring is back in 5 rooms."]
        assert [one for one in box.actions() if "technical" in one] == [
            "board:technical:raised",
            "board:technical:resolved",
        ]


def says_notices(box) -> list[str]:
    return [ENGLISH.words(one) for one in box.ward.board.view().notices]


def test_A9_one_silent_node_is_on_the_board_at_once_and_aloud_after_two_minutes():
    assert calls_of([lost(1, 29)], RAISED, POLICY, link_up=True) == ()
    (quiet,) = calls_of([lost(1, 31)], RAISED, POLICY, link_up=True)
    (loud,) = calls_of([lost(1, 121)], RAISED, POLICY, link_up=True)
    assert (quiet.is_loud, loud.is_loud) == (False, True)


def test_A9_C5a_a_node_lost_with_a_clock_running_is_aloud_without_waiting():
    (call,) = calls_of([lost(1, 31, had_clock=True)], RAISED, POLICY, link_up=True)
    assert call.is_loud


def test_A9_the_consoles_own_link_is_the_network_even_for_one_room():
    (call,) = calls_of([lost(1, 31)], RAISED, POLICY, link_up=False)
    assert call.cause is Cause.NETWORK and says([call]) == ["Monitoring off in Room 1: network. Check in person."]


def test_A9_the_walk_begins_where_something_was_running_and_then_with_the_longest_unseen():
    rooms = [lost(1, 40), lost(2, 90), lost(3, 35, had_clock=True), lost(4, 60)]
    order = [one.room_id for one in round_order(rooms, RAISED, POLICY, short=("room4",))]
    assert order == ["room3", "room4", "room2", "room1"]
    assert round_order(rooms[:2], RAISED, POLICY) == () and round_order([lost(1, 301)], RAISED, POLICY) != ()


def test_A9_a_sensor_that_is_blind_is_a_call_of_its_own(tmp_path):
    with boxed_ward(tmp_path) as box:
        for _ in range(10):
            box.clock.advance(4)
            box.nodes["room1"].live(health=Health(flags=(HealthFlag.SENSOR_LOST,)))
            box.ward.step()
        (call,) = box.ward.technical.calls()
        assert call.cause is Cause.SENSOR


def test_A1_A8_NA3_a_device_counts_only_in_front_heard_lately_and_tested_this_shift():
    whole = Sounder("d", 100.0, True, RAISED)
    assert can_sound(whole, 130.0, after(60), POLICY)
    for changed in (
        Sounder("d", 100.0, False, RAISED),
        Sounder("d", 99.0, True, RAISED),
        Sounder("d", 100.0, True, None),
        Sounder("d", 100.0, True, RAISED - timedelta(hours=13)),
    ):
        assert not can_sound(changed, 130.0, after(60), POLICY)


def test_A8_NA3_a_tablet_that_is_not_heard_is_a_line_while_another_sounds_and_loud_when_it_was_the_last():
    gone, there = Sounder("gone", 0.0, True, RAISED), Sounder("there", 99.0, True, RAISED)
    (line,) = sounder_calls([gone, there], 100.0, after(0), POLICY)
    (last,) = sounder_calls([gone], 100.0, after(0), POLICY)
    assert (line.is_loud, last.is_loud) == (False, True)


def test_A8_NA3_a_missed_heartbeat_is_a_technical_call_within_a_minute(tmp_path):
    with boxed_ward(tmp_path) as box:
        ada = a_person(box, "ada", "Ada K.")
        assert not box.ward.sounders.beat("tablet", is_in_front=True)
        assert box.ward.sounders.heard_it(ada, "tablet")
        assert box.ward.sounders.beat("tablet", is_in_front=True) and box.ward.calling.calls().few_sounders
        box.pass_time(48, in_steps_of=4)
        (call,) = box.ward.calling.calls().calls
        assert call.level == "low" and "tablet" in call.words.text
        box.ward.sounders.leave("tablet")
        box.pass_time(2)
        assert box.ward.calling.calls().calls == ()


def test_A1_A8_who_carries_which_device_is_known_and_forgotten_when_it_is_put_away(tmp_path):
    with boxed_ward(tmp_path) as box:
        sounders = box.ward.sounders
        sounders.beat("tablet", is_in_front=True, by="ada")
        sounders.beat("tablet", is_in_front=True)
        assert [(one.actor_id, one.counts) for one in sounders.carried()] == [("ada", False)]
        sounders.leave("tablet")
        assert sounders.carried() == ()


def test_A10_the_corridor_is_told_when_an_alert_reaches_it_and_when_no_tablet_is_there(tmp_path):
    from tests.kit.alerting import limit_ensuite

    with boxed_ward(tmp_path) as box:
        assert box.ward.calling.corridor() == ("silent", False)
        box.ward.sounders.beat("tablet", is_in_front=False)
        assert box.ward.calling.corridor() == ("silent", True)
        limit_ensuite(box, "room1")
        in_the_ensuite(box, "room1", 184)
        box.pass_time(64, in_steps_of=4)
        assert box.ward.calling.corridor()[0] == "high"


@pytest.mark.parametrize("text", ["en-suite", "Room 1"])
def test_A9_what_was_lost_while_a_clock_ran_says_so_in_the_check_prompt(tmp_path, text):
    with boxed_ward(tmp_path) as box:
        in_the_ensuite(box, "room1", 120)
        box.pass_time(12, in_steps_of=4, heard=False)
        prompt = box.tile("room1").prompt
        assert prompt is not None and text in ENGLISH.words(prompt)
