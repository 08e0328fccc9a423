"""What an engineer does next about one node: the worst thing first, in one sentence with its remedy."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from broker.vocabulary import HealthFlag
from console.showing.desk_views import HealthView, MachineView, NodeHealthView
from console.showing.views import Words

CERTIFICATE_WARNING = timedelta(days=30)
"""How long before its end a certificate is named: as `hushward provision` names it."""
CLOCK_WARNING_S = 2.0
"""[s] of difference from the console's clock, as told in the last message, from which it is named (fault F19)."""
MANY_WAITING = 1000
"""Records that nobody takes: more than 16 hours of a quiet room, one a minute."""
MANY_STARTS = 3
"""Starts in a day from which a node is looked at: an update and one cut of the power explain two."""
LEASE_LATE_S = 90.0
"""[s] after which the newest lease should have been followed by another: they are renewed every 20 s."""
FEW_WITNESSED = 500
"""Audit entries that a node may be behind its console before it is named."""


class Urgency(IntEnum):
    """How soon something is done about a node; the lower, the sooner."""

    NOW = 0
    TODAY = 1
    SOON = 2
    NOTHING = 3


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do.

    Attributes:
        urgency: how soon.
        words: one sentence.
    """

    urgency: Urgency
    words: Words


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One node on the fleet page.

    Attributes:
        node: its figures.
        machine: the same node as a machine.
        certificate_until: end of its newest certificate; None when this console was not told.
        step: what to do next.
    """

    node: NodeHealthView
    machine: MachineView
    certificate_until: datetime | None
    step: NextStep


def fleet_of(health: HealthView, ends: Mapping[str, datetime], now: datetime) -> tuple[FleetRow, ...]:
    """Put every node with its next step in order, the worst first.

    Args:
        health: the figures.
        ends: when each node's newest certificate ends, by node; what is not in it is not known.
        now: UTC-aware.

    Returns:
        One row for each node; equally urgent ones in the order of their names.
    """
    usual = _usual_software(health.nodes)
    rows = []
    for node in health.nodes:
        if node.machine is not None:
            until = ends.get(node.node_id)
            facts = _Facts(node, node.machine, health, until, now, usual)
            rows.append(FleetRow(node, node.machine, until, _next_step(facts)))
    return tuple(sorted(rows, key=lambda row: (row.step.urgency, len(row.node.node_id), row.node.node_id)))


@dataclass(frozen=True, slots=True)
class _Facts:
    node: NodeHealthView
    machine: MachineView
    health: HealthView
    until: datetime | None
    now: datetime
    usual: str

    def says(self, flag: HealthFlag) -> bool:
        return flag.value in self.node.flags

    @property
    def is_silent(self) -> bool:
        heard_s = self.node.heard_s
        return self.machine.link_lost or (heard_s is not None and heard_s > _SILENT_S)

    def ends_within(self, span: timedelta) -> bool:
        return self.until is not None and self.until - self.now <= span

    @property
    def is_behind(self) -> bool:
        seen = self.node.witness_size
        return seen is not None and self.health.last_checkpoint - seen > FEW_WITNESSED


_SILENT_S = 5.0
"""[s] after which a room is NOT MONITORED (rule A9)."""
_Test = Callable[[_Facts], bool]


def _next_step(facts: _Facts) -> NextStep:
    for urgency, holds, told in _STEPS:
        if holds(facts):
            return NextStep(urgency, Words(told.text, _values(facts)))
    return NextStep(Urgency.NOTHING, Words("Nothing to do."))


def _values(facts: _Facts) -> dict[str, "str | int | float | datetime | timedelta | Words"]:
    """Return what the sentences below may speak of."""
    told: dict[str, str | int | float | datetime | timedelta | Words] = {
        "lost": facts.node.lost,
        "waiting": facts.node.waiting,
        "starts": facts.machine.starts,
        "software": facts.node.software,
        "usual": facts.usual,
        "off": f"{abs(facts.machine.clock_ahead_s or 0.0):.1f}",
        "celsius": f"{facts.machine.temperature_c or 0.0:.0f}",
    }
    if facts.until is not None:
        told["until"] = facts.until
    return told


