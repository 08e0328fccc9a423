"""C17, C5, I1: a proven tag explains staff in a room, and stands on the patient's page; a hold starts by itself."""

from datetime import timedelta

import pytest

from broker.readings import PeopleReading
from broker.vocabulary import LeaseState
from console.consenting.stops import Via
from console.roles import Role
from console.rules.afterwards.holding import HoldReason
from console.rules.alerting.alerts import AlertKind
from console.rules.consenting.grants import Feeling
from console.rules.decision import Obligation
from console.running.seed import PURPOSES
from console.store.holds import standing_holds
from tests.kit.alerting import a_person, code_at, in_the_ensuite, limit_ensuite, the_alert
from tests.kit.boxed_ward import GOVERNANCE, MORNING, NURSE, BoxedWard, add_camera, an_actor, boxed_ward
from tests.kit.skin import HandWard, no, screens_over

NIGHT = MORNING + timedelta(hours=14)
SITE = an_actor(Role.SITE_COORDINATOR)


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, at=NIGHT, yes=False) as one:
        one.ask("room1", purposes=PURPOSES, at_their_wish=True, feeling=Feeling.SAFER)
        one.ward.step()
        yield one


def two_people(box: BoxedWard, seconds: int, people: int = 2) -> None:
    for _ in range(seconds // 4):
        box.clock.advance(4)
        assert box.nodes["room1"].lease.state is LeaseState.OPEN
        box.nodes["room1"].sees(people=PeopleReading(value=people))
        box.ward.step()


def come(box: BoxedWard, actor=NURSE, code: str | None = None):
    return box.ward.visits.come(actor, "room1", code or code_at(box, "room1"))


def called(box: BoxedWard) -> list[AlertKind]:
    return [one.alert.kind for one in box.ward.alerts.book.known()]


def test_C17_staff_at_the_tag_explain_the_second_person_and_nobody_is_called(box):
    two_people(box, 8)
    assert box.tile("room1").headline.text == "MORE THAN ONE PERSON"
    assert come(box)
    two_people(box, 120)
    assert box.tile("room1").headline.text == "STAFF IN ROOM" and called(box) == []


def test_C17_a_sensor_that_is_off_does_not_unsay_what_the_other_one_sees(box):
    camera = add_camera(box)
    assert come(box)
    for _ in range(30):
        two_people(box, 4)
        camera.live()
        box.ward.step()
    assert box.tile("room1").headline.text == "STAFF IN ROOM" and called(box) == []


def test_C17_a_code_that_proves_nothing_explains_nobody(box):
    wrong = f"{(int(code_at(box, 'room1')) + 1) % 10_000:04}"
    assert come(box, code=wrong).rules == ("C17", "A4")
    two_people(box, 120)
    assert AlertKind.SECOND_PERSON in called(box)


def test_C17_the_page_says_from_when_until_when_and_who(box):
    assert come(box)
    two_people(box, 60)
    two_people(box, 80, people=1)
    line = next(
        one for one in box.ward.access.patient_page(box.patient("room1")).ledger if "your room" in one.words.text
    )
    assert line.words.text == "Staff were in your room: {name} ({role})." and line.receipt >= 0
    assert timedelta(minutes=2) <= line.until - line.at <= timedelta(minutes=3)
    assert not box.ward.visits.is_in(NURSE, "room1")


def test_C17_a_long_visit_by_night_is_told_outside_the_ward_and_not_on_its_board(box):
    assert come(box)
    box.pass_time(21 * 60, in_steps_of=60)
    (told,) = box.ward.visits.long(SITE)
    assert told.came_at == NIGHT and box.actions().count("room:staff:long") == 1
    assert not box.ward.visits.long(NURSE)


def test_C17_a_one_to_one_is_long_and_nobody_is_told(box):
    ada = a_person(box, "ada", "Ada K.")
    assert box.ward.shifts.change_post(ada, "one_to_one")
    assert come(box, ada)
    box.pass_time(21 * 60, in_steps_of=60)
    assert box.ward.visits.long(SITE) == ()


def test_C5_who_pauses_a_sensor_and_then_stands_at_that_door_is_flagged_to_governance(box):
    assert box.ward.consents.pause(NURSE, "room1", via=Via.STAFF, device="d" * 32)
    assert come(box, an_actor(Role.NURSE_IN_CHARGE)).obligations == ()
    assert come(box).obligations == (Obligation.FLAG_TO_GOVERNANCE,)
    (flag,) = box.ward.month.view(GOVERNANCE).flags
    assert flag.action == "room:staff:came"


def test_C5_a_pause_of_theirs_flags_nobody(box):
    box.pause("room1", box.patient("room1"))
    assert come(box).obligations == ()


def test_I1_an_alert_that_nobody_answers_for_five_minutes_is_held_once_and_who_needed_help_as_well(box):
    limit_ensuite(box, "room1")
    in_the_ensuite(box, "room1", 200)
    assert held(box) == []
    box.pass_time(300, in_steps_of=60)
    assert [one.why for one in held(box)] == [HoldReason.UNANSWERED]
    alert_id = the_alert(box, "room1").alert.alert_id
    assert box.ward.alerts.arrive(NURSE, alert_id, code_at(box, "room1"))
    assert box.ward.visits.is_in(NURSE, "room1")
    assert box.ward.alerts.report(NURSE, alert_id, "needed_help", "spoke")
    box.ward.step()
    box.ward.step()
    assert [one.why for one in held(box)] == [HoldReason.UNANSWERED, HoldReason.NEEDED_HELP]


def test_I1_an_emergency_and_a_missing_person_are_held(box):
    assert box.ward.emergencies.start(NURSE, "room1")
    box.ward.step()
    assert box.ward.whereabouts.report_missing(NURSE, box.stay("room1"))
    assert [one.why for one in held(box)] == [HoldReason.EMERGENCY, HoldReason.MISSING]
    assert box.tile("room1").headline.text == "AWAY: missing"


def held(box: BoxedWard):
    return box.ward.office.store.read(standing_holds)


def test_C17_a_tag_without_an_alert_leads_to_the_round_and_from_there_one_press_says_in_and_one_says_out(tmp_path):
    ward = HandWard()
    ward.calling.rooms = lambda: (("room-6", "Room 6"),)
    ward.calling.newest_in = lambda _actor, _room: no("There is no alert.", rules=("A4",))
    screens = screens_over(ward, tmp_path).sign_in("nurse")
    assert screens.client.get("/at/room-6?code=1234").headers["location"] == "/round?room=room-6&code=1234"
    assert "I go in" in screens.client.get("/visit/room-6?code=1234").text
    screens.press("/visit/room-6?code=1234", "/visit/room-6", code="1234")
    ward.visits.is_in = lambda _actor, _room: True
    screens.press("/visit/room-6", "/visit/room-6/left")
    assert [one[0] for one in ward.presses[-2:]] == ["come", "leave"]
    assert screens.client.get("/visit/room-99").status_code == 404
    assert "no accusation" in screens_over(ward, tmp_path).sign_in("governance_lead").client.get("/long-visits").text
