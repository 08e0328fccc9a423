"""The hospital's own sign-in against a real provider on this machine, honest and lying (rule X6, T07, T43)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from broker.clock import HandClock, SystemClock
from broker.link import MemoryBroker
from broker.topics import upward_filters
from console.roles import Actor, Role
from console.running import opening
from console.signing_in.provider_settings import ProviderSettings
from console.store import accounts
from console.ward import Ward
from tests.kit.boxed_ward import GOVERNANCE, MORNING, QUICK, SITE, WARD, open_ward, settings_of
from tests.kit.console_store import outside
from tests.kit.hospital import CLIENT, Hospital, hospital, settings_for, signing_key
from tests.kit.skin import screens_over
from tests.kit.visitor import text_of

EVIL = QUICK.hash("three evil words")
ADA = {"sub": "00u-ada", "given_name": "Ada", "family_name": "Kent", "preferred_username": "ada.k"}
NURSES, LEADS = {"groups": ["night-nurses"]}, {"groups": ["gov"]}


@dataclass
class Desk:
    """A console beside its hospital."""

    hospital: Hospital
    clock: HandClock
    ward: Ward
    client: TestClient

    def browser(self) -> TestClient:
        made = TestClient(self.client.app, base_url="http://127.0.0.1:8800", follow_redirects=False)
        made.headers["sec-fetch-site"] = "same-origin"
        return made

    def come(self, browser: TestClient | None = None, **claims: object) -> Any:
        """Sign in at the hospital, and come back."""
        browser = browser or self.browser()
        sent = browser.get("/sign-in/provider")
        assert sent.status_code == 302, text_of(sent.text)
        return browser.get("/sign-in/provider/back", params=self.hospital.sign_in(sent.headers["location"], **claims))

    def denials(self) -> list[str]:
        rows = self.ward.access.audit_rows(GOVERNANCE, -1, 500)
        assert isinstance(rows, tuple)
        return [one.reason for one in rows if one.action == "signin:session:denied"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = HandClock(MORNING)
    with hospital(clock) as made:
        link = MemoryBroker().link(upward_filters(SITE, WARD))
        ward = open_ward(tmp_path, clock, link, provider=settings_for(made.address, WARD))
        view = ward.mappings.view(GOVERNANCE)
        assert ward.mappings.approve(GOVERNANCE, view.digest)
        yield Desk(made, clock, ward, screens_over(ward, tmp_path).client)
        ward.office.store.close()


def test_X6_a_nurse_comes_in_by_the_hospitals_sign_in_and_is_what_governance_approved(desk: Desk) -> None:
    browser = desk.browser()
    back = desk.come(browser, **ADA, **NURSES)
    assert back.status_code == 200 and 'content="0; url=/"' in back.text
    assert browser.get("/sign-in").headers["location"] == "/"
    shown = browser.get("/password").text
    assert "Ada K." in shown and 'data-role="nurse"' in shown
    again = desk.browser()
    desk.come(again, **ADA, **NURSES)
    assert browser.get("/sign-in").status_code == 200, "one session each: it has moved"
    assert again.get("/sign-in").status_code == 303
    desk.clock.advance(8 * 3600 + 1)
    assert again.get("/sign-in").status_code == 200, "the hospital is asked again"


LIES: tuple[tuple[dict[str, object], str], ...] = (
    ({"nonce": "another"}, "wrong_nonce"),
    ({"nonce": None}, "wrong_nonce"),
    ({"aud": "another-client"}, "wrong_aud"),
    ({"aud": [CLIENT, "another"]}, "wrong_azp"),
    ({"iss": "https://elsewhere.example"}, "wrong_iss"),
    ({"exp": 0}, "token_expired"),
    ({"iat": 4102444800}, "wrong_iat"),
    ({"iat": 1500000000}, "wrong_iat"),
    ({"sub": ""}, "wrong_sub"),
    ({"at_hash": "bm90LWl0cy1oYXNo"}, "wrong_at_hash"),
    ({"azp": "another-client"}, "wrong_azp"),
)


def test_T43_a_token_that_is_not_for_this_sign_in_lets_nobody_in(desk: Desk) -> None:
    for lie, _why in LIES:
        desk.hospital.lies = lie
        assert desk.come(**ADA, **NURSES).status_code == 403, lie
    assert desk.denials() == [why for _lie, why in LIES]


def test_T07_a_token_that_somebody_else_signed_lets_nobody_in_and_new_keys_of_the_hospital_do(desk: Desk) -> None:
    desk.hospital.signer = signing_key(1)
    assert desk.come(**ADA, **NURSES).status_code == 403
    assert desk.denials() == ["bad_signature"]
    desk.clock.advance(60)
    desk.hospital.key, desk.hospital.signer = signing_key(1), None
    assert desk.come(**ADA, **NURSES).status_code == 200


def test_T43_an_answer_is_taken_once_in_the_browser_that_asked_and_within_ten_minutes(desk: Desk) -> None:
    browser = desk.browser()
    asked = browser.get("/sign-in/provider").headers["location"]
    told = desk.hospital.sign_in(asked, **ADA, **NURSES)
    stolen = desk.browser().get("/sign-in/provider/back", params=told)
    first = browser.get("/sign-in/provider/back", params=told | {"next": "https://elsewhere.example", "url": "//evil"})
    assert (stolen.status_code, first.status_code) == (403, 200)
    assert "elsewhere" not in first.text and "evil" not in first.text and "location" not in first.headers
    assert browser.get("/sign-in/provider/back", params=told).status_code == 403
    late = desk.browser()
    told = desk.hospital.sign_in(late.get("/sign-in/provider").headers["location"], **ADA, **NURSES)
    desk.clock.advance(601)
    assert late.get("/sign-in/provider/back", params=told).status_code == 403
    assert desk.denials() == ["unknown_state"] * 3


def test_T43_a_code_that_was_used_elsewhere_or_is_refused_there_lets_nobody_in(desk: Desk) -> None:
    browser = desk.browser()
    told = desk.hospital.sign_in(browser.get("/sign-in/provider").headers["location"], **ADA, **NURSES)
    desk.hospital.codes.clear()
    assert browser.get("/sign-in/provider/back", params=told).status_code == 403
    state = desk.hospital.sign_in(browser.get("/sign-in/provider").headers["location"], **ADA)["state"]
    assert browser.get("/sign-in/provider/back", params={"error": "access_denied", "state": state}).status_code == 403
    assert desk.denials() == ["code_refused", "refused_there"]


def test_X6_who_leaves_the_hospitals_groups_is_out_at_once_and_comes_back_with_them(desk: Desk) -> None:
    first = desk.browser()
    desk.come(first, **ADA, **NURSES)
    assert desk.come(**ADA, groups=["elsewhere"]).status_code == 403
    assert first.get("/sign-in").status_code == 200
    assert desk.come(**ADA, **NURSES).status_code == 200
    assert desk.denials() == ["no_role"]


def test_T24_what_was_changed_of_an_account_in_the_database_the_hospital_s_word_does_not_bless(
    desk: Desk, tmp_path: Path
) -> None:
    desk.come(**ADA, **NURSES)
    file, identity = tmp_path / "console.db", desk.ward.identity
    outside(file, "UPDATE provider_accounts SET subject = '00u-eve'")
    assert desk.come(**ADA | {"sub": "00u-eve", "preferred_username": "eve"}, **NURSES).status_code == 403
    outside(file, "UPDATE provider_accounts SET subject = '00u-ada'", f"UPDATE accounts SET password_hash = '{EVIL}'")
    assert desk.come(**ADA, **NURSES).status_code == 403
    assert not identity.sign_in("ada.k", "three evil words", "d" * 32)
    assert desk.denials() == ["changed_outside"] * 3


def test_T24_the_hospital_s_word_is_not_put_off_in_the_database(desk: Desk, tmp_path: Path) -> None:
    desk.come(**ADA, **NURSES)
    ada = desk.ward.office.store.read(lambda tx: accounts.by_username(tx, "ada.k"))
    outside(tmp_path / "console.db", "DELETE FROM provider_accounts")
    desk.clock.advance(17 * 3600)
    fault = desk.ward.office.store.read(lambda tx: desk.ward.identity.sessions.vouching_fault(tx, ada.actor.actor_id))
    assert fault is not None and fault[0] == "not_vouched"


def test_X6_who_audits_needs_more_than_a_password_there(desk: Desk) -> None:
    assert desk.come(**ADA, **LEADS).status_code == 403
    assert desk.come(**ADA, **LEADS, amr=["pwd", "mfa"]).status_code == 200
    assert desk.denials() == ["one_step_only"]


def test_T07_a_name_at_the_hospital_never_opens_an_account_of_that_name_here(desk: Desk) -> None:
    invited = desk.ward.desk.add_staff(
        Actor("ad" * 16, "root", "Ro T.", Role.ADMINISTRATOR), "ada.k", "Ada Other", Role.WARD_MANAGER
    )
    assert invited.decision
    assert desk.come(**ADA, **NURSES).status_code == 403
    assert desk.denials() == ["name_taken"]


def test_X6_without_governances_approval_nobody_comes_in_and_a_change_needs_it_anew(desk: Desk) -> None:
    assert not desk.ward.mappings.approve(Actor("ad" * 16, "r", "R", Role.ADMINISTRATOR), "0" * 32)
    assert desk.ward.mappings.withdraw(GOVERNANCE)
    assert desk.browser().get("/sign-in/provider").status_code == 403
    changed = settings_for(desk.hospital.address, WARD).model_copy(update={"groups_claim": "roles"})
    assert changed.digest_for(WARD) != settings_for(desk.hospital.address, WARD).digest_for(WARD)


def test_X6_when_the_hospital_is_away_the_page_says_so_and_local_accounts_go_on(desk: Desk) -> None:
    desk.hospital.is_away = True
    browser = desk.browser()
    refused = browser.get("/sign-in/provider")
    assert refused.status_code == 403 and "does not answer" in text_of(refused.text)
    shown = browser.get("/sign-in").text
    assert "does not answer now" in text_of(shown) and 'name="password"' in shown
    desk.hospital.is_away = False
    desk.clock.advance(16)
    assert desk.come(**ADA, **NURSES).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "http://hospital.example"},
        {"scopes": ["profile"]},
        {"grants": [{"group": "a", "role": "patient", "wards": ["willow"]}]},
        {"grants": [{"group": "a", "role": "nurse", "wards": []}]},
    ],
)
def test_settings_that_would_let_in_too_many_are_refused(change: dict[str, object]) -> None:
    told = settings_for("https://hospital.example", WARD).model_dump() | change
    with pytest.raises(ValueError):
        ProviderSettings.model_validate(told)


@pytest.mark.filterwarnings("ignore::Warning")
def test_X6_a_provider_that_others_wrote_lets_a_nurse_in_too(tmp_path: Path) -> None:
    from oidc_provider_mock import User, run_server_in_thread

    ada = User(sub="00u-ada", claims={"groups": ["night-nurses"], "name": "Ada K."})
    with run_server_in_thread(user_claims=[ada]) as server:
        link = MemoryBroker().link(upward_filters(SITE, WARD))
        secret = tmp_path / "provider.secret"
        secret.write_text("any secret")
        secret.chmod(0o600)
        told = settings_for(f"http://localhost:{server.server_port}", WARD)
        told = told.model_copy(update={"client_secret_file": secret})
        ward = opening.open_ward(settings_of(tmp_path, provider=told), SystemClock(), link, passwords=QUICK)
        assert ward.mappings.approve(GOVERNANCE, told.digest_for(WARD))
        browser = screens_over(ward, tmp_path).client
        asked = browser.get("/sign-in/provider").headers["location"]
        answered = httpx2.post(asked, data={"sub": "00u-ada"}).headers["location"]
        assert browser.get(answered).status_code == 200
        assert browser.get("/sign-in").headers["location"] == "/"
        ward.office.store.close()


def log_out(desk: Desk, token: str) -> int:
    """Post a logout token as the hospital's server does: no page, no cookie."""
    server = TestClient(desk.client.app, base_url="http://127.0.0.1:8800")
    return server.post("/sign-in/provider/logout", data={"logout_token": token}).status_code


