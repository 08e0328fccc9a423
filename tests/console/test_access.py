from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from broker.link import MemoryBroker
from broker.messages import SensorChange
from broker.vocabulary import CloseReason, Lamp, SensorState
from console.logbook.entries import Entry
from console.roles import Role
from console.rules.decision import Decision
from console.showing.views import BoardView
from console.store.tables import audit_entries, viewings
from tests.kit.boxed_ward import ADMIN, ENGINEER, GOVERNANCE, MORNING, NURSE, an_actor, boxed_ward, open_ward

MARKER = "Person 1"


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


def test_X1_a_glance_is_in_the_log_before_the_first_byte(box):
    viewing = box.ward.access.open_viewing(NURSE, "d" * 32)

    assert box.actions()[-2:] == ["board:viewing:opened", "ward:audit:viewed"]
    assert isinstance(viewing.board(), BoardView)
    viewing.close("left")
    assert "board:viewing:closed" in box.actions()


def test_X1_updates_in_between_belong_to_the_viewing(box):
    viewing = box.ward.access.open_viewing(NURSE, "d" * 32)
    before = box.ward.office.audit.size
    for _ in range(20):
        box.clock.advance(1)
        viewing.board()
        viewing.heartbeat()

    assert box.ward.office.audit.size == before


def test_X1_a_glance_ends_when_its_heartbeat_stops(box):
    viewing = box.ward.access.open_viewing(NURSE, "d" * 32)
    box.pass_time(50, in_steps_of=10)
    viewing.heartbeat()
    box.pass_time(50, in_steps_of=10)
    assert "board:viewing:closed" not in box.actions()
    box.pass_time(20, in_steps_of=10)

    row = box.ward.office.store.read(lambda tx: tx.execute(select(viewings)).one())
    assert row.close_reason == "silent"


def test_X1_heartbeats_of_all_screens_are_written_down_together_each_as_of_its_own_moment(box):
    first, second = (box.ward.access.open_viewing(NURSE, name * 32) for name in "de")
    box.clock.advance(20)
    first.heartbeat()
    box.clock.advance(2)
    second.heartbeat()
    box.ward.viewings.step()

    rows = box.ward.office.store.read(lambda tx: tx.execute(select(viewings).order_by(viewings.c.device)).all())
    assert [row.heartbeat_at - MORNING for row in rows] == [timedelta(seconds=20), timedelta(seconds=22)]


@pytest.mark.parametrize("role", [Role.GOVERNANCE_LEAD, Role.ADMINISTRATOR, Role.ENGINEER, Role.PATIENT])
def test_X5_who_has_no_right_to_the_board_is_denied_and_that_is_logged(box, role):
    assert isinstance(box.ward.access.open_viewing(an_actor(role), "d" * 32), Decision)
    assert "board:viewing:opened" in box.actions(denied=True)


def test_X1_a_look_at_a_reading_needs_a_reason_and_makes_one_entry(box):
    assert isinstance(box.ward.access.reading(NURSE, "room1", ""), Decision)
    shown = box.ward.access.reading(NURSE, "room1", "direct_care")

    assert shown.is_value and shown.words.values["rate"] == 14
    assert box.actions().count("room:reading:viewed") == 1
    assert box.actions(denied=True).count("room:reading:viewed") == 1


def test_T09_no_reading_is_shown_after_the_no(box):
    box.stop("room1")
    shown = box.ward.access.reading(NURSE, "room1", "direct_care")

    assert not shown.is_value and shown.words.text == "No reading: the sensor is off."


def test_X1_a_reading_is_of_the_lease_in_force_alone(box):
    box.pause("room1", box.patient("room1"))
    box.ward.consents.resume(box.patient("room1"), "room1")

    assert not box.ward.access.reading(NURSE, "room1", "direct_care").is_value


def test_X1_T23_without_a_durable_log_looks_are_refused_and_glances_go_on(box):
    box.disk.is_full = True
    refused = box.ward.access.reading(NURSE, "room1", "direct_care")
    viewing = box.ward.access.open_viewing(NURSE, "d" * 32)

    assert isinstance(refused, Decision) and refused.rules == ("X1",)
    assert viewing.board().tiles[0].kind == "still"
    box.disk.is_full = False
    box.ward.step()
    entries = box.ward.access.audit_rows(GOVERNANCE, -1, 500)
    assert [one.reason for one in entries if one.action == "board:viewing:opened"] == ["logged_late"]


