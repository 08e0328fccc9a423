from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broker.clock import HandClock
from broker.link import MemoryBroker
from broker.topics import upward_filters
from broker.vocabulary import Purpose
from console.errors import ConsoleError
from console.roles import Role
from console.rules.consenting.consent import ConsentState
from console.running.seed import seed
from console.ward import Ward
from tests.kit.boxed_ward import SITE, WARD, HandNode, open_ward

LONDON = ZoneInfo("Europe/London")


def seeded(tmp_path, rooms, now):
    broker = MemoryBroker()
    nodes = {f"node{n}": HandNode(f"node{n}", HandClock(now), broker) for n in range(1, rooms + 1)}
    keys = {node_id: node.public_key for node_id, node in nodes.items()}
    accounts = seed(lambda clock: open_ward(tmp_path, clock, broker.link(())), keys, now, LONDON)
    clock = HandClock(now)
    link = broker.link(upward_filters(SITE, WARD))
    ward: Ward = open_ward(tmp_path, clock, link)
    link.start(ward.intake.receive, lambda _up: None)
    for node in nodes.values():
        node.clock = clock
        node.announce()
    ward.step()
    return ward, accounts, nodes


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 23, 2, 14, tzinfo=UTC),
        datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        datetime(2026, 3, 30, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 27, 23, 59, tzinfo=UTC),
    ],
)
def test_the_demonstration_shows_sensing_at_any_hour_and_over_clock_changes(tmp_path, now):
    ward, _accounts, nodes = seeded(tmp_path, 6, now)
    for node in nodes.values():
        node.live()
    ward.step()

    kinds = Counter(tile.kind for tile in ward.board.view().tiles)
    assert kinds == {"still": 4, "sensor_off": 2}
    # The round is alive from the start: everybody has a check before them, and none is late.
    due = [check.latest_at - ward.office.now() for check in ward.checks.rounds.open()]
    assert len(due) == 6 and all(timedelta(0) < left <= timedelta(hours=1) for left in due)
    ward.stop()


def test_four_said_yes_one_said_no_and_one_was_not_asked(tmp_path):
    ward, _accounts, _nodes = seeded(tmp_path, 6, datetime(2026, 11, 23, 2, 14, tzinfo=UTC))
    standings = [ward.roll.standing(f"room{n}") for n in range(1, 7)]

    assert [one.state for one in standings[:4]] == [ConsentState.GIVEN] * 4
    assert [one.state for one in standings[4:]] == [ConsentState.REFUSED, ConsentState.NOT_ASKED]
    assert Purpose.BREATHING_SPOT in standings[0].grant.purposes
    ward.stop()


def test_C20_people_were_admitted_three_days_ago_and_asked_the_day_after_by_day(tmp_path):
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    ward, _accounts, _nodes = seeded(tmp_path, 1, now)
    person = ward.roll.sheet().people["room1"]
    asked = person.entries[0].at.astimezone(LONDON)

    assert now - person.stay.from_at > timedelta(days=3)
    assert 8 <= asked.hour < 21 and asked - person.stay.from_at > timedelta(hours=12)
    ward.stop()


def test_every_role_has_an_account_whose_password_works(tmp_path):
    ward, accounts, _nodes = seeded(tmp_path, 2, datetime(2026, 11, 23, 12, 0, tzinfo=UTC))

    roles = Counter(one.role for one in accounts)
    assert roles[Role.NURSE] == 2 and roles[Role.PATIENT] == 2
    assert set(roles) == {"administrator", "nurse", "nurse_in_charge", "ward_manager", "governance_lead", "ig_officer",
                          "clinical_safety_officer", "engineer", "patient"}  # fmt: skip
    assert len({one.password for one in accounts}) == len(accounts)
    for one in accounts:
        signed_in = ward.identity.sign_in(one.username, one.password, "d" * 32)
        assert signed_in.actor.role == one.role and (signed_in.actor.room_id or "") == one.room
    ward.stop()


def test_no_password_is_the_same_twice_or_shown(tmp_path):
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, told, _nodes = seeded(tmp_path / "a", 1, now)
    second, again, _nodes = seeded(tmp_path / "b", 1, now)

    assert not {one.password for one in told} & {one.password for one in again}
    assert told[0].password not in repr(told)
    first.stop()
    second.stop()


def test_a_ward_that_has_accounts_is_not_seeded_over(tmp_path):
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    ward, _accounts, _nodes = seeded(tmp_path, 1, now)
    ward.stop()

    with pytest.raises(ConsoleError, match="seed an empty one"):
        seed(lambda clock: open_ward(tmp_path, clock, MemoryBroker().link(())), {"node1": "0" * 64}, now, LONDON)
