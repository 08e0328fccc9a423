"""All that is about seeing people in person, put together: levels, rounds, entries, load and handover (chapter O)."""

from collections.abc import Callable
from dataclasses import dataclass

from broker.vocabulary import SensedState
from console.alerting.alerts import Alerts
from console.alerting.prompts import Prompts
from console.consenting.care import Care
from console.keys.door_tags import DoorTags
from console.leasing.leases import Leases
from console.observing.handovers import Handovers
from console.observing.observation_plans import ObservationPlans
from console.observing.observations import Observations
from console.observing.punctual import Punctual
from console.observing.round_list import RoundList
from console.observing.rounds import Rounds, Sensed
from console.observing.workload import Workload
from console.office import Office
from console.receiving.live import Live
from console.receiving.speaking import says_now
from console.rules.joining import join
from console.showing.views import Words
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
        cannot_tell: whether a room's tile cannot tell.
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
    cannot_tell: Callable[[str], bool]
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
    """

    def __init__(self, parts: CheckParts) -> None:
        office, roll, shifts = parts.office, parts.roll, parts.shifts
        self._parts = parts
        self.plans = ObservationPlans(office, roll, parts.care)
        sensed = Sensed(parts.prompts.asks_because_of_breathing, parts.cannot_tell)
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

    def step(self) -> None:
        """Do what time alone brings."""
        self.rounds.step()
        self.workload.step()

    def notices(self) -> tuple[Words, ...]:
        """Return silent lines for the board: a red load, and entries that are not proven; nobody is named in them."""
        policy = self._parts.office.policy
        since = self._parts.office.now() - policy.duration("C5b", "notice_for_s")
        found = [self.workload.notice()]
        if self.observations.told_since(since):
            found.append(Words("Checks without proof of place. Nurse in charge: see the round."))
        return tuple(one for one in found if one is not None)

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
