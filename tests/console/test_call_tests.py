"""N4: when a shift begins, each room's call is tried in silence, from its node to a held device and the corridor."""

from datetime import timedelta

from broker.clock import HandClock
from console.alerting.corridor_unit import CorridorUnit, SimulatedOutput, Told
from console.rules.alerting.call_tests import CallTest, Missing, RoomProof, is_due, is_over, lines_of, to_walk
from console.rules.alerting.corridor import Level
from console.words import open_catalogues
from tests.kit.alerting import POLICY, RAISED, a_person, after
from tests.kit.boxed_ward import NURSE, boxed_ward

ENGLISH = open_catalogues("Europe/London")["en"]
TITLES = {"room1": "Room 1", "room2": "Room 2"}


def a_test(*rooms: RoomProof, **changes) -> CallTest:
    told = {"corridor_at": RAISED, "ended_at": after(60)} | changes
    return CallTest("t" * 32, RAISED, "", rooms, **told)


def says(lines) -> list[str]:
    return [ENGLISH.words(one).replace("\u2068", "").replace("\u2069", "") for one in lines]


def test_N4_a_test_is_due_once_for_a_shift_however_many_sign_on():
    assert not is_due(None, [], RAISED, POLICY) and is_due(None, [RAISED], RAISED, POLICY)
    begun = RAISED
    assert not is_due(begun, [after(300)], after(300), POLICY), "the same shift"
    assert not is_due(begun, [after(-60)], after(5 * 3600), POLICY), "nobody has come since"
    assert is_due(begun, [after(4 * 3600)], after(4 * 3600), POLICY)
    assert is_due(after(7200), [after(10)], after(20), POLICY), "the clock was set back since"


def test_N4_a_clock_that_is_set_back_ends_a_test_instead_of_keeping_it_silent_for_hours():
    going = a_test(RoomProof("room1"), ended_at=None, corridor_at=None)
    assert is_over(going, after(-7200), POLICY) and to_walk(going, after(-7200), POLICY) == ("room1",)
    assert not is_over(going, after(-1), POLICY)


def test_N4_what_is_missing_is_said_by_room_and_cause_and_such_a_room_is_walked():
    proven = RoomProof("room2", RAISED, RAISED)
    silent, unheld = RoomProof("room1", None, RAISED), RoomProof("room1", RAISED, None)
    assert silent.missing() == (Missing.SENSOR,) and to_walk(a_test(silent, proven), after(90), POLICY) == ("room1",)
    assert says(lines_of(a_test(silent, proven), TITLES, after(90), POLICY)) == [
        "Test of 02:13 · Room 1: the sensor is not heard. Walk."
    ]
    assert says(lines_of(a_test(unheld, proven), TITLES, after(90), POLICY)) == [
        "Test of 02:13 · Room 1: its call reaches no held device. Walk."
    ]
    (all_of_it,) = says(lines_of(a_test(unheld), TITLES, after(90), POLICY))
    assert "no device that sounds had it" in all_of_it
    (corridor,) = says(lines_of(a_test(proven, corridor_at=None), TITLES, after(90), POLICY))
    assert "the corridor unit did not answer" in corridor


def test_N4_it_is_not_said_too_soon_and_a_whole_one_is_one_line():
    going = a_test(RoomProof("room1"), ended_at=None, corridor_at=None)
    assert lines_of(going, TITLES, after(30), POLICY) == () == to_walk(going, after(30), POLICY)
    assert to_walk(going, after(61), POLICY) == ("room1",)
    (line,) = says(lines_of(a_test(RoomProof("room1", RAISED, RAISED)), TITLES, after(60), POLICY))
    assert line == "Calls tested 02:13: every room reaches a held device and the corridor unit."


