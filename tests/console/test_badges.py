"""Badges and PINs: a tap answers calls, a PIN opens details, and what the log does not know opens nothing (rule X6)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.roles import Actor, Role
from console.rules.decision import Decision
from console.signing_in.identity import SignIn
from console.signing_in.passkeys import PasskeyAsk
from tests.kit.console_store import NURSE, Bench, open_bench, outside

CHARGE = Actor("cc" * 16, "cora", "Cora C.", Role.NURSE_IN_CHARGE)
DEVICE, OTHER, ORIGIN = "d" * 32, "e" * 32, "https://ward.example:8443"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = open_bench(tmp_path)
    yield made
    made.store.close()


def enrolled(bench: Bench, name: str = "bea", role: Role = Role.NURSE) -> Actor:
    invited = bench.store.write(lambda tx: bench.identity.invite(tx, NURSE, name, "Bea K.", role))
    made = bench.identity.enrol(invited.token, "", "", "three quiet words")
    assert isinstance(made, Actor)
    return made


def badge(bench: Bench, actor: Actor) -> str:
    told = bench.identity.badges.issue(CHARGE, actor.actor_id)
    assert isinstance(told, str) and len(told) == 20
    return told


def test_X6_a_tap_brings_the_session_to_this_tablet_and_ends_it_on_the_other(bench: Bench) -> None:
    told = badge(bench, enrolled(bench))
    first, second = bench.identity.tap(told, DEVICE), bench.identity.tap(told.lower(), OTHER)
    assert isinstance(first, SignIn) and isinstance(second, SignIn)
    assert bench.identity.actor_of(first.session_token) is None
    assert bench.identity.actor_of(second.session_token) == second.actor


def test_X6_a_badge_and_a_pin_that_were_seen_make_no_passkey_that_outlasts_the_shift(bench: Bench) -> None:
    actor, passkeys = enrolled(bench), bench.identity.passkeys
    by_badge = bench.identity.tap(badge(bench, actor), DEVICE)
    assert isinstance(by_badge, SignIn) and bench.identity.badges.choose_pin(actor, "4071")
    assert bench.identity.badges.has_pin(actor) and bench.identity.badges.opens(actor, "4071", DEVICE)
    assert isinstance(passkeys.ask_to_add(actor, DEVICE, ORIGIN, by_badge.session_token), Decision)
    by_password = bench.identity.sign_in("bea", "three quiet words", DEVICE)
    assert isinstance(by_password, SignIn)
    assert isinstance(passkeys.ask_to_add(actor, DEVICE, ORIGIN, by_password.session_token), PasskeyAsk)


def test_X6_a_pin_is_the_owners_own_and_guessing_it_must_wait(bench: Bench) -> None:
    actor, badges = enrolled(bench), bench.identity.badges
    assert not badges.choose_pin(actor, "4071") and not badges.has_pin(actor), "no badge yet"
    badge(bench, actor)
    assert [bool(badges.choose_pin(actor, pin)) for pin in ("1234", "7777", "12a4", "123", "4071")] == [0, 0, 0, 0, 1]
    assert badges.opens(actor, "4071", DEVICE)
    for _ in range(5):
        assert not badges.opens(actor, "4072", DEVICE)
    assert "Too many attempts" in badges.opens(actor, "4071", DEVICE).reason.text


def test_X6_a_pin_guessed_from_ever_new_devices_opens_no_more_until_a_new_one_is_chosen(bench: Bench) -> None:
    actor, badges = enrolled(bench), bench.identity.badges
    badge(bench, actor)
    assert badges.choose_pin(actor, "4071")
    for number in range(10):
        assert not badges.opens(actor, "4072", f"{number:032x}")
    assert "too often" in badges.opens(actor, "4071", DEVICE).reason.text
    assert badges.choose_pin(actor, "5193")
    assert badges.opens(actor, "5193", DEVICE)


def test_X6_a_badge_ends_after_the_shift_with_a_new_one_and_never_while_its_session_lasts(bench: Bench) -> None:
    actor = enrolled(bench)
    old, new = badge(bench, actor), badge(bench, actor)
    assert isinstance(bench.identity.tap(old, DEVICE), Decision)
    bench.clock.advance(12.9 * 3600)
    opened = bench.identity.tap(new, DEVICE)
    bench.clock.advance(0.2 * 3600)
    assert isinstance(opened, SignIn) and bench.identity.actor_of(opened.session_token) == actor
    assert isinstance(bench.identity.tap(new, DEVICE), Decision)


@pytest.mark.parametrize("role", [Role.GOVERNANCE_LEAD, Role.ADMINISTRATOR, Role.IG_OFFICER])
def test_X6_no_badge_passes_by_the_second_step(bench: Bench, role: Role) -> None:
    assert isinstance(bench.identity.badges.issue(CHARGE, enrolled(bench, "gov", role).actor_id), Decision)
    assert isinstance(bench.identity.badges.issue(NURSE, enrolled(bench).actor_id), Decision)


def test_T24_a_badge_or_pin_that_was_changed_in_the_database_opens_nothing(bench: Bench) -> None:
    actor = enrolled(bench)
    told = badge(bench, actor)
    assert bench.identity.badges.choose_pin(actor, "4071")
    bench.store.close()
    outside(bench.file, "UPDATE badges SET pin_hash = (SELECT password_hash FROM accounts)")
    after = open_bench(bench.folder, bench.clock)
    assert not after.identity.badges.opens(actor, "three quiet words", DEVICE)
    after.store.close()
    outside(bench.file, "UPDATE badges SET expires_at = '2099-01-01T00:00:00.000000Z'")
    after = open_bench(bench.folder, bench.clock)
    assert isinstance(after.identity.tap(told, DEVICE), Decision)
    after.store.close()
