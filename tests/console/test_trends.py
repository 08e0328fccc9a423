"""The look at a room's last hours: for a reason, on the record, and told on the patient's page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broker.readings import PlaceReading
from broker.vocabulary import Place, Purpose, RoomEventKind
from console.looking.room_trend import CHECKS
from console.roles import Role
from console.rules.consenting.hours import parse_hours
from console.rules.decision import Decision
from console.rules.sensing.trend import MarkKind, NoTrend, Trend
from console.store import observations
from console.store.observations import ObservationRow
from tests.kit.boxed_ward import ADMIN, GOVERNANCE, NURSE, an_actor, boxed_ward, some_readings
from tests.kit.checking import enter, observe, until_due
from tests.kit.skin import HandWard, screens_over

EVENING = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
CHECKS_SEEN = [(saw, is_proven) for saw in ("saw_them_fine", "not_there") for is_proven in (True, False)]
PURPOSES = (Purpose.PRESENCE, Purpose.BED_EXIT, Purpose.BREATHING_SPOT)


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, yes=False, at=EVENING.replace(hour=21)) as one:
        one.ask("room1", purposes=PURPOSES, hours=(parse_hours("22:00-07:00"),))
        one.clock.advance(3600)
        node = one.nodes["room1"]
        node.announce()
        one.ward.step()
        for minute in range(10):
            one.clock.advance(60)
            readings = some_readings(node.lease.lease_id, one.clock.utc_now(), **_changes(minute, one))
            node.send(node.record(node.minute(moving_s=1.0, readings=readings)))
        node.send(node.record(node.event(RoomEventKind.OUT_OF_BED)))
        node.send(node.record(node.event(RoomEventKind.SECOND_PERSON)))
        one.clock.advance(1)
        one.ward.step()
        yield one


def _changes(minute, box):
    away = PlaceReading(value=Place.OUT_OF_BED, since=box.clock.utc_now())
    return {"place": away} if minute == 9 else {}


def look(box, actor=NURSE, reason="direct_care"):
    return box.ward.access.trend(actor, "room1", reason)


def test_X1_a_nurse_sees_the_hours_with_their_gaps_and_what_happened(box):
    told = look(box)
    assert isinstance(told, Trend) and told.shows_rate
    assert sum(len(run) for run in told.runs) == 10
    assert [mark.words.text for mark in told.marks] == ["Out of bed"]


def test_K6_O7_no_trend_is_shown_for_care_while_a_check_is_due_the_eye_goes_first(box):
    check = observe(box, "room1")
    until_due(box, check)
    refused = look(box)
    assert isinstance(refused, Decision) and not refused.allowed and "K6" in refused.rules
    assert enter(box, "room1") and isinstance(look(box), Trend)


@pytest.mark.parametrize(("saw", "is_proven"), CHECKS_SEEN, ids=str)
def test_O4_a_check_in_person_stands_at_the_time_when_they_were_there(box, saw, is_proven):
    there = box.clock.utc_now() - timedelta(minutes=5)
    row = ObservationRow("c" * 32, box.stay("room1"), "room1", NURSE.actor_id, there, there, there, saw)
    box.ward.office.store.write(lambda tx: observations.add(tx, replace(row, place_proven=is_proven)))
    (mark,) = [one for one in look(box).marks if one.kind is MarkKind.CHECK]
    assert mark.at == there and mark.words == CHECKS[saw == "saw_them_fine", is_proven]


def test_X1_each_look_is_one_entry_that_the_patient_reads(box):
    look(box)
    page = box.ward.access.patient_page(box.patient("room1"))
    assert box.actions().count("room:trend:viewed") == 1
    assert "the notes of your last hours" in str(page)


@pytest.mark.parametrize("reason", ["", "curious"])
def test_X1_without_a_reason_there_is_no_look_and_the_attempt_is_on_the_record(box, reason):
    assert isinstance(look(box, reason=reason), Decision)
    assert box.actions(denied=True) == ["room:trend:viewed"]


@pytest.mark.parametrize("actor", [ADMIN, GOVERNANCE, an_actor(Role.PATIENT)], ids=lambda one: one.role.value)
def test_X5_those_who_keep_the_system_and_the_log_do_not_see_the_hours(box, actor):
    assert isinstance(look(box, actor), Decision)


def test_X1_without_a_durable_log_there_is_no_look(box):
    box.disk.is_full = True
    assert isinstance(look(box), Decision)


def test_X1_after_a_no_what_was_noted_before_is_not_shown(box):
    box.stop("room1", box.patient("room1"))
    assert look(box) is NoTrend.NO_CONSENT


def test_C2_whoever_has_the_room_next_is_not_shown_with_the_hours_of_the_one_before(box):
    assert box.ward.desk.discharge(ADMIN, box.stay("room1"))
    assert box.ward.desk.admit(ADMIN, "Other Person", "O.P.", "room1")
    assert look(box) is NoTrend.NO_CONSENT


def test_X1_the_page_asks_for_a_reason_first_and_then_says_the_same_in_numbers(tmp_path):
    screens = screens_over(HandWard(), tmp_path).sign_in("nurse")
    path = "/board/rooms/room-1/trend"
    assert "<svg" not in screens.client.get(path).text
    html = screens.press(path, path, access_reason="direct_care").text
    for told in ("<svg", "54 of", "not sensed", "Out of bed", "Alert:", "takes the place of no check in person"):
        assert told in html, told


@pytest.mark.parametrize("why", list(NoTrend))
def test_X1_where_there_is_nothing_the_page_says_why(tmp_path, why):
    ward = HandWard()
    ward.trend = why
    path = "/board/rooms/room-1/trend"
    html = screens_over(ward, tmp_path).sign_in("nurse").press(path, path, access_reason="direct_care").text
    assert "<svg" not in html and 'role="status"' in html