def test_N4_a_shift_begins_with_it_and_nothing_sounds_or_looks_like_an_alert(tmp_path):
    with boxed_ward(tmp_path, rooms=3) as box:
        tests = box.ward.call_tests
        box.pass_time(2)
        assert tests.marks() == {}
        ada = a_person(box, "ada", "Ada K.")
        before = [(one.kind, one.headline.text) for one in box.ward.board.view().tiles]
        box.ward.sounders.beat("tablet", is_in_front=True)
        box.ward.sounders.heard_it(ada, "tablet")
        box.pass_time(2)
        view = box.ward.board.view()
        assert len({one.test_mark for one in view.tiles} - {""}) == 3
        assert [(one.kind, one.headline.text) for one in view.tiles] == before and view.calling.calls == ()
        # A tablet that lies face down, and a mark of another night, prove nothing.
        tests.came_back([one.test_mark for one in view.tiles], counts=False)
        tests.came_back(["00000000"], counts=True)
        box.pass_time(70, in_steps_of=5)
        assert "no device that sounds had it" in " ".join(says(box.ward.board.view().notices))
        assert "broken, walk" in says([box.ward.board.view().ward_sentence])[0]
        # The tablet shows two of the rooms only; the third is walked.
        tests.came_back([one.test_mark for one in view.tiles[:2]], counts=True)
        assert tests.to_walk() == ("room3",)
        tests.came_back([one.test_mark for one in view.tiles], counts=True)
        mark, _ = tests.for_corridor("")
        assert tests.for_corridor(mark) == (mark, False)
        box.pass_time(2)
        assert not tests.view().is_running and "every room reaches" in says(tests.view().lines)[0]
        assert "ward:calls:tested" in box.actions() and box.ward.board.view().tiles[0].test_mark == ""
        handed = box.ward.checks.handovers.view(ada)
        assert says(handed.tests) == says(tests.view().lines)


def test_N4_a_silent_node_fails_its_own_room_alone_until_it_is_tested_again(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as box:
        assert box.ward.call_tests.begin(NURSE)
        quiet = box.nodes.pop("room2")
        box.pass_time(3)
        marks = box.ward.call_tests.marks()
        box.ward.call_tests.came_back(marks.values(), counts=True)
        box.pass_time(16 * 60, in_steps_of=60)
        assert box.ward.call_tests.to_walk() == ("room2",) and not box.ward.call_tests.view().is_running
        box.nodes["room2"] = quiet
        assert box.ward.call_tests.begin(NURSE)
        marks = box.ward.call_tests.marks()
        assert box.ward.call_tests.begin(NURSE) and box.ward.call_tests.marks() == marks, "one goes on already"
        box.pass_time(3)
        assert box.ward.call_tests.to_walk() == ("room2",), "what was found stands until it is proven"
        box.ward.call_tests.came_back(box.ward.call_tests.marks().values(), counts=True)
        assert box.ward.call_tests.to_walk() == ()


def test_N4_the_corridor_unit_is_listened_for_by_day_only_and_sounds_once(tmp_path):
    with boxed_ward(tmp_path) as box:
        tests, out = box.ward.call_tests, SimulatedOutput()
        assert not tests.heard(NURSE, was_heard=True), "nothing has sounded"
        assert tests.view().is_audible_due and tests.sound(NURSE)
        unit = CorridorUnit(lambda: Told(Level.SILENT, True, tests.for_corridor("")[1]), out, HandClock(RAISED), POLICY)
        unit.step(), unit.step()
        assert out.sounded == [Level.LOW, Level.SILENT]
        assert tests.heard(NURSE, was_heard=True) and not tests.view().is_audible_due
        assert tests.sound(NURSE)
        box.clock.advance(61)
        assert tests.for_corridor("") == ("", False), "a unit that comes back later wakes nobody"
        box.clock.advance(timedelta(hours=14).total_seconds())
        assert not tests.heard(NURSE, was_heard=True) and tests.heard(NURSE, was_heard=False)
        refused = tests.sound(NURSE)
        assert not refused and refused.rules == ("N4",) and not tests.view().may_sound
        assert tests.for_corridor("") == ("", False)


def test_N4_what_was_found_outlives_a_restart(tmp_path):
    with boxed_ward(tmp_path) as box:
        box.ward.call_tests.begin(NURSE)
        box.pass_time(16 * 60, in_steps_of=60)
        newest = type(box.ward.call_tests)(box.ward.office, box.ward.roll, box.ward.live, box.ward.shifts)
        assert newest.to_walk() == ("room1",) and newest.view().begun_at is not None
