import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text

from console.errors import NameTaken, StoreFull
from console.roles import Actor, Role
from console.rules.decision import Decision
from console.signing_in import passwords as rules
from console.signing_in.identity import SESSION_LASTS, Identity, SignIn
from console.signing_in.passwords import Passwords
from console.signing_in.throttle import DEVICE, NAME, PAIR, Throttle
from console.store import accounts, audit_rows
from tests.kit.console_store import MARKER, NURSE, QUICK, Bench, open_bench

PASSWORD, DEVICE_A, DEVICE_B = "walk your round", "tablet-a", "tablet-b"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = open_bench(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def nurse(bench: Bench) -> Actor:
    invitation = bench.store.write(lambda tx: bench.identity.invite(tx, NURSE, "Zebedee.Quux", MARKER, Role.NURSE))
    actor = bench.identity.enrol(invitation.token, "", "", PASSWORD)
    assert isinstance(actor, Actor)
    return actor


def signed_in(bench: Bench, device: str = DEVICE_A, password: str = PASSWORD) -> SignIn:
    outcome = bench.identity.sign_in("zebedee.quux", password, device)
    assert isinstance(outcome, SignIn)
    return outcome


def entries(bench: Bench) -> list[dict[str, object]]:
    return [json.loads(row.entry) for row in bench.store.read(lambda tx: list(audit_rows.every_row(tx)))]


def on_disk(bench: Bench) -> bytes:
    return b"".join(file.read_bytes() for file in bench.folder.iterdir() if file.is_file())


@pytest.mark.parametrize("username", ["Zebedee.Quux", "ZEBEDEE.QUUX", " zebedee.quux "])
def test_a_sign_in_name_is_the_same_in_any_case(bench: Bench, nurse: Actor, username: str) -> None:
    outcome = bench.identity.sign_in(username, PASSWORD, DEVICE_A)
    assert isinstance(outcome, SignIn)
    assert outcome.actor == nurse == bench.identity.actor_of(outcome.session_token)


@pytest.mark.parametrize(("username", "password"), [("zebedee.quux", "wrong password"), ("nobody", PASSWORD), ("", "")])
def test_every_refusal_says_the_same(bench: Bench, nurse: Actor, username: str, password: str) -> None:
    outcome = bench.identity.sign_in(username, password, DEVICE_A)
    assert isinstance(outcome, Decision)
    assert not outcome.allowed
    assert outcome.reason.text == "The sign-in name or the password is not right."


def test_a_refusal_takes_the_same_work_whether_or_not_the_name_is_known(bench: Bench, nurse: Actor) -> None:
    real = Identity(bench.store, bench.audit, passwords=Passwords())
    bench.store.write(lambda tx: accounts.set_password(tx, nurse.actor_id, Passwords().hash(PASSWORD)))

    def taken(username: str) -> float:
        began = time.thread_time()
        real.sign_in(username, "wrong password", DEVICE_A)
        return time.thread_time() - began

    # Taken in turns, the least of three of each: a first call also reads what the later ones find read.
    pairs = [(taken("zebedee.quux"), taken("nobody")) for _ in range(3)]
    known, unknown = (min(one) for one in zip(*pairs, strict=True))
    assert 0.5 < known / unknown < 2


def test_X4_every_sign_in_refusal_and_sign_out_is_an_entry_of_pseudonyms(bench: Bench, nurse: Actor) -> None:
    before = len(entries(bench))
    session = signed_in(bench)
    bench.identity.sign_in("zebedee.quux", "wrong password", DEVICE_A)
    bench.identity.sign_in("nobody", "wrong password", DEVICE_A)
    assert bench.identity.sign_out(session.session_token)
    told = [(one["action"], one["actor"], one["outcome"], one["reason"]) for one in entries(bench)[before:]]
    assert told == [
        ("signin:session:opened", nurse.actor_id, "allowed", ""),
        ("signin:session:denied", nurse.actor_id, "denied", "wrong_password"),
        ("signin:session:denied", "anyone", "denied", "unknown_name"),
        ("signin:session:ended", nurse.actor_id, "allowed", "signed_out"),
    ]


def test_X5_no_name_of_a_person_enters_an_audit_entry_a_log_line_or_an_error(bench: Bench, nurse: Actor) -> None:
    with structlog.testing.capture_logs() as logs:
        session = signed_in(bench)
        bench.identity.sign_in("zebedee.quux", "wrong", DEVICE_A)
        bench.identity.change_password(session.session_token, "wrong", "another password")
        with pytest.raises(NameTaken) as taken:
            bench.store.write(lambda tx: bench.identity.invite(tx, NURSE, "zebedee.QUUX", MARKER, Role.NURSE))
        bench.identity.sign_out(session.session_token)
    told = f"{entries(bench)} {logs} {taken.value!r} {session!r} {nurse!r}".casefold()
    for name in ("zebedee", "quux", MARKER.casefold(), PASSWORD, DEVICE_A):
        assert name not in told


def test_a_session_is_stored_only_as_a_hash(bench: Bench, nurse: Actor) -> None:
    session = signed_in(bench)
    assert len(session.session_token) == 43
    assert session.session_token.encode() not in on_disk(bench)
    assert session.session_token not in repr(session)
    assert PASSWORD.encode() not in on_disk(bench)


def test_each_sign_in_is_another_session(bench: Bench, nurse: Actor) -> None:
    first, second = signed_in(bench), signed_in(bench, DEVICE_B)
    assert first.session_token != second.session_token
    bench.identity.sign_out(first.session_token)
    assert bench.identity.actor_of(first.session_token) is None
    assert bench.identity.actor_of(second.session_token) == nurse


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "' OR 1=1 --"])
def test_a_made_up_token_is_nobodys(bench: Bench, nurse: Actor, token: str) -> None:
    assert bench.identity.actor_of(token) is None
    assert not bench.identity.sign_out(token)


