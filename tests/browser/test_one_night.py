"""One whole night on real tablets, from the handover at half past eight to the morning's page, the hours compressed.

O1, O4, O10: two taps at the door, then off the network and back. K6: a number after the eye. O3: a hand-over by two.
A4, NA-12: a thumb alone goes, is there and writes it down. A17: an emergency. N4: the calls are tested in silence.
G3a: a bank worker's first badge brings four screens and a practice alert that calls nobody.
"""

import re
from datetime import timedelta

import pytest

from console.roles import Role
from console.rules.in_person.first_night import PRACTICE_CODE
from console.store import observations as rows
from tests.browser.na1 import signed_in, staff
from tests.browser.test_accessible import small_targets_of
from tests.kit.alerting import code_at, in_the_ensuite, limit_ensuite
from tests.kit.boxed_ward import ADMIN, NURSE, BoxedWard, boxed_ward
from tests.kit.checking import until_due
from tests.kit.processes import eventually
from tests.kit.served import served
from tests.kit.skin import PASSWORD

PHONE, TABLET = (390, 844), (820, 1180)
TO_HANDOVER_S, TO_ROUND_S, TO_MORNING_S = 11.5 * 3600, 3 * 3600, 7.25 * 3600


@pytest.fixture
def ward_of_three(tmp_path):
    with boxed_ward(tmp_path, rooms=3, yes=False) as box, served(box.ward, tmp_path) as url:
        for room_id in ("room1", "room3"):
            box.ask(room_id, at_their_wish=True)
        box.clock.advance(TO_HANDOVER_S)
        for node in box.nodes.values():
            node.announce()
        staff(box)
        box.pass_time(2)
        yield box, url


def kept(box: BoxedWard):
    return box.ward.office.store.read(lambda tx: rows.since(tx, box.clock.utc_now().replace(day=1)))


def types(page, box: BoxedWard, room_id: str, keys: str) -> None:
    """Type the code that a door shows now, with the keys on the screen; a code lasts half a minute."""
    box.clock.advance((27 - box.clock.utc_now().timestamp()) % 30)
    for sign in code_at(box, room_id):
        page.locator(keys).locator(f"button:text-is('{sign}')").click()


@pytest.mark.timeout(300)
def test_O1_O3_O4_O10_A4_A17_G3a_K6_N4_NA12_one_night_from_handover_to_morning(chromium, ward_of_three):
    box, url = ward_of_three
    _the_evening(chromium, box, url)
    _somebody_new_on_a_first_night(chromium, box, url)
    _a_round_and_a_number_after_the_eye(chromium, box, url)
    _an_alert_answered_with_a_thumb(chromium, box, url)
    _somebody_is_handed_over(chromium, box, url)
    _an_emergency(chromium, box, url)
    _the_morning(chromium, box, url)


def _the_evening(chromium, box: BoxedWard, url: str) -> None:
    """The board opens, the device is heard, and the silent test of the calls reaches it and sounds nowhere."""
    page = signed_in(chromium, url, "ada", TABLET)
    page.wait_for_selector("#tile-room1 [data-test]", state="attached")
    assert page.locator("#calls [data-level]").count() == 0 and page.get_attribute("body", "data-sounding") == "silent"
    page.click("#try")
    page.click("#heard")
    page.wait_for_selector("#silent", state="hidden")
    mark, _ = box.ward.call_tests.for_corridor("")
    box.ward.call_tests.for_corridor(mark)
    box.ward.step()

    def is_said() -> bool:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        box.pass_time(2)
        return page.locator("#notices:has-text('every room reaches a held device and the corridor unit')").count() > 0

    eventually(is_said, 30, "the outcome of the silent test")
    page.context.close()


def _somebody_new_on_a_first_night(chromium, box: BoxedWard, url: str) -> None:
    """Bea of the agency, here until tomorrow: four screens, a practice alert with a wrong code first, the board."""
    tomorrow = (box.clock.utc_now() + timedelta(days=1)).date()
    invited = box.ward.desk.add_staff(ADMIN, "bea", "Bea B.", Role.NURSE, ends_on=tomorrow)
    box.ward.identity.enrol(invited.token, "", "", PASSWORD)
    page = signed_in(chromium, url, "bea", PHONE)
    page.goto(f"{url}/first-night")
    for step in range(1, 5):
        assert f"{step} of 4" in page.inner_text("main") and not small_targets_of(page)
        page.click("text=I know this. Next")
    page.click("text=I'm going")
    for code in ("0000", PRACTICE_CODE):
        page.fill("#code", code)
        page.click("text=I saw them: fine")
        page.click("main >> text=Go on")
    page.wait_for_selector("#tiles")
    assert invited.actor is not None and not box.ward.first_night.is_due(invited.actor)
    assert box.ward.alerts.book.known() == ()
    page.context.close()