@pytest.mark.parametrize("named", [{"sub": "00u-ada"}, {"sub": None, "sid": "s-1"}, {"sid": "another"}])
def test_X6_who_signs_out_at_the_hospital_is_signed_out_here_at_once(desk: Desk, named: dict[str, Any]) -> None:
    browser, other = desk.browser(), desk.browser()
    desk.come(browser, **ADA, **NURSES, sid="s-1")
    desk.come(other, **(ADA | {"sub": "00u-bea", "preferred_username": "bea.l"}), **NURSES, sid="s-2")
    assert browser.get("/sign-in").status_code == 303
    assert log_out(desk, desk.hospital.logout_token(**named)) == 200
    assert browser.get("/sign-in").status_code == 200 and other.get("/sign-in").status_code == 303
    rows = desk.ward.access.audit_rows(GOVERNANCE, -1, 500)
    assert [one.reason for one in rows if one.action == "signin:session:ended"][-1] == "provider_logout"
    assert "signin:provider:logged_out" in {one.action for one in rows}


def test_X6_a_word_that_comes_late_or_again_after_a_restart_signs_nobody_out_who_has_come_since(desk: Desk) -> None:
    late = desk.hospital.logout_token()
    desk.clock.advance(110)
    browser = desk.browser()
    desk.come(browser, **ADA, **NURSES)
    assert log_out(desk, late) == 200 and browser.get("/sign-in").status_code == 303


