"""S4: ten minutes in one's own room at one's own say; nobody else sees it, nothing is kept, and it ends off."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from broker.vocabulary import LeaseState, Purpose
from console.consenting.stops import Via
from console.rules.in_person.pressing import MOST_WORDS
from console.store.tables import check_prompts, measurements, records, room_events
from tests.kit.boxed_ward import NURSE, BoxedWard, boxed_ward


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, yes=False) as one:
        one.pass_time(24 * 3600, in_steps_of=12 * 3600)  # long enough after admission, and by day
        yield one


def begin(box: BoxedWard, *, they_ask: bool = False, actor=None):
    return box.ward.trying.begin(actor or box.patient("room1"), "radar", they_ask=they_ask)


def is_open(box: BoxedWard) -> bool:
    lease = box.nodes["room1"].lease
    return lease is not None and lease.state is LeaseState.OPEN


def rows(box: BoxedWard, table) -> int:
    return box.ward.office.store.read(lambda tx: tx.execute(select(func.count()).select_from(table)).scalar_one())


def test_S4_a_trial_opens_for_the_first_question_alone_and_ends_off_by_itself(box):
    assert begin(box)
    box.pass_time(60, in_steps_of=15)
    lease = box.nodes["room1"].lease
    assert is_open(box) and lease.offline_until is None
    assert set(lease.purposes) == {Purpose.PRESENCE, Purpose.NO_MOVEMENT, Purpose.BREATHING_SPOT}
    assert lease.closes_at - lease.opens_at == timedelta(minutes=10)
    box.pass_time(541, in_steps_of=60)
    assert not is_open(box) and box.ward.roll.standing("room1").state == "not_asked"


def test_S4_nothing_of_a_trial_is_kept_and_that_it_was_refused_is_counted(box):
    assert begin(box)
    box.pass_time(61, in_steps_of=15)
    node = box.nodes["room1"]
    node.send(node.record(node.minute()))
    node.send(node.record(node.event()))
    box.ward.step()
    assert node.receipt.settled_through == 2
    assert [rows(box, one) for one in (records, measurements, room_events, check_prompts)] == [2, 0, 0, 0]


def test_S4_only_the_patient_sees_what_it_says(box):
    assert begin(box)
    box.pass_time(5)
    own, tile = box.ward.trying.view(box.patient("room1")), box.tile("room1")
    assert own.is_open and "SOMEONE IN THE ROOM · still" in own.staff_see.text and "breaths" in own.reading.text
    assert tile.headline.text == "SENSOR OFF" and "the light is on" in tile.detail.text
    assert "No reading" in box.ward.access.reading(NURSE, "room1", "direct_care").words.text
    assert box.ward.board.view().ward_sentence.values["sensors"].values == {"count": 0}


def test_S4_nobody_else_begins_it_or_sees_it(box):
    refused = begin(box, actor=NURSE)
    assert not refused and not is_open(box) and "consent:record:tried" in box.actions(denied=True)
    assert not box.ward.trying.view(NURSE)


@pytest.mark.parametrize("how", ["stop at the door", "cover", "end"])
def test_S4_it_ends_at_once(box, how):
    assert begin(box)
    box.pass_time(5)
    if how == "stop at the door":
        box.stop("room1")
    elif how == "cover":
        box.pause("room1")
    else:
        assert box.ward.trying.end(box.patient("room1"))
    box.pass_time(2)
    assert not is_open(box)
    assert (box.ward.roll.standing("room1").state == "not_asked") == (how != "stop at the door")


@pytest.mark.parametrize("press", ["stop", "pause"])
def test_C5_S4_a_press_that_nobody_signs_ends_a_trial_also_when_it_was_pressed_a_moment_before(box, press):
    command = box.ward.consents.withdraw if press == "stop" else box.ward.consents.pause
    assert command(None, "room1", via=Via.CARD, device="phone")
    assert begin(box, they_ask=True)
    box.pass_time(5)
    assert is_open(box)
    assert command(None, "room1", via=Via.CARD, device="phone")
    box.pass_time(2)
    assert not is_open(box)


def test_C5_a_script_that_presses_stop_is_answered_each_time_and_makes_nobody_slow(box):
    mine = box.patient("room1")
    for _ in range(MOST_WORDS + 5):
        assert box.ward.consents.withdraw(mine, "room1", via=Via.OWN_PAGE, device="phone").detail
    assert len(box.person("room1").entries) <= MOST_WORDS
    assert not box.ward.trying.end(mine)
    box.pass_time(3601, in_steps_of=600)
    assert begin(box, they_ask=True)
    assert box.ward.consents.withdraw(mine, "room1", via=Via.OWN_PAGE, device="phone")
    box.pass_time(2)
    assert not is_open(box)


def test_S4_C9_C14_after_a_no_it_is_for_those_alone_who_ask_for_it_themselves(box):
    assert box.ward.consents.refuse(NURSE, box.stay("room1"))
    assert not begin(box) and box.ward.trying.view(box.patient("room1")).must_ask
    assert begin(box, they_ask=True)
    box.pass_time(601, in_steps_of=120)
    assert box.ward.roll.standing("room1").state == "refused"


def test_S4_C20_by_night_it_is_for_those_alone_who_ask_for_it_themselves(box):
    box.pass_time(14 * 3600, in_steps_of=12 * 3600)
    assert begin(box).rules == ("S4", "C20")
    assert begin(box, they_ask=True)


def test_S4_a_fourth_trial_of_a_day_and_one_beside_a_yes_are_refused(box):
    for _ in range(3):
        assert begin(box)
        box.pass_time(601, in_steps_of=120)
    assert not begin(box)
    box.ask("room1")
    box.pass_time(25 * 3600, in_steps_of=12 * 3600)
    assert "said yes already" in begin(box).reason.text


def test_S4_the_page_says_who_tried_it(box):
    assert begin(box)
    page = box.ward.access.patient_page(box.patient("room1"))
    assert any("tried the sensor out" in str(one.words.values) for one in page.ledger)
    assert "Only you see" in page.status.text
