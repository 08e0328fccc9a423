from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from broker.vocabulary import Place, Presence, Purpose, RoomEventKind, SensedState, Zone
from edge.events import Happened, RoomEvents, Seen, Whereabouts

ALL = frozenset(Purpose)
HERE = Presence.PRESENT


@dataclass
class Second:
    """Feeds one look a second and keeps what happened."""

    purposes: frozenset[Purpose] = ALL
    at_s: float = 100.0
    events: RoomEvents = field(default_factory=lambda: RoomEvents(720.0))
    places: Whereabouts = field(default_factory=Whereabouts)
    said: list[RoomEventKind] = field(default_factory=list)
    last: Happened | None = None

    def see(self, seconds: int = 1, **what: Any) -> list[RoomEventKind]:
        new = []
        for _ in range(seconds):
            self.at_s += 1
            seen = Seen(self.at_s, **what)
            for one in [*self.places.see(seen, self.purposes), *self.events.see(seen, self.purposes)]:
                self.last = one
                new.append(one.kind)
        self.said += new
        return new


def test_a_person_gets_up_and_comes_back_to_bed() -> None:
    room = Second()
    assert room.see(4, presence=HERE, zone=Zone.BED) == [RoomEventKind.IN_BED]
    assert room.see(3, presence=HERE, zone=Zone.ROOM) == [RoomEventKind.OUT_OF_BED]
    assert room.see(4, presence=HERE, zone=Zone.BED) == [RoomEventKind.IN_BED]


def test_a_bed_exit_is_said_within_three_seconds() -> None:
    room = Second()
    room.see(10, presence=HERE, zone=Zone.BED)
    assert room.see(3, presence=HERE, zone=Zone.ROOM) == [RoomEventKind.OUT_OF_BED]


def test_one_second_in_another_zone_is_not_believed() -> None:
    room = Second()
    room.see(10, presence=HERE, zone=Zone.BED)
    for _ in range(20):
        assert room.see(1, presence=HERE, zone=Zone.ROOM) == []
        assert room.see(1, presence=HERE, zone=Zone.BED) == []


def test_who_walks_out_through_every_zone_is_up_after_two_looks_whatever_they_pass() -> None:
    room = Second()
    room.see(10, presence=HERE, zone=Zone.BED)
    assert room.see(1, presence=HERE, zone=Zone.ROOM) == []
    assert room.see(1, presence=HERE, zone=Zone.ENSUITE) == [RoomEventKind.OUT_OF_BED]
    assert room.see(4, presence=HERE, zone=Zone.DOOR) == []


def test_a_step_without_a_zone_does_not_delay_that_they_are_up() -> None:
    room = Second()
    room.see(10, presence=HERE, zone=Zone.BED)
    room.see(1, presence=HERE, zone=Zone.ROOM)
    assert room.see(1, presence=HERE, zone=None) == []
    assert room.see(1, presence=HERE, zone=Zone.ROOM) == [RoomEventKind.OUT_OF_BED]


def test_C17_somebody_seen_elsewhere_while_the_sleeper_never_stirred_is_not_the_sleeper_getting_up() -> None:
    room = Second()
    room.see(10, presence=HERE, zone=Zone.BED, is_moving=False)
    assert room.see(3, presence=HERE, zone=Zone.ROOM, is_moving=True, people=1) == []
    assert room.see(20, presence=HERE, zone=Zone.ROOM, is_moving=True, people=2) == [RoomEventKind.SECOND_PERSON]
    assert room.places.place is Place.IN_BED


def test_a_bed_exit_without_stirring_first_is_said_all_the_same_only_later() -> None:
    room = Second()
    room.see(10, presence=HERE, zone=Zone.BED, is_moving=False)
    assert room.see(6, presence=HERE, zone=Zone.ROOM, is_moving=True) == [RoomEventKind.OUT_OF_BED]


def test_one_doubtful_second_does_not_begin_the_wait_for_stillness_anew_and_long_doubt_does() -> None:
    room = Second()
    room.see(400, presence=HERE, is_moving=False)
    room.see(3, presence=Presence.UNSURE)
    assert room.see(318, presence=HERE, is_moving=False) == [RoomEventKind.NO_MOVEMENT]
    other = Second()
    other.see(700, presence=HERE, is_moving=False)
    other.see(30, presence=Presence.UNSURE)
    assert other.see(300, presence=HERE, is_moving=False) == []


