"""E1, S2: every language of the patient's side is whole, keeps its values, and says of itself who has checked it."""

import re
from datetime import UTC, datetime

import pytest

from console.own.own_views import ReadingChoice
from console.wordings import LOCALES, read_wordings
from console.words import PSEUDO_LANGUAGES, open_catalogues
from tests.kit.patient_words import patient_sentences
from tests.kit.skin import HandWard, screens_over

CATALOGUES = open_catalogues("Europe/London")
LANGUAGES = sorted(set(CATALOGUES) - {"en", *PSEUDO_LANGUAGES})
RIGHT_TO_LEFT = ["ar", "ur"]
SAME_WORD = {
    "cy": {"Camera", "Radar"},
    "es": {"Sensor", "No.", "No", "Radar"},
    "fr": {"Pages", "Pause", "patient", "Radar", "Religion"},
    "pl": {"STOP", "administrator", "Radar"},
    "pt": {"Sensor", "Radar"},
    "ro": {"STOP", "administrator", "Radar"},
    "tr": {"Radar"},
}
"""What is the same word in both."""
_FIELD = re.compile(r"\{[^{}]*\}")
STOP_WORDS = ("STOP", "Stop the sensor", "Press, or tell anyone: 'off'. Nobody may argue.", "Nobody may argue.")
LATE = datetime(2026, 11, 20, 2, 14, 8, tzinfo=UTC)


def test_E1_there_are_at_least_twelve_languages_besides_english_and_two_run_from_right_to_left():
    assert len(LANGUAGES) >= 12
    assert [name for name in LANGUAGES if CATALOGUES[name].is_right_to_left] == RIGHT_TO_LEFT


@pytest.mark.parametrize("language", LANGUAGES)
def test_E1_no_sentence_that_a_patient_may_read_is_missing(language):
    messages = CATALOGUES[language].messages
    assert sorted(one for one in patient_sentences() if not messages.get(one)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_E1_no_sentence_is_english_by_accident(language):
    same = {one for one, told in CATALOGUES[language].messages.items() if told == one}
    assert {one for one in same if any(map(str.isalpha, _FIELD.sub("", one)))} == SAME_WORD.get(language, set())


@pytest.mark.parametrize("language", LANGUAGES)
def test_C5_how_to_stop_is_said_in_the_language_itself(language):
    said = [CATALOGUES[language].translate(one) for one in STOP_WORDS]
    assert len(set(said)) == len(said) and not set(said[1:]) & set(STOP_WORDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_E1_times_and_numbers_are_in_the_digits_that_stand_on_the_clock(language):
    catalogue = CATALOGUES[language]
    told = catalogue.say("Stopped, confirmed at {at:seconds}", at=LATE) + catalogue.moment(LATE, "date")
    assert "02:14:08" in told and "20" in told
    assert not re.search(r"[٠-٩۰-۹০-৯]", told + "".join(catalogue.messages.values()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_E1_a_translation_does_not_end_twice(language):
    said = CATALOGUES[language].say(
        "On until {until:day}. We talk about it again by {review:date}.", until=LATE, review=LATE
    )
    assert ".." not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_E1_a_page_in_an_unchecked_language_says_so_in_it_and_in_english(language, tmp_path):
    ward = HandWard()
    ward.reading_choice = ReadingChoice(language)
    html = screens_over(ward, tmp_path).sign_in("patient").client.get("/me").text
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    assert f'<html lang="{language}" dir="{direction}"' in html
    assert CATALOGUES[language].translate("Not yet checked by a translator.") in html
    assert 'lang="en" dir="ltr" translate="no">Not yet checked by a translator.' in html


def test_E1_english_says_nothing_about_translators(tmp_path):
    html = screens_over(HandWard(), tmp_path).sign_in("patient").client.get("/me").text
    assert "Not yet checked" not in html


def test_E1_staff_are_offered_only_what_holds_their_screens(tmp_path):
    screens = screens_over(HandWard(), tmp_path).sign_in("nurse")
    screens.client.cookies.set("hushward-language", "pl")
    html = screens.client.get("/rooms").text
    assert '<html lang="en"' in html and "polski" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_E1_every_catalogue_stands_beside_who_has_checked_it(language):
    assert (LOCALES / language / "language.toml").is_file()
    assert not read_wordings()[language].is_reviewed