def test_a_session_ends_after_twelve_hours_and_says_so_once(bench: Bench, nurse: Actor) -> None:
    session = signed_in(bench)
    bench.clock.advance(SESSION_LASTS.total_seconds() - 1)
    assert bench.identity.actor_of(session.session_token) == nurse
    bench.clock.advance(1)
    assert bench.identity.actor_of(session.session_token) is None
    assert bench.identity.actor_of(session.session_token) is None
    assert [one["reason"] for one in entries(bench) if one["action"] == "signin:session:ended"] == ["expired"]


def test_X6_a_session_tells_how_long_it_was_idle(bench: Bench, nurse: Actor) -> None:
    session = signed_in(bench)
    bench.clock.advance(130)
    first = bench.identity.session_of(session.session_token)
    second = bench.identity.session_of(session.session_token)
    assert first is not None and second is not None
    assert (first.idle, second.idle) == (timedelta(seconds=130), timedelta(0))
    assert (first.device, first.actor) == (DEVICE_A, nurse)


def test_a_restart_keeps_everybody_signed_in(bench: Bench, nurse: Actor) -> None:
    session = signed_in(bench)
    bench.store.close()
    again = open_bench(bench.folder, bench.clock)
    assert again.identity.actor_of(session.session_token) == nurse
    again.store.close()


def test_who_is_made_inactive_is_out_at_once(bench: Bench, nurse: Actor) -> None:
    session = signed_in(bench)
    bench.store.write(lambda tx: bench.identity.set_active(tx, nurse.actor_id, is_active=False))
    assert bench.identity.actor_of(session.session_token) is None
    assert isinstance(bench.identity.sign_in("zebedee.quux", PASSWORD, DEVICE_A), Decision)


