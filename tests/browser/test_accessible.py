"""E1, A8: axe finds nothing, a gloved thumb finds every target, and a keyboard alone does the whole way."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.kit.skin_facts import every_tile

THEMES = ["day", "night", "red"]
# The way to a patient, and a patient's own way to stop: nothing on it is smaller than 60 px.
RESPONSE_PATH = (
    ".tile__open, .tile .press, .asks .press, .actions .press, .stopping .press, .ask .press, .thumbs .press, "
    ".codes .press, .code-field, .top__emergency, #hide .press, .calls a, .round__head, .entry .press, .entry .tap, "
    ".key"
)
MEASURED = """all => all.map(one => [one.getBoundingClientRect(), one.outerHTML.slice(0, 80)])
  .filter(([box]) => box.width && box.height)
  .map(([box, html]) => [Math.round(box.width), Math.round(box.height), html])"""


def small_targets_of(page) -> list[str]:
    """Return each target on the way to a patient that a thumb in a glove does not find (rule A8)."""
    found = page.eval_on_selector_all(RESPONSE_PATH, MEASURED)
    assert found, "nothing can be pressed here"
    return [f"{width} x {height}: {html}" for width, height, html in found if width < 60 or height < 60]


def faults_of(page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    return [
        f"{one['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:200]}"
        for one in found.response["violations"]
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_E1_axe_finds_nothing_on_the_board(screen, ward, theme):
    ward.board = type(ward.board)(ward.board.at, ward.board.context, every_tile(), ward.board.ward_sentence)
    page = screen("nurse", "tablet", theme)
    page.wait_for_selector("#tile-room-18")
    assert faults_of(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_E1_axe_finds_nothing_on_the_patients_page(screen, theme):
    assert faults_of(screen("patient", "phone", theme)) == []


PAGES = {
    "nurse": (
        "/board/rooms/room-6",
        "/board/rooms/room-6/trend",
        "/alerts/aa",
        "/emergency/e1",
        "/shift",
        "/round?room=room-2",
        "/levels/room-3",
        "/round/from-paper",
        "/handover",
        "/visit/room-6",
        "/training",
        "/limits/room-6",
        "/consents/stay-1",
        "/consents/stay-1/step/ask",
        "/consents/stay-1/step/purposes",
        "/consents/stay-1/step/check",
        "/rooms",
        "/health",
        "/fleet",
        "/print",
    ),
    "patient": ("/me/try", "/me/about", "/me/night", "/me/staff"),
    "matron": ("/places", "/load"),
    "governance_lead": (
        "/checks-in-counts",
        "/nights",
        "/complaints",
        "/governance",
        "/governance/duties",
        "/governance/month",
        "/governance/audits",
        "/governance/audits/2026-10",
        "/governance/papers",
        "/governance/benefit",
        "/governance/panel",
        "/governance/looks",
        "/long-visits",
    ),
    "administrator": ("/ward", "/staff", "/cards"),
    None: ("/answer", "/stop/room-2", "/sign-in", "/public"),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", PAGES)
def test_E1_axe_finds_nothing_on_the_other_screens(screen, address, ward, who):
    ward.calling.rooms = lambda: (("room-6", "Room 6"),)
    page, faults = screen(who), {}
    for path in PAGES[who]:
        answer = page.goto(address + path)
        assert answer.status == 200, path
        faults |= {path: found} if (found := faults_of(page)) else {}
    assert faults == {}


@pytest.mark.parametrize("path", ["/consents/stay-1/other", "/rooms"])
def test_E1_axe_finds_nothing_in_what_staff_fold_open(screen, address, path):
    page = screen("nurse")
    page.goto(address + path)
    folded = page.locator("main details:not([open])")
    assert folded.count()
    page.eval_on_selector_all("main details", "all => all.forEach(one => { one.open = true })")
    assert faults_of(page) == []


def test_C20_no_question_of_the_talk_is_longer_than_two_screens_of_a_phone_and_a_keyboard_answers_it(screen, address):
    page = screen("nurse", "phone", "day")
    for step in ("helps", "ask", "feel", "purposes", "why", "explained", "check"):
        page.goto(f"{address}/consents/stay-1/step/{step}")
        assert page.evaluate("document.querySelector('main').scrollHeight") < 2 * 844, step
    page.goto(f"{address}/consents/stay-1/step/feel")
    page.focus("input[name=feeling]")
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/step/hear")


WAY_TO_A_PATIENT = (
    "/",
    "/board/rooms/room-6",
    "/alerts/aa",
    "/alerts/aa?found=saw_them_fine",
    "/round?room=room-2",
    "/visit/room-6",
    "/emergency",
    "/emergency/e1",
)


@pytest.mark.parametrize("size", ["upright", "phone"])
def test_A8_every_target_on_the_response_path_is_at_least_60_px(screen, address, ward, size):
    ward.calling.rooms = lambda: (("room-6", "Room 6"),)
    small = {}
    for who, paths in (("nurse", WAY_TO_A_PATIENT), ("patient", ("/me",))):
        page = screen(who, size)
        for path in paths:
            page.goto(address + path)
            page.wait_for_selector(RESPONSE_PATH)
            small |= {path: found} if (found := small_targets_of(page)) else {}
    assert small == {}


@pytest.mark.parametrize("language", ["en", "en-XA", "ar-XB"])
@pytest.mark.parametrize(
    ("who", "path"), [("nurse", "/"), ("patient", "/me"), (None, "/stop/room-2"), ("nurse", "/rooms")]
)
def test_E1_no_screen_is_wider_than_a_phone_in_any_language(screen, address, who, path, language):
    page = screen(who, "phone", "day", language)
    page.goto(address + path)
    page.wait_for_timeout(1200 if path == "/" else 0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_E1_a_keyboard_alone_signs_in_looks_and_stops(screen, address):
    page = screen(None)
    page.goto(f"{address}/sign-in")
    page.focus("#username")
    page.keyboard.type("pat")
    page.keyboard.press("Tab")
    page.keyboard.type("three quiet words")
    page.keyboard.press("Enter")
    page.wait_for_selector(".stop")
    page.focus(".stop")
    page.keyboard.press("Enter")
    page.wait_for_selector(".state--stopping")


def test_A8_no_screen_flashes_white_before_the_night(screen, address):
    page = screen("nurse", "tablet", "night")
    shades = []
    for _ in range(3):
        page.goto(address, wait_until="commit")
        shades.append(page.evaluate("getComputedStyle(document.documentElement).colorScheme"))
        page.wait_for_load_state()
        shades.append(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    assert "rgb(10, 9, 7)" in shades and "rgb(255, 255, 255)" not in shades
