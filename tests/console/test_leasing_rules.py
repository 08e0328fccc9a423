"""Consent turned into a lease, over random grants and instants (rule C1)."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from broker.vocabulary import Lamp, LeaseKind, LeaseState, Modality, Purpose
from console.rules.consenting.consent import ConsentEntry, ConsentState, EntryKind, Standing, derive
from console.rules.consenting.grants import NetworkChoice
from console.rules.consenting.hours import Hours, is_within
from console.rules.consenting.leasing import Commissioning, LeaseFacts, decide_lease, granted_window
from console.rules.policy import shipped_policy
from console.running.seed import example_grant

LONDON = ZoneInfo("Europe/London")
POLICY = shipped_policy()
GIVEN_AT = datetime(2026, 1, 12, 10, 0, tzinfo=UTC)


def entry(kind, at, **details):
    return ConsentEntry("e" * 32, "c" * 32, "s" * 32, at, kind, details)


def verdict(standing, now, modality=Modality.RADAR, **facts):
    return decide_lease(LeaseFacts(modality, standing, **facts), now, POLICY, LONDON)


_WALL = st.integers(0, 1439).map(lambda minute: time(*divmod(minute, 60)))
_HOURS = st.lists(st.builds(Hours, _WALL, _WALL), min_size=1, max_size=3).map(tuple)
_PURPOSES = st.sets(st.sampled_from(list(Purpose)), min_size=1).map(tuple)
_SENSORS = st.sets(st.sampled_from(list(Modality)), min_size=1).map(tuple)


@settings(max_examples=1000, deadline=None)
@given(
    _HOURS,
    _PURPOSES,
    _SENSORS,
    st.integers(-1000, 9 * 1440),
    st.sampled_from(list(Modality)),
    st.one_of(st.none(), st.integers(0, 7 * 1440)),
)
def test_C1_no_sensor_is_open_outside_the_grant(hours, purposes, sensors, minute, modality, stopped):
    grant = replace(example_grant(GIVEN_AT), hours=hours, purposes=purposes, sensors=sensors)
    entries = [entry(EntryKind.GIVEN, GIVEN_AT, **grant.to_details())]
    if stopped is not None:
        entries.append(entry(EntryKind.WITHDRAWN, GIVEN_AT + timedelta(minutes=stopped)))
    now = GIVEN_AT + timedelta(minutes=minute)
    known = [one for one in entries if one.at <= now]

    found = verdict(derive(known, now, POLICY, LONDON), now, modality)

    in_hours = any(one.begins == one.ends or is_within(now, one.begins, one.ends, LONDON) for one in hours)
    agreed = 0 <= minute < 7 * 1440 and (stopped is None or minute < stopped)
    assert found.is_open == (in_hours and agreed and modality in sensors)
    if found.is_open:
        assert found.purposes == purposes
        assert GIVEN_AT <= found.window.opens_at <= now < found.window.closes_at <= GIVEN_AT + timedelta(days=7)
    else:
        assert found.purposes == () and found.lamp is Lamp.OFF


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 7 * 1440 - 1), st.sampled_from(list(NetworkChoice)))
def test_C17_sensing_without_the_network_ends_by_morning_and_within_the_grant(minute, choice):
    grant = replace(example_grant(GIVEN_AT), network=choice)
    now = GIVEN_AT + timedelta(minutes=minute)
    standing = derive([entry(EntryKind.GIVEN, GIVEN_AT, **grant.to_details())], now, POLICY, LONDON)

    found = verdict(standing, now)
    if found.offline_until is not None:
        assert choice is NetworkChoice.CARRY_ON
        assert now < found.offline_until <= min(now + timedelta(hours=11), found.window.closes_at)


def test_C1_the_window_is_the_same_at_each_renewal():
    grant = replace(example_grant(GIVEN_AT), hours=(Hours(time(22, 0), time(7, 0)),))
    given_one = [entry(EntryKind.GIVEN, GIVEN_AT, **grant.to_details())]
    begins = datetime(2026, 1, 12, 22, 0, tzinfo=UTC)

    seen = {
        granted_window(derive(given_one, now, POLICY, LONDON), now, LONDON)
        for now in (begins + timedelta(seconds=20 * n) for n in range(0, 1620, 30))
    }
    assert len(seen) == 1


def test_C2_whatever_is_not_a_yes_is_closed():
    for state in ConsentState:
        standing = Standing(state=state, grant=example_grant(GIVEN_AT), given_at=GIVEN_AT,
                            ends_at=GIVEN_AT + timedelta(days=7))  # fmt: skip
        assert verdict(standing, GIVEN_AT).is_open == (state is ConsentState.GIVEN)


def test_N3_an_empty_room_is_open_only_while_it_is_set_up():
    trial = Commissioning(GIVEN_AT, GIVEN_AT + timedelta(minutes=15))

    running = verdict(None, GIVEN_AT, commissioning=trial)
    assert (running.state, running.kind, running.lamp) == (LeaseState.OPEN, LeaseKind.COMMISSIONING, Lamp.BLINK)
    assert not verdict(None, GIVEN_AT + timedelta(minutes=15), commissioning=trial).is_open
    assert not verdict(None, GIVEN_AT).is_open
    assert not verdict(Standing(), GIVEN_AT, commissioning=trial).is_open