def test_guessing_is_slowed_for_that_name_on_that_device_alone(bench: Bench, nurse: Actor) -> None:
    for _ in range(PAIR.failures):
        bench.identity.sign_in("zebedee.quux", "wrong password", DEVICE_A)
    outcome = bench.identity.sign_in("zebedee.quux", PASSWORD, DEVICE_A)
    assert isinstance(outcome, Decision)
    assert outcome.reason.text.startswith("Too many attempts")
    assert entries(bench)[-1]["reason"] == "throttled"
    assert signed_in(bench, DEVICE_B).actor == nurse
    bench.clock.advance(PAIR.window_s)
    assert signed_in(bench, DEVICE_A).actor == nurse


def test_a_right_password_forgives_earlier_slips(bench: Bench, nurse: Actor) -> None:
    for _ in range(3):
        for _ in range(PAIR.failures - 1):
            bench.identity.sign_in("zebedee.quux", "wrong password", DEVICE_A)
        assert signed_in(bench).actor == nurse


def test_spraying_many_names_from_one_device_is_slowed(bench: Bench) -> None:
    throttle = Throttle(bench.clock)
    for number in range(DEVICE.failures):
        assert throttle.wait_s(f"name{number}", DEVICE_A) == 0
        throttle.failed(f"name{number}", DEVICE_A)
    assert 0 < throttle.wait_s("another", DEVICE_A) <= DEVICE.window_s
    assert throttle.wait_s("another", DEVICE_B) == 0


def test_one_name_guessed_from_many_devices_is_slowed(bench: Bench) -> None:
    throttle = Throttle(bench.clock)
    for number in range(NAME.failures):
        throttle.failed("zebedee", f"device{number}")
    assert throttle.wait_s("zebedee", "fresh") > 0
    assert throttle.wait_s("other", "fresh") == 0


def guess_from_everywhere(bench: Bench) -> None:
    for number in range(NAME.failures + 1):
        bench.identity.sign_in("zebedee.quux", "wrong password", f"stranger-{number}")


def test_F39_strangers_who_guess_a_name_keep_nobody_from_their_own_tablet(bench: Bench, nurse: Actor) -> None:
    signed_in(bench, DEVICE_A)
    guess_from_everywhere(bench)
    assert isinstance(bench.identity.sign_in("zebedee.quux", PASSWORD, "never-seen"), Decision)
    assert signed_in(bench, DEVICE_A).actor == nurse


def test_a_tablet_that_another_colleague_uses_is_no_way_around_the_limit_of_a_name(bench: Bench, nurse: Actor) -> None:
    guess_from_everywhere(bench)
    assert isinstance(bench.identity.sign_in("zebedee.quux", PASSWORD, DEVICE_B), Decision)


def test_a_known_tablet_too_is_slowed_after_five_wrong_guesses(bench: Bench, nurse: Actor) -> None:
    signed_in(bench, DEVICE_A)
    for _ in range(PAIR.failures):
        bench.identity.sign_in("zebedee.quux", "wrong password", DEVICE_A)
    assert isinstance(bench.identity.sign_in("zebedee.quux", PASSWORD, DEVICE_A), Decision)


def test_K8_no_guessing_ends_a_session_from_which_a_nurse_answers(bench: Bench, nurse: Actor) -> None:
    session = signed_in(bench, DEVICE_A)
    guess_from_everywhere(bench)
    for _ in range(DEVICE.failures):
        bench.identity.sign_in("zebedee.quux", "wrong password", DEVICE_A)
    assert bench.identity.actor_of(session.session_token) == nurse
    assert bench.identity.change_password(session.session_token, "wrong", "another password").allowed is False


def test_the_throttles_memory_is_bounded_and_a_name_is_never_crowded_out_of_it(bench: Bench) -> None:
    throttle = Throttle(bench.clock)
    for number in range(NAME.failures):
        throttle.failed("zebedee", f"device{number}")
    for number in range(30_000):
        throttle.failed(f"name{number}", f"other{number}")
    assert throttle.size <= 10_000 + 8192
    assert throttle.wait_s("zebedee", "fresh") > 0


