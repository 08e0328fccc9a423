"""A real headless Chromium before a real server over a hand-made ward."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from broker.clock import SystemClock
from tests.kit.served import served
from tests.kit.skin import PASSWORD, PEOPLE, HandWard

SIZES = {"station": (1920, 1080), "tablet": (1024, 768), "upright": (820, 1180), "phone": (390, 844)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the folder: without Chromium its tests are left out and named."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def ward() -> HandWard:
    return HandWard(SystemClock())


@pytest.fixture
def address(ward: HandWard, tmp_path: Path) -> Iterator[str]:
    with served(ward, tmp_path) as url:
        yield url


Open = Callable[..., Any]


@pytest.fixture
def screen(chromium: Any, address: str) -> Iterator[Open]:
    """Open a screen: `screen("nurse", "tablet", "night", "en")` gives a page, signed in."""
    contexts: list[Any] = []
    faults: list[str] = []

    def open_screen(who: str | None, size: str = "tablet", theme: str = "day", language: str = "en") -> Any:
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        choices = {"theme": theme, "language": language}
        context.add_cookies(
            [{"name": f"hushward-{what}", "value": told, "url": address} for what, told in choices.items()]
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        if who is not None:
            page.goto(f"{address}/sign-in")
            page.fill("#username", PEOPLE[who].username)
            page.fill("#password", PASSWORD)
            page.click("form[action='/sign-in'] button")
            page.wait_for_load_state()
            # A patient's own choice of language comes with their sign-in; a test wants the one that it named.
            context.add_cookies([{"name": "hushward-language", "value": language, "url": address}])
            page.reload()
        return page

    yield open_screen
    for context in contexts:
        context.close()
    assert not faults
