"""All that is about seeing people in person, put together: levels, rounds, entries, load and handover (chapter O)."""

from collections.abc import Callable
from dataclasses import dataclass

from broker.vocabulary import SensedState
from console.alerting.alerts import Alerts
from console.alerting.prompts import Prompts
from console.consenting.care import Care
from console.keys.door_tags import DoorTags
from console.leasing.leases import Leases
from console.observing.doubts import Doubts
from console.observing.handovers import Handovers
from console.observing.observation_plans import ObservationPlans
from console.observing.observations import Observations
from console.observing.punctual import Punctual
from console.observing.round_list import RoundList
from console.observing.rounds import Rounds, Sensed
from console.observing.turns import Turns
from console.observing.workload import Workload
from console.office import Office
from console.receiving.live import Live
from console.receiving.speaking import says_now
from console.rules.sensing.joining import join
from console.showing.views import TileKind, Words
from console.staffing.shifts import Shifts
from console.staying.roll import Roll


@dataclass(frozen=True, slots=True)
class CheckParts:
    """What the checks stand on.

    Attributes:
        office: store, log, rules and clock.
        roll: who stays where.
        care: what is written down about them.
        shifts: who is on shift.
        alerts: for the handover.
        prompts: where no breathing is seen.
        live: the newest readings.
        leases: which of them may be used.
        tags: of the doors and areas.
        face_of: what a room's tile stands on, whatever alert stands over it; None for no such room.
        vital_signs: rule A11 is opened.
    """

    office: Office
    roll: Roll
    care: Care
    shifts: Shifts
    alerts: Alerts
    prompts: Prompts
    live: Live
    leases: Leases
    tags: DoorTags
    face_of: Callable[[str], TileKind | None]
    vital_signs: bool


class Checks:
    """Levels, rounds, entries, load and handover of one ward.

    Attributes:
        plans: how closely each person is observed.
        rounds: when each is seen next.
        observations: what people write down who saw them.
        round_list: the round as it is walked.
        workload: what a shift asks of its people.
        punctual: whether those who said no are checked as well as the others.
        handovers: what one shift hands to the next.
        turns: who stays with each person that is never left.
        doubts: whose sensor could not tell for most of two nights.
    """

    def __init__(self, parts: CheckParts) -> None:
        office, roll, shifts = parts.office, parts.roll, parts.shifts
        self._parts = parts
        self.plans = ObservationPlans(office, roll, parts.care)
        sensed = Sensed(
            parts.prompts.asks_because_of_breathing, lambda room_id: parts.face_of(room_id) is TileKind.CANNOT_TELL
        )
        self.rounds = Rounds(office, roll, self.plans, sensed)
        self.observations = Observations(
            office,
            roll,
            self.rounds,
            self.plans,
            parts.tags,
            shifts,
            self._reading,
            vital_signs=parts.vital_signs,
        )
        self.round_list = RoundList(
            office, roll, self.plans, self.rounds, self.observations, shifts, vital_signs=parts.vital_signs
        )
        self.workload = Workload(office, roll, self.plans, self.rounds, shifts)
        self.punctual = Punctual(office)
        self.handovers = Handovers(office, roll, shifts, parts.alerts, self.workload)
        self.turns = Turns(office, roll, self.plans, shifts, parts.tags)
        self.doubts = Doubts(office, roll, parts.face_of)

    def step(self) -> None:
        """Do what time alone brings."""
        self.rounds.step()
        self.workload.step()
        self.doubts.step()

    def notices(self) -> tuple[Words, ...]:
        """Return silent lines for the board: a red load, and entries that are not proven; nobody is named in them."""
        policy = self._parts.office.policy
        since = self._parts.office.now() - policy.duration("C5b", "notice_for_s")
        found = [self.workload.notice()]
        if self.observations.told_since(since):
            found.append(Words("Checks without proof of place. Nurse in charge: see the round."))
        said = tuple(one for one in found if one is not None)
        return (*said, *self.turns.notices(), *self.doubts.notices())

    def _reading(self, room_id: str) -> tuple[float | None, bool]:
        """Return how old a room's newest reading is [s], and whether it says that one person breathes (rule O9)."""
        parts, now = self._parts, self._parts.office.now()
        each = (says_now(one, parts.live, parts.leases) for one in parts.roll.sheet().nodes_in(room_id))
        speaking = [one for one in each if one is not None]
        if not speaking:
            return None, False
        readings = join(speaking, now, parts.office.policy).readings
        breathes = readings.breathing.value is SensedState.BREATHING and readings.people.value == 1
        return (now - readings.captured_at).total_seconds(), breathes
