import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.clock import HandClock
from broker.vocabulary import CloseReason, Context, Lamp, Modality, Origin
from edge.admission import LeaseRefusal
from edge.memory import GateMemory
from tests.kit.nodes import NIGHT, GateAtNight, gate_at_night


@pytest.fixture
def night(tmp_path: Path) -> GateAtNight:
    return gate_at_night(tmp_path)


def test_C2_a_gate_without_a_lease_is_closed(night: GateAtNight) -> None:
    verdict = night.gate.decide()
    assert (verdict.is_open, verdict.reason, verdict.lamp) == (False, CloseReason.NO_LEASE, Lamp.OFF)


def test_C1_an_open_lease_opens_the_gate_with_the_lamp_on(night: GateAtNight) -> None:
    lease = night.console.open_lease()
    assert night.give(lease) is None
    verdict = night.gate.decide()
    assert (verdict.is_open, verdict.lamp, verdict.lease) == (True, Lamp.ON, lease)
    assert verdict.until_s == night.clock.elapsed_s() + 60


def test_C1_a_lease_that_is_not_renewed_ends_after_its_lifetime(night: GateAtNight) -> None:
    night.give(night.console.open_lease())
    night.clock.advance(59.9)
    assert night.is_open
    night.clock.advance(0.1)
    assert night.gate.decide().reason is CloseReason.LEASE_ENDED


def test_C1_the_lifetime_counts_from_when_the_lease_came_not_from_when_it_was_read(night: GateAtNight) -> None:
    lease = night.console.open_lease()
    came_s = night.clock.elapsed_s()
    night.clock.advance(20)
    night.gate.offer(lease, came_s)
    assert night.gate.decide().until_s == came_s + 60


def test_C1_the_end_of_the_hours_closes(night: GateAtNight) -> None:
    night.give(night.console.open_lease(for_s=30))
    night.clock.advance(29.9)
    assert night.is_open
    night.clock.advance(0.2)
    assert night.gate.decide().reason is CloseReason.HOURS_ENDED


def test_C1_a_lease_for_later_does_not_open_yet(night: GateAtNight) -> None:
    night.give(night.console.open_lease(opens_at=NIGHT + timedelta(seconds=10)))
    assert night.gate.decide().reason is CloseReason.HOURS_ENDED
    night.clock.advance(10)
    assert night.is_open


def test_C5_a_closed_lease_closes_at_once(night: GateAtNight) -> None:
    night.give(night.console.open_lease())
    night.give(night.console.closed_lease())
    verdict = night.gate.decide()
    assert (verdict.reason, verdict.lamp) == (CloseReason.LEASE_CLOSED, Lamp.OFF)


def test_C5_a_replayed_older_lease_cannot_reopen_after_a_no(night: GateAtNight) -> None:
    yes = night.console.open_lease()
    night.give(yes)
    night.give(night.console.closed_lease())
    assert night.give(yes) is LeaseRefusal.OLD_SERIAL
    assert not night.is_open


def test_C5_an_open_lease_kept_back_by_a_thief_is_old_once_a_no_was_taken(night: GateAtNight) -> None:
    night.give(night.console.open_lease())
    kept_back = night.console.open_lease()
    night.give(night.console.closed_lease())
    assert night.give(kept_back) is LeaseRefusal.OLD_SERIAL


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"node_id": "room-7"}, LeaseRefusal.WRONG_NODE),
        ({"sensor": Modality.CAMERA}, LeaseRefusal.WRONG_SENSOR),
        ({"boot_id": "c" * 32}, LeaseRefusal.OTHER_BOOT),
        ({"issued_at": NIGHT - timedelta(seconds=31)}, LeaseRefusal.NOT_OF_NOW),
        ({"issued_at": NIGHT + timedelta(seconds=31)}, LeaseRefusal.NOT_OF_NOW),
    ],
)
def test_C1_a_lease_that_is_not_for_here_and_now_is_refused_and_counted(
    night: GateAtNight, changes: dict[str, object], refusal: LeaseRefusal
) -> None:
    assert night.give(night.console.open_lease(**changes)) is refusal
    assert night.gate.refused[refusal] == 1
    assert not night.is_open


