"""The engineer's page: all that can be asked, by whom, and that nothing finer than the grid can be answered."""

import json
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.clock import HandClock
from deploy.setup_room.door import IDLE_S, MOST_WRONG, Door, Entry
from deploy.setup_room.site import ROUTES, Answer, Asked
from tests.kit.drawn_room import DRAWN, ORIGIN, EngineersBrowser, at_the_page, drawn
from tests.kit.nodes import NIGHT

GRID = re.compile(rb"(?:[0-9]{16}\n){12}")
ASSETS = {"/", "/page.css", "/page.js"}
SAID = {"sentence"}
DRAWING = {"node_id", "rows", "distance_m", "may_undo"}


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NIGHT)


@pytest.fixture
def inside(tmp_path: Path, clock: HandClock) -> EngineersBrowser:
    door, browser = at_the_page(tmp_path, clock)
    assert browser.enter(door.code).status is HTTPStatus.OK
    return browser


def is_harmless(path: str, answer: Answer) -> bool:
    """Return whether an answer is one of all that may ever be said: a fixed page, 192 digits, or a few known fields."""
    if path in ASSETS and answer.status is HTTPStatus.OK:
        return answer.kind.startswith("text/")
    if answer.kind != "application/json":
        return answer.body == b"" or GRID.fullmatch(answer.body) is not None
    told = json.loads(answer.body)
    if told.keys() == DRAWING:
        return len(told["rows"]) == 12 and all(re.fullmatch("[#bfde.]{16}", row) for row in told["rows"])
    return told.keys() <= SAID | {"left_min"} and len(answer.body) < 600


def test_K1_these_are_all_the_routes_and_a_new_one_is_a_decision() -> None:
    gets = {path for method, path in ROUTES if method == "GET"}
    posts = {path for method, path in ROUTES if method == "POST"}
    assert gets == ASSETS | {"/grid", "/left", "/drawing"}
    assert posts == {"/code", "/drawing", "/undo", "/finish"}
    assert {path for (_, path), route in ROUTES.items() if not route.needs_session} == ASSETS | {"/code"}


def test_K1_each_route_answers_with_nothing_finer_than_the_grid(inside: EngineersBrowser) -> None:
    bodies = {"/drawing": drawn(), "/code": {"code": "1"}}
    for method, path in ROUTES:
        assert is_harmless(path, inside.ask(method, path, bodies.get(path))), (method, path)
    assert GRID.fullmatch(inside.ask("GET", "/grid").body)


WORDS = [
    "grid",
    "frame",
    "picture",
    "raw",
    "..",
    "drawing",
    "log",
    "node.toml",
    "data",
    "?n=1",
    "#",
    "%2e%2e",
    "\x00",
    "",
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "get"]),
    path=st.one_of(
        st.sampled_from([path for _, path in ROUTES]),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts)),
        st.text(max_size=30),
    ),
    body=st.one_of(st.binary(max_size=200), st.just(json.dumps(drawn(nothing_to_hide=True)).encode())),
    headers=st.dictionaries(
        st.sampled_from(["host", "origin", "content-type", "cookie", "sec-fetch-site", "range", "accept"]),
        st.text(),
        max_size=3,
    ),
    grid=st.binary(max_size=300),
)
def test_K1_whatever_is_asked_and_whatever_the_file_holds_no_answer_is_finer_than_the_grid(
    tmp_path: Path, method: str, path: str, body: bytes, headers: dict[str, str], grid: bytes
) -> None:
    from edge.commissioning.grids import GridFile

    folder = tmp_path / "room-check"
    folder.mkdir(exist_ok=True)
    (folder / "grid").write_bytes(grid)
    door, browser = at_the_page(tmp_path, HandClock(NIGHT), GridFile(tmp_path).read)
    browser.enter(door.code)
    told = {"host": ORIGIN[7:], "origin": ORIGIN, "content-type": "application/json", "cookie": browser.cookie}
    answer = browser.site.answer(Asked(method, path, told | headers, body))
    assert is_harmless(path, answer)


def test_K1_however_often_it_is_asked_the_page_gives_two_grids_a_second(tmp_path: Path, clock: HandClock) -> None:
    number = iter(range(10**6))
    door, browser = at_the_page(tmp_path, clock, lambda: f"{next(number):016}\n".encode() * 12)
    browser.enter(door.code)
    seen = set()
    for _ in range(1000):
        seen.add(browser.ask("GET", "/grid").body)
        clock.advance(0.01)
    assert 18 <= len(seen) <= 21


def test_while_there_is_no_grid_nothing_is_answered(tmp_path: Path, clock: HandClock) -> None:
    door, browser = at_the_page(tmp_path, clock, lambda: None)
    browser.enter(door.code)
    assert browser.ask("GET", "/grid") == Answer(HTTPStatus.NO_CONTENT)


