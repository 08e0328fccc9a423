import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broker.vocabulary import CloseReason, Presence, Withheld, Zone
from edge.commissioning.installation import FILE, Installation, read_installation
from edge.commissioning.requests import FOLDER, Doing, EngineerDesk, Progress, Request, Standing, Step
from edge.noise_profile import PROFILE_FILE, read_profile
from edge.trials import PART_BINS, Profiled, ProfilePart, TrialRefused, Tried
from tests.kit.nodes import NodeAtNight, node_at_night


def request(step: Step, **what: Any) -> Request:
    return Request(request_id=secrets.token_hex(16), step=step, **what)


class Engineer:
    """An engineer at the machine of a node whose room is being set up."""

    def __init__(self, folder: Path) -> None:
        self.room: NodeAtNight = node_at_night(folder)
        self.folder = folder
        self.desk = EngineerDesk(folder)
        self.asked = request(Step.STOP)
        self.lease: dict[str, Any] = {}

    def commission(self) -> None:
        lease = self.room.console.commissioning_lease()
        self.lease = {"lease_id": lease.lease_id, "opens_at": lease.opens_at, "closes_at": lease.closes_at}
        self.room.send(lease)
        self.room.step(0.2)

    def ask(self, step: Step, **what: Any) -> Progress:
        self.asked = request(step, **what)
        self.desk.ask(self.asked)
        self.room.step(0.2)
        return self.answer

    def try_for(self, seconds: int, *, every_s: int = 1, **what: Any) -> Progress:
        """Let seconds pass in which the sensing process says what it tries; renew the lease as the console does."""
        for at in range(every_s, seconds + 1, every_s):
            if at % 20 == 0:
                self.room.send(self.room.console.commissioning_lease(**self.lease))
            trial = self.room.sensing.orders[-1].trial if self.room.sensing.orders[-1] else None
            if trial is not None:
                told = {"number": trial.number, "passed_s": float(at), "presence": Presence.ABSENT, "is_moving": False}
                self.room.sensing.say(Tried(**(told | what)))
            self.room.step(every_s, every_s=every_s)
        return self.answer

    def say(self, line: Any) -> Progress:
        self.room.sensing.say(line)
        self.room.step(0.2)
        return self.answer

    @property
    def answer(self) -> Progress:
        told = self.desk.answer(self.asked)
        assert told is not None
        return told

    @property
    def kept(self) -> Installation:
        return read_installation(self.folder / FILE)


@pytest.fixture
def engineer(tmp_path: Path) -> Iterator[Engineer]:
    made = Engineer(tmp_path)
    yield made
    made.room.outbox.close()


def test_N3_without_a_lease_nothing_is_tried_and_the_engineer_is_told_what_to_do(engineer: Engineer) -> None:
    told = engineer.ask(Step.EMPTY)
    assert told.standing is Standing.REFUSED
    assert "ask for it at the console" in told.sentence
    assert not (engineer.folder / FILE).exists()


def test_N3_under_a_patients_lease_nothing_is_tried(engineer: Engineer) -> None:
    engineer.room.send(engineer.room.console.open_lease())
    engineer.room.step(0.2)
    told = engineer.ask(Step.PHANTOM, rate_per_min=12)
    assert told.standing is Standing.REFUSED
    assert "while somebody stays here" in told.sentence
    assert {order.trial for order in engineer.room.sensing.orders if order} == {None}