def test_C1_a_lease_with_one_changed_field_is_refused(night: GateAtNight) -> None:
    forged = night.console.open_lease().model_copy(update={"closes_at": NIGHT + timedelta(days=9)})
    assert night.give(forged) is LeaseRefusal.BAD_SIGNATURE


def test_C1_a_lease_signed_by_another_key_is_refused(night: GateAtNight, tmp_path: Path) -> None:
    other = gate_at_night(tmp_path / "nowhere")
    assert night.give(other.console.open_lease()) is LeaseRefusal.BAD_SIGNATURE


def test_C1_a_lease_with_an_empty_signature_is_refused(night: GateAtNight) -> None:
    blank = night.console.open_lease().model_copy(update={"signature": base64.b64encode(bytes(64)).decode()})
    assert night.give(blank) is LeaseRefusal.BAD_SIGNATURE


def test_C2_a_restart_is_closed_and_remembers_the_serial(night: GateAtNight, tmp_path: Path) -> None:
    yes = night.console.open_lease()
    night.give(yes)
    again = gate_at_night(tmp_path, clock=night.clock)
    again.console = night.console
    assert not again.is_open
    assert again.gate.highest_serial == yes.serial


def test_C1_the_serial_is_on_the_disk_before_the_lease_takes_effect(night: GateAtNight, tmp_path: Path) -> None:
    night.give(night.console.open_lease(serial=41))
    assert GateMemory(tmp_path / "gate.json").kept.serial == 41


def test_C1_a_serial_that_cannot_be_kept_opens_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    night = gate_at_night(folder)
    folder.rmdir()
    assert night.give(night.console.open_lease()) is LeaseRefusal.CANNOT_REMEMBER
    assert not night.is_open


def test_C5_a_no_closes_even_when_the_disk_cannot_keep_it(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    night = gate_at_night(folder)
    night.give(night.console.open_lease())
    (folder / "gate.json").unlink()
    folder.rmdir()
    night.give(night.console.closed_lease())
    assert night.gate.decide().reason is CloseReason.LEASE_CLOSED


@pytest.mark.parametrize("content", [b"", b"{", b"null", b'{"serial": -1}', b'{"serial": 3, "more": 1}', b"\xff\xfe"])
def test_C2_a_spoilt_memory_keeps_the_gate_closed_and_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "gate.json").write_bytes(content)
    night = gate_at_night(tmp_path)
    assert night.give(night.console.open_lease()) is LeaseRefusal.CANNOT_REMEMBER
    assert not night.is_open
    assert "stays closed" in (night.memory.fault or "")


def test_C1_a_clock_that_jumps_closes_until_a_lease_agrees_with_it(night: GateAtNight) -> None:
    night.give(night.console.open_lease())
    night.clock.jump(NIGHT + timedelta(seconds=31))
    assert night.gate.decide().reason is CloseReason.TIME_UNTRUSTED
    night.give(night.console.open_lease())
    assert night.is_open


def test_C1_a_clock_set_back_prolongs_nothing(night: GateAtNight) -> None:
    night.give(night.console.open_lease(for_s=40))
    night.clock.jump(NIGHT - timedelta(seconds=25))
    night.clock.advance(40)
    assert not night.is_open


def test_C1_a_clock_that_was_never_set_opens_nothing(tmp_path: Path) -> None:
    night = gate_at_night(tmp_path, clock=HandClock(datetime(1970, 1, 1, tzinfo=UTC)))
    lease = night.console.open_lease(opens_at=night.clock.utc_now())
    assert night.give(lease) is LeaseRefusal.TIME_UNTRUSTED
    assert night.gate.decide().reason is CloseReason.TIME_UNTRUSTED