@pytest.mark.parametrize(("method", "path"), [one for one, route in ROUTES.items() if route.needs_session])
def test_nothing_is_given_to_whoever_has_not_typed_the_code(
    tmp_path: Path, clock: HandClock, method: str, path: str
) -> None:
    _door, browser = at_the_page(tmp_path, clock)
    for browser.cookie in ("", "setup-room=" + "0" * 64, "setup-room=\u00e4; x", "a" * 500):
        assert browser.ask(method, path, drawn()).status is HTTPStatus.UNAUTHORIZED


def test_the_code_opens_once_and_for_one_browser(tmp_path: Path, clock: HandClock) -> None:
    door, first = at_the_page(tmp_path, clock)
    second = EngineersBrowser(first.site)
    assert first.enter(f"{door.code[:4]} {door.code[4:]}").status is HTTPStatus.OK
    told = second.enter(door.code)
    assert told.status is HTTPStatus.FORBIDDEN
    assert json.loads(told.body)["sentence"] == Entry.TAKEN
    assert first.ask("GET", "/drawing").status is HTTPStatus.OK


def test_wrong_codes_cost_time_and_the_fifth_shuts_the_page(clock: HandClock) -> None:
    door = Door(clock)
    wrong = "0" * 8 if door.code != "0" * 8 else "1" * 8
    assert door.enter(wrong)[0] is Entry.WRONG
    assert door.enter(door.code)[0] is Entry.WAIT
    for _ in range(MOST_WRONG - 1):
        clock.advance(2)
        door.enter(wrong)
    clock.advance(2)
    assert door.is_shut
    assert door.enter(door.code)[0] is Entry.SHUT


def test_a_page_that_only_renews_its_grid_is_idle_after_15_minutes(tmp_path: Path, clock: HandClock) -> None:
    door, browser = at_the_page(tmp_path, clock)
    browser.enter(door.code)
    for _ in range(int(IDLE_S) - 1):
        clock.advance(1)
        browser.ask("GET", "/grid")
    assert not door.is_idle
    browser.ask("GET", "/drawing")
    clock.advance(IDLE_S - 1)
    assert not door.is_idle
    clock.advance(1)
    assert door.is_idle


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "room.example:8470"},
        {"host": "localhost:8470"},
        {"origin": "http://elsewhere.example"},
        {"origin": "null"},
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_another_page_in_the_same_browser_can_keep_nothing(inside: EngineersBrowser, headers: dict[str, str]) -> None:
    told = inside.ask("POST", "/drawing", drawn(), **headers)
    assert told.status in (HTTPStatus.FORBIDDEN, HTTPStatus.MISDIRECTED_REQUEST)
    assert json.loads(inside.ask("GET", "/drawing").body)["rows"] == ["." * 16] * 12


def test_a_drawing_is_kept_and_can_be_taken_back(inside: EngineersBrowser) -> None:
    assert inside.ask("POST", "/drawing", drawn()).status is HTTPStatus.OK
    kept = json.loads(inside.ask("GET", "/drawing").body)
    assert (kept["rows"], kept["distance_m"], kept["may_undo"]) == (DRAWN, 2.2, True)
    assert json.loads(inside.ask("POST", "/undo").body)["rows"] == ["." * 16] * 12


def test_P3_a_drawing_that_hides_nothing_needs_the_engineers_word_for_it(inside: EngineersBrowser) -> None:
    open_rows = ["." * 16, *DRAWN[1:]]
    refused = inside.ask("POST", "/drawing", drawn(rows=open_rows))
    assert refused.status is HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Hide what is behind the en-suite's door" in json.loads(refused.body)["sentence"]
    assert inside.ask("POST", "/drawing", drawn(rows=open_rows, nothing_to_hide=True)).status is HTTPStatus.OK


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"rows": ["x" * 16, *DRAWN[1:]]}, 422, "'x' is no mark"),
        ({"rows": ["#" * 16] * 12}, 422, "every block is hidden"),
        ({"rows": ["#" + "f" * 15, *["." * 16] * 11]}, 422, "no bed is drawn"),
        ({"rows": DRAWN[1:]}, 400, "not what this page sends"),
        ({"rows": [row + "." for row in DRAWN]}, 400, "not what this page sends"),
        ({"distance_m": 0.1}, 400, "not what this page sends"),
        ({"distance_m": "2"}, 400, "not what this page sends"),
        ({"picture": 1}, 400, "not what this page sends"),
    ],
)
def test_a_drawing_that_is_none_is_refused_with_the_remedy_and_nothing_is_written(
    inside: EngineersBrowser, changes: dict[str, object], status: int, sentence: str
) -> None:
    told = inside.ask("POST", "/drawing", drawn(**changes))
    assert told.status == status
    assert sentence in json.loads(told.body)["sentence"]
    assert json.loads(inside.ask("GET", "/drawing").body)["rows"] == ["." * 16] * 12