def _a_round_and_a_number_after_the_eye(chromium, box: BoxedWard, url: str) -> None:
    box.clock.advance(TO_ROUND_S)
    for room_id in ("room1", "room2"):
        assert box.ward.checks.plans.set_level(NURSE, box.stay(room_id), "quarter_hourly")
    box.pass_time(1)
    until_due(box, max(box.ward.checks.rounds.open(), key=lambda one: one.due_at))
    box.clock.advance((27 - box.clock.utc_now().timestamp()) % 30)
    page = signed_in(chromium, url, "ada", PHONE)
    page.goto(f"{url}/at/room1?code={code_at(box, 'room1')}")
    row = page.locator("#walk-room1")
    assert row.locator(".round__state").inner_text().startswith("CHECK ")
    row.get_by_text("I saw them breathe").click()
    row.get_by_role("button", name="It did not wake them").click()
    page.wait_for_selector("#said:has-text('Written down.')")
    assert [(one.saw, one.woke, one.marks) for one in kept(box)] == [("breathed", "no", ())]

    # Off the network, at the next door: the keys are large, the entry is kept, and the page says so.
    page.context.set_offline(True)
    other = page.locator("#walk-room2")
    other.locator("summary").first.click()
    for sign in code_at(box, "room2"):
        other.locator(f"[data-keys] button:text-is('{sign}')").click()
    other.get_by_text("We spoke").click()
    other.get_by_role("button", name="They were awake").click()
    page.wait_for_selector("#kept:has-text('1 check is kept on this tablet')")
    page.wait_for_selector("#cut:not([hidden])")
    stored = page.evaluate("localStorage.getItem('hushward-round')")
    assert stored and "room2" not in stored and "spoke" not in stored, "what is kept is sealed"
    page.context.set_offline(False)
    page.wait_for_selector("#kept", state="hidden")
    page.evaluate("dispatchEvent(new Event('online'))")
    told = {one.saw: one for one in kept(box)}
    assert {saw: (one.woke, one.marks) for saw, one in told.items()} == {
        "breathed": ("no", ()),
        "spoke": ("already_awake", ()),
    }
    assert len(kept(box)) == 2 and told["spoke"].there_at <= told["spoke"].entered_at < told["spoke"].received_at
    assert page.evaluate("localStorage.getItem('hushward-round')") is None
    ada = next(one for one in box.ward.shifts.accounts() if one.role is Role.NURSE and one.username == "ada")
    assert told["breathed"].actor_id == ada.actor_id

    # What was seen stands first; then the number, as a spot check.
    page.goto(f"{url}/round?seen={told['breathed'].observation_id}")
    page.get_by_role("button", name="You have seen them. What does the sensor say?").click()
    page.wait_for_selector("text=Count for one full minute in person")
    assert "breaths a minute" in page.inner_text("main") and "Not a check." in page.inner_text("main")
    page.context.close()


def _an_alert_answered_with_a_thumb(chromium, box: BoxedWard, url: str) -> None:
    limit_ensuite(box, "room3")
    in_the_ensuite(box, "room3", 200)
    page = signed_in(chromium, url, "ada", PHONE)
    page.wait_for_selector("#tile-room3.tile--alert")
    assert re.fullmatch(r"ALERT \d:\d\d", page.inner_text("#tile-room3 .tile__headline"))
    assert page.inner_text("#tile-room3 .tile__rest") == "go to room 3"
    page.click("#tile-room3 button")
    page.wait_for_selector("#keys:not([hidden])")
    assert page.locator("text=I saw them: fine").count() == 0
    types(page, box, "room3", "#keys")
    page.click("text=I am there")
    page.click("text=I saw them: fine")
    page.click("text=They spoke")
    page.click("button[value=yes]")
    page.wait_for_selector("#tiles")
    known = box.ward.alerts.book.known()[0]
    assert known.progress.closed_at is not None and known.progress.useful is True
    page.context.close()


def _somebody_is_handed_over(chromium, box: BoxedWard, url: str) -> None:
    assert box.ward.checks.plans.set_level(NURSE, box.stay("room2"), "arms_length")
    cy = next(one for one in box.ward.shifts.accounts() if one.username == "cy")
    assert box.ward.checks.turns.press(cy, "room2", code_at(box, "room2"))
    page = signed_in(chromium, url, "ada", PHONE)
    page.goto(f"{url}/turns")
    page.click("a[href='/turns/room2']")
    assert not small_targets_of(page)
    types(page, box, "room2", "#keys")
    page.click("text=I am with them from now on")
    page.wait_for_selector("text=Now whoever stays there presses too")
    assert box.ward.checks.turns.press(cy, "room2", code_at(box, "room2"))
    page.goto(f"{url}/turns/room2")
    assert "You are with them" in page.inner_text("#turn-room2")
    page.context.close()


def _an_emergency(chromium, box: BoxedWard, url: str) -> None:
    page = signed_in(chromium, url, "ben", TABLET)
    page.click(".top__emergency")
    page.click("main button:has-text('Room 1')")
    page.wait_for_selector("text=Time zero")
    page.click("text=2222 is called")
    page.wait_for_selector(".timeline li:has-text('2222 is called')")
    page.context.close()


def _the_morning(chromium, box: BoxedWard, url: str) -> None:
    box.clock.advance(TO_MORNING_S)
    for node in box.nodes.values():
        node.announce()
    box.pass_time(2)
    page = signed_in(chromium, url, "ben", TABLET, "day")
    page.goto(f"{url}/handover")
    said = page.inner_text("main")
    for line in ("every room reaches a held device", "Handed over, both at the door", "Raised", "Woke somebody"):
        assert line in said
    page.evaluate("window.print = () => { document.body.dataset.printed = 'yes' }")
    page.click("[data-print]")
    assert page.get_attribute("body", "data-printed") == "yes"
    page.click("text=Sign and hand over")
    page.wait_for_selector("text=The next shift begins from here.")
    assert box.ward.checks.handovers.view(NURSE).signed_by == "Ben C."
    page.context.close()