def test_C5_without_the_network_it_carries_on_only_where_the_patient_chose_so(night: GateAtNight) -> None:
    night.give(night.console.open_lease(offline_until=NIGHT + timedelta(hours=2)))
    night.clock.advance(3600)
    verdict = night.gate.decide()
    assert (verdict.is_open, verdict.is_offline, verdict.lamp) == (True, True, Lamp.ON)
    assert verdict.until_s == night.clock.elapsed_s() + 60
    night.clock.advance(3600)
    assert night.gate.decide().reason is CloseReason.LEASE_ENDED


def test_C5_carrying_on_never_outlives_the_hours(night: GateAtNight) -> None:
    night.give(night.console.open_lease(for_s=600, offline_until=NIGHT + timedelta(hours=2)))
    night.clock.advance(601)
    assert night.gate.decide().reason is CloseReason.HOURS_ENDED


def test_C5_carrying_on_ends_with_a_no(night: GateAtNight) -> None:
    night.give(night.console.open_lease(offline_until=NIGHT + timedelta(hours=2)))
    night.give(night.console.closed_lease(offline_until=NIGHT + timedelta(hours=2)))
    night.clock.advance(100)
    assert night.gate.decide().reason is CloseReason.LEASE_CLOSED


def test_K3_an_open_sensor_is_never_dark(night: GateAtNight) -> None:
    night.give(night.console.open_lease(lamp=Lamp.OFF))
    assert night.gate.decide().lamp is Lamp.ON


def test_K3_a_lamp_fault_closes(night: GateAtNight) -> None:
    night.give(night.console.open_lease())
    night.gate.report_lamp_fault()
    verdict = night.gate.decide()
    assert (verdict.reason, verdict.lamp) == (CloseReason.LAMP_FAULT, Lamp.FAULT)


def test_H5_a_closed_lease_can_make_the_lamp_show_which_room_it_is(night: GateAtNight) -> None:
    night.give(night.console.closed_lease(lamp=Lamp.IDENTIFY))
    assert night.gate.decide().lamp is Lamp.IDENTIFY
    night.clock.advance(61)
    assert night.gate.decide().lamp is Lamp.OFF


def test_C1_a_commissioning_blinks_and_ends_after_15_minutes_however_often_it_is_renewed(night: GateAtNight) -> None:
    night.give(night.console.commissioning_lease())
    assert night.gate.decide().lamp is Lamp.BLINK
    for _ in range(44):
        night.clock.advance(20)
        night.give(night.console.commissioning_lease())
        assert night.is_open
    night.clock.advance(20)
    night.give(night.console.commissioning_lease())
    assert night.gate.decide().reason is CloseReason.HOURS_ENDED


def test_C1_a_commissioning_longer_than_15_minutes_is_refused(night: GateAtNight) -> None:
    lease = night.console.commissioning_lease(closes_at=NIGHT + timedelta(minutes=16))
    assert night.give(lease) is LeaseRefusal.COMMISSIONING_TOO_LONG


def test_A11_a_simulated_room_takes_no_lease_outside_a_demonstration(night: GateAtNight, tmp_path: Path) -> None:
    clinical = night.console.open_lease(context=Context.CLINICAL)
    assert night.give(clinical) is LeaseRefusal.CONTEXT_NEEDS_A_SENSOR
    (tmp_path / "real").mkdir()
    real = gate_at_night(tmp_path / "real", origin=Origin.SENSOR)
    assert real.give(real.console.open_lease(context=Context.CLINICAL)) is None


def test_S3_a_press_in_the_room_closes_for_ten_minutes_and_blinks_before_it_ends(night: GateAtNight) -> None:
    night.give(night.console.open_lease(offline_until=NIGHT + timedelta(hours=2)))
    night.gate.press_pause()
    assert night.gate.decide().reason is CloseReason.LOCAL_PAUSE
    night.clock.advance(569)
    assert night.gate.decide().lamp is Lamp.OFF
    night.clock.advance(2)
    assert night.gate.decide().lamp is Lamp.BLINK
    night.clock.advance(29)
    assert night.is_open


