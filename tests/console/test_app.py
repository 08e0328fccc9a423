import pytest

from console.errors import StoreFull
from tests.kit.skin import HandWard, screens_over


@pytest.fixture
def screens(tmp_path):
    return screens_over(HandWard(), tmp_path)


def test_alive_ready_and_version_need_no_sign_in(screens):
    assert screens.client.get("/healthz").json() == {"alive": True}
    assert screens.client.get("/readyz").json() == {"ready": True}
    assert screens.client.get("/version").json()["hushward"]


def test_a_ward_that_cannot_be_served_is_alive_and_not_ready(screens):
    screens.ward.is_broken = True
    assert screens.client.get("/healthz").status_code == 200
    assert screens.client.get("/readyz").status_code == 503


@pytest.mark.parametrize(
    ("who", "home"),
    [("nurse", "/"), ("patient", "/me"), ("administrator", "/rooms"), ("governance_lead", "/governance")],
)
def test_everybody_comes_to_their_own_page(screens, who, home):
    screens.sign_in(who)
    assert screens.client.get("/sign-in").headers["location"] == home


@pytest.mark.parametrize(
    ("who", "closed"),
    [
        ("nurse", ["/me", "/staff", "/governance"]),
        ("patient", ["/rooms", "/ward", "/staff", "/cards", "/health", "/governance", "/board/rooms/room-2"]),
        ("governance_lead", ["/me", "/rooms", "/staff", "/board/rooms/room-2", "/consents/stay-1"]),
    ],
)
def test_X5_a_page_that_is_not_for_its_reader_is_not_there(screens, who, closed):
    screens.sign_in(who)
    assert {screens.client.get(path).status_code for path in closed} == {404}


def test_a_full_disk_is_said_in_one_sentence_without_a_trace(screens):
    def full(*_given, **_named):
        raise StoreFull("no room for Pat Taylor")

    screens.ward.prompts = type("Full", (), {"attend": staticmethod(full)})()
    screens.sign_in("nurse")
    answer = screens.press("/", "/board/prompts/p1", outcome="saw_them_fine")
    assert answer.status_code == 503
    assert "did nothing" in answer.text and "Pat" not in answer.text and "Traceback" not in answer.text


def test_C5_a_stop_goes_through_when_it_cannot_even_be_read_who_presses(screens):
    def full(_token):
        raise StoreFull("no room")

    screens.sign_in("patient")
    screens.ward.identity.actor_of = full
    assert screens.client.post("/stop/room-2").status_code == 303
    assert screens.ward.presses[-1][:2] == ("withdraw", "room-2")


def test_an_answer_that_is_far_too_long_is_refused_in_words(screens):
    answer = screens.client.post("/sign-in", data={"username": "a" * 500, "password": "b"})
    assert answer.status_code == 422 and "too long" in answer.text


def test_a_password_is_changed_on_its_own_page(screens):
    screens.sign_in("nurse")
    answer = screens.press("/password", "/password", password="three quiet words", new_password="four quiet words now")
    assert "The password is changed." in answer.text


def test_the_test_languages_are_offered_in_a_demonstration_only(screens, tmp_path):
    assert "ar-XB" in screens.client.get("/sign-in").text
    clinical = screens_over(HandWard(), tmp_path, context="clinical")
    assert "ar-XB" not in clinical.client.get("/sign-in").text