_STEPS: tuple[tuple[Urgency, _Test, Words], ...] = (
    (Urgency.NOW, lambda f: f.machine.disagrees,
     Words("It remembers another history of the audit log: keep its witness.json, and read the health page with a "
           "second person.")),
    (Urgency.NOW, lambda f: f.machine.too_even,
     Words("For ten minutes it has told a breathing rate that varies less than anything alive: have somebody look in "
           "now, then look for another device before its sensor, and compare it with its papers.")),
    (Urgency.NOW, lambda f: f.until is not None and f.until <= f.now,
     Words("Its certificate has ended, so it cannot come back: give it a new one (hushward provision).")),
    (Urgency.NOW, lambda f: f.is_silent,
     Words("It is silent: look at its power, then at its network, then at journalctl -u hushward-node on it.")),
    (Urgency.NOW, lambda f: f.says(HealthFlag.STORAGE_FAULT),
     Words("It cannot write to its card, so its sensor stays closed: put a new card in and enrol it again.")),
    (Urgency.NOW, lambda f: f.says(HealthFlag.SENSOR_LOST),
     Words("Its sensor does not answer: look at plug and cable, then run hushward doctor on it.")),
    (Urgency.NOW, lambda f: f.says(HealthFlag.CRASH_LOOP),
     Words("Its sensing starts again and again: read journalctl -u hushward-node on it, then go back one release.")),
    (Urgency.NOW, lambda f: f.says(HealthFlag.CLOCK_UNTRUSTED),
     Words("It does not trust its clock, so its sensor stays closed: look at timedatectl on it and the time server.")),
    (Urgency.NOW, lambda f: f.says(HealthFlag.OUTBOX_FULL),
     Words("Its outbox is full: find out why this console does not take its records.")),
    (Urgency.TODAY, lambda f: f.node.heard_s is None,
     Words("It has never been heard: run hushward doctor on it, and enrol it if that was not done.")),
    (Urgency.TODAY, lambda f: f.machine.lease_due_s is not None and f.machine.lease_due_s > LEASE_LATE_S,
     Words("It gets no leases: look at this console's log (journalctl -u hushward-console).")),
    (Urgency.TODAY, lambda f: f.ends_within(timedelta(days=7)),
     Words("Its certificate ends on {until:date}: renew it today (hushward provision).")),
    (Urgency.TODAY, lambda f: abs(f.machine.clock_ahead_s or 0.0) > CLOCK_WARNING_S,
     Words("Its clock and this console's differ by {off} s: look at timedatectl on it and at the time server.")),
    (Urgency.TODAY, lambda f: f.says(HealthFlag.DISK_LOW),
     Words("There is little room on its card: look with df what fills it.")),
    (Urgency.TODAY, lambda f: f.node.waiting > MANY_WAITING,
     Words("{waiting} records wait in it: look at the broker, and at what this console refuses.")),
    (Urgency.TODAY, lambda f: f.says(HealthFlag.HOT),
     Words("Its processor is at {celsius} °C and slows itself down: give it air, or a cooler place.")),
    (Urgency.TODAY, lambda f: f.machine.starts > MANY_STARTS,
     Words("It has started {starts} times in 24 hours: look at its power supply, then at its own journal.")),
    (Urgency.SOON, lambda f: f.ends_within(CERTIFICATE_WARNING),
     Words("Its certificate ends on {until:date}: renew it before then (hushward provision).")),
    (Urgency.SOON, lambda f: bool(f.usual) and bool(f.node.software) and f.node.software != f.usual,
     Words("It runs {software} and most others {usual}: update it by day.")),
    (Urgency.SOON, lambda f: f.is_behind,
     Words("It has not witnessed the audit log for long: look whether its records arrive.")),
    (Urgency.SOON, lambda f: f.node.lost > 0,
     Words("It once had to drop {lost} records: nothing to mend now; the month's audit counts them.")),
    (Urgency.SOON, lambda f: "waits_for_second_person" in f.node.flags,
     Words("It waits for a second person, in its room, who sees its lamp flash.")),
)  # fmt: skip
"""How soon, when, and what: the first that holds is told."""


def _usual_software(nodes: Iterable[NodeHealthView]) -> str:
    """Return the version that most nodes run; empty when none was heard."""
    told = [node.software for node in nodes if node.software]
    return max(sorted(set(told)), key=told.count) if told else ""
