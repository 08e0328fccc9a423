from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.messages import Health, LiveState, Sensor
from broker.readings import BreathingReading, MovementReading, PeopleReading, PlaceReading, PresenceReading, RateReading
from broker.vocabulary import (
    CloseReason,
    Context,
    HealthFlag,
    Lamp,
    Modality,
    Movement,
    Origin,
    Place,
    Presence,
    Purpose,
    SensedState,
    SensorState,
    Withheld,
)
from console.keys.signer import UNSIGNED
from console.rules.policy import shipped_policy
from console.rules.sensing.readings import breathing_view, may_measure
from console.rules.sensing.staleness import Loss, loss_of
from console.rules.sensing.tiles import CALM, TileFacts, face_of, tile
from console.showing.views import TileKind
from tests.kit.boxed_ward import some_readings

NOW = datetime(2026, 11, 20, 2, 14, 0, tzinfo=UTC)
LEASE = "a" * 32
POLICY = shipped_policy()


def live(shown=None, **changes):
    told = {
        "node_id": "node1",
        "boot_id": "b" * 32,
        "origin": Origin.SIMULATED,
        "sent_at": NOW,
        "uptime_s": 100.0,
        "sensor": Sensor(modality=Modality.RADAR, state=SensorState.OPEN, since=NOW, lease_id=LEASE, lamp=Lamp.ON),
        "readings": shown or some_readings(LEASE, NOW),
        "signature": UNSIGNED,
    }
    return LiveState(**(told | changes))


def closed(reason):
    sensor = Sensor(modality=Modality.RADAR, state=SensorState.CLOSED, since=NOW, reason=reason)
    return live(sensor=sensor, readings=None)


def facts(**changes):
    told = {
        "room_id": "room6",
        "room_title": "Room 6",
        "initials": "AE",
        "may_sense": True,
        "purposes": tuple(Purpose),
        "lease_id": LEASE,
        "live": live(),
    }
    return TileFacts(**(told | changes))


def seen(**readings):
    return facts(live=live(some_readings(LEASE, NOW, **readings)))


def face(facts):
    return face_of(facts, NOW, POLICY)


def test_somebody_still_with_evidence_is_said_as_seen_and_no_more():
    shown = face(facts())

    assert shown.kind is TileKind.STILL
    assert shown.headline.text == "SOMEONE IN BED · still · seen {seen}"
    assert shown.headline.values["seen"] == NOW


def test_K8_no_calm_word_stands_on_evidence_older_than_a_minute():
    at_the_edge = NOW - timedelta(seconds=60)

    assert face(seen(living_seen_at=at_the_edge)).kind is TileKind.STILL
    assert face(seen(living_seen_at=at_the_edge - timedelta(seconds=1))).kind is TileKind.CANNOT_TELL
    assert face(seen(living_seen_at=None)).kind is TileKind.CANNOT_TELL


def test_K8_no_breathing_seen_is_cannot_tell_with_the_last_certain_time():
    breathing = BreathingReading(value=SensedState.NO_BREATHING_SEEN, since=NOW)
    certain = NOW - timedelta(seconds=40)
    shown = face(replace(seen(breathing=breathing), last_certain_at=certain))

    assert shown.kind is TileKind.CANNOT_TELL
    assert shown.headline.text == "CANNOT TELL · look in"
    assert shown.detail.values["certain"].values["at"] == certain


def test_A9_data_older_than_five_seconds_is_not_monitored():
    def lost(age_s):
        return loss_of(age_s, node_lost=False, link_up=True, clock_ahead=False, policy=POLICY)

    assert lost(5.0) is None
    assert lost(5.01) is Loss.SILENT
    assert face(facts(loss=lost(5.01))).headline.text == "NOT MONITORED · check in person"


def test_A9_the_cause_of_a_loss_is_named():
    fresh = {"node_lost": False, "link_up": True, "clock_ahead": False, "policy": POLICY}

    assert loss_of(None, **fresh) is Loss.NEVER_HEARD
    assert loss_of(9.0, **(fresh | {"link_up": False})) is Loss.LINK_DOWN
    assert loss_of(1.0, **(fresh | {"node_lost": True})) is Loss.SILENT
    assert loss_of(1.0, **(fresh | {"clock_ahead": True})) is Loss.CLOCK


def test_A9_a_lost_tile_shows_nothing_of_what_was_seen_before():
    shown = tile(facts(loss=Loss.SILENT), NOW, POLICY)

    assert shown.kind is TileKind.NOT_MONITORED
    assert shown.origin is None and shown.versions == ""


