"""Passkeys with an authenticator in software: add, sign in, second device, remove, and what a copy does (rule X6)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.roles import Actor, Role
from console.rules.decision import Decision
from console.signing_in.enrolment import Invitation
from console.signing_in.identity import SignIn
from console.signing_in.passkeys import may_be_used_at
from console.store import audit_rows
from tests.kit.console_store import NURSE, Bench, open_bench, outside
from tests.kit.soft_passkey import PRESENT, SoftPasskey, options_of

ORIGIN, DEVICE = "https://ward.example:8443", "d" * 32


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = open_bench(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def bea(bench: Bench) -> Actor:
    invited: Invitation = bench.store.write(lambda tx: bench.identity.invite(tx, NURSE, "bea", "Bea K.", Role.NURSE))
    made = bench.identity.enrol(invited.token, "", "", "three quiet words")
    assert isinstance(made, Actor)
    return made


def add(bench: Bench, actor: Actor, key: SoftPasskey, label: str = "my telephone") -> Decision:
    asked = bench.identity.passkeys.ask_to_add(actor, DEVICE, ORIGIN)
    return bench.identity.passkeys.add(actor, asked.state, asked.binding, key.make(options_of(asked.options)), label)


def sign_in(bench: Bench, key: SoftPasskey) -> SignIn | Decision:
    asked = bench.identity.passkeys.ask_to_sign_in(DEVICE, ORIGIN)
    return bench.identity.passkeys.sign_in(asked.state, asked.binding, key.answer(options_of(asked.options)))


def why(bench: Bench) -> str:
    """Why the last one was refused, as the log says it."""
    return str(json.loads(bench.store.read(lambda tx: audit_rows.newest_rows(tx, limit=1))[0].entry)["reason"])


def test_X6_two_passkeys_sign_their_owner_in_until_each_is_removed(bench: Bench, bea: Actor) -> None:
    first, second = SoftPasskey(ORIGIN), SoftPasskey(ORIGIN)
    assert add(bench, bea, first) and add(bench, bea, second, "a security key")
    for key in (first, second, first):
        came = sign_in(bench, key)
        assert isinstance(came, SignIn) and came.actor == bea
    mine = bench.identity.passkeys.of(bea)
    assert [one.label for one in mine] == ["my telephone", "a security key"] and mine[0].used_at is not None
    assert not bench.identity.passkeys.remove(NURSE, mine[0].credential_id), "only one's own"
    assert bench.identity.passkeys.remove(bea, mine[0].credential_id)
    assert isinstance(sign_in(bench, first), Decision) and isinstance(sign_in(bench, second), SignIn)


def test_X6_a_passkey_whose_count_goes_back_opens_nothing_ends_and_is_in_the_log(bench: Bench, bea: Actor) -> None:
    key = SoftPasskey(ORIGIN, count=7)
    assert add(bench, bea, key)
    assert isinstance(sign_in(bench, key), SignIn)
    key.count = 3
    refused = sign_in(bench, key)
    assert isinstance(refused, Decision) and "copied" in refused.reason.text and why(bench) == "count_went_back"
    key.count = 90
    assert isinstance(sign_in(bench, key), Decision) and why(bench) == "unknown_passkey"


def test_X6_a_passkey_that_never_counts_goes_on(bench: Bench, bea: Actor) -> None:
    key = SoftPasskey(ORIGIN)
    assert add(bench, bea, key)
    for _ in range(2):
        key.count = -1
        assert isinstance(sign_in(bench, key), SignIn)


@pytest.mark.parametrize("lie", ["other_site", "nobody_verified", "other_key", "said_twice", "other_browser", "junk"])
def test_T43_an_answer_that_is_not_its_owners_here_and_now_opens_nothing(bench: Bench, bea: Actor, lie: str) -> None:
    key, passkeys = SoftPasskey(ORIGIN), bench.identity.passkeys
    assert add(bench, bea, key)
    if lie == "other_site":
        key.origin = "https://ward.example.elsewhere"
    if lie == "nobody_verified":
        key.flags = PRESENT
    if lie == "other_key":
        key.key = SoftPasskey(ORIGIN).key
    asked = passkeys.ask_to_sign_in(DEVICE, ORIGIN)
    told = "[" * 9000 if lie == "junk" else key.answer(options_of(asked.options))
    if lie == "said_twice":
        assert isinstance(passkeys.sign_in(asked.state, asked.binding, told), SignIn)
        fresh = passkeys.ask_to_sign_in(DEVICE, ORIGIN)
        assert isinstance(passkeys.sign_in(fresh.state, fresh.binding, told), Decision)
    binding = "b" * 43 if lie == "other_browser" else asked.binding
    assert isinstance(passkeys.sign_in(asked.state, binding, told), Decision)


def test_T24_a_passkey_that_was_written_into_the_database_opens_nothing(bench: Bench, bea: Actor) -> None:
    key = SoftPasskey(ORIGIN)
    assert add(bench, NURSE, key)
    bench.store.close()
    outside(bench.file, f"UPDATE passkeys SET actor_id = '{bea.actor_id}'")
    after = open_bench(bench.folder, bench.clock)
    assert isinstance(sign_in(after, key), Decision) and why(after) == "unknown_passkey"
    after.store.close()


def test_X6_a_passkey_is_added_by_its_owner_alone_and_under_a_name(bench: Bench, bea: Actor) -> None:
    asked, key = bench.identity.passkeys.ask_to_add(bea, DEVICE, ORIGIN), SoftPasskey(ORIGIN)
    made = key.make(options_of(asked.options))
    assert not bench.identity.passkeys.add(NURSE, asked.state, asked.binding, made, "hers")
    assert not add(bench, bea, SoftPasskey(ORIGIN), "\u202egnirts")
    assert not add(bench, bea, SoftPasskey("https://elsewhere.example"))
    assert bench.identity.passkeys.of(bea) == ()


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://ward.example", True),
        ("http://localhost:8800", True),
        ("http://ward.example", False),
        ("https://192.0.2.7:8443", False),
        ("https://[2001:db8::7]", False),
    ],
)
def test_a_passkey_needs_a_name_over_https_or_the_machine_itself(origin: str, may: bool) -> None:
    assert may_be_used_at(origin) is may