def test_X1_a_page_that_could_not_be_entered_is_not_read_in_the_minute_after_either(box):
    patient = box.patient("room1")
    box.disk.is_full = True
    assert isinstance(box.ward.access.patient_page(patient), Decision)
    assert isinstance(box.ward.access.patient_page(patient), Decision)
    assert box.ward.access.stays_here(patient) and not box.ward.access.stays_here(NURSE)


def test_C5_a_stop_works_although_nothing_can_be_written_and_is_written_down_later(box):
    box.disk.is_full = True
    token = box.stop("room1")
    box.pass_time(2)

    assert box.ward.access.stop_status("room1", token).state == "confirmed"
    assert box.nodes["room1"].lease.state == "closed"
    box.disk.is_full = False
    box.pass_time(2)
    assert box.ward.roll.standing("room1").state == "withdrawn"
    assert box.nodes["room1"].lease.state == "closed"


def test_S1_a_patient_reads_their_own_page(box):
    page = box.ward.access.patient_page(box.patient("room1"))

    assert page.sensor_on and page.review_by is not None
    assert page.status.text == "You said yes. You can stop it at any time."
    assert page.reading.is_value and "breathing_spot" in page.purposes


def test_S1_nobody_reads_somebody_elses_page(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as box:
        other = replace(box.patient("room1"), room_id="room2")

        for actor in (other, NURSE, ADMIN, GOVERNANCE):
            assert isinstance(box.ward.access.patient_page(actor), Decision)


AT_THE_YES = ("wrote down your yes", "asked you about the sensor", "wrote down what helps you to understand")


def told_since(page):
    """Return the lines of a ledger but for those of the talk with which the ward in a box begins."""
    return tuple(row for row in page.ledger if getattr(row.words.values.get("done"), "text", "") not in AT_THE_YES)


def test_S1_the_page_says_who_looked_with_the_receipt_of_the_entry(box):
    invited = box.ward.desk.add_staff(ADMIN, "nora", "Nora N.", Role.NURSE)
    nora = box.ward.identity.enrol(invited.token, "", "", "three quiet words")
    box.ward.access.reading(nora, "room1", "direct_care")
    box.clock.advance(1)
    viewing = box.ward.access.open_viewing(nora, "d" * 32)
    box.clock.advance(60)
    viewing.close("left")

    glance, look = told_since(box.ward.access.patient_page(box.patient("room1")))
    assert look.words.values["name"] == "Nora" and look.words.values["what"].text == "your breathing reading"
    assert glance.words.text.startswith("The night board was open") and (glance.until - glance.at).seconds == 60
    entries = box.ward.access.audit_rows(GOVERNANCE, -1, 500)
    assert entries[look.receipt].action == "room:reading:viewed"
    assert entries[glance.receipt].action == "board:viewing:opened"


def test_X1_glances_of_one_sitting_are_one_line_and_none_is_left_uncounted(box):
    invited = box.ward.desk.add_staff(ADMIN, "nora", "Nora N.", Role.NURSE)
    nora = box.ward.identity.enrol(invited.token, "", "", "three quiet words")
    begun = box.clock.utc_now()
    for _ in range(3):
        viewing = box.ward.access.open_viewing(nora, "d" * 32)
        box.clock.advance(60)
        viewing.close("left")
        box.clock.advance(600)
    box.clock.advance(3600)
    box.ward.access.open_viewing(nora, "d" * 32).close("left")
    box.clock.advance(1)

    later, first = told_since(box.ward.access.patient_page(box.patient("room1")))
    assert first.words.values == {"name": "Nora", "times": 3}
    assert first.at == begun and (first.until - first.at).seconds == 2 * 660 + 60
    assert "times" not in later.words.values


OTHER = Entry("room:other:noted", NURSE.actor_id, NURSE.role, room="room1")


def test_S2_no_look_is_left_out_of_the_ledger_however_much_else_was_written_down(box):
    patient = box.patient("room1")
    for number in range(130):
        box.ward.access.reading(NURSE, "room1", "direct_care")
        box.clock.advance(1)
        if number % 2:
            box.ward.access.open_viewing(NURSE, "d" * 32).close("left")
    for _ in range(1100):
        box.ward.office.store.write(lambda tx: box.ward.office.audit.append(tx, OTHER))

    box.clock.advance(1)
    pages = [box.ward.access.patient_page(patient, page) for page in range(3)]
    told = [row.receipt for page in pages for row in told_since(page)]
    glances = [row.words.values["times"] for page in pages for row in page.ledger if "times" in row.words.values]
    assert [page.ledger_has_earlier for page in pages] == [True, False, False]
    assert len(told) == len(set(told)) == 130 + 1 and pages[2].ledger == ()
    assert glances == [65]


def test_S2_what_was_done_with_a_patients_sign_in_is_on_their_page_with_who_made_it(box):
    invited = box.ward.desk.add_staff(ADMIN, "nora", "Nora N.", Role.NURSE)
    nora = box.ward.identity.enrol(invited.token, "", "", "three quiet words")
    made = box.ward.desk.add_patient_account(nora, box.stay("room1"), "pat")
    patient = box.ward.identity.enrol(made.token, "", "", "three quiet words more")
    box.clock.advance(60)
    box.stop("room1")
    box.ward.consents.answer_relay(patient, "no")
    box.ward.consents.resume(patient, "room1")

    resumed, answered, account = told_since(box.ward.access.patient_page(patient))
    assert account.words.values["name"] == "Nora" and "made a sign-in" in account.words.values["done"].text
    for row in (resumed, answered):
        assert row.words.text == "Your sign-in, made by {name} ({role}), {done}." and row.words.values["name"] == "Nora"


def test_S3_a_pause_by_staff_is_by_name_and_on_the_patients_page(box):
    box.pause("room1", NURSE)

    (row,) = told_since(box.ward.access.patient_page(box.patient("room1")))
    assert row.words.values["done"].text == "paused the sensor"


def test_S1_a_stop_by_the_patient_or_by_a_stranger_names_nobody(box):
    box.stop("room1")
    box.stop("room1", box.patient("room1"))

    assert told_since(box.ward.access.patient_page(box.patient("room1"))) == ()


def test_C5_a_confirmed_stop_is_still_told_after_a_restart_of_the_console(tmp_path):
    with boxed_ward(tmp_path) as box:
        node = box.nodes["room1"]
        box.stop("room1", box.patient("room1"))
        box.clock.advance(2)
        lease = node.lease
        closed = SensorChange(
            state=SensorState.CLOSED,
            lease_id=lease.lease_id,
            lease_serial=lease.serial,
            reason=CloseReason.LEASE_CLOSED,
            lamp=Lamp.OFF,
        )
        node.send(node.record(closed))
        box.ward.step()
        patient, clock = box.patient("room1"), box.clock
    again = open_ward(tmp_path, clock, MemoryBroker().link(()))

    stop = again.access.patient_page(patient).stop
    assert stop.state == "confirmed" and stop.confirmed_at == MORNING + timedelta(seconds=2)
    again.stop()


@pytest.mark.parametrize("confirmed", [True, False])
def test_C5_a_stops_own_token_is_answered_from_the_records_after_a_restart(tmp_path, confirmed):
    with boxed_ward(tmp_path, rooms=2) as box:
        token, node = box.stop("room1"), box.nodes["room1"]
        box.clock.advance(2)
        if confirmed:
            node.send(
                node.record(
                    SensorChange(
                        state=SensorState.CLOSED,
                        lease_id=node.lease.lease_id,
                        lease_serial=node.lease.serial,
                        reason=CloseReason.LEASE_CLOSED,
                        lamp=Lamp.OFF,
                    )
                )
            )
            box.ward.step()
        clock = box.clock
    again = open_ward(tmp_path, clock, MemoryBroker().link(()))
    status = again.access.stop_status

    assert status("room1", token).state == ("confirmed" if confirmed else "stopping")
    clock.advance(60)
    assert status("room1", token).state == ("confirmed" if confirmed else "not_confirmed")
    stamp, _, rest = token.partition(".")
    for guess in (f"{int(stamp) + 1}.{rest}", "guess", "", "1.2.3", "§.§.§"):
        assert status("room1", guess).state == "nothing_asked"
    assert status("room2", token).state == "nothing_asked"
    again.stop()


def test_S1_looks_at_whoever_stayed_there_before_are_not_on_this_page(box):
    box.ward.access.reading(NURSE, "room1", "direct_care")
    box.ward.desk.discharge(NURSE, box.stay("room1"))
    box.clock.advance(60)
    box.ward.desk.admit(NURSE, "Somebody Else", "SE", "room1")

    assert box.ward.access.patient_page(box.patient("room1")).ledger == ()


def test_a_page_that_stays_open_makes_one_entry_a_minute(box):
    for _ in range(30):
        box.ward.access.patient_page(box.patient("room1"))
        box.clock.advance(2)

    assert box.actions().count("patient:page:viewed") == 1


def test_X5_what_a_person_said_is_shown_to_those_who_talk_with_them_alone(box):
    (told,), (hidden,) = box.ward.access.rooms(NURSE), box.ward.access.rooms(ADMIN)

    assert told.consent.text == "a yes to the sensor is on record" and hidden.consent.text == "not shown"
    assert (told.initials, told.patient_name) == ("P1", "Person 1")
    assert (hidden.initials, hidden.patient_name) == ("P1", "")
    assert "ward:consents:viewed" in box.actions()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.ENGINEER, Role.WARD_MANAGER, Role.PATIENT])