@pytest.mark.parametrize("loss", [None, *Loss])
def test_every_lawful_off_looks_alike(loss):
    shown = tile(facts(may_sense=False, loss=loss, purposes=(), lease_id=""), NOW, POLICY)

    assert shown.kind is TileKind.SENSOR_OFF
    assert shown.headline.text == "SENSOR OFF"
    assert shown.detail.text == "Checked in person."


def test_C1_readings_of_a_lease_whose_consent_is_gone_are_never_shown():
    assert face(facts(lease_id="c" * 32)).kind is TileKind.CANNOT_TELL
    assert face(facts(may_sense=False)).kind is TileKind.SENSOR_OFF


def test_a_vacant_room_says_so():
    assert face(facts(is_vacant=True)).kind is TileKind.VACANT


def test_S3_a_pause_counts_down_and_after_half_an_hour_says_since_when():
    since, until = NOW - timedelta(minutes=29), NOW + timedelta(minutes=4)
    paused = facts(paused_since=since, paused_until=until)

    assert face(paused).headline.values["left"] == timedelta(minutes=4)
    later = replace(paused, paused_since=NOW - timedelta(minutes=30))
    assert face(later).headline.text == "PAUSED BY THEM since {since}"


def test_a_pause_by_the_switch_in_the_room_is_a_pause_by_them():
    assert face(facts(live=closed(CloseReason.LOCAL_PAUSE))).headline.text == "PAUSED BY THEM since {since}"


@pytest.mark.parametrize("reason", [one for one in CloseReason if one is not CloseReason.LOCAL_PAUSE])
def test_a_sensor_that_is_closed_although_it_may_run_is_not_monitored(reason):
    shown = face(facts(live=closed(reason)))

    assert shown.kind is TileKind.NOT_MONITORED and shown.detail is not None


def test_K5_what_is_withheld_is_cannot_tell_and_never_a_number():
    shown = face(seen(presence=PresenceReading(withheld=Withheld.LOW_QUALITY)))

    assert shown.kind is TileKind.CANNOT_TELL
    assert not any(isinstance(value, int | float) for value in shown.headline.values.values())


def test_a_recording_that_ended_says_so():
    shown = face(seen(presence=PresenceReading(withheld=Withheld.RECORDING_ENDED)))

    assert shown.kind is TileKind.CANNOT_TELL
    assert shown.detail.values["cause"].text == "The recording has ended."


def test_a_recording_that_plays_again_shows_which_time():
    shown = tile(facts(live=live(origin=Origin.REPLAY, loop=2)), NOW, POLICY)

    assert (shown.origin, shown.loop) == (Origin.REPLAY, 2)


def test_K7_the_model_is_visible_on_the_tile():
    assert tile(facts(), NOW, POLICY).versions == "00000000"


def test_C17_more_than_one_person_is_said_only_with_that_purpose():
    two = seen(people=PeopleReading(value=2))

    assert face(two).headline.text == "MORE THAN ONE PERSON"
    assert face(replace(two, purposes=(Purpose.PRESENCE, Purpose.BED_EXIT))).kind is TileKind.STILL


def test_the_en_suite_is_said_only_with_that_purpose():
    inside = seen(place=PlaceReading(value=Place.ENSUITE, since=NOW - timedelta(seconds=160)))
    without = replace(inside, purposes=(Purpose.PRESENCE, Purpose.BED_EXIT))

    assert face(inside).headline.values["lasted"] == timedelta(seconds=160)
    assert face(without).headline.text == "OUT OF BED {lasted:minutes} min"


def test_nobody_seen_asks_where_they_are():
    absent = seen(presence=PresenceReading(value=Presence.ABSENT, since=NOW - timedelta(minutes=3)))
    left = seen(place=PlaceReading(value=Place.LEFT_ROOM, since=NOW - timedelta(minutes=3)))

    for one in (absent, left):
        assert face(one).headline.text == "NOBODY SEEN since {since} · where are they?"


def test_no_movement_says_how_long():
    shown = face(facts(no_movement_since=NOW - timedelta(minutes=12)))

    assert shown.kind is TileKind.NO_MOVEMENT
    assert shown.headline.values["lasted"] == timedelta(minutes=12)


def test_the_floor_is_said_only_with_that_purpose():
    down = seen(place=PlaceReading(value=Place.ON_FLOOR, since=NOW))

    assert face(down).headline.text.startswith("ON THE FLOOR")
    assert face(replace(down, purposes=(Purpose.PRESENCE,))).headline.text.startswith("SOMEONE IN THE ROOM")


def test_without_the_purpose_of_bed_the_tile_says_in_the_room():
    shown = face(replace(seen(), purposes=(Purpose.PRESENCE,)))

    assert shown.headline.text == "SOMEONE IN THE ROOM · still · seen {seen}"


