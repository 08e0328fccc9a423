"""A9, K10: the board as an app: what a tablet keeps, what it shows without the console, and how it comes back."""

import json
import re

from tests.browser.test_accessible import faults_of
from tests.kit.served import served
from tests.kit.skin import HandWard

KEPT = ["/app/lost", "/static/icon.svg", "/static/lost.css", "/static/lost.js"]
EVERYTHING_KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const asked of await cache.keys()) {
      found[new URL(asked.url).pathname] = await (await cache.match(asked)).text();
    }
  }
  return found;
}"""
OF_PEOPLE = re.compile(r"A\.K\.|Room \d|EN-SUITE|SOMEONE|Ada|Pat|form_token")
IN_CONTROL = """new Promise((done) => {
    const all = navigator.serviceWorker;
    if (all.controller) done(true);
    else all.addEventListener("controllerchange", () => done(true));
})"""


def test_A9_K10_an_installed_board_opened_without_the_console_says_only_walk_your_round(chromium, tmp_path):
    context, ward = chromium.new_context(viewport={"width": 820, "height": 1180}), HandWard()
    page = context.new_page()
    page.set_default_timeout(30_000)
    with served(ward, tmp_path) as url:
        page.goto(f"{url}/sign-in")
        page.fill("#username", "ada")
        page.fill("#password", "three quiet words")
        page.click("form[action='/sign-in'] button")
        page.wait_for_selector("#tile-room-1")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        # The page's own policy forbids what `wait_for_function` does, so the page itself is told to wait.
        page.evaluate(IN_CONTROL)
        page.goto(f"{url}/alerts/aa")
        page.goto(f"{url}/round")
    kept = page.evaluate(EVERYTHING_KEPT)
    assert sorted(kept) == KEPT and not OF_PEOPLE.search(json.dumps(kept))

    # The console is gone. A press and a board opened anew both end at the one page, which names nobody.
    page.goto(f"{url}/alerts/aa")
    assert "CONNECTION LOST" in page.inner_text("h1") and "WALK YOUR ROUND" in page.inner_text("h1")
    other = context.new_page()
    other.set_default_timeout(30_000)
    other.goto(url)
    said = other.inner_text("body")
    assert re.search(r"No connection since \d\d:\d\d\.", said) and not OF_PEOPLE.search(said)
    assert other.locator("#again").bounding_box()["height"] >= 60 and faults_of(other) == []

    # It is back, at the same place: each tablet goes on by itself where somebody was on the way.
    with served(ward, tmp_path, at_port=int(url.rpartition(":")[2])):
        page.wait_for_selector("h1.alert__room")
        other.wait_for_selector("#tile-room-1")
    context.close()