def test_the_first_administrators_link_works_once_and_only_while_nobody_has_an_account(bench: Bench) -> None:
    token = bench.identity.first_administrator_link()
    assert token is not None
    actor = bench.identity.enrol(token, "root-of-ward", "Ada K.", PASSWORD)
    assert isinstance(actor, Actor)
    assert actor.role is Role.ADMINISTRATOR
    assert isinstance(bench.identity.enrol(token, "second", "Second", PASSWORD), Decision)
    assert bench.identity.first_administrator_link() is None
    assert token.encode() not in on_disk(bench)


def test_a_new_first_link_ends_the_earlier_one(bench: Bench) -> None:
    earlier, newer = bench.identity.first_administrator_link(), bench.identity.first_administrator_link()
    assert earlier is not None and newer is not None
    assert isinstance(bench.identity.enrol(earlier, "one", "One", PASSWORD), Decision)
    assert isinstance(bench.identity.enrol(newer, "one", "One", PASSWORD), Actor)


def test_a_link_ends_after_an_hour(bench: Bench) -> None:
    token = bench.identity.first_administrator_link()
    assert token is not None
    bench.clock.advance(3600)
    outcome = bench.identity.enrol(token, "one", "One", PASSWORD)
    assert isinstance(outcome, Decision)
    assert outcome.reason.text.startswith("This link was used or is too old")


@pytest.mark.parametrize(
    ("username", "display_name", "password"),
    [
        ("one", "One", "nine char"),
        ("one", "One", "x" * 200),
        ("one", "One", "aaaaaaaaaaaa"),
        ("one-is-the-name", "One", "One-is-the-NAME"),
        ("a", "One", PASSWORD),
        ("two words", "One", PASSWORD),
        ("one", "", PASSWORD),
        ("one", "line\nbreak", PASSWORD),
    ],
)
def test_what_is_refused_leaves_the_link_usable(bench: Bench, username: str, display_name: str, password: str) -> None:
    token = bench.identity.first_administrator_link()
    assert token is not None
    assert isinstance(bench.identity.enrol(token, username, display_name, password), Decision)
    assert isinstance(bench.identity.enrol(token, "one", "One", PASSWORD), Actor)


def test_an_invitation_is_for_one_name_and_one_role(bench: Bench) -> None:
    made = bench.store.write(
        lambda tx: bench.identity.invite(
            tx, NURSE, "p-room2", "Room 2", Role.PATIENT, room_id="room2", patient_id="c" * 32
        )
    )
    assert isinstance(bench.identity.sign_in("p-room2", "", DEVICE_A), Decision)
    assert isinstance(bench.identity.enrol(made.token, "somebody-else", "", PASSWORD), Decision)
    actor = bench.identity.enrol(made.token, "P-Room2", "Administrator", PASSWORD)
    assert actor == made.actor
    assert isinstance(actor, Actor)
    assert (actor.role, actor.room_id, actor.patient_id, actor.display_name) == (
        Role.PATIENT,
        "room2",
        "c" * 32,
        "Room 2",
    )


def test_a_renewed_link_sets_a_new_password_and_ends_every_session(bench: Bench, nurse: Actor) -> None:
    session = signed_in(bench)
    token = bench.store.write(lambda tx: bench.identity.renew_link(tx, NURSE, nurse.actor_id))
    assert bench.identity.enrol(token, "", "", "another password") == nurse
    assert bench.identity.actor_of(session.session_token) is None
    assert isinstance(bench.identity.sign_in("zebedee.quux", PASSWORD, DEVICE_A), Decision)
    assert signed_in(bench, password="another password").actor == nurse


def test_X6_a_second_person_on_a_tablet_ends_the_first_ones_session_and_one_person_has_one(
    bench: Bench, nurse: Actor
) -> None:
    other = bench.store.write(lambda tx: bench.identity.invite(tx, NURSE, "bea", "Bea K.", Role.NURSE))
    bench.identity.enrol(other.token, "", "", PASSWORD)
    first, second = signed_in(bench), bench.identity.sign_in("bea", PASSWORD, DEVICE_A)
    assert isinstance(second, SignIn) and bench.identity.actor_of(first.session_token) is None
    elsewhere = bench.identity.sign_in("bea", PASSWORD, DEVICE_B)
    assert isinstance(elsewhere, SignIn) and bench.identity.actor_of(second.session_token) is None
    ended = [(one["actor"], one["reason"]) for one in entries(bench) if one["action"] == "signin:session:ended"]
    assert ended == [(nurse.actor_id, "another_person"), (other.actor.actor_id, "moved")]


