"""O3, O7: turns beside somebody who is never left, and what is offered when a sensor could not tell for two nights."""

import threading
from datetime import date

import pytest

from console.observing.doubts import Doubts
from console.observing.turns import Turns
from console.rules.alerting.shifts import Post
from console.rules.in_person.doubt import DoubtNight, is_offer_due
from console.rules.in_person.turns import (
    Offer,
    Turn,
    TurnKind,
    Watch,
    decide_turn,
    figures_of,
    is_long,
    lasts,
    watch_of,
)
from console.showing.views import TileKind
from tests.kit.alerting import ADA, BEN, POLICY, RAISED, a_person, after, code_at
from tests.kit.boxed_ward import NURSE, boxed_ward

FREE, WITH_ADA = Watch("", RAISED), Watch(ADA, RAISED)


def pressed(who, watch, offer=None, seconds=100, *, is_proven=True, elsewhere=()):
    return decide_turn(who, watch, offer, after(seconds), POLICY, is_proven=is_proven, elsewhere=elsewhere)


def test_O3_a_hand_over_is_two_presses_at_the_door_in_either_order():
    first = pressed(BEN, WITH_ADA)
    assert first.decision and first.kind is None, "Ada stays until she has pressed"
    second = pressed(ADA, WITH_ADA, Offer(BEN, after(90)))
    assert (second.kind, second.taker_id, second.giver_id, second.gap_s) == (TurnKind.HANDED_OVER, BEN, ADA, 0)
    other_way = pressed(BEN, WITH_ADA, Offer(ADA, after(90)))
    assert (other_way.kind, other_way.taker_id) == (TurnKind.HANDED_OVER, BEN)


def test_O3_without_the_doors_code_nothing_changes_hands_and_a_stranger_hands_nothing_over():
    assert not pressed(BEN, WITH_ADA, Offer(ADA, after(90)), is_proven=False).decision
    assert pressed(BEN, WITH_ADA, Offer("c" * 32, after(90))).kind is None


def test_O3_nobody_is_written_down_in_two_rooms():
    asks, hands = Offer(BEN, after(90)), Offer(ADA, after(90))
    assert not pressed(BEN, WITH_ADA, elsewhere=[BEN]).decision
    assert not pressed(BEN, WITH_ADA, Offer(BEN, after(10)), elsewhere=[BEN]).decision
    assert not pressed(BEN, WITH_ADA, hands, elsewhere=[BEN]).decision
    assert not pressed(ADA, WITH_ADA, asks, elsewhere=[BEN]).decision, "Ben went to somebody else meanwhile"
    assert pressed(BEN, FREE, elsewhere=[BEN]).kind is TurnKind.TAKEN, (
        "coming to somebody who is alone is never refused"
    )


def test_O3_a_press_under_a_clock_that_was_set_back_since_keeps_nobody_waiting():
    assert lasts(Offer(BEN, after(90)), after(89), POLICY) and not lasts(Offer(BEN, after(90)), after(-3600), POLICY)


def test_O3_somebody_who_finds_nobody_there_begins_alone_after_a_minute_and_it_is_told():
    soon, later = (pressed(BEN, WITH_ADA, Offer(BEN, after(90)), seconds) for seconds in (120, 151))
    assert soon.kind is None and later.kind is TurnKind.TAKEN_ALONE and later.gap_s == 61
    assert "tell_nurse_in_charge" in later.decision.obligations


def test_O3_where_nobody_is_written_down_one_press_begins_and_the_gap_is_counted_code_or_not():
    told = pressed(BEN, FREE, is_proven=False)
    assert (told.kind, told.gap_s) == (TurnKind.TAKEN, 100) and told.decision.obligations


def test_O3_a_turn_of_before_the_level_says_nothing_and_a_long_one_is_relieved():
    turns = [Turn("s", "room1", TurnKind.TAKEN, after(-10), ADA)]
    assert watch_of(turns, RAISED) == Watch("", RAISED) and watch_of(turns, after(-20)).with_id == ADA
    assert is_long(WITH_ADA, after(7200), POLICY) and not is_long(FREE, after(7200), POLICY)


def test_O3_the_figures_count_hand_overs_gaps_and_what_is_unproven():
    turns = [
        Turn("s", "r", TurnKind.TAKEN, after(0), ADA, gap_s=30),
        Turn("s", "r", TurnKind.HANDED_OVER, after(60), BEN, ADA, True),
        Turn("s", "r", TurnKind.LEFT, after(90), BEN, BEN),
        Turn("s", "r", TurnKind.TAKEN_ALONE, after(160), ADA, BEN, True, 70),
    ]
    told = figures_of(turns)
    assert (told.handed_over, told.alone, told.gaps, told.gap_s, told.longest_gap_s, told.unproven) == (
        1,
        1,
        2,
        100,
        70,
        1,
    )


def posts(box):
    return {one.actor_id: one.post for one in box.ward.shifts.people()}


