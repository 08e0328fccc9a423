"""O1, O4, O10: a round on a real tablet: two taps at the door, then off the network and back, kept once and in time."""

import pytest

from console.roles import Role
from console.store import observations as rows
from tests.browser.na1 import signed_in, staff
from tests.browser.pictures import TO_NIGHT_S
from tests.kit.alerting import code_at
from tests.kit.boxed_ward import NURSE, boxed_ward
from tests.kit.checking import until_due
from tests.kit.served import served


@pytest.fixture
def ward_of_two(tmp_path):
    with boxed_ward(tmp_path, rooms=2, yes=False) as box, served(box.ward, tmp_path) as url:
        box.clock.advance(TO_NIGHT_S)
        staff(box)
        for room_id in ("room1", "room2"):
            assert box.ward.checks.plans.set_level(NURSE, box.stay(room_id), "quarter_hourly")
        box.pass_time(1)
        until_due(box, max(box.ward.checks.rounds.open(), key=lambda one: one.due_at))
        # A code is shown for half a minute; what the browser needs of it lies within one.
        box.clock.advance((27 - box.clock.utc_now().timestamp()) % 30)
        yield box, url


def kept(box):
    return box.ward.office.store.read(lambda tx: rows.since(tx, box.clock.utc_now().replace(day=1)))


def test_O1_O4_O10_two_taps_at_the_door_and_off_the_network_the_same_two_taps_arrive_once(chromium, ward_of_two):
    box, url = ward_of_two
    page = signed_in(chromium, url, "ada", (390, 844))
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
    # The ward's clock stands still here, so the order of two ages of a few seconds says nothing.
    told = {one.saw: one for one in kept(box)}
    assert {saw: (one.woke, one.marks) for saw, one in told.items()} == {
        "breathed": ("no", ()),
        "spoke": ("already_awake", ()),
    }
    assert len(kept(box)) == 2
    assert told["spoke"].there_at <= told["spoke"].entered_at < told["spoke"].received_at
    assert page.evaluate("localStorage.getItem('hushward-round')") is None
    assert told["breathed"].actor_id == next(
        one.actor_id for one in box.ward.shifts.accounts() if one.role is Role.NURSE and one.username == "ada"
    )
    page.context.close()
