"""The ways of those who use the ward, in a real browser over real rules, the hours compressed by the kit's clock.

NA-1, NA-2, NA-4, NA-5, NA-9 to NA-11, NA-13, NA-16, NA-17 and NA-21 as they are pressed and seen; transfer, absence and
death; matron; site coordinator.
"""

import re
from datetime import timedelta

import pytest

from console.rules.alerting.alerts import AlertState
from tests.browser.na1 import Night, a_ward, signed_in, staff
from tests.browser.test_accessible import small_targets_of
from tests.kit.alerting import POLICY, the_alert
from tests.kit.boxed_ward import ADMIN, NURSE, boxed_ward
from tests.kit.served import served
from tests.kit.skin import PASSWORD
from tests.spec.never_again import play, read_nights

TABLET, PHONE = (820, 1180), (390, 844)


@pytest.fixture(scope="module")
def ward_of_six(tmp_path_factory):
    folder = tmp_path_factory.mktemp("journeys")
    with a_ward(folder) as box, served(box.ward, folder) as url:
        people = staff(box)
        invited = box.ward.desk.add_staff(ADMIN, "mo", "Mo R.", "matron")
        box.ward.identity.enrol(invited.token, "", "", PASSWORD)
        yield box, people, url


def test_NA1_NA9_NA13_NA16_a_night_nobody_closes_from_a_desk_and_the_site_coordinator_answers(chromium, ward_of_six):
    box, _people, url = ward_of_six
    night = Night(box)
    photographed = box.ward.tags.shown("room6", POLICY, box.clock.utc_now() - timedelta(minutes=5))
    night.goes_by(184)
    page, alert = signed_in(chromium, url, "ada", PHONE), the_alert(box, "room6").alert
    page.wait_for_selector("#tile-room6.tile--alert")
    assert not small_targets_of(page)

    # Five looks change nothing; a photographed code is a note, and a note closes nothing.
    for _ in range(5):
        page.goto(f"{url}/alerts/{alert.alert_id}")
    assert the_alert(box, "room6").progress.state is AlertState.RAISED and not small_targets_of(page)
    for sign in photographed:
        page.click(f"#keys button:text-is('{sign}')")
    page.click("text=I am there")
    assert "place not proven" in page.inner_text("main")
    page.goto(f"{url}/alerts/{alert.alert_id}")
    assert page.locator("text=I saw them: fine").count() == 0

    # The door does not open: everybody at once, the door card, and it sounds on.
    page.click("text=I could not get in")
    page.wait_for_selector("text=Override key. Anti-barricade. Call for help.")
    assert not small_targets_of(page)
    other = signed_in(chromium, url, "sid", PHONE)
    other.click(f"#calls a[href='/alerts/{alert.alert_id}']")
    assert other.inner_text("h1") == "Room 6" and "the site coordinator" in other.inner_text("main").lower()
    night.goes_by(64)
    other.reload()
    other.click("text=I answer this")
    assert "call 2222 / 999" not in other.inner_text("#live")
    assert the_alert(box, "room6").progress.sounds(box.clock.utc_now())

    # A resuscitation: the room falls silent, and the card begins to count.
    page.click(".top__emergency")
    page.click("main button:has-text('Room 6')")
    page.wait_for_selector("text=Time zero")
    assert not small_targets_of(page) and not box.ward.alerts.sounds(the_alert(box, "room6"))
    page.click("text=2222 is called")
    page.wait_for_selector(".timeline li:has-text('2222 is called')")
    for one in (page, other):
        one.context.close()


def test_C2_NA17_leave_hospital_and_a_death_take_a_press_or_two_and_a_lost_network_is_one_call(chromium, ward_of_six):
    box, _people, url = ward_of_six
    page = signed_in(chromium, url, "ben", TABLET, "day")
    # The access point is down: one call for all of it, one list to walk; and one line when it is back.
    box.pass_time(88, in_steps_of=4, heard=False)
    page.wait_for_selector("#calls .call:has-text('Monitoring off in')")
    assert page.locator("#calls .call:has-text('Monitoring off in')").count() == 1
    box.pass_time(12, in_steps_of=4)
    page.wait_for_selector("#notices:has-text('Monitoring is back in')")

    # Where somebody is: a press, and for a death two; each sensor is off, and nothing calls.
    page.goto(f"{url}/rooms")
    ways = {"room1": "hospital", "room2": "missing", "room3": "died"}
    for room_id, way in ways.items():
        form = page.locator(f"form[action='/rooms/{box.stay(room_id)}/{way}']")
        form.evaluate("one => { one.closest('details').open = true }")
        form.locator("button").click()
        if way == "died":
            assert "nothing is sent to anybody" in page.inner_text("main")
            page.click("main button[type=submit]")
        page.goto(f"{url}/rooms")
    box.ward.step()
    page.goto(url)
    page.wait_for_selector("#tile-room1:has-text('AWAY: hospital')")
    page.wait_for_selector("#tile-room3:has-text('ROOM CLOSED')")
    assert all(box.nodes[one].lease.state.value == "closed" for one in ways)
    assert box.ward.alerts.open_in("room3") is None
    page.context.close()


def test_NA2_NA4_a_matron_answers_for_an_impossible_rota_and_sees_counts_and_nobody(chromium, ward_of_six):
    box, _people, url = ward_of_six
    for room_id in ("room4", "room5"):
        assert box.ward.checks.plans.set_level(NURSE, box.stay(room_id), "quarter_hourly")
    assert box.ward.checks.workload.plan_people(NURSE, 0)
    box.ward.step()
    page = signed_in(chromium, url, "mo", TABLET, "day")
    page.goto(f"{url}/load")
    assert page.locator(".strip--red").count() == 1
    page.click("text=I accept it in my name")
    page.select_option("#for", "2")
    page.click("main button:has-text('Answer')")
    page.goto(f"{url}/load")
    assert "Answered by Mo R." in page.inner_text("main")
    page.goto(f"{url}/nights")
    assert not re.search(r"\b[A-Z]\.[A-Z]\.|Room \d", page.inner_text("main"))
    page.context.close()


STANDS = {
    "NA-2": ("#tile-room1", "CHECK OVERDUE"),
    "NA-5": ("#tile-room1", "CHECK DUE"),
    "NA-10": ("#tile-room1", "Sensor stopped in Room 1 with 2:40 on the en-suite clock. Knock and ask."),
    "NA-11": ("#tile-room1", "CANNOT TELL"),
    "NA-21": ("#notices", "Nobody on this shift is trained"),
}


@pytest.mark.parametrize("night", [one for one in read_nights() if one.id in STANDS], ids=lambda night: night.id)
def test_NA2_NA5_NA10_NA11_NA21_what_must_happen_stands_on_the_board_and_nothing_calm_beside_it(
    chromium, tmp_path, night
):
    with boxed_ward(tmp_path, rooms=night.rooms, yes=night.asked) as box, served(box.ward, tmp_path) as url:
        for sentence in night.happens:
            play(box, sentence)
        invited = box.ward.desk.add_staff(ADMIN, "eve", "Eve N.", "nurse")
        box.ward.identity.enrol(invited.token, "", "", PASSWORD)
        page = signed_in(chromium, url, "eve", PHONE)
        place, words = STANDS[night.id]
        page.wait_for_selector(f"{place}:has-text('{words}')")
        assert not small_targets_of(page)
        if night.id == "NA-11":
            assert "SOMEONE IN BED" not in page.inner_text("#tile-room1")
        page.context.close()