def test_a_new_message_with_an_old_estimate_shows_nothing():
    old = some_readings(LEASE, NOW - timedelta(seconds=6))

    assert face(facts(live=live(old))).kind is TileKind.CANNOT_TELL


_PRESENCE = st.sampled_from(
    [
        PresenceReading(value=Presence.PRESENT, since=NOW),
        PresenceReading(value=Presence.ABSENT, since=NOW),
        PresenceReading(withheld=Withheld.LOW_QUALITY),
        PresenceReading(withheld=Withheld.NOT_PERMITTED),
    ]
)
_MOVEMENT = st.sampled_from(
    [
        MovementReading(value=Movement.STILL, since=NOW),
        MovementReading(value=Movement.MOVING, since=NOW),
        MovementReading(withheld=Withheld.LOW_QUALITY),
    ]
)
_BREATHING = st.sampled_from(
    [
        BreathingReading(value=SensedState.BREATHING, since=NOW),
        BreathingReading(value=SensedState.NO_BREATHING_SEEN, since=NOW),
        BreathingReading(withheld=Withheld.NOT_PERMITTED),
    ]
)
_PLACE = st.one_of(
    st.sampled_from(list(Place)).map(lambda place: PlaceReading(value=place, since=NOW)),
    st.just(PlaceReading(withheld=Withheld.NOT_PERMITTED)),
)


@settings(max_examples=400, deadline=None)
@given(
    _PRESENCE,
    _MOVEMENT,
    _BREATHING,
    _PLACE,
    st.one_of(st.none(), st.integers(0, 300)),
    st.sets(st.sampled_from(list(Purpose))),
    st.sampled_from([None, *Loss]),
    st.booleans(),
)
def test_K8_a_calm_tile_always_stands_on_a_living_body_seen_within_a_minute(
    presence, movement, breathing, place, living_s, purposes, loss, may_sense
):
    living = None if living_s is None else NOW - timedelta(seconds=living_s)
    told = seen(presence=presence, movement=movement, breathing=breathing, place=place, living_seen_at=living)
    shown = face(replace(told, purposes=tuple(purposes), loss=loss, may_sense=may_sense))

    if shown.kind in CALM:
        assert loss is None and may_sense
        assert living_s is not None and living_s <= 60
        assert breathing.value is not SensedState.NO_BREATHING_SEEN


# Numbers.


def number(origin=Origin.SIMULATED, context=Context.DEMONSTRATION, purposes=tuple(Purpose), age_s=180, **changes):
    readings = some_readings(LEASE, NOW - timedelta(seconds=age_s), **changes)
    return breathing_view(readings, purposes, context, origin, NOW, POLICY)


def test_K6_a_rate_is_a_spot_check_with_its_age():
    shown = number()

    assert shown.is_value and shown.words.text.endswith("noticed {age:minutes} min ago. Not a check.")
    assert shown.words.values == {"rate": 14, "low": 13, "high": 15, "age": timedelta(seconds=180)}


def test_K6_an_old_number_is_never_shown():
    assert not number(age_s=1801).is_value


def test_A11_a_real_sensor_shows_no_numbers_in_a_demonstration():
    assert not number(origin=Origin.SENSOR).is_value
    assert number(origin=Origin.SENSOR, context=Context.CLINICAL).is_value
    assert number(origin=Origin.SENSOR, context=Context.CLINICAL).band is not None
    assert number().band is None
    assert not may_measure(Context.CLINICAL, Origin.REPLAY)


def test_A11_in_an_evaluation_numbers_are_kept_for_the_study_and_shown_on_no_ward_screen():
    assert may_measure(Context.EVALUATION, Origin.SENSOR)
    assert not number(origin=Origin.SENSOR, context=Context.EVALUATION).is_value


def test_a_rate_needs_its_purpose():
    assert not number(purposes=(Purpose.PRESENCE,)).is_value


def test_a_withheld_rate_says_to_look_in():
    shown = number(respiratory_rate=RateReading(withheld=Withheld.MOVING))

    assert not shown.is_value and shown.words.text == "No reading now. Look in."


def test_H4_a_lost_sensor_is_not_monitored_whatever_the_consent_covers():
    lost = Health(frame_age_s=4.0, flags=(HealthFlag.SENSOR_LOST,))
    for purposes in (tuple(Purpose), (Purpose.BED_EXIT,), ()):
        face = face_of(facts(live=live(health=lost), purposes=purposes), NOW, POLICY)
        assert face.kind is TileKind.NOT_MONITORED
        assert str(face.detail.text) == "The sensor has a fault."