def test_X6_agency_staff_come_in_by_no_door_once_their_time_is_over(bench: Bench, nurse: Actor) -> None:
    ends_at = bench.clock.utc_now() + timedelta(hours=8)
    badge = bench.identity.badges.issue(Actor("cc" * 16, "c", "C", Role.NURSE_IN_CHARGE), nurse.actor_id)
    bench.store.write(lambda tx: bench.identity.time_box(tx, NURSE, nurse.actor_id, ends_at))
    bench.clock.advance(8.9 * 3600)
    session = signed_in(bench)
    bench.clock.advance(0.2 * 3600)
    assert bench.identity.actor_of(session.session_token) == nurse, "who is in is not cut off"
    for outcome in (
        bench.identity.sign_in("zebedee.quux", PASSWORD, DEVICE_B),
        bench.identity.tap(str(badge), DEVICE_B),
        bench.identity.sessions.open_to(nurse, DEVICE_B),
    ):
        assert isinstance(outcome, Decision) and "limited time" in outcome.reason.text
    bench.store.write(lambda tx: tx.execute(text("UPDATE account_ends SET ends_at = '2099-01-01T00:00:00.000000Z'")))
    assert isinstance(bench.identity.sign_in("zebedee.quux", PASSWORD, DEVICE_B), Decision), "not by the database (T24)"


def test_a_changed_password_ends_the_other_sessions_but_not_this_one(bench: Bench) -> None:
    told = {"room_id": "room1", "patient_id": "c" * 32}
    made = bench.store.write(lambda tx: bench.identity.invite(tx, NURSE, "zebedee.quux", "P2", Role.PATIENT, **told))
    nurse = bench.identity.enrol(made.token, "", "", PASSWORD)
    here, there = signed_in(bench), signed_in(bench, DEVICE_B)
    assert not bench.identity.change_password(here.session_token, "wrong", "another password").allowed
    assert not bench.identity.change_password(here.session_token, PASSWORD, "short").allowed
    assert bench.identity.change_password(here.session_token, PASSWORD, "another password").allowed
    assert bench.identity.actor_of(here.session_token) == nurse
    assert bench.identity.actor_of(there.session_token) is None
    assert not bench.identity.change_password(there.session_token, "another password", PASSWORD).allowed


def test_X1_on_a_full_disk_nobody_new_signs_in_and_nobody_is_thrown_out(bench: Bench, nurse: Actor) -> None:
    session = signed_in(bench)
    pages = bench.store.read(lambda tx: tx.execute(text("PRAGMA page_count")).scalar_one())
    bench.store.write(lambda tx: tx.execute(text(f"PRAGMA max_page_count = {pages}")))
    with pytest.raises(StoreFull):
        for _ in range(200):
            bench.identity.sign_in("zebedee.quux", "wrong", DEVICE_B)
    bench.clock.advance(60)
    assert bench.identity.actor_of(session.session_token) == nurse
    bench.identity.sign_out(session.session_token)
    assert bench.identity.actor_of(session.session_token) is None


@pytest.mark.parametrize("same", ["ﬁne password here", "fine password here"])
def test_a_password_is_the_same_however_the_keyboard_writes_it(same: str) -> None:
    assert QUICK.holds(same, QUICK.hash("fine password here"))


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$broken"])
def test_nothing_matches_what_is_no_stored_password(stored: str | None) -> None:
    assert not QUICK.holds(PASSWORD, stored)
    assert not QUICK.holds("x" * 100_000, QUICK.hash(PASSWORD))
    assert rules.fault_of(PASSWORD, "name") is None