def test_C6_only_nurses_open_the_talk_about_the_sensor_and_a_denial_is_logged(box, role):
    stay_id = box.ward.roll.sheet().people["room1"].stay.stay_id

    assert box.ward.access.talk(NURSE, stay_id).stay_id == stay_id
    assert isinstance(box.ward.access.talk(NURSE, "f" * 32), Decision)
    assert isinstance(box.ward.access.talk(an_actor(role), stay_id), Decision)
    assert "consent:talk:opened" in box.actions(denied=True)


def test_H5_the_list_says_whose_sensor_was_confirmed_by_a_second_person(box):
    rows = {row.room_id: row for row in box.ward.access.rooms(NURSE)}

    assert rows["room1"].node_id and rows["room1"].node_confirmed


def test_a_look_at_the_list_is_in_everyones_ledger(box):
    box.ward.access.rooms(NURSE)

    (row,) = told_since(box.ward.access.patient_page(box.patient("room1")))
    assert row.words.values["what"].text == "the list of who said what about the sensor"


def test_P11_the_log_that_governance_reads_holds_pseudonyms_and_never_a_name(box, tmp_path):
    box.ward.access.reading(NURSE, "room1", "direct_care")
    told = box.ward.office.store.read(lambda tx: "".join(tx.execute(select(audit_entries.c.entry)).scalars()))

    assert MARKER not in told and "nurse X." not in told
    assert "P1" not in told and NURSE.actor_id in told


def test_X5_the_log_is_read_by_those_who_audit_and_reading_it_is_logged(box):
    assert isinstance(box.ward.access.audit_rows(NURSE, -1, 10), Decision)
    first = box.ward.access.audit_rows(GOVERNANCE, -1, 3)
    following = box.ward.access.audit_rows(GOVERNANCE, first[-1].index, 3)

    assert [row.index for row in (*first, *following)] == [0, 1, 2, 3, 4, 5]
    assert "ward:audit:viewed" in box.actions()


def test_staff_are_listed_for_the_administrator(box):
    box.ward.desk.add_staff(ADMIN, "nora", "Nora N.", Role.NURSE)

    assert [row.username for row in box.ward.access.staff(ADMIN)] == ["nora"]
    assert isinstance(box.ward.access.staff(NURSE), Decision)


def test_the_health_page_names_no_person(box):
    health = box.ward.access.health(ENGINEER)

    assert health.nodes[0].node_id == "node1" and health.nodes[0].heard_s == 0.0
    assert "P1" not in repr(health)
    assert isinstance(box.ward.access.health(box.patient("room1")), Decision)


def test_demonstration_is_said_on_the_board(box):
    assert box.ward.board.view().context == "demonstration"
