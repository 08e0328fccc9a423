"""S1, R1: a patient's night is made at their own look from their own minutes, for nobody else, and kept nowhere."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broker.readings import PlaceReading
from broker.vocabulary import Place, Purpose
from console.roles import Role
from console.rules.consenting.hours import parse_hours
from console.rules.decision import Decision
from console.rules.sensing.sleep import Night, NoNight, Sums
from console.store.sealing import DaySeals
from tests.kit.boxed_ward import ADMIN, ENGINEER, GOVERNANCE, NURSE, an_actor, boxed_ward, some_readings
from tests.kit.skin import HandWard, screens_over

PURPOSES = (Purpose.PRESENCE, Purpose.BED_EXIT, Purpose.SLEEP_REPORT)
EVENING = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)


@pytest.fixture
def box(tmp_path):
    """A night of which the console has heard 12 minutes: 8 still, 3 restless, 1 out of bed."""
    with boxed_ward(tmp_path, yes=False) as one:
        one.ask("room1", purposes=PURPOSES, hours=(parse_hours("22:00-07:00"),))
        one.clock.advance((EVENING - one.clock.utc_now()).total_seconds())
        one.nodes["room1"].announce()
        one.ward.step()
        for minute in range(12):
            one.clock.advance(60)
            one.nodes["room1"].send(one.nodes["room1"].record(body(one, minute)))
        one.ward.step()
        yield one


def body(box, minute):
    node, now = box.nodes["room1"], box.clock.utc_now()
    assert node.lease is not None
    away = {"place": PlaceReading(value=Place.OUT_OF_BED, since=now)} if minute == 11 else {}
    readings = some_readings(node.lease.lease_id, now, **away)
    return node.minute(moving_s=20.0 if 8 <= minute < 11 else 1.0, readings=readings)


def morning(box):
    box.clock.advance((EVENING + timedelta(hours=9, minutes=5) - box.clock.utc_now()).total_seconds())
    box.ward.step()


def test_S1_a_patient_sees_their_night_in_sums_with_its_gaps(box):
    morning(box)
    night = box.ward.access.own_night(box.patient("room1"))
    assert isinstance(night, Night)
    assert night.whole == Sums(still=8, restless=3, out=1, unknown=528)
    assert night.bed_min == 11
    assert night.hours[0].sums == Sums(still=8, restless=3, out=1, unknown=48)


def test_S1_each_look_at_a_night_makes_its_entry(box):
    morning(box)
    patient = box.patient("room1")
    for _ in range(2):
        assert isinstance(box.ward.access.own_night(patient), Night)
    assert box.actions().count("patient:night:viewed") == 2


def test_S1_no_member_of_staff_sees_a_night_whatever_the_recipients_of_other_purposes(box):
    morning(box)
    staff = [role for role in Role if role is not Role.PATIENT]
    for role in staff:
        known = {one.role: one for one in (ADMIN, ENGINEER, GOVERNANCE, NURSE)}.get(role, an_actor(role))
        assert isinstance(box.ward.access.own_night(replace(known, room_id="room1")), Decision), role
    assert box.actions(denied=True) == ["patient:night:viewed"] * len(staff)


def test_S1_no_other_patient_sees_a_night(box):
    morning(box)
    stranger = an_actor(Role.PATIENT, room_id="room1", patient_id="f" * 32)
    assert isinstance(box.ward.access.own_night(stranger), Decision)


def test_S1_without_a_durable_log_there_is_no_night(box):
    morning(box)
    box.disk.is_full = True
    assert isinstance(box.ward.access.own_night(box.patient("room1")), Decision)


def test_C6_after_a_no_there_is_no_night(box):
    morning(box)
    box.stop("room1", box.patient("room1"))
    assert box.ward.access.own_night(box.patient("room1")) is NoNight.NOT_AGREED


def test_R1_when_the_keys_of_its_days_are_destroyed_a_night_is_gone(box):
    morning(box)
    store = box.ward.office.store
    for day in {EVENING.date(), (EVENING + timedelta(hours=9)).date()}:
        store.write(lambda tx, day=day: DaySeals(store).destroy(tx, day))
    assert box.ward.access.own_night(box.patient("room1")) is NoNight.NOT_KEPT


def test_C2_the_minutes_of_whoever_had_the_room_before_are_never_anybody_elses(box):
    morning(box)
    assert box.ward.desk.discharge(ADMIN, box.stay("room1"))
    assert box.ward.desk.admit(ADMIN, "Other Person", "O.P.", "room1")
    box.ask("room1", purposes=PURPOSES, hours=(parse_hours("22:00-07:00"),))
    assert box.ward.access.own_night(box.patient("room1")) is NoNight.NOT_YET
    box.clock.advance(86400)
    night = box.ward.access.own_night(box.patient("room1"))
    assert isinstance(night, Night) and night.whole == Sums(unknown=540)


def test_S1_the_page_says_what_it_is_not_and_who_sees_it(tmp_path):
    screens = screens_over(HandWard(), tmp_path).sign_in("patient")
    html = screens.client.get("/me/night").text
    for sentence in (
        "This is not a sleep measurement.",
        "The sensor cannot tell who was in the room.",
        "Nobody else sees this page.",
        "Hour by hour",
    ):
        assert sentence in html, sentence
    assert "asleep" not in html and "awake for" not in html


@pytest.mark.parametrize("why", list(NoNight))
def test_S1_where_there_is_no_night_the_page_says_why(tmp_path, why):
    ward = HandWard()
    ward.night = why
    html = screens_over(ward, tmp_path).sign_in("patient").client.get("/me/night").text
    assert "Hour by hour" not in html and 'class="lead"' in html


def test_S1_the_link_stands_only_on_the_page_of_who_agreed_to_it(tmp_path):
    ward = HandWard()
    screens = screens_over(ward, tmp_path).sign_in("patient")
    assert "/me/night" not in screens.client.get("/me").text
    ward.patient = replace(ward.patient, purposes=PURPOSES)
    assert "/me/night" in screens.client.get("/me").text


@pytest.mark.parametrize("who", ["nurse", "administrator", "governance_lead", None])
def test_S1_the_page_is_nobody_elses(tmp_path, who):
    screens = screens_over(HandWard(), tmp_path)
    if who is not None:
        screens.sign_in(who)
    assert screens.client.get("/me/night", follow_redirects=False).status_code in (303, 404)
