"""What the node believes of its room while the sensor is open: readings, places, events, minutes."""

from dataclasses import dataclass, replace
from datetime import datetime

from broker.clock import Clock
from broker.messages import MinuteMeasurement, RoomEvent
from broker.readings import Readings
from broker.vocabulary import Withheld
from edge.events import RoomEvents, Whereabouts
from edge.minutes import Minutes
from edge.pipe import SensedLine
from edge.reports import Since, readings_of, room_event, said_for, seen_in
from edge.supervisor import Order

SHOWN_FOR_S = 3.0
"""[s] from its newest frame after which a reading is no longer said: a last value is never held."""
FRAMES_GONE_S = 5.0
"""[s] without a word from an open sensor after which it counts as lost (rule A9's age)."""


@dataclass(frozen=True, slots=True)
class Frames:
    """How the frames come.

    Attributes:
        age_s: [s] since the newest one; None while the sensor is closed.
        read: read since the sensor opened.
        lost: lost since the sensor opened.
        bad: unreadable since the sensor opened.
        is_lost: the sensor is open and gives nothing: unplugged, broken, or its process says nothing more.
    """

    age_s: float | None = None
    read: int = 0
    lost: int = 0
    bad: int = 0
    is_lost: bool = False


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
        self._frames = Frames()
        self._forget()

    @property
    def frames(self) -> Frames:
        """Return how the frames come."""
        if not self._is_open:
            return Frames()
        age_s = min(86400.0, max(0.0, self._age_of(self._frame_at)))
        is_silent = self._age_of(self._captured_at) > FRAMES_GONE_S
        return replace(self._frames, age_s=age_s, is_lost=self._frames.is_lost or is_silent)

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
        if line.frames_read != self._frames.read:
            self._frame_at = line.captured_at
        is_lost = line.fault is Withheld.SENSOR_FAULT
        self._frames = Frames(None, line.frames_read, line.frames_lost, line.frames_bad, is_lost)
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
        return self._readings if abs(self._age_of(self._captured_at)) <= SHOWN_FOR_S else None

    def leave(self) -> list[MinuteMeasurement]:
        """End: the sensor has closed. Gives what is left of the last minute."""
        minute = self._minutes.finish()
        self._is_open = False
        self._forget()
        self.loop = None
        return [] if minute is None else [minute]

    def _age_of(self, at: datetime) -> float:
        """How long ago something was, also after the node itself stood still [s]."""
        return (self._clock.utc_now() - at).total_seconds()

    def _forget(self) -> None:
        self._events = RoomEvents(self._no_movement_after_s)
        self._whereabouts = Whereabouts()
        self._minutes = Minutes()
        self._since = Since()
        self._readings = None
        self._frames = Frames()
        self._captured_at = self._frame_at = self._clock.utc_now()
