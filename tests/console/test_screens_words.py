"""E1: every visible sentence comes from the one catalogue, and every screen can run from right to left."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from console.own.own_views import ReadingChoice
from console.words import ACCENTED, MIRRORED
from tests.kit.skin import HandWard, screens_over

ROOT = Path(__file__).parent.parent.parent
CONSOLE = ROOT / "console"
PAGES = {
    "nurse": [
        "/",
        "/rooms",
        "/health",
        "/consents/stay-1",
        "/board/rooms/room-6",
        "/board/rooms/room-2",
        "/password",
        "/unlock",
        "/cards",
        "/alerts/aa",
        "/alerts/aa?found=saw_them_fine",
        "/alerts/aa?tag=broken",
        "/emergency",
        "/emergency/e1",
        "/stand-down",
        "/shift",
        "/limits/room-6",
    ],
    "patient": ["/me", "/reading", "/me/told", "/me/tell", "/me/copy", "/me/leaving", "/me/print"],
    "administrator": ["/ward", "/staff", "/rooms"],
    "governance_lead": [
        "/governance",
        "/governance/month",
        "/governance/audits",
        "/governance/audits/2026-10",
        "/governance/papers",
        "/governance/benefit",
        "/governance/panel",
        "/nights",
        "/governance/duties",
        "/complaints",
        "/health",
    ],
    None: [
        "/sign-in",
        "/enrol/good",
        "/hidden",
        "/answer",
        "/stop/room-2",
        "/stop/room-2/state",
        "/stop/room-2/show",
        "/reading",
        "/print",
        "/print/leaflet",
        "/print/consent",
        "/print/carers",
        "/print/stop-sheet",
        "/app/lost",
        "/nowhere",
        "/public",
    ],
}
ALL = [(who, page) for who, pages in PAGES.items() for page in pages]
_SEEN = ("aria-label", "title", "alt", "placeholder")
_LEFT_OUT = {"script", "style", "time"}
"""Times are put into the language by the locale's own data, not by the catalogue."""
_VOID = {"meta", "link", "input", "br", "img", "hr"}


class _Visible(HTMLParser):
    """Collects what a person sees or hears, but for what is marked as untranslated (names, codes, numbers)."""

    def __init__(self) -> None:
        super().__init__()
        self._stack: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        skipped = named.get("translate") == "no" or tag in _LEFT_OUT or (bool(self._stack) and self._stack[-1][1])
        if not skipped:
            self.texts += [named[name] for name in _SEEN if named.get(name)]
        if tag not in _VOID:
            self._stack.append((tag, skipped))

    def handle_endtag(self, tag):
        while self._stack and self._stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self._stack and not self._stack[-1][1] and data.strip():
            self.texts.append(data.strip())


def visible(html: str) -> list[str]:
    parser = _Visible()
    parser.feed(html)
    return parser.texts


def escaped(text: str) -> str:
    """Return the plain letters that stand outside the catalogue's brackets."""
    outside, depth = [], 0
    for letter in text:
        depth += (letter == "⟦") - (letter == "⟧")
        if depth == 0 and letter.isascii() and letter.isalpha():
            outside.append(letter)
    return "".join(outside)


@pytest.fixture(scope="module")
def screens(tmp_path_factory):
    return screens_over(HandWard(), tmp_path_factory.mktemp("console"))


def page_in(screens, language: str, who: str | None, page: str) -> str:
    screens.client.cookies.clear()
    screens.ward.reading_choice = ReadingChoice(language)
    if who is not None:
        screens.sign_in(who)
    if who != "patient":
        screens.client.cookies.set("hushward-language", language)
    return screens.client.get(page).text


@pytest.mark.parametrize(("who", "page"), ALL)
def test_E1_no_visible_text_escapes_the_catalogue(screens, who, page):
    texts = visible(page_in(screens, ACCENTED, who, page))
    found = [text for text in texts if escaped(text.replace("· Hushward", ""))]
    assert len(texts) > 5 and not found