LOGOUT_LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://elsewhere.example"},
    "for another console": {"aud": "another"},
    "two hours old": {"iat": -7200},
    "of tomorrow": {"iat": 86400},
    "ended": {"exp": -3600},
    "no time": {"iat": None},
    "no name of its own": {"jti": None},
    "no event": {"events": None},
    "another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "an ID token's nonce": {"nonce": "n"},
    "nobody named": {"sub": None},
    "a number for a name": {"sub": 7},
    "another kind of token": {"typ": "at+jwt"},
}


def test_T43_a_logout_token_that_is_not_as_the_standard_says_signs_nobody_out(desk: Desk) -> None:
    browser = desk.browser()
    desk.come(browser, **ADA, **NURSES)
    assert {
        lie: log_out(desk, desk.hospital.logout_token(**told)) for lie, told in LOGOUT_LIES.items()
    } == dict.fromkeys(LOGOUT_LIES, 400)
    assert browser.get("/sign-in").status_code == 303


def test_T43_a_forged_token_an_id_token_rubbish_and_one_that_comes_again_sign_nobody_out(desk: Desk) -> None:
    good = desk.hospital.logout_token()
    assert log_out(desk, good) == 200, "whoever is not known here needs no end"
    browser = desk.browser()
    desk.come(browser, **ADA, **NURSES)
    desk.hospital.signer = signing_key(1)
    forged = desk.hospital.logout_token()
    assert {log_out(desk, one) for one in (good, forged, "", "a.b.c")} == {400}
    assert browser.get("/sign-in").status_code == 303
    rows = desk.ward.access.audit_rows(GOVERNANCE, -1, 500)
    told = [one.reason for one in rows if one.action == "signin:logout:denied"]
    assert told == ["replayed", "bad_signature", "bad_signature", "bad_signature"]