def test_a_request_left_from_before_a_restart_is_no_request(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    EngineerDesk(tmp_path).ask(request(Step.EMPTY))
    engineer = Engineer(tmp_path)
    engineer.commission()
    engineer.room.step(1)
    assert {order.trial for order in engineer.room.sensing.orders if order} == {None}
    engineer.room.outbox.close()


@pytest.mark.parametrize("content", [b"{", b"x" * 10_000, b'{"step": "open"}'])
def test_a_request_that_is_not_one_of_ours_is_cleared_away_and_begins_nothing(
    engineer: Engineer, content: bytes
) -> None:
    engineer.commission()
    file = engineer.folder / FOLDER / "request.json"
    file.write_bytes(content)
    engineer.room.step(0.2)
    assert not file.exists()
    assert {order.trial for order in engineer.room.sensing.orders if order} == {None}


def test_a_phantom_that_is_told_right_is_kept_signed_with_what_it_was_tried_with(engineer: Engineer) -> None:
    engineer.commission()
    assert engineer.ask(Step.PHANTOM, rate_per_min=12).standing is Standing.RUNNING
    told = engineer.try_for(10, rate_per_min=12.1, uncertainty_per_min=0.3, withheld=None)
    assert told.standing is Standing.PASSED
    tried = engineer.kept.newest(Step.PHANTOM, "12 a minute")
    assert tried is not None
    assert tried.passed
    assert len(tried.setup.models) == 3
    assert engineer.kept.is_signed_by((engineer.folder / "node.pub").read_text().strip())


def test_A11_a_phantoms_rate_never_leaves_the_node(engineer: Engineer) -> None:
    engineer.commission()
    engineer.ask(Step.PHANTOM, rate_per_min=12)
    engineer.try_for(9, rate_per_min=12.345, uncertainty_per_min=0.3, withheld=None)
    said = "".join(str(one) for one in engineer.room.heard)
    assert "12.345" not in said
    assert len(engineer.room.heard) > 5


def test_when_the_lease_ends_a_step_is_broken_off_and_nothing_is_recorded(engineer: Engineer) -> None:
    engineer.commission()
    engineer.ask(Step.PHANTOM, rate_per_min=12)
    engineer.room.send(engineer.room.console.closed_lease())
    engineer.room.step(1)
    assert engineer.answer.standing is Standing.STOPPED
    assert engineer.room.live.sensor.reason is CloseReason.LEASE_CLOSED
    assert not (engineer.folder / FILE).exists()


def test_N3_a_stay_that_opens_ends_the_trial_at_once(engineer: Engineer) -> None:
    engineer.commission()
    engineer.ask(Step.NEIGHBOUR, space="room 7", doing=Doing.LYING)
    engineer.room.send(engineer.room.console.open_lease())
    engineer.room.step(0.2)
    order = engineer.room.sensing.orders[-1]
    assert order is not None
    assert order.trial is None
    assert engineer.answer.standing is Standing.STOPPED


def test_the_engineer_can_stop_a_step(engineer: Engineer) -> None:
    engineer.commission()
    engineer.ask(Step.WALK, zone=Zone.BED)
    assert engineer.ask(Step.STOP).standing is Standing.STOPPED
    order = engineer.room.sensing.orders[-1]
    assert order is not None
    assert order.trial is None


def test_a_step_that_cannot_end_before_the_lease_does_is_not_begun(engineer: Engineer) -> None:
    engineer.commission()
    engineer.ask(Step.STOP)
    engineer.try_for(330, every_s=10)
    told = engineer.ask(Step.NEIGHBOUR, space="room 7", doing=Doing.LYING)
    assert told.standing is Standing.REFUSED
    assert "ask for another" in told.sentence


def test_NA20_N3_ten_minutes_of_nobody_fit_into_one_commissioning(engineer: Engineer) -> None:
    engineer.commission()
    engineer.ask(Step.NEIGHBOUR, space="room 7", doing=Doing.LYING)
    told = engineer.try_for(620, every_s=10)
    assert told.standing is Standing.PASSED
    assert engineer.kept.newest(Step.NEIGHBOUR, "room 7, lying") is not None


def test_a_zone_that_the_room_does_not_have_is_passed_over(tmp_path: Path) -> None:
    engineer = Engineer(tmp_path)
    engineer.room.outbox.close()
    zones = ({"zone": "bed", "from_m": 0, "to_m": 2}, {"zone": "door", "from_m": 2, "to_m": 3})
    engineer.room = node_at_night(tmp_path, zones=zones)
    engineer.commission()
    assert engineer.ask(Step.WALK, zone=Zone.ENSUITE).standing is Standing.NOT_HERE
    engineer.room.outbox.close()


def profile_parts(number: int, bins: int) -> list[ProfilePart]:
    values = [round(0.3 + 0.1 * at, 1) for at in range(bins)]
    parts = [tuple(values[first : first + PART_BINS]) for first in range(0, bins, PART_BINS)]
    return [ProfilePart(number, part, part, part, part) for part in parts]


def survey(engineer: Engineer, number: int) -> Progress:
    engineer.ask(Step.EMPTY)
    for part in profile_parts(number, 33):
        engineer.say(part)
    return engineer.say(Profiled(number, 180.0, ()))


def test_the_empty_rooms_profile_is_kept_and_named_by_its_hash(engineer: Engineer) -> None:
    engineer.commission()
    assert survey(engineer, 1).standing is Standing.PASSED
    assert read_profile(engineer.folder / PROFILE_FILE).range_m.shape == (33,)
    assert (engineer.folder / PROFILE_FILE).stat().st_mode & 0o077 == 0
    tried = engineer.kept.newest(Step.EMPTY, "")
    assert tried is not None
    assert tried.setup.noise_profile == engineer.kept.setup.noise_profile is not None


def test_a_room_that_was_refused_keeps_its_old_profile_and_the_reason_is_recorded(engineer: Engineer) -> None:
    engineer.commission()
    survey(engineer, 1)
    before = (engineer.folder / PROFILE_FILE).read_bytes()
    engineer.ask(Step.EMPTY)
    assert engineer.say(TrialRefused(2, "somebody moves")).standing is Standing.FAILED
    assert (engineer.folder / PROFILE_FILE).read_bytes() == before
    assert not engineer.kept.is_whole


def test_what_is_said_of_an_earlier_trial_is_left_out(engineer: Engineer) -> None:
    engineer.commission()
    engineer.ask(Step.WALK, zone=Zone.BED)
    engineer.ask(Step.STOP)
    engineer.ask(Step.WALK, zone=Zone.DOOR)
    here = Tried(1, 9.0, Presence.PRESENT, False, Zone.DOOR)
    for _ in range(9):
        assert engineer.say(here).standing is Standing.RUNNING


def test_a_failed_sensor_breaks_a_step_off(engineer: Engineer) -> None:
    engineer.commission()
    engineer.ask(Step.PHANTOM, rate_per_min=12)
    engineer.room.sensing.fail("the cable is out")
    engineer.room.step(0.2)
    assert engineer.answer.standing is Standing.STOPPED
    assert "the cable is out" in engineer.answer.sentence


def test_a_record_changed_by_hand_is_not_the_nodes_and_takes_no_more(engineer: Engineer) -> None:
    engineer.commission()
    engineer.ask(Step.PHANTOM, rate_per_min=12)
    engineer.try_for(10, rate_per_min=14.0, uncertainty_per_min=0.3, withheld=Withheld.LOW_QUALITY)
    told = json.loads((engineer.folder / FILE).read_text())
    assert told["steps"][0]["passed"] is False
    told["steps"][0]["passed"] = True
    (engineer.folder / FILE).write_text(json.dumps(told))
    assert not engineer.kept.is_signed_by((engineer.folder / "node.pub").read_text().strip())
    engineer.room.outbox.close()
    engineer.room = node_at_night(engineer.folder, clock=engineer.room.clock, console=engineer.room.console)
    engineer.commission()
    assert "changed by hand" in engineer.ask(Step.PHANTOM, rate_per_min=12).sentence
