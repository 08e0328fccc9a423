"""Accounts as the log knows them, and the second step of a sign-in (rules X4, X6; T24, T43)."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from console.roles import Actor, Role
from console.rules.decision import Decision
from console.signing_in.identity import Identity, SignIn
from console.signing_in.second_step import step_of
from console.store import accounts, audit_rows
from tests.kit.console_store import NURSE, QUICK, Bench, open_bench, outside

SECRET, DEVICE = "three quiet words", "d" * 32


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = open_bench(tmp_path)
    yield made
    made.store.close()


def enrolled(bench: Bench, name: str = "gov", role: Role = Role.GOVERNANCE_LEAD) -> Actor:
    invited = bench.store.write(lambda tx: bench.identity.invite(tx, NURSE, name, "Ada K.", role))
    made = bench.identity.enrol(invited.token, "", "", SECRET)
    assert isinstance(made, Actor)
    return made


def sign_in(bench: Bench, name: str = "gov", code: str = "") -> SignIn | Decision:
    return bench.identity.sign_in(name, SECRET, DEVICE, code)


def changed_outside(bench: Bench, *statements: str) -> Bench:
    bench.store.close()
    outside(bench.file, *statements)
    return open_bench(bench.folder, bench.clock)


CHANGES = {
    "another password": "UPDATE accounts SET password_hash = "
    "(SELECT password_hash FROM accounts WHERE username = 'bea') WHERE username = 'gov'",
    "another role": "UPDATE accounts SET role = 'governance_lead' WHERE username = 'bea'",
    "a name for another": "UPDATE accounts SET username = 'zed', username_folded = 'zed' WHERE username = 'bea'",
}


@pytest.mark.parametrize("change", CHANGES)
def test_T24_an_account_that_was_changed_in_the_database_signs_in_no_more(bench: Bench, change: str) -> None:
    enrolled(bench)
    enrolled(bench, "bea", Role.NURSE)
    opened = sign_in(bench, "bea")
    assert isinstance(opened, SignIn)
    after = changed_outside(bench, CHANGES[change])
    name = {"another password": "gov", "a name for another": "zed"}.get(change, "bea")
    refused = sign_in(after, name)
    assert isinstance(refused, Decision) and "changed outside the console" in refused.reason.text
    if change != "another password":
        assert after.identity.actor_of(opened.session_token) is None
    newest = after.store.read(lambda tx: audit_rows.newest_rows(tx, limit=3))
    assert "changed_outside" in " ".join(row.entry for row in newest)
    after.store.close()


def test_T24_an_account_that_was_added_in_the_database_signs_in_nowhere(bench: Bench) -> None:
    enrolled(bench)
    columns = "display_name, role, room_id, patient_id, password_hash, is_active, created_at"
    added = f"INSERT INTO accounts SELECT '{'e' * 32}', 'evil', 'evil', {columns} FROM accounts WHERE username = 'gov'"
    after = changed_outside(bench, added)
    assert isinstance(sign_in(after, "evil"), Decision)
    assert isinstance(sign_in(after), SignIn)
    after.store.close()


def test_T24_a_closed_account_is_not_opened_by_a_change_of_its_row(bench: Bench) -> None:
    actor = enrolled(bench)
    bench.store.write(lambda tx: bench.identity.set_active(tx, actor.actor_id, is_active=False))
    after = changed_outside(bench, "UPDATE accounts SET is_active = 1")
    refused = sign_in(after)
    assert isinstance(refused, Decision) and "changed outside" in refused.reason.text
    after.store.close()


def test_T24_a_session_that_was_added_in_the_database_opens_nothing(bench: Bench) -> None:
    actor = enrolled(bench)
    now = bench.clock.utc_now()
    args = (actor.actor_id, DEVICE, now, now + timedelta(hours=1))
    bench.store.write(lambda tx: accounts.open_session(tx, "forged", *args))
    assert bench.identity.actor_of("forged") is None


def test_X4_an_account_of_an_older_version_is_taken_as_it_stands_at_its_next_sign_in(bench: Bench) -> None:
    """Its entries hold no digest: it signs in, and from then on it is known."""
    actor = enrolled(bench)
    bench.store.write(lambda tx: bench.identity._register.record(tx, "setup:enrolment:used", actor))
    assert isinstance(sign_in(bench), SignIn)
    after = changed_outside(bench, "UPDATE accounts SET role = 'administrator'")
    assert isinstance(sign_in(after), Decision)
    after.store.close()


def code_of(secret: str, bench: Bench) -> str:
    raw = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return TOTP(raw, 6, SHA1(), 30).generate(bench.clock.utc_now().timestamp()).decode()


def test_X6_whoever_audits_needs_a_second_step_and_each_code_is_taken_once(bench: Bench) -> None:
    identity = Identity(bench.store, bench.audit, passwords=QUICK, second_step=True)
    actor, nurse = enrolled(bench), enrolled(bench, "bea", Role.NURSE)
    assert identity.steps.is_wanting(actor) and not identity.steps.is_wanting(nurse)
    assert not bench.identity.steps.is_wanting(actor), "nor in a demonstration"
    made = identity.steps.begin(actor)
    assert made is not None and made.secret in made.address
    assert not identity.steps.confirm(actor, "000000")
    assert identity.steps.confirm(actor, code_of(made.secret, bench))
    assert not identity.steps.is_wanting(actor) and identity.steps.begin(actor) is None
    used, without = sign_in(bench, code=code_of(made.secret, bench)), sign_in(bench)
    assert isinstance(used, Decision) and isinstance(without, Decision)
    assert "six digits" in without.reason.text
    bench.clock.advance(30)
    assert isinstance(sign_in(bench, code=code_of(made.secret, bench)), SignIn)


def test_T24_a_second_step_that_was_taken_away_in_the_database_is_missed(bench: Bench) -> None:
    actor = enrolled(bench)
    made = bench.identity.steps.begin(actor)
    assert made is not None and bench.identity.steps.confirm(actor, code_of(made.secret, bench))
    after = changed_outside(bench, "DELETE FROM second_steps")
    refused = sign_in(after)
    assert isinstance(refused, Decision) and "changed outside" in refused.reason.text
    after.store.close()


def test_X6_codes_are_those_of_rfc_6238_and_a_telephone_may_be_half_a_minute_off(bench: Bench) -> None:
    secret, now = b"12345678901234567890", bench.clock.utc_now().replace(second=0)
    code = TOTP(secret, 6, SHA1(), 30).generate(now.timestamp()).decode()
    late = [step_of(secret, code, now + timedelta(seconds=one)) is not None for one in (-30, 0, 29, 59, 60)]
    assert late == [True, True, True, True, False]
    assert step_of(secret, f"{code[:3]} {code[3:]}", now) is not None
    assert TOTP(secret, 8, SHA1(), 30).generate(59) == b"94287082", "RFC 6238, appendix B"