@pytest.mark.parametrize(("who", "page"), ALL)
def test_E1_every_screen_can_run_from_right_to_left(screens, who, page):
    assert '<html lang="ar-XB" dir="rtl"' in page_in(screens, MIRRORED, who, page)


def test_E1_a_denial_and_a_done_deed_come_from_the_catalogue(screens):
    page_in(screens, ACCENTED, "nurse", "/board/rooms/room-6")
    denied = screens.press("/board/rooms/room-6", "/board/rooms/room-6/look", access_reason="curiosity")
    asked = screens.press("/rooms", "/rooms/stay-1/discharge")
    for answer in (denied, asked):
        assert not [text for text in visible(answer.text) if escaped(text.replace("· Hushward", ""))]


PERSONAL = ("Room 2", "P.T.", "Pat Taylor", "Ro T.", "Ada K.", "root")


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("nurse", "/rooms"),
        ("nurse", "/board/rooms/room-2"),
        ("nurse", "/consents/stay-2"),
        ("nurse", "/health"),
        ("nurse", "/cards"),
        ("administrator", "/staff"),
        ("administrator", "/ward"),
    ],
)
def test_E1_what_people_called_somebody_or_something_cannot_turn_the_line_around_it(screens, who, page):
    html = re.sub(r"<option[^>]* dir=\"auto\">[^<]*</option>|<title>.*?</title>", "", page_in(screens, "en", who, page))
    kept_apart = re.sub(r"<bdi[^>]*>[^<]*</bdi>", "", html)
    assert "<bdi" in html
    assert not [text for text in visible(kept_apart) + visible_codes(kept_apart) if text in PERSONAL]


def visible_codes(html: str) -> list[str]:
    """Return what stands in elements that are never translated."""
    return [text.strip() for text in re.findall(r'translate="no"[^>]*>([^<]+)<', html)]


def test_our_style_sheets_know_no_left_and_no_right():
    for path in (CONSOLE / "static").glob("*.css"):
        rules = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(r"\b(left|right)\b|margin: ?0 \S+ 0 \S+ |padding-(left|right)", rules), path


def test_every_sentence_is_a_literal_so_that_translators_find_it():
    loose = []
    for path in CONSOLE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_words = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Words", "N_")
            )
            if is_words and node.args and isinstance(node.args[0], ast.JoinedStr | ast.BinOp):
                loose.append(f"{path.name}:{node.lineno}")
    assert not loose


@pytest.fixture(scope="module")
def found() -> set[str]:
    """What the translators' tools find, called as the README says."""
    methods = parse_mapping_cfg((CONSOLE / "locale" / "babel.cfg").open(encoding="utf-8"))[0]
    keywords = {**DEFAULT_KEYWORDS, "N_": None, "Words": None}
    return {entry[2] for entry in extract_from_dir(ROOT, methods, keywords=keywords, directory_filter=_is_console)}


def sentences(path: Path) -> list[tuple[int, ast.expr]]:
    """Return the first argument of each `Words` and `N_` of a module, with its line."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call) and node.args]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("Words", "N_")]
    return [(call.lineno, call.args[0]) for call in named]


def test_every_sentence_of_the_console_is_found_by_translators_tools(found):
    told = [
        (f"{path.relative_to(ROOT)}:{line}", first.value)
        for path in CONSOLE.rglob("*.py")
        for line, first in sentences(path)
        if isinstance(first, ast.Constant)
    ]
    assert len(told) > 300
    assert [place for place, sentence in told if sentence not in found] == []


def test_outside_the_screens_no_sentence_is_put_together_from_anything_but_a_sentence():
    loose = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in CONSOLE.rglob("*.py")
        if "screens" not in path.parts
        for line, first in sentences(path)
        if not isinstance(first, ast.Constant) and not (isinstance(first, ast.Attribute) and first.attr == "text")
    ]
    assert loose == []


def test_translators_tools_find_the_sentences_of_templates_and_code(found):
    assert len(found) > 300
    assert {"NOT MONITORED · check in person", "I saw them: fine", "CANNOT TELL · look in"} <= found


def _is_console(folder: str) -> bool:
    return "console" in folder.replace(str(ROOT), "") and "static" not in folder
