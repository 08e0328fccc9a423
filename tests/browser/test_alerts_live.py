"""NA-1, NA-3: an alert in a real browser over a ward with real rules, from the tile to the door."""

import pytest

from console.alerting.corridor_unit import CorridorUnit, SimulatedOutput, Told
from console.rules.alerting.alerts import StepKind
from console.rules.alerting.corridor import Level
from tests.browser.na1 import Night, a_ward, signed_in, staff
from tests.kit.alerting import POLICY, the_alert
from tests.kit.served import served


@pytest.fixture
def ward_of_six(tmp_path):
    with a_ward(tmp_path) as box, served(box.ward, tmp_path) as url:
        staff(box)
        night = Night(box)
        night.goes_by(184)
        yield box, night, url


def test_A1_A3_NA1_a_tablet_is_trusted_once_it_was_heard_and_sounds_again_after_the_walk(chromium, ward_of_six):
    box, night, url = ward_of_six
    page = signed_in(chromium, url, "ada", (1024, 768))
    page.wait_for_selector("#tile-room6.tile--alert")
    assert page.is_visible("#silent")
    page.click("#try")
    page.click("#heard")
    page.wait_for_selector("#silent", state="hidden")
    page.wait_for_selector("body[data-sounding='high']")
    ada = next(one for one in box.ward.shifts.accounts() if one.username == "ada")
    assert box.ward.alerts.go(ada, the_alert(box, "room6").alert.alert_id)
    page.wait_for_selector("body[data-sounding='silent']")
    night.goes_by(64)
    page.wait_for_selector("body[data-sounding='high']")
    # Off the network with the alert open: nothing old stands there, and it goes on making itself heard.
    page.context.set_offline(True)
    page.evaluate("const real = Date.now; Date.now = () => real() + 60000")
    page.wait_for_selector("#tile-room6.tile--not_monitored")
    assert page.locator("#calls *").count() == 0
    page.wait_for_selector("body[data-sounding='low']")
    page.context.close()


def test_A1_A10_NA3_a_tablet_off_the_network_loses_no_alert_the_corridor_takes_over_and_nothing_is_written_twice(
    chromium, ward_of_six
):
    box, night, url = ward_of_six
    out = SimulatedOutput()
    unit = CorridorUnit(lambda: Told(*box.ward.calling.corridor()), out, box.clock, POLICY)
    page = signed_in(chromium, url, "ada", (390, 844))
    page.click("#tile-room6 .tile__open")
    page.wait_for_selector("text=I'm going")
    alert_id = the_alert(box, "room6").alert.alert_id

    # Off the network with the alert open: nothing old stands there, and a press is not lost without a word.
    page.context.set_offline(True)
    page.wait_for_selector("#live:has-text('CONNECTION LOST')")
    assert "High concern" not in page.inner_text("#live") and page.inner_text("h1") == "Room 6"
    page.click("text=I'm going")
    page.wait_for_selector("#unsent [data-kept]:not([hidden])")
    for sign in "1234":
        page.click(f"#keys button:text-is('{sign}')")
    page.click("text=I am there")
    page.wait_for_selector("#unsent [data-not-kept]:not([hidden])")

    # The ward still knows: no tablet is heard, so the corridor sounds, and the alert stands where it stood.
    unit.step()
    night.goes_by(64)
    assert unit.step() is Level.HIGH and out.sounded[-1] is Level.HIGH
    assert the_alert(box, "room6").alert.alert_id == alert_id and not the_alert(box, "room6").progress.going

    # Back on the network: what was kept arrives once, and a second press of it is refused.
    page.evaluate("document.getElementById('code').value = ''")
    page.context.set_offline(False)
    page.wait_for_selector("text=I'm going", state="detached")
    steps = [one for one in box.ward.alerts.book.of(alert_id).steps if one.kind is StepKind.GOING]
    assert len(steps) == 1 and len(box.ward.alerts.book.known()) == 1
    page.context.close()
