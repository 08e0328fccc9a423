import pytest
from pydantic import ValidationError

from broker.messages import MOST_LOST_AT_ONCE, ConsentLease, LiveState, LossReport, Sensor, SensorChange
from broker.readings import BreathingReading, PresenceReading, RateReading
from broker.vocabulary import (
    CloseReason,
    Lamp,
    LeaseState,
    LossReason,
    Modality,
    Presence,
    SensedState,
    SensorState,
    Withheld,
)
from tests.kit import contract


def test_a_message_cannot_be_changed_after_it_was_made() -> None:
    with pytest.raises(ValidationError):
        contract.live().uptime_s = 1.0  # type: ignore[misc]


def test_C1_a_closed_sensor_shows_no_readings() -> None:
    told = contract.live(SensorState.CLOSED).model_dump() | {"readings": contract.readings()}
    with pytest.raises(ValidationError, match="only while the sensor is open"):
        LiveState.model_validate(told)


def test_C1_readings_stand_under_the_lease_the_sensor_is_open_under() -> None:
    told = contract.live().model_dump() | {"readings": contract.readings().model_copy(update={"lease_id": "2" * 32})}
    with pytest.raises(ValidationError, match="under the lease"):
        LiveState.model_validate(told)


@pytest.mark.parametrize("state", [SensorState.OPEN, SensorState.OPENING])
def test_an_open_sensor_names_its_lease_and_a_closed_one_its_reason(state: SensorState) -> None:
    with pytest.raises(ValidationError):
        Sensor(modality=Modality.RADAR, state=state, since=contract.NIGHT)
    with pytest.raises(ValidationError):
        Sensor(modality=Modality.RADAR, state=SensorState.CLOSED, since=contract.NIGHT)


def test_a_sensor_that_closed_says_why() -> None:
    with pytest.raises(ValidationError):
        SensorChange(state=SensorState.CLOSED, lamp=Lamp.OFF)
    with pytest.raises(ValidationError):
        SensorChange(state=SensorState.OPEN, reason=CloseReason.NO_LEASE, lamp=Lamp.ON)


def test_an_open_lease_says_for_what_and_a_closed_one_permits_nothing() -> None:
    lease = contract.examples()["lease_open"][1].model_dump()
    with pytest.raises(ValidationError):
        ConsentLease.model_validate(lease | {"purposes": ()})
    with pytest.raises(ValidationError):
        ConsentLease.model_validate(lease | {"state": LeaseState.CLOSED})


def test_a_lease_cannot_outlive_a_minute_without_renewal() -> None:
    lease = contract.examples()["lease_open"][1].model_dump()
    with pytest.raises(ValidationError):
        ConsentLease.model_validate(lease | {"lifetime_s": 61.0})


def test_a_loss_covers_its_own_sequence() -> None:
    loss = LossReport(to_sequence=6, count=1, reason=LossReason.DISK_FULL)
    with pytest.raises(ValidationError, match="covers its own sequence"):
        contract.record(loss, sequence=7)


@pytest.mark.parametrize("count", [1, 63, 65])
def test_a_loss_counts_each_sequence_that_it_covers(count: int) -> None:
    loss = LossReport(to_sequence=70, count=count, reason=LossReason.OUTBOX_FULL)
    with pytest.raises(ValidationError, match="counts each"):
        contract.record(loss, sequence=7)


def test_no_single_message_settles_more_than_a_million_records() -> None:
    with pytest.raises(ValidationError):
        LossReport(to_sequence=MOST_LOST_AT_ONCE + 1, count=MOST_LOST_AT_ONCE + 1, reason=LossReason.OUTBOX_FULL)


def test_a_rate_never_comes_without_its_uncertainty() -> None:
    with pytest.raises(ValidationError):
        RateReading(value_per_min=17.0)
    with pytest.raises(ValidationError):
        RateReading(uncertainty_per_min=1.0, withheld=Withheld.MOVING)


def test_unsure_and_moving_are_reasons_and_not_values() -> None:
    with pytest.raises(ValidationError):
        PresenceReading(value=Presence.UNSURE)
    with pytest.raises(ValidationError):
        BreathingReading(value=SensedState.MOVING)


def test_no_breathing_seen_is_a_value_and_not_the_same_as_not_knowing() -> None:
    assert BreathingReading(value=SensedState.NO_BREATHING_SEEN).has_value()
    assert not BreathingReading(withheld=Withheld.LOW_QUALITY).has_value()
