"""P11: what is noted about staff, for themselves alone, and when their names go from the tags of doors."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from console.roles import Role
from console.rules.looking.staff_data import Held, is_held, name_ends_at
from console.rules.looking.visiting import Visit, VisitEnd
from console.rules.policy import shipped_policy
from console.store import visits
from console.words import open_catalogues
from tests.kit.alerting import a_person, code_at, in_the_ensuite, limit_ensuite, the_alert
from tests.kit.boxed_ward import ADMIN, GOVERNANCE, MORNING, boxed_ward
from tests.kit.skin import screens_over

CAME = datetime(2026, 11, 20, 23, 10, tzinfo=UTC)
VISIT = Visit("a" * 32, "room1", "b" * 32, "c" * 32, CAME, CAME + timedelta(minutes=5), VisitEnd.SAID)
ENGLISH = open_catalogues("Europe/London")["en"]
DAY, SECRET = timedelta(days=1), "three quiet words"


@pytest.mark.parametrize(("minutes_after", "days"), [(None, 14), (-10, 365), (3, 365), (19, 365), (25, 14), (-20, 14)])
def test_P11_a_tap_keeps_its_name_for_14_days_and_for_a_year_as_part_of_an_answer(minutes_after, days):
    answers = [] if minutes_after is None else [CAME + timedelta(minutes=minutes_after)]
    assert name_ends_at(VISIT, answers, shipped_policy()) == CAME + days * DAY


@pytest.mark.parametrize(
    ("held", "keeps"),
    [
        (Held("room1", CAME - DAY, CAME + DAY), True),
        (Held("room2", CAME - DAY, CAME + DAY), False),
        (Held("room1", CAME + DAY, CAME + 2 * DAY), False),
    ],
)
def test_P11_a_hold_of_that_room_and_time_keeps_the_name(held, keeps):
    assert is_held(VISIT, [held]) is keeps


def test_P11_old_taps_lose_the_name_but_not_what_was_an_answer_to_an_alert(tmp_path):
    with boxed_ward(tmp_path, rooms=2, at=MORNING + timedelta(hours=14)) as box:
        ward, nurse, other = box.ward, a_person(box, "ada", "Ada K."), a_person(box, "bea", "Bea L.")
        assert ward.visits.come(other, "room2", code_at(box, "room2")) and ward.visits.leave(other, "room2")
        limit_ensuite(box, "room1")
        in_the_ensuite(box, "room1", 200)
        alert_id = the_alert(box, "room1").alert.alert_id
        assert ward.alerts.go(nurse, alert_id)
        assert ward.visits.come(nurse, "room1", code_at(box, "room1")) and ward.visits.leave(nurse, "room1")
        box.clock.advance(13 * 86400)
        ward.door_taps.step()
        assert _names(box) == {"room1": nurse.actor_id, "room2": other.actor_id}
        box.clock.advance(2 * 86400)
        ward.door_taps.step()
        assert _names(box) == {"room1": nurse.actor_id, "room2": "role:nurse"}
        page = ward.access.patient_page(box.patient("room2"))
        told = [ENGLISH.words(one.words) for one in page.ledger if one.words.text.startswith("Staff were in your room")]
        assert [re.sub("[\u2066-\u2069]", "", one) for one in told] == ["Staff were in your room: somebody (nurse)."]
        assert "retention:taps:unnamed" in box.actions()


def _names(box):
    def read(tx):
        return {one.room_id: one.actor_id for person in box.ward.roll.sheet().people.values()
                for one in visits.of_stay(tx, person.stay.stay_id)}  # fmt: skip

    return box.ward.office.store.read(read)


def test_P11_each_of_the_staff_reads_their_own_and_takes_a_copy(tmp_path):
    with boxed_ward(tmp_path / "ward") as box:
        ada, bea = a_person(box, "ada", "Ada K."), a_person(box, "bea", "Bea L.")
        assert box.ward.access.reading(ada, "room1", "direct_care")
        assert box.ward.visits.come(ada, "room1", code_at(box, "room1"))
        parts = {one.key: one.lines for one in box.ward.own_record.read(ada)}
        assert [len(parts[key]) for key in ("looks", "taps", "flags", "answers")] == [1, 1, 0, 0]
        assert parts["taps"][0].until == box.clock.utc_now() + 14 * DAY
        assert all(not one.lines for one in box.ward.own_record.read(bea) if one.key in ("looks", "taps"))
        assert not box.ward.own_record.read(box.patient("room1"))
        invited = box.ward.desk.add_staff(ADMIN, "eve", "Eve N.", Role.NURSE)
        eve, screens = box.ward.identity.enrol(invited.token, "", "", SECRET), screens_over(box.ward, tmp_path)
        assert box.ward.access.reading(eve, "room1", "direct_care")
        screens.client.post("/sign-in", data={"username": "eve", "password": SECRET})
        page = screens.client.get("/my-record").text
        assert "a breathing reading: " in page and "Room 1" in page and "Person 1" not in page and "Bea" not in page
        copy = json.loads(screens.client.get("/my-record/copy").text)
        assert copy["actor"] == eve.actor_id and len(copy["noted"]) == 7
        assert "staff:record:viewed" in box.actions() and GOVERNANCE.actor_id not in str(copy)