def test_S3_a_second_press_extends_the_pause(night: GateAtNight) -> None:
    night.give(night.console.open_lease(offline_until=NIGHT + timedelta(hours=2)))
    night.gate.press_pause()
    night.clock.advance(60)
    night.gate.press_pause()
    night.clock.advance(1139)
    assert not night.is_open
    night.clock.advance(1)
    assert night.is_open


def test_F15_a_no_is_known_before_it_is_offered_and_a_yes_and_an_old_no_are_none(night: GateAtNight) -> None:
    old_no = night.console.closed_lease()
    yes, no = night.console.open_lease(), night.console.closed_lease()
    night.give(yes)
    assert [night.gate.is_a_no(one) for one in (old_no, yes, no)] == [False, False, True]
    assert night.is_open


def test_S3_a_press_opens_nothing(night: GateAtNight) -> None:
    night.gate.press_pause()
    night.clock.advance(601)
    assert night.gate.decide().reason is CloseReason.NO_LEASE


def test_S3_a_pause_outlives_a_restart(night: GateAtNight, tmp_path: Path) -> None:
    night.gate.press_pause()
    night.clock.advance(300)
    again = gate_at_night(tmp_path, clock=night.clock)
    again.console.serial = 10
    again.give(again.console.open_lease())
    assert again.gate.decide().reason is CloseReason.LOCAL_PAUSE
    night.clock.advance(300)
    again.give(again.console.open_lease())
    assert again.is_open


@settings(max_examples=1000, deadline=None)
@given(opens_s=st.floats(-7200, 7200), lasts_s=st.floats(0, 7200), now_s=st.floats(0, 86400))
def test_C1_no_moment_outside_the_grant_is_open(opens_s: float, lasts_s: float, now_s: float) -> None:
    with TemporaryDirectory() as folder:
        night = gate_at_night(Path(folder))
        night.clock.advance(now_s)
        opens_at = night.clock.utc_now() + timedelta(seconds=opens_s)
        closes_at = opens_at + timedelta(seconds=lasts_s)
        night.give(night.console.open_lease(opens_at=opens_at, closes_at=closes_at))
        assert night.is_open == (opens_at <= night.clock.utc_now() < closes_at)


_STEPS = st.one_of(
    st.tuples(st.just("open"), st.booleans()),
    st.tuples(st.just("no"), st.none()),
    st.tuples(st.just("replay"), st.integers(0, 20)),
    st.tuples(st.just("advance"), st.floats(0, 90)),
    st.tuples(st.just("jump"), st.integers(-7200, 7200)),
    st.tuples(st.just("pause"), st.none()),
    st.tuples(st.just("restart"), st.none()),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_STEPS, max_size=25))
def test_C1_C5_no_sequence_opens_the_gate_without_an_open_lease_or_after_a_newer_no(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    with TemporaryDirectory() as folder:
        night = gate_at_night(Path(folder))
        console, sent, newest, renewed_s = night.console, [], None, 0.0
        for step, value in steps:
            if step in ("open", "no"):
                lease = console.open_lease(for_s=120) if step == "open" else console.closed_lease()
                sent.append(lease)
                night.give(lease)
                newest, renewed_s = lease, night.clock.elapsed_s()
            elif step == "replay" and sent:
                night.give(sent[value % len(sent)])
            elif step == "advance":
                night.clock.advance(value)
            elif step == "jump":
                night.clock.jump(night.clock.utc_now() + timedelta(seconds=value))
            elif step == "pause":
                night.gate.press_pause()
            elif step == "restart":
                night = gate_at_night(Path(folder), clock=night.clock)
                night.console, newest = console, None
            if night.is_open:
                assert newest is not None
                assert newest.purposes
                assert night.clock.elapsed_s() < renewed_s + 60
                assert newest.opens_at <= night.clock.utc_now() < newest.closes_at
