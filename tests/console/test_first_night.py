"""G3a: a temporary worker's first badge brings four screens and one practice alert, which calls nobody."""

import pytest

from console.roles import Role
from console.rules.in_person.first_night import CARDS, PRACTICE_CODE, is_due, may_finish
from console.rules.policy import shipped_policy
from console.staffing.first_night import DONE, SKIPPED
from tests.kit.alerting import a_person
from tests.kit.boxed_ward import an_actor, boxed_ward
from tests.kit.skin import HandWard, screens_over

POLICY = shipped_policy()


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as box:
        yield box


def test_G3a_the_card_is_for_nurses_who_are_new_here_and_no_longer_once_it_is_done():
    assert is_due(Role.NURSE, is_done=False, is_trained=False)
    for role, is_done, is_trained in (
        (Role.NURSE, True, False),
        (Role.NURSE, False, True),
        (Role.SITE_COORDINATOR, False, False),
    ):
        assert not is_due(role, is_done=is_done, is_trained=is_trained)


def test_G3a_four_screens_hold_what_can_be_read_in_ninety_seconds():
    texts = [line.text for card in CARDS for line in card.lines]
    assert len(CARDS) == 4 and sum(len(one.split()) for one in texts) <= 200, "people read 150 to 250 words a minute"


def test_G3a_the_practice_alert_closes_as_a_real_one_does():
    assert may_finish(f" {PRACTICE_CODE} ", "saw_them_fine", POLICY)
    assert not may_finish("0000", "saw_them_fine", POLICY) and not may_finish(PRACTICE_CODE, "could_not_see", POLICY)


def test_G3a_left_for_an_emergency_it_comes_again_and_done_it_is_written_down_and_nobody_was_called(box):
    new = a_person(box, "bea", "Bea B.")
    first_night = box.ward.first_night
    assert first_night.is_due(new)
    assert first_night.skip(new) and first_night.is_due(new)
    assert not first_night.finish(new, "0000", "saw_them_fine") and first_night.is_due(new)
    assert first_night.finish(new, PRACTICE_CODE, "saw_them_fine") and not first_night.is_due(new)
    assert first_night.done_at(new) == box.clock.utc_now()
    assert [one for one in box.actions() if one.startswith("staff:first_night")] == [SKIPPED, DONE]
    assert box.ward.alerts.book.known() == ()
    assert first_night.is_due(an_actor(Role.NURSE, actor_id="7" * 32)), "somebody else has it before them"


def test_G3a_a_first_badge_leads_to_the_card_and_each_screen_offers_the_way_to_the_board(tmp_path):
    ward = HandWard()
    ward.first_night._answers["is_due"] = True
    screens = screens_over(ward, tmp_path).sign_in("nurse")
    assert screens.client.post("/badge", data={"badge": "A" * 20}).headers["location"] == "/first-night"
    for step in range(1, 5):
        html = screens.client.get(f"/first-night?step={step}").text
        assert 'action="/first-night/skip"' in html and f"{step} of 4" in html
    html = screens.client.get("/first-night/practice?going=true").text
    assert "PRACTICE" in html and PRACTICE_CODE in html and "nobody is called" in html
    assert screens.client.get("/first-night?step=5").status_code in (404, 422)
