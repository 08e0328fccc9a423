"""The screens about who may look, over a real ward: pressed by those who may, not there for those who may not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from console.roles import Actor, Role
from tests.kit.boxed_ward import ADMIN, BoxedWard, boxed_ward
from tests.kit.skin import Screens, screens_over
from tests.kit.visitor import text_of

SECRET = "three quiet words"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[BoxedWard]:
    with boxed_ward(tmp_path / "ward") as made:
        yield made


class Browsers:
    """One application over a ward, and a browser for each person."""

    def __init__(self, box: BoxedWard, folder: Path) -> None:
        self._box, self._first = box, screens_over(box.ward, folder)

    def staff(self, username: str, role: Role) -> Screens:
        """Sign a new member of staff in."""
        invited = self._box.ward.desk.add_staff(ADMIN, username, f"{username.title()} X.", role)
        assert isinstance(self._box.ward.identity.enrol(invited.token, "", "", SECRET), Actor)
        return self.signed_in(username)

    def signed_in(self, username: str) -> Screens:
        client = TestClient(self._first.client.app, base_url="http://127.0.0.1:8800", follow_redirects=False)
        client.headers["sec-fetch-site"] = "same-origin"
        answer = client.post("/sign-in", data={"username": username, "password": SECRET})
        assert answer.status_code == 303, text_of(answer.text)
        return Screens(self._box.ward, client)


@pytest.fixture
def browsers(box: BoxedWard, tmp_path: Path) -> Browsers:
    return Browsers(box, tmp_path)


def shown(answer: object) -> str:
    return text_of(answer.text)  # type: ignore[attr-defined]


def test_X2_X7_X8_each_screen_is_pressed_by_those_who_may_and_not_there_for_others(
    box: BoxedWard, browsers: Browsers
) -> None:
    nurse = browsers.staff("ada", Role.NURSE)
    charge = browsers.staff("cora", Role.NURSE_IN_CHARGE)
    matron = browsers.staff("mia", Role.MATRON)
    lead = browsers.staff("gov", Role.GOVERNANCE_LEAD)
    assert nurse.client.get("/sight/room1").status_code == nurse.client.get("/governance/looks").status_code == 404

    # Two presses: the page with its reasons, and a reason.
    assert "Emergency sight" in shown(matron.client.get("/board/rooms/room1"))
    taken = shown(matron.press("/sight/room1", "/sight/room1", reason="medical_emergency"))
    assert "about 14 breaths a minute" in taken.replace("\u2068", "").replace("\u2069", "")

    stay = box.stay("room1")
    marked = charge.press(
        f"/stays/{stay}/sensitive", f"/stays/{stay}/sensitive", kind="victim", transfer_offered="true"
    )
    assert "each look needs a second person" in shown(marked)
    refused = nurse.press("/board/rooms/room1", "/board/rooms/room1/look", access_reason="direct_care")
    assert refused.headers["location"] == "/looks/second?room=room1"
    asked = nurse.press("/looks/second?room=room1", "/looks/second", room_id="room1")
    assert "a second person agrees" in shown(asked)
    page = charge.client.get("/looks/second").text
    agreed = charge.press("/looks/second", "/looks/second", asked_id=page.split('name="asked_id" value="')[1][:32])
    assert "You are the second person" in shown(agreed)
    look = nurse.press("/board/rooms/room1", "/board/rooms/room1/look", access_reason="direct_care")
    assert "breaths a minute" in shown(look)

    reviews = lead.client.get("/governance/looks").text
    assert "emergency sight" in text_of(reviews) and "a look at a sensitive stay" in text_of(reviews)
    path = reviews.split('action="')[2].split('"')[0]
    assert "Written down" in shown(lead.press("/governance/looks", path, outcome="explained"))


def test_X8_a_patient_says_on_their_page_who_may_not_look(box: BoxedWard, browsers: Browsers) -> None:
    nurse = browsers.staff("ada", Role.NURSE)
    invited = box.ward.desk.add_patient_account(ADMIN, box.stay("room1"), "quiet-one")
    assert isinstance(box.ward.identity.enrol(invited.token, "", "", SECRET), Actor)
    patient = browsers.signed_in("quiet-one")
    ada = patient.client.get("/me/staff").text.split('name="out" value="')[1][:32]
    assert "They cannot look at your details from now on" in shown(patient.press("/me/staff", "/me/staff", out=ada))
    refused = nurse.press("/board/rooms/room1", "/board/rooms/room1/look", access_reason="direct_care")
    assert refused.status_code == 403 and "has asked that you do not look" in shown(refused)
    assert nurse.client.get("/me/staff").status_code == 404


def test_T01_T04_T07_what_is_not_theirs_looks_absent_a_left_screen_locks_and_no_field_makes_a_role(
    box: BoxedWard, browsers: Browsers
) -> None:
    invited = box.ward.desk.add_patient_account(ADMIN, box.stay("room1"), "quiet-one")
    assert isinstance(box.ward.identity.enrol(invited.token, "", "", SECRET), Actor)
    patient, nurse = browsers.signed_in("quiet-one"), browsers.staff("ada", Role.NURSE)
    # Of entry 0, which is not on this page, a patient is told the same as of one that never was.
    foreign, absent = (patient.client.get(f"/me/receipts/{index}") for index in (0, 10**9))
    assert foreign.status_code == absent.status_code == 404 and text_of(foreign.text) == text_of(absent.text)
    assert box.actions(denied=True).count("patient:receipt:taken") == 2

    made = {"username": "ada", "password": SECRET, "role": "governance_lead"}
    assert nurse.client.post("/sign-in", data=made).status_code == 303
    assert nurse.client.get("/governance").status_code == 404

    page = nurse.client.get("/board/rooms/room1").text
    token = page.split('name="form_token" value="')[1].split('"')[0]
    box.clock.advance(121)
    asked = {"form_token": token, "access_reason": "direct_care"}
    assert nurse.client.post("/board/rooms/room1/look", data=asked).headers["location"] == "/unlock"
    assert nurse.client.get("/").status_code == 200, "the board goes on"
