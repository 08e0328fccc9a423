"""One question for every open screen: which sessions last (rules X4, X6, T24)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from console.roles import Actor, Role
from console.signing_in.identity import SignIn
from console.store import accounts
from console.store.tables import accounts as account_rows
from tests.kit.console_store import NURSE, Bench, open_bench

SECRET = "three quiet words"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = open_bench(tmp_path)
    yield made
    made.store.close()


def signed_in(bench: Bench, name: str) -> SignIn:
    invited = bench.store.write(lambda tx: bench.identity.invite(tx, NURSE, name, f"{name} K.", Role.NURSE))
    assert isinstance(bench.identity.enrol(invited.token, "", "", SECRET), Actor)
    opened = bench.identity.sign_in(name, SECRET, f"device of {name}")
    assert isinstance(opened, SignIn)
    return opened


def signs_out(bench: Bench, one: SignIn) -> None:
    assert bench.identity.sign_out(one.session_token)


def is_shut(bench: Bench, one: SignIn) -> None:
    closed = update(account_rows).where(account_rows.c.actor_id == one.actor.actor_id).values(is_active=False)
    bench.store.write(lambda tx: tx.execute(closed))


def is_changed_outside(bench: Bench, one: SignIn) -> None:
    changed = update(account_rows).where(account_rows.c.actor_id == one.actor.actor_id).values(role="governance_lead")
    bench.store.write(lambda tx: tx.execute(changed))


@pytest.mark.parametrize("ends", [signs_out, is_shut, is_changed_outside])
def test_X6_a_session_that_ended_is_left_out_of_the_very_next_answer(
    bench: Bench, ends: Callable[[Bench, SignIn], None]
) -> None:
    ada, bea = signed_in(bench, "ada"), signed_in(bench, "bea")
    tokens = {ada.session_token, bea.session_token, "of nobody"}
    assert bench.identity.lasting(tokens) == {ada.session_token, bea.session_token}
    ends(bench, bea)
    assert bench.identity.lasting(tokens) == {ada.session_token}
    assert bench.identity.actor_of(bea.session_token) is None


def test_X6_after_its_twelve_hours_no_session_lasts(bench: Bench) -> None:
    ada = signed_in(bench, "ada")
    bench.clock.advance(12 * 3600)
    assert bench.identity.lasting({ada.session_token}) == frozenset()


def test_a_screen_that_stands_open_counts_as_use_of_its_session(bench: Bench) -> None:
    ada = signed_in(bench, "ada")
    assert bench.identity.lasting({ada.session_token})
    bench.clock.advance(60)
    assert bench.identity.lasting({ada.session_token})
    told = bench.store.read(lambda tx: accounts.session(tx, ada.session_token))
    assert told is not None and bench.clock.utc_now() - told.last_seen_at < timedelta(seconds=1)
