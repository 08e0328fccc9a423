"""From what is sensed each second to what happened in the room: small state machines that wait before they speak."""

from collections.abc import Collection
from dataclasses import dataclass

from broker.vocabulary import Place, Presence, Purpose, RoomEventKind, SensedState, Zone

PLACE_AFTER_S = 2.0
"""[s] in a zone before the place is believed."""
UP_AFTER_S = 1.0
"""[s] outside the bed, wherever that is, before they are believed to be up; wanted within 3 s (SENSING, accuracy), of
which the estimate itself takes one. The same back in the room after they had left it."""
FLOOR_AFTER_S = 5.0
"""[s] low on the floor before it is believed, for people bend and kneel; wanted within 10 s (SENSING, accuracy)."""
AT_DOOR_AFTER_S = 5.0
"""[s] at the door before it is said: whoever goes through it is gone by then."""
STIRRED_S = 5.0
"""[s] before it in which whoever gets up has moved in bed, for nobody rises without sitting up. Without that, what is
seen elsewhere is more likely somebody who came in, and is believed after as long."""
LOST_S = 2.0
"""[s] without a zone, as between two steps, that a walk outlives."""
SECOND_AFTER_S = 1.0
"""[s] of two people before it is said; wanted within 5 s (SENSING, accuracy), of which the count takes three."""
DOUBT_S = 5.0
"""[s] of not knowing that a wait outlives: somebody who lies still is not unseen because of one doubtful second."""
ALONE_AFTER_S = 10.0
"""[s] of one person or none before the second is said to be gone."""
BREATHING_GONE_AFTER_S = 60.0
"""[s] without breathing seen before it is an event (rule K8)."""
BREATHING_BACK_AFTER_S = 5.0
"""[s] of breathing before it is said to be seen again (SENSING, accuracy)."""
MOVED_AFTER_S = 1.0
"""[s] of movement that ends a stillness; one second is one estimate, so two in a row."""
BLIND_AFTER_S = 10.0
"""[s] of a fault in front of or inside the sensor before it is an event (rule H4)."""
SEES_AFTER_S = 5.0
"""[s] without a fault before the sensor is said to see again."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is sensed in one second, as far as its purposes let it leave the sensing process.

    Attributes:
        at_s: [s] since the source began, rising.
        presence: None when not permitted.
        zone: None when not permitted, not known, or outside all zones.
        is_low: all that is seen of a person lies on the floor; None when not permitted.
        is_moving: None when not permitted or not known.
        people: 0, 1, 2 (two or more); None when not permitted or not known.
        breathing: breathing or no_breathing_seen; None when neither, or not permitted.
        is_blind: a fault in front of or inside the sensor.
    """

    at_s: float
    presence: Presence | None = None
    zone: Zone | None = None
    is_low: bool | None = None
    is_moving: bool | None = None
    people: int | None = None
    breathing: SensedState | None = None
    is_blind: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """A change that was waited for and is now believed.

    Attributes:
        kind: what happened.
        after_s: [s] how long the earlier condition had lasted; None when its beginning was not seen.
    """

    kind: RoomEventKind
    after_s: float | None = None


class Condition:
    """Something that is so or not, believed only after it has been so for a while.

    Doubt changes nothing: what is believed stays believed, and a wait goes on over DOUBT_S of it, then starts anew.

    Attributes:
        holds: whether it is believed.
    """

    def __init__(self, begins_after_s: float, ends_after_s: float) -> None:
        self._begins_after_s = begins_after_s
        self._ends_after_s = ends_after_s
        self._turning_s: float | None = None
        self._known_s: float | None = None
        self._since_s: float | None = None
        self.holds = False

    def see(self, is_so: bool | None, now_s: float) -> float | None:
        """Take one look in.

        Args:
            is_so: None when it cannot be told.
            now_s: [s], rising.

        Returns:
            When the belief changes: how long [s] what it replaces, or what began it, had lasted. Otherwise None.
        """
        if is_so is None:
            return None
        if self._known_s is not None and now_s - self._known_s > DOUBT_S:
            self._turning_s = None
        self._known_s = now_s
        if is_so == self.holds:
            self._turning_s = None
            return None
        if self._turning_s is None:
            self._turning_s = now_s
        if now_s - self._turning_s < (self._ends_after_s if self.holds else self._begins_after_s):
            return None
        began_s = self._turning_s if is_so else self._since_s
        self.holds, self._since_s, self._turning_s = is_so, self._turning_s, None
        return now_s - began_s if began_s is not None else 0.0


@dataclass(frozen=True, slots=True)
class _Rule:
    """One condition of a room, with what is said when it begins and ends."""

    needs: Purpose | None
    begins: RoomEventKind
    ends: RoomEventKind
    begins_after_s: float
    ends_after_s: float


