"""E1, S1: axe finds nothing on any page or paper of a patient, and a screen reader's tree says what the page says."""

import pytest

from console.own.own_views import ReadingChoice
from tests.browser.test_accessible import faults_of

OWN = [
    "/me",
    "/me/told",
    "/me/tell",
    "/me/copy",
    "/me/leaving",
    "/me/night",
    "/me/print",
    "/reading",
    "/stop/room-2/show?scene=two",
]
OPEN = ["/stop/room-2", "/stop/room-2/show", "/reading?room=room-2", "/hidden", "/print", "/answer"]
PAPERS = ["/print/leaflet", "/print/consent", "/print/carers", "/print/stop-sheet"]
READERS = {
    "english": ReadingChoice("en"),
    "arabic": ReadingChoice("ar"),
    "easy read": ReadingChoice("en", easy_read=True, large_print=True, high_contrast=True),
}


@pytest.mark.parametrize("name", READERS)
def test_E1_axe_finds_nothing_on_the_patients_pages(screen, ward, address, name):
    ward.reading_choice = READERS[name]
    page = screen("patient", "phone", "night", READERS[name].language)
    found = {}
    for path in OWN:
        page.goto(address + path)
        found[path] = faults_of(page)
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_E1_axe_finds_nothing_on_the_stop_pages_and_the_papers(screen, address, language):
    page = screen(None, "tablet", "day", language)
    found = {}
    for path in [*OPEN, *PAPERS]:
        page.goto(address + path)
        found[path] = faults_of(page)
    page.goto(f"{address}/stop/room-2")
    page.click(".stop")
    for path in ["/stop/room-2/state", "/stop/room-2/receipt"]:
        page.goto(address + path)
        found[path] = faults_of(page)
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_E1_axe_finds_nothing_on_the_cards_and_the_complaints(screen, address):
    for who, path in (("administrator", "/cards?language=ur"), ("governance_lead", "/complaints")):
        page = screen(who)
        page.goto(address + path)
        assert faults_of(page) == [], path


@pytest.mark.parametrize("language", ["en", "ar", "so", "bn"])
def test_E1_no_page_of_a_patient_is_wider_than_a_phone_in_large_print(screen, ward, address, language):
    ward.reading_choice = ReadingChoice(language, easy_read=True, large_print=True)
    page = screen("patient", "phone", "day", language)
    wide = {}
    for path in OWN:
        page.goto(address + path)
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in wide.items() if width > 390} == {}


def test_S1_a_screen_reader_finds_headings_names_and_the_live_region(screen, ward, address):
    page = screen("patient", "tablet")
    tree = page.locator("main").aria_snapshot()
    for told in (
        'heading "The sensor in my room" [level=1]',
        'heading "Who looked" [level=2]',
        'button "STOP"',
        'button "PAUSE for 10 minutes"',
        'link "A lamp that is on Show me how it works"',
    ):
        assert told in tree, told
    page.click(".stop")
    page.wait_for_selector("#state")
    assert "status" in page.locator("#state").aria_snapshot()
    assert page.locator("#state").get_attribute("aria-live") == "polite"


def test_E1_reading_aloud_without_a_voice_says_so_in_a_sentence(screen):
    page = screen("patient", "tablet")
    page.click("[data-aloud] button")
    page.wait_for_selector(".aloud__told:not(:empty)")
    assert "This device has no voice for this language." in page.inner_text(".aloud__told")


def test_E1_a_page_is_read_only_by_a_press_and_only_with_a_voice_of_the_device(screen, address):
    page = screen("patient", "tablet")
    page.add_init_script(
        """
        window.said = [];
        const voice = (name, localService) => ({lang: "en-GB", localService, name});
        const voices = [voice("far", false), voice("near", true)];
        const speech = {speaking: false, pending: false, getVoices: () => voices, cancel: () => {},
                        speak: (one) => window.said.push([one.voice.name, one.text])};
        Object.defineProperty(window, "speechSynthesis", {value: speech});
        window.SpeechSynthesisUtterance = function (text) { this.text = text; };
        """
    )
    page.goto(f"{address}/me")
    assert page.evaluate("window.said") == []
    page.click("[data-aloud] button")
    said = page.evaluate("window.said")
    assert {voice for voice, _ in said} == {"near"}
    assert said[0][1] == "The sensor in my room" and not [text for _, text in said if "Read this page" in text]