def test_who_was_last_at_the_door_has_left_the_room_and_returns() -> None:
    room = Second()
    room.see(5, presence=HERE, zone=Zone.BED)
    room.see(3, presence=HERE, zone=Zone.DOOR)
    assert room.see(3, presence=Presence.ABSENT) == [RoomEventKind.LEFT_ROOM]
    assert room.see(3, presence=HERE, zone=Zone.ROOM) == [RoomEventKind.RETURNED]
    assert room.see(3, presence=HERE, zone=Zone.BED) == [RoomEventKind.IN_BED]


def test_who_was_last_at_the_en_suite_is_in_it_and_the_dwell_is_told() -> None:
    room = Second()
    room.see(5, presence=HERE, zone=Zone.BED)
    room.see(1, presence=HERE, zone=Zone.ENSUITE)
    assert room.see(3, presence=Presence.ABSENT) == [RoomEventKind.OUT_OF_BED, RoomEventKind.ENSUITE_ENTERED]
    assert room.see(160, presence=Presence.ABSENT) == []
    assert room.see(3, presence=HERE, zone=Zone.ROOM) == [RoomEventKind.ENSUITE_LEFT]
    assert room.last is not None
    assert 160 <= (room.last.after_s or 0) <= 166


def test_P3_without_its_purpose_the_en_suite_is_never_said() -> None:
    room = Second(ALL - {Purpose.BATHROOM_DWELL})
    room.see(5, presence=HERE, zone=Zone.BED)
    room.see(3, presence=HERE, zone=Zone.ENSUITE)
    room.see(60, presence=Presence.ABSENT)
    room.see(5, presence=HERE, zone=Zone.ROOM)
    assert room.said == [
        RoomEventKind.IN_BED,
        RoomEventKind.OUT_OF_BED,
        RoomEventKind.LEFT_ROOM,
        RoomEventKind.RETURNED,
    ]
    assert room.places.place is Place.OUT_OF_BED


def test_nobody_seen_any_more_in_bed_is_not_called_leaving() -> None:
    room = Second()
    room.see(5, presence=HERE, zone=Zone.BED)
    assert room.see(600, presence=Presence.ABSENT) == []


def test_stillness_is_said_after_its_time_and_ended_by_movement() -> None:
    room = Second()
    assert room.see(720, presence=HERE, is_moving=False) == []
    assert room.see(1, presence=HERE, is_moving=False) == [RoomEventKind.NO_MOVEMENT]
    assert room.see(2, presence=HERE, is_moving=True) == [RoomEventKind.MOVEMENT_AGAIN]
    assert room.last is not None
    assert room.last.after_s == 722


def test_an_empty_room_is_not_a_still_person() -> None:
    room = Second()
    room.see(700, presence=HERE, is_moving=False)
    assert room.see(100, presence=Presence.ABSENT, is_moving=False) == []


def test_K8_breathing_not_seen_for_a_minute_is_said_and_ended_when_it_is_seen() -> None:
    room = Second()
    room.see(30, presence=HERE, breathing=SensedState.BREATHING)
    assert room.see(60, presence=HERE, breathing=SensedState.NO_BREATHING_SEEN) == []
    assert room.see(1, presence=HERE, breathing=SensedState.NO_BREATHING_SEEN) == [RoomEventKind.BREATHING_NOT_SEEN]
    assert room.see(6, presence=HERE, breathing=SensedState.BREATHING) == [RoomEventKind.BREATHING_AGAIN]


def test_K8_who_leaves_is_not_said_to_breathe_again() -> None:
    room = Second()
    room.see(61, presence=HERE, breathing=SensedState.NO_BREATHING_SEEN)
    assert room.see(60, presence=Presence.ABSENT) == []


def test_C17_a_second_person_is_said_within_five_seconds_and_their_going_later() -> None:
    room = Second()
    assert room.see(3, people=2) == [RoomEventKind.SECOND_PERSON]
    assert room.see(10, people=1) == []
    assert room.see(1, people=1) == [RoomEventKind.ONE_PERSON]


def test_H4_a_blind_sensor_is_said_within_eleven_seconds() -> None:
    room = Second(frozenset({Purpose.PRESENCE}))
    assert room.see(11, is_blind=True) == [RoomEventKind.SENSOR_BLIND]
    assert room.see(6, is_blind=False) == [RoomEventKind.SENSOR_SEES_AGAIN]