def _rules(no_movement_after_s: float) -> dict[str, _Rule]:
    kind = RoomEventKind
    return {
        "still": _Rule(Purpose.NO_MOVEMENT, kind.NO_MOVEMENT, kind.MOVEMENT_AGAIN, no_movement_after_s, MOVED_AFTER_S),
        "breathless": _Rule(
            Purpose.BREATHING_SPOT,
            kind.BREATHING_NOT_SEEN,
            kind.BREATHING_AGAIN,
            BREATHING_GONE_AFTER_S,
            BREATHING_BACK_AFTER_S,
        ),
        "crowded": _Rule(Purpose.SECOND_PERSON, kind.SECOND_PERSON, kind.ONE_PERSON, SECOND_AFTER_S, ALONE_AFTER_S),
        "blind": _Rule(None, kind.SENSOR_BLIND, kind.SENSOR_SEES_AGAIN, BLIND_AFTER_S, SEES_AFTER_S),
    }


class RoomEvents:
    """All conditions of one room from the opening of its sensor on; made anew at each opening."""

    def __init__(self, no_movement_after_s: float) -> None:
        self._rules = _rules(no_movement_after_s)
        self._conditions = {name: _fresh(rule) for name, rule in self._rules.items()}

    def see(self, seen: Seen, purposes: Collection[Purpose]) -> list[Happened]:
        """Take one second in.

        Args:
            seen: what is sensed; seconds come in order.
            purposes: of the present lease; a condition without its purpose is forgotten.

        Returns:
            What happened, in the order of the rules; mostly nothing.
        """
        happened = []
        looks = _looks(seen)
        for name, rule in self._rules.items():
            # Whoever left is neither still nor breathless: that is forgotten without a word, for nobody moved again.
            gone = name in _OF_A_PERSON and seen.presence is Presence.ABSENT
            if gone or (rule.needs is not None and rule.needs not in purposes):
                self._conditions[name] = _fresh(rule)
                continue
            after_s = self._conditions[name].see(looks[name], seen.at_s)
            if after_s is not None:
                happened.append(Happened(rule.begins if self._conditions[name].holds else rule.ends, after_s))
        return happened


_OF_A_PERSON = ("still", "breathless")


def _fresh(rule: _Rule) -> Condition:
    return Condition(rule.begins_after_s, rule.ends_after_s)


def _looks(seen: Seen) -> dict[str, bool | None]:
    """Say of each condition whether it is so in this second; None when it cannot be told."""
    crowded = None if seen.people is None else seen.people >= 2
    still = None if seen.is_moving is None or seen.is_blind else not seen.is_moving
    breathless = None if seen.breathing is None else seen.breathing is SensedState.NO_BREATHING_SEEN
    return {"still": still, "breathless": breathless, "crowded": crowded, "blind": seen.is_blind}


