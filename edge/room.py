"""What the node believes of its room while the sensor is open: readings, places, events, minutes."""

from dataclasses import dataclass, replace

from broker.clock import Clock
from broker.messages import MinuteMeasurement, RoomEvent
from broker.readings import Readings
from edge.events import RoomEvents, Whereabouts
from edge.minutes import Minutes
from edge.pipe import SensedLine
from edge.reports import Since, readings_of, room_event, said_for, seen_in
from edge.supervisor import Order

SHOWN_FOR_S = 3.0
"""[s] from its newest frame after which a reading is no longer said: a last value is never held."""


@dataclass(frozen=True, slots=True)
class Frames:
    """How the frames come.

    Attributes:
        age_s: [s] since the newest one that an estimate stands on; None while the sensor is closed.
        lost: lost since the sensor opened.
        bad: unreadable since the sensor opened.
    """

    age_s: float | None = None
    lost: int = 0
    bad: int = 0


class Room:
    """One room from the opening of its sensor to its closing; nothing is kept from one opening to the next.

    Attributes:
        loop: which time a recording is being played; None while the sensor is closed.
    """

    def __init__(self, clock: Clock, no_movement_after_s: float) -> None:
        self._clock = clock
        self._no_movement_after_s = no_movement_after_s
        self._is_open = False
        self.loop: int | None = None
        self._readings: Readings | None = None
        self._forget()

    @property
    def frames(self) -> Frames:
        """Return how the frames come."""
        if not self._is_open:
            return Frames()
        return replace(self._frames, age_s=min(86400.0, max(0.0, self._age_s())))

    def begin(self) -> None:
        """Begin with nothing known: the sensor has just opened."""
        self._forget()
        self._is_open = True
        self.loop = 1

    def begin_again(self, loop: int) -> list[MinuteMeasurement]:
        """Forget what was seen: a recording has started again. Gives what is left of the last minute."""
        minute = self._minutes.finish()
        self._forget()
        self.loop = loop
        return [] if minute is None else [minute]

    def see(self, line: SensedLine, order: Order) -> list[RoomEvent | MinuteMeasurement]:
        """Take one second in.

        Args:
            line: what left the sensing process.
            order: what it was sensed under.

        Returns:
            What is to be recorded: events, and the minute before when another begins.
        """
        self._captured_at = line.captured_at
        self._frames = Frames(None, line.frames_lost, line.frames_bad)
        seen, purposes = seen_in(line), said_for(order)
        happened = [*self._whereabouts.see(seen, purposes), *self._events.see(seen, purposes)]
        self._readings = readings_of(line, order, self._whereabouts.place, self._since)
        minute = self._minutes.add(self._readings)
        records: list[RoomEvent | MinuteMeasurement] = [] if minute is None else [minute]
        return records + [room_event(one, self._readings) for one in happened]

    def readings(self, lease_id: str | None) -> Readings | None:
        """Return what may be said of the room now; None when nothing new enough was sensed under this lease."""
        if self._readings is None or self._readings.lease_id != lease_id:
            return None
        return self._readings if abs(self._age_s()) <= SHOWN_FOR_S else None

    def leave(self) -> list[MinuteMeasurement]:
        """End: the sensor has closed. Gives what is left of the last minute."""
        minute = self._minutes.finish()
        self._is_open = False
        self._forget()
        self.loop = None
        return [] if minute is None else [minute]

    def _age_s(self) -> float:
        """How old the newest frame is, also after the node itself stood still [s]."""
        return (self._clock.utc_now() - self._captured_at).total_seconds()

    def _forget(self) -> None:
        self._events = RoomEvents(self._no_movement_after_s)
        self._whereabouts = Whereabouts()
        self._minutes = Minutes()
        self._since = Since()
        self._readings = None
        self._frames = Frames()
        self._captured_at = self._clock.utc_now()
