"""The same screens over a real ward: what an administrator, a nurse and a patient do, press by press."""

import re
from types import SimpleNamespace

import pytest

from broker.clock import HandClock
from broker.link import MemoryBroker
from broker.topics import upward_filters
from broker.vocabulary import LeaseState
from console.roles import Role
from tests.kit.boxed_ward import ADMIN, MORNING, SITE, WARD, BoxedWard, HandNode, boxed_ward, open_ward, train
from tests.kit.skin import PASSWORD, Screens, screens_over

LINK = re.compile(r"http://127\.0\.0\.1:8800(/enrol/[\w.-]+)")
STAY = re.compile(r"/consents/([0-9a-f]+)")
YES = {
    "sensors": "radar",
    "purposes": ["presence", "breathing_spot"],
    "hours": "00:00-24:00",
    "network": "stop",
    "feeling": "safer",
    "alternatives": "check_in_person",
    "care_plan_reason": "rest_without_waking",
    "basis": "capacity_consent",
    "mark": "signature",
    "format": "talk",
    "language": "en",
    "review_days": "5",
    "teach_back_done": "true",
}


class Browser:
    """One person's browser on a real ward."""

    def __init__(self, screens: Screens) -> None:
        self.screens = screens
        self.client = screens.client

    def sign_in(self, username: str) -> None:
        answer = self.client.post("/sign-in", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 303, answer.text

    def enrol(self, path: str, username: str = "", display_name: str = "") -> None:
        told = {"username": username, "display_name": display_name, "password": PASSWORD, "again": PASSWORD}
        assert "Your account is ready" in self.client.post(path, data=told).text

    def press(self, page: str, path: str, **told: object) -> str:
        answer = self.screens.press(page, path, **told)
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture
def empty(tmp_path):
    clock, broker = HandClock(MORNING), MemoryBroker()
    link = broker.link(upward_filters(SITE, WARD))
    ward = open_ward(tmp_path, clock, link)
    link.start(ward.intake.receive, lambda _up: None)
    yield SimpleNamespace(ward=ward, clock=clock, broker=broker)
    ward.stop()


def browser_on(box: BoxedWard, folder) -> Browser:
    return Browser(screens_over(box.ward, folder))


def test_a_stranger_with_the_first_link_sets_up_a_ward_in_the_browser(empty, tmp_path):
    root, nurse = browser_on(empty, tmp_path), browser_on(empty, tmp_path)
    root.enrol(f"/enrol/{empty.ward.identity.first_administrator_link()}", "root", "Ro T.")
    root.sign_in("root")
    root.press("/ward", "/ward", title="Willow")
    root.press("/ward", "/ward/rooms", room_id="room1", title="Room 1")
    node = HandNode("node1", empty.clock, empty.broker)
    told = {"node_id": "node1", "room_id": "room1", "modality": "radar", "public_key": node.public_key}
    root.press("/ward", "/ward/nodes", **told, confirmed="yes")
    invited = root.press("/staff", "/staff", username="ned", display_name="Ned B.", role="nurse")
    nurse.enrol(LINK.search(invited)[1])
    nurse.sign_in("ned")
    nurse.press("/rooms", "/ward/nodes/confirm", node_id="node1")
    nurse.press("/rooms", "/rooms/admit", name="Pat Taylor", initials="P.T.", room_id="room1", confirmed="yes")
    assert "SENSOR OFF" in nurse.client.get("/board/rooms/room1").text
    assert "Pat Taylor" not in root.client.get("/rooms").text


def test_a_talk_becomes_a_consent_a_tile_a_look_and_a_stop(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        _staff(box, "ned", "nurse")
        nurse, patient = browser_on(box, tmp_path), browser_on(box, tmp_path)
        nurse.sign_in("ned")
        stay = STAY.search(nurse.client.get("/rooms").text)[1]
        page = f"/consents/{stay}"
        nurse.press(page, f"{page}/needs", needs="none")
        nurse.press(page, f"{page}/offer", asked="them")
        nurse.press(page, f"{page}/explain", heard="yes")
        nurse.press(page, f"{page}/give", **YES)
        box.pass_time(3)
        assert "SOMEONE" in nurse.client.get("/board/rooms/room1").text
        look = nurse.press("/board/rooms/room1", "/board/rooms/room1/look", access_reason="direct_care")
        assert "breaths a minute" in look or "No reading" in look
        invited = nurse.screens.press("/rooms", f"/rooms/{stay}/account", username="pat")
        if invited.status_code == 403:
            _staff(box, "root", "administrator")
            root = browser_on(box, tmp_path)
            root.sign_in("root")
            invited = root.screens.press("/rooms", f"/rooms/{stay}/account", username="pat")
        patient.enrol(LINK.search(invited.text)[1])
        patient.sign_in("pat")
        assert patient.client.get("/me").headers["location"] == "/reading"
        patient.screens.press("/reading", "/reading", language="en")
        mine = patient.client.get("/me").text
        assert "Stopping" not in mine and "NOT CONFIRMED" not in mine
        assert "The sensor is on" in mine and "counts your breaths now and then" in mine and "Ned" in mine
        patient.client.post("/stop/room1")
        assert "Stopping…" in patient.client.get("/me").text
        box.pass_time(2)
        assert box.nodes["room1"].lease.state is LeaseState.CLOSED
        assert "Stopped, confirmed at 09:0" in patient.client.get("/me").text
        assert "The sensor is off" in patient.client.get("/me").text
        assert "SENSOR OFF" in nurse.client.get("/board/rooms/room1").text


def test_C5_a_card_without_a_sign_in_stops_a_real_sensor(tmp_path):
    with boxed_ward(tmp_path) as box:
        anyone = browser_on(box, tmp_path)
        box.pass_time(2)
        assert anyone.client.post("/stop/room1").headers["location"] == "/stop/room1/state"
        box.pass_time(2)
        assert "Stopped, confirmed at" in anyone.client.get("/stop/room1/state").text


def test_T06_a_room_that_does_not_exist_and_one_of_another_reader_look_alike(tmp_path):
    with boxed_ward(tmp_path) as box:
        _staff(box, "gil", "governance_lead")
        gil = browser_on(box, tmp_path)
        gil.sign_in("gil")
        answers = [gil.client.get(path) for path in ("/board/rooms/room1", "/board/rooms/room9")]
        assert {one.status_code for one in answers} == {404}
        assert gil.client.get("/governance").status_code == 200


def _staff(box: BoxedWard, username: str, role: str) -> None:
    invited = box.ward.desk.add_staff(ADMIN, username, f"{username.title()} B.", Role(role))
    train(box.ward, box.ward.identity.enrol(invited.token, "", "", PASSWORD))