class Whereabouts:
    """Where the person is believed to be, from zones over time.

    Attributes:
        place: the belief; None when not known.
        since_s: when they came there [s], on the time of what is seen.
    """

    def __init__(self) -> None:
        self.place: Place | None = None
        self.since_s = 0.0
        self._last_zone: Zone | None = None
        self._candidate: Place | None = None
        self._candidate_s = 0.0
        self._elsewhere_s: float | None = None
        self._stirred_s: float | None = None
        self._placed_s = 0.0
        self._at_door_s: float | None = None
        self._has_said_door = False

    def see(self, seen: Seen, purposes: Collection[Purpose]) -> list[Happened]:
        """Take one second in; see `RoomEvents.see`."""
        return self._see_place(seen, purposes) + self._see_door(seen, purposes)

    def _see_door(self, seen: Seen, purposes: Collection[Purpose]) -> list[Happened]:
        """Say once that somebody stands at the door."""
        if seen.zone is not Zone.DOOR or seen.presence is Presence.ABSENT:
            self._at_door_s, self._has_said_door = None, False
            return []
        if self._at_door_s is None:
            self._at_door_s = seen.at_s
        stood_s = seen.at_s - self._at_door_s
        if self._has_said_door or stood_s < AT_DOOR_AFTER_S or Purpose.BED_EXIT not in purposes:
            return []
        self._has_said_door = True
        return [Happened(RoomEventKind.AT_DOOR, stood_s)]

    def _see_place(self, seen: Seen, purposes: Collection[Purpose]) -> list[Happened]:
        # Of two people the zone is that of whoever moves more: it says nothing of who lay in bed.
        if seen.people is not None and seen.people >= 2:
            self._wait_anew()
            return []
        if seen.zone is not None and seen.presence is not Presence.ABSENT:
            self._last_zone = seen.zone
        if seen.zone is Zone.BED and seen.is_moving is not False:
            self._stirred_s = seen.at_s
        seems = self._seems(seen, purposes)
        if seems is None and seen.at_s - self._placed_s <= LOST_S:
            return []
        if seems is None and self.place is Place.ON_FLOOR and seen.is_low is False:
            # They got up, and where they are now is not known or nobody's business.
            self.place = None
        if seems is None or seems is self.place:
            self._wait_anew()
            return []
        self._placed_s = seen.at_s
        if seems is not self._candidate:
            self._candidate, self._candidate_s = seems, seen.at_s
        if self._elsewhere_s is None:
            self._elsewhere_s = seen.at_s
        after_s = FLOOR_AFTER_S if seems is Place.ON_FLOOR else PLACE_AFTER_S
        if seen.at_s - self._candidate_s >= after_s and not self._is_somebody_else(seen.at_s):
            return self._move(seems, self._candidate_s, purposes)
        return self._leave(seems, seen.at_s, purposes)

    def _wait_anew(self) -> None:
        self._candidate = self._elsewhere_s = None

    def _is_somebody_else(self, now_s: float) -> bool:
        """Say whether whoever is seen outside the bed is not known to have stirred in it first."""
        if self.place is not Place.IN_BED or self._elsewhere_s is None:
            return False
        has_stirred = self._stirred_s is not None and self._elsewhere_s - self._stirred_s <= STIRRED_S
        return not has_stirred and now_s - self._elsewhere_s < STIRRED_S

    def _leave(self, seems: Place, now_s: float, purposes: Collection[Purpose]) -> list[Happened]:
        """Believe that they are up, or back, before it is clear whereto: who walks passes every zone in turn."""
        is_up = self.place is Place.IN_BED or (self.place is Place.LEFT_ROOM and seems is not Place.IN_BED)
        since_s = self._elsewhere_s
        if not is_up or since_s is None or now_s - since_s < UP_AFTER_S or self._is_somebody_else(now_s):
            return []
        candidate, candidate_s = self._candidate, self._candidate_s
        said = self._move(Place.OUT_OF_BED, since_s, purposes)
        self._candidate, self._candidate_s = candidate, candidate_s
        return said

    def _seems(self, seen: Seen, purposes: Collection[Purpose]) -> Place | None:
        """Where this second alone puts them; nobody seen is placed by where they were seen last."""
        if seen.presence is Presence.ABSENT:
            if Zone.ENSUITE in (seen.zone, self._last_zone) and Purpose.BATHROOM_DWELL in purposes:
                return Place.ENSUITE
            return Place.LEFT_ROOM if self._last_zone in (Zone.DOOR, Zone.ROOM, Zone.ENSUITE) else None
        if seen.is_low and Purpose.FLOOR in purposes:
            return Place.ON_FLOOR
        if seen.zone is Zone.ENSUITE and Purpose.BATHROOM_DWELL in purposes:
            return Place.ENSUITE
        if seen.zone is None:
            return None
        return Place.IN_BED if seen.zone is Zone.BED else Place.OUT_OF_BED

    def _move(self, to: Place, since_s: float, purposes: Collection[Purpose]) -> list[Happened]:
        came_from, after_s = self.place, since_s - self.since_s if self.place is not None else None
        self.place, self.since_s = to, since_s
        self._wait_anew()
        kinds = list(_said_of(came_from, to))
        return [Happened(kind, after_s) for kind in kinds if _PLACE_NEEDS[kind] in purposes]


_PLACE_NEEDS = {
    RoomEventKind.IN_BED: Purpose.BED_EXIT,
    RoomEventKind.OUT_OF_BED: Purpose.BED_EXIT,
    RoomEventKind.LEFT_ROOM: Purpose.BED_EXIT,
    RoomEventKind.RETURNED: Purpose.BED_EXIT,
    RoomEventKind.ENSUITE_ENTERED: Purpose.BATHROOM_DWELL,
    RoomEventKind.ENSUITE_LEFT: Purpose.BATHROOM_DWELL,
    RoomEventKind.ON_FLOOR: Purpose.FLOOR,
}
_ARRIVING = {
    Place.IN_BED: RoomEventKind.IN_BED,
    Place.OUT_OF_BED: RoomEventKind.OUT_OF_BED,
    Place.LEFT_ROOM: RoomEventKind.LEFT_ROOM,
    Place.ENSUITE: RoomEventKind.ENSUITE_ENTERED,
    Place.ON_FLOOR: RoomEventKind.ON_FLOOR,
}


def _said_of(came_from: Place | None, to: Place) -> list[RoomEventKind]:
    """Return what a move is called: first what it ends, then what it begins."""
    kinds = []
    if came_from is Place.ENSUITE:
        kinds.append(RoomEventKind.ENSUITE_LEFT)
    if came_from is Place.LEFT_ROOM:
        kinds.append(RoomEventKind.RETURNED)
    if came_from is Place.IN_BED and to is not Place.OUT_OF_BED:
        kinds.append(RoomEventKind.OUT_OF_BED)
    # Back from elsewhere and up: that they are up is said by the return.
    if not (to is Place.OUT_OF_BED and came_from in (Place.ENSUITE, Place.LEFT_ROOM)):
        kinds.append(_ARRIVING[to])
    return kinds