def test_O3_a_person_is_handed_over_at_the_door_and_the_ladder_knows_who_cannot_be_called_away(tmp_path):
    with boxed_ward(tmp_path) as box:
        ada, ben = a_person(box, "ada", "Ada K."), a_person(box, "ben", "Ben C.")
        turns = box.ward.checks.turns
        assert not turns.press(ada, "room1", code_at(box, "room1")), "a level that is not continuous has no turns"
        assert box.ward.checks.plans.set_level(NURSE, box.stay("room1"), "arms_length")
        box.pass_time(3)
        assert any("nobody is written down" in one.text for one in box.ward.board.view().notices)

        assert turns.press(ada, "room1", code_at(box, "room1"))
        assert posts(box)[ada.actor_id] is Post.ONE_TO_ONE and not box.ward.shifts.sign_off(ada)
        assert turns.press(ben, "room1", code_at(box, "room1")) and turns.view()[0].with_id == ada.actor_id
        assert turns.press(ada, "room1", code_at(box, "room1"))
        assert turns.view()[0].with_id == ben.actor_id and posts(box)[ada.actor_id] is Post.FREE

        # Ben has to go: everybody is called until somebody is there; the handover counts the gap.
        assert not turns.leave(ada, "room1") and turns.leave(ben, "room1")
        (call,) = box.ward.calling.calls().calls
        assert call.level == "medium" and call.path == "/turns/room1"
        box.pass_time(40, in_steps_of=5)
        assert turns.press(ada, "room1", "") and box.ward.calling.calls().calls == ()
        told = box.ward.checks.handovers.view(ada).turns
        assert (told.handed_over, told.gaps, told.unproven) == (1, 2, 1) and told.longest_gap_s >= 40
        kept = Turns(box.ward.office, box.ward.roll, box.ward.checks.plans, box.ward.shifts, box.ward.tags)
        assert kept.view()[0].with_id == ada.actor_id, "it is known after a restart"


def two_with_somebody(box):
    for room_id in ("room1", "room2"):
        assert box.ward.checks.plans.set_level(NURSE, box.stay(room_id), "arms_length")
    return a_person(box, "ada", "Ada K."), a_person(box, "ben", "Ben C.")


def test_O3_whoever_goes_to_another_who_is_alone_has_left_the_first_and_everybody_is_called(tmp_path):
    with boxed_ward(tmp_path, rooms=2, yes=False) as box:
        turns, (ada, ben) = box.ward.checks.turns, two_with_somebody(box)
        assert turns.press(ada, "room1", code_at(box, "room1")) and turns.press(ben, "room2", code_at(box, "room2"))
        assert not turns.press(ada, "room2", code_at(box, "room2"))
        assert turns.leave(ben, "room2") and turns.press(ada, "room2", "")
        assert [one.with_id for one in turns.view()] == ["", ada.actor_id]
        assert [one.path for one in turns.calls()] == ["/turns/room1"]


def test_O3_two_presses_in_the_same_moment_are_a_hand_over(tmp_path):
    with boxed_ward(tmp_path, rooms=2, yes=False) as box:
        turns, (ada, ben) = box.ward.checks.turns, two_with_somebody(box)
        assert turns.press(ada, "room1", code_at(box, "room1"))
        busy, both = threading.Event(), threading.Event()
        code, threads = code_at(box, "room1"), []

        def busy_until_both_have_pressed(_tx):
            busy.set()
            assert both.wait(20)

        threads.append(threading.Thread(target=box.ward.office.store.write, args=(busy_until_both_have_pressed,)))
        threads[0].start()
        assert busy.wait(20)
        threads += [threading.Thread(target=turns.press, args=(one, "room1", code)) for one in (ben, ada)]
        for one in threads[1:]:
            one.start()
        both.set()
        for one in threads:
            one.join(20)
        assert turns.view()[0].with_id == ben.actor_id


@pytest.mark.parametrize(
    ("nights", "due"),
    [
        ([(1, 400, 250), (2, 400, 250)], True),
        ([(1, 400, 250)], False),
        ([(1, 400, 250), (2, 400, 200)], False),
        ([(1, 400, 250), (3, 400, 250)], False),
        ([(1, 400, 250), (2, 60, 60)], False),
    ],
)
def test_O7_two_nights_that_follow_each_other_mostly_in_doubt_make_an_offer(nights, due):
    told = [DoubtNight(date(2026, 11, day), sensed, doubt) for day, sensed, doubt in nights]
    assert is_offer_due(told, POLICY) is due


def test_O7_an_offer_is_made_by_day_after_two_nights_of_doubt_and_once(tmp_path):
    with boxed_ward(tmp_path) as box:
        doubts = Doubts(box.ward.office, box.ward.roll, lambda _room: TileKind.CANNOT_TELL)
        box.clock.advance(13.5 * 3600)
        for _night in range(2):
            for _minute in range(140):
                box.clock.advance(60)
                doubts.step()
            assert doubts.notices() == (), "nobody is asked at night"
            box.clock.advance(24 * 3600 - 140 * 60)
        box.clock.advance(11.5 * 3600)
        assert doubts.is_due("room1") and doubts.notices()
        assert not doubts.answer(NURSE, "room1", "whatever") and doubts.is_due("room1")
        assert doubts.answer(NURSE, "room1", "position") and doubts.notices() == ()
        assert not Doubts(box.ward.office, box.ward.roll, lambda _room: None).is_due("room1")