def test_doubt_neither_begins_nor_ends_anything() -> None:
    room = Second()
    room.see(61, presence=HERE, breathing=SensedState.NO_BREATHING_SEEN)
    assert room.see(300, presence=Presence.UNSURE) == []


_ANY = st.builds(
    dict,
    presence=st.sampled_from([*Presence, None]),
    zone=st.sampled_from([*Zone, None]),
    is_moving=st.sampled_from([True, False, None]),
    people=st.sampled_from([0, 1, 2, None]),
    breathing=st.sampled_from([SensedState.BREATHING, SensedState.NO_BREATHING_SEEN, None]),
    is_blind=st.booleans(),
    is_low=st.none() | st.booleans(),
)
_NEEDS = {
    RoomEventKind.ON_FLOOR: Purpose.FLOOR,
    RoomEventKind.AT_DOOR: Purpose.BED_EXIT,
    RoomEventKind.IN_BED: Purpose.BED_EXIT,
    RoomEventKind.OUT_OF_BED: Purpose.BED_EXIT,
    RoomEventKind.LEFT_ROOM: Purpose.BED_EXIT,
    RoomEventKind.RETURNED: Purpose.BED_EXIT,
    RoomEventKind.ENSUITE_ENTERED: Purpose.BATHROOM_DWELL,
    RoomEventKind.ENSUITE_LEFT: Purpose.BATHROOM_DWELL,
    RoomEventKind.SECOND_PERSON: Purpose.SECOND_PERSON,
    RoomEventKind.ONE_PERSON: Purpose.SECOND_PERSON,
    RoomEventKind.NO_MOVEMENT: Purpose.NO_MOVEMENT,
    RoomEventKind.MOVEMENT_AGAIN: Purpose.NO_MOVEMENT,
    RoomEventKind.BREATHING_NOT_SEEN: Purpose.BREATHING_SPOT,
    RoomEventKind.BREATHING_AGAIN: Purpose.BREATHING_SPOT,
}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 100), _ANY), max_size=20), st.frozensets(st.sampled_from(list(Purpose))))
def test_C3_no_event_without_its_purpose_whatever_is_seen(
    looks: list[tuple[int, dict[str, Any]]], purposes: frozenset[Purpose]
) -> None:
    room = Second(purposes)
    for seconds, what in looks:
        room.see(seconds, **what)
    assert all(kind not in _NEEDS or _NEEDS[kind] in purposes for kind in room.said)


def test_somebody_low_on_the_floor_is_said_within_seconds_of_being_up() -> None:
    room = Second()
    room.see(10, presence=HERE, zone=Zone.BED, is_moving=True)
    room.see(3, presence=HERE, zone=Zone.ROOM, is_moving=True, is_low=False)
    assert room.see(6, presence=HERE, zone=Zone.ROOM, is_moving=False, is_low=True) == [RoomEventKind.ON_FLOOR]


def test_whoever_kneels_for_a_moment_is_not_on_the_floor() -> None:
    room = Second()
    room.see(3, presence=HERE, zone=Zone.ROOM, is_moving=True, is_low=False)
    assert room.see(4, presence=HERE, zone=Zone.ROOM, is_moving=True, is_low=True) == []
    assert room.see(9, presence=HERE, zone=Zone.ROOM, is_moving=True, is_low=False) == []


def test_with_the_floor_alone_agreed_to_getting_up_again_makes_the_place_unknown() -> None:
    room = Second(frozenset({Purpose.FLOOR}))
    assert room.see(7, is_low=True) == [RoomEventKind.ON_FLOOR]
    room.see(4, is_low=False)
    assert room.places.place is None


def test_whoever_stands_at_the_door_is_said_to_once_and_whoever_goes_through_is_not() -> None:
    room = Second()
    room.see(3, presence=HERE, zone=Zone.ROOM)
    assert RoomEventKind.AT_DOOR not in room.see(4, presence=HERE, zone=Zone.DOOR)
    room.see(2, presence=HERE, zone=Zone.ROOM)
    assert room.see(20, presence=HERE, zone=Zone.DOOR).count(RoomEventKind.AT_DOOR) == 1
