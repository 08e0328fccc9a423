from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from console.errors import ConsoleError
from console.showing.views import Words
from console.words import ACCENTED, MIRRORED, Catalogue, choose, open_catalogues, span

SUMMER = datetime(2026, 7, 5, 1, 14, 8, tzinfo=UTC)
CATALOGUES = open_catalogues("Europe/London")
ENGLISH = CATALOGUES["en"]


def test_a_time_is_shown_in_ward_time_not_in_utc():
    assert ENGLISH.say("seen {at}", at=SUMMER) == "seen 02:14"


def test_a_confirmation_is_shown_to_the_second():
    assert (
        ENGLISH.words(Words("stopped, confirmed at {at:seconds}", {"at": SUMMER})) == "stopped, confirmed at 02:14:08"
    )


def test_a_time_on_another_day_can_name_its_day():
    assert ENGLISH.say("until {at:day}", at=SUMMER) == "until Sun 02:14"


@pytest.mark.parametrize(
    ("seconds", "form", "shown"),
    [(160, "", "2:40"), (3_725, "", "1:02:05"), (185, "minutes", "3"), (-5, "", "0:00")],
)
def test_a_duration_is_minutes_and_seconds_or_whole_minutes(seconds, form, shown):
    assert span(timedelta(seconds=seconds), form) == shown


def test_a_sentence_within_a_sentence_is_put_into_the_same_language():
    inner = Words("Last certain {at}.", {"at": SUMMER})
    assert ENGLISH.words(Words("{cause} {certain}", {"cause": Words("Covered."), "certain": inner})) == (
        "Covered. Last certain 02:14."
    )


def test_a_missing_value_never_blanks_a_board():
    assert ENGLISH.say("seen {at}") == "seen ?"


def test_a_value_cannot_reach_into_objects():
    assert ENGLISH.say("{at.__class__}", at=SUMMER) == "?"


def test_braces_in_a_value_are_only_text():
    assert ENGLISH.say("{name} said no", name="{at}") == "{at} said no"


def test_the_accented_language_changes_every_letter_and_keeps_values():
    shown = CATALOGUES[ACCENTED].say("seen {at} by {name}", at=SUMMER, name="Ada")
    assert shown.startswith("⟦šééñ 02:14 ƀý Ada") and len(shown) > len("seen 02:14 by Ada") + 2


def test_the_mirrored_language_runs_from_right_to_left_and_isolates_values():
    catalogue = CATALOGUES[MIRRORED]
    assert catalogue.direction == "rtl"
    assert "\u2068Ada\u2069" in catalogue.say("{name} looked", name="Ada")


@pytest.mark.parametrize("name", ["דנה ק.", "أحمد", "\u202eevil"])
def test_a_name_that_runs_the_other_way_is_kept_apart_from_the_words_around_it(name):
    assert ENGLISH.say("{name} moves to {room}.", name=name, room="Room 3") == f"\u2068{name}\u2069 moves to Room 3."


def _write_po(folder: Path, language: str, source: str, target: str) -> None:
    path = folder / language / "LC_MESSAGES" / "hushward.po"
    path.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path.write_text(f'{head}msgid "{source}"\nmsgstr "{target}"\n', encoding="utf-8")


def test_a_translation_is_read_from_its_po_file(tmp_path):
    _write_po(tmp_path, "cy", "Sign in", "Mewngofnodi")
    welsh = open_catalogues("Europe/London", tmp_path)["cy"]
    assert (welsh.say("Sign in"), welsh.say("Sign out"), welsh.name) == ("Mewngofnodi", "Sign out", "Cymraeg")


def test_a_translation_that_loses_a_value_is_refused_at_the_start(tmp_path):
    _write_po(tmp_path, "cy", "Room {room}", "Ystafell")
    with pytest.raises(ConsoleError, match="must keep its fields"):
        open_catalogues("Europe/London", tmp_path)


def test_arabic_runs_from_right_to_left():
    assert Catalogue("ar", ZoneInfo("Europe/London")).direction == "rtl"


def test_the_readers_own_choice_comes_before_the_browsers_and_the_wards(tmp_path):
    _write_po(tmp_path, "cy", "Sign in", "Mewngofnodi")
    all_of_them = open_catalogues("Europe/London", tmp_path)
    assert choose(all_of_them, "cy", "en", "en").language == "cy"
    assert choose(all_of_them, None, "cy-GB,en;q=0.5", "en").language == "cy"
    assert choose(all_of_them, "xx", "fr", "cy").language == "cy"


def test_a_browser_never_comes_upon_a_test_language_by_itself():
    assert choose(CATALOGUES, None, "en-XA", "en").language == "en"
