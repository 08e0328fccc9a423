"""X6: a passkey of a real browser, and the way to the hospital's sign-in on another site and back."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from broker.clock import HandClock
from broker.link import MemoryBroker
from broker.topics import upward_filters
from console.roles import Actor, Role
from tests.kit.boxed_ward import ADMIN, GOVERNANCE, MORNING, SITE, WARD, open_ward
from tests.kit.hospital import hospital
from tests.kit.hospital import settings_for as provider_for
from tests.kit.served import served

SECRET = "three quiet words"
_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.mark.timeout(180)
def test_X6_a_passkey_and_the_hospitals_sign_in_let_people_in_through_a_real_browser(
    chromium: Any, tmp_path: Path
) -> None:
    clock = HandClock(MORNING)
    with hospital(clock) as other_site:
        link = MemoryBroker().link(upward_filters(SITE, WARD))
        ward = open_ward(tmp_path / "ward", clock, link, provider=provider_for(other_site.address, WARD))
        assert ward.mappings.approve(GOVERNANCE, ward.mappings.view(GOVERNANCE).digest)  # type: ignore[union-attr]
        invited = ward.desk.add_staff(ADMIN, "bea", "Bea K.", Role.NURSE)
        assert isinstance(ward.identity.enrol(invited.token, "", "", SECRET), Actor)
        with served(ward, tmp_path) as url:
            _by_passkey(chromium, url.replace("127.0.0.1", "localhost"))
            other_site.claims = {"sub": "00u-ada", "name": "Ada K.", "groups": ["night-nurses"]}
            _by_the_hospital(chromium, url.replace("127.0.0.1", "localhost"))
        ward.office.store.close()


def _by_passkey(chromium: Any, url: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
    page.goto(f"{url}/sign-in")
    page.fill("#username", "bea")
    page.fill("#password", SECRET)
    page.click("form[action='/sign-in'] button")
    page.wait_for_url(f"{url}/")
    page.goto(f"{url}/passkeys")
    page.fill("#label", "my telephone")
    page.click("text=Add a passkey")
    page.wait_for_selector("text=Your passkey is kept")
    page.goto(f"{url}/passkeys")
    assert "my telephone" in page.inner_text("main")
    assert Axe().run(page).response["violations"] == []
    page.click("text=Sign out")
    page.wait_for_url(f"{url}/sign-in")
    page.click("text=Or your passkey")
    page.wait_for_url(f"{url}/")
    assert "Bea K." in page.inner_text("header")
    context.close()


def _by_the_hospital(chromium: Any, url: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    page.click("text=Sign in with the hospital's sign-in")
    page.click("text=It is me")
    page.wait_for_url(f"{url}/")
    assert "Ada K." in page.inner_text("header")
    context.close()
