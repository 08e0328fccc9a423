"""K6, A11: the eye goes first; a reading at the door comes after the entry, once, and changes nothing of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.vocabulary import Context
from console.observing.spot_checks import SpotView
from console.receiving.room_rates import reading_in
from console.rules.decision import Decision
from console.rules.in_person.news2 import band_of
from console.rules.in_person.observing import Saw, SeenPlace
from console.rules.in_person.spot import Seen, may_see_spot
from console.rules.policy import shipped_policy
from console.store import observations as rows
from tests.kit.boxed_ward import NURSE, an_actor, boxed_ward
from tests.kit.check_facts import ROUND
from tests.kit.checking import an_entry, enter, observe, until_due
from tests.kit.skin import HandWard, screens_over

POLICY = shipped_policy()
ENTRY = "1" * 32


def seen(**changes):
    told = {
        "is_own": True,
        "is_proven": True,
        "place": SeenPlace.THEIR_ROOM,
        "saw": Saw.BREATHED,
        "age": timedelta(seconds=20),
        "is_used": False,
        "stays": True,
    }
    return Seen(**(told | changes))


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as box:
        box.pass_time(3)
        yield box


def test_K6_an_entry_of_ones_own_made_at_the_door_just_now_opens_the_reading_and_nothing_else_does():
    assert may_see_spot(seen(), POLICY) and may_see_spot(seen(place=SeenPlace.ENSUITE), POLICY)
    for changes in (
        {"is_own": False},
        {"is_proven": False},
        {"place": SeenPlace.LOUNGE},
        {"saw": Saw.COULD_NOT_SEE},
        {"age": timedelta(minutes=4)},
        {"is_used": True},
        {"stays": False},
    ):
        denied = may_see_spot(seen(**changes), POLICY)
        assert not denied and denied.rules == ("K6",), changes
    assert not may_see_spot(None, POLICY)


def test_K6_the_number_waits_for_the_eye_while_a_check_is_due(box):
    until_due(box, observe(box, "room1"))
    early = box.ward.access.reading(NURSE, "room1", "direct_care")
    assert (
        isinstance(early, Decision) and early.rules == ("K6", "O2") and early.reason.text.startswith("A check is due.")
    )
    assert isinstance(box.ward.access.spot(NURSE, ENTRY), Decision)
    assert enter(box, "room1", observation_id=ENTRY)
    told = box.ward.access.spot(NURSE, ENTRY)
    assert isinstance(told, SpotView) and told.saw is Saw.BREATHED and told.reading.is_value
    assert told.reading.words.values["rate"] == 14 and told.reading.band is None, "no colour outside a medical device"


def test_K6_going_back_shows_no_reading_and_a_correction_is_a_second_entry(box):
    until_due(box, observe(box, "room1"))
    assert enter(box, "room1", observation_id=ENTRY)
    assert isinstance(box.ward.access.spot(NURSE, ENTRY), SpotView)
    again = box.ward.access.spot(NURSE, ENTRY)
    assert isinstance(again, Decision) and "You have seen this reading." in again.reason.text
    # The same number again is the same entry: it cannot say something else now.
    enter(box, "room1", observation_id=ENTRY, saw="spoke")
    enter(box, "room1", saw="moved")
    begins = box.clock.utc_now() - timedelta(hours=1)
    kept = box.ward.office.store.read(lambda tx: rows.since(tx, begins))
    assert [one.saw for one in kept] == ["breathed", "moved"]


def test_K6_somebody_elses_entry_opens_nothing_and_the_patient_reads_who_looked(box):
    assert enter(box, "room1", observation_id=ENTRY)
    other = an_actor(NURSE.role, actor_id="9" * 32)
    assert not box.ward.access.spot_opens(other, ENTRY) and box.ward.access.spot_opens(NURSE, ENTRY)
    assert isinstance(box.ward.access.spot(NURSE, ENTRY), SpotView)
    assert box.actions().count("room:reading:viewed") == 1


def test_A11_at_nine_a_minute_a_clinical_ward_says_the_band_of_this_one_parameter_and_asks_for_a_full_minute():
    assert band_of(10.0, 0.9).text == (
        "NEWS2, breathing rate alone: {band}, scores {points}. Count for one full minute in person."
    )
    assert "uncertain" in band_of(9.0, 1.0).text, "8 to 10 lies in two bands"


def test_A11_a_study_keeps_its_numbers_to_itself_at_the_door_too(tmp_path):
    with boxed_ward(tmp_path) as box:
        box.pass_time(3)
        ward = box.ward
        study = replace(ward.office, context=Context.EVALUATION)
        told = reading_in("room1", study, ward.roll, ward.live, ward.leases)
        assert not told.is_value and told.words.text.startswith("No reading:")


def test_K6_the_page_after_an_entry_offers_the_reading_and_shows_it_beside_what_was_written(tmp_path):
    screens = screens_over(HandWard(), tmp_path).sign_in("nurse")
    row = ROUND.rows[0]
    told = {"observation_id": "b" * 32, "stay_id": row.stay_id, "room_id": row.room_id, "saw": "breathed", "woke": "no"}
    onward = screens.press("/round", "/round/entries", **told).headers["location"]
    html = screens.client.get(onward).text
    assert f'action="/round/spot/{"b" * 32}"' in html and "about 14" not in html
    shown = screens.press(onward, f"/round/spot/{'b' * 32}").text
    assert shown.index("I saw them breathe") < shown.index("breaths a minute")
    assert "Count for one full minute in person" in shown
    assert screens.client.get(f"/round/spot/{'b' * 32}").status_code == 405, "no address shows it again"


def test_K6_an_entry_from_the_desk_opens_nothing(box):
    assert an_entry(box, "room1").code
    enter(box, "room1", observation_id=ENTRY, code="")
    told = box.ward.access.spot(NURSE, ENTRY)
    assert isinstance(told, Decision) and told.rules == ("K6",)
