"""The devices that can call somebody: which are there, in front and tested, and which have fallen silent (A1, A8)."""

import threading
from dataclasses import dataclass, replace
from datetime import timedelta

from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.alerting.technical import Call, Sounder, can_sound, sounder_calls
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words
from console.store.database import Tx

CORRIDOR = "corridor"
_FORGOTTEN_AFTER_S = 12 * 3600.0


@dataclass(frozen=True, slots=True)
class Carried:
    """A device and who carries it.

    Attributes:
        device: its pseudonym.
        actor_id: who is signed in on it; empty for the corridor unit, and where nobody has said.
        counts: it counts as one that sounds.
        silent_for: since it was last heard.
        is_corridor: the corridor unit, which nobody carries.
    """

    device: str
    actor_id: str
    counts: bool
    silent_for: timedelta
    is_corridor: bool


class Sounders:
    """Keeps every device's last heartbeat; nothing of it needs the disk but the test that somebody heard it."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lock = threading.Lock()
        self._sounders: dict[str, Sounder] = {}
        self._carried_by: dict[str, str] = {}

    def beat(self, device: str, *, is_in_front: bool, by: str = "") -> bool:
        """Take a device's word that it is there; return whether it counts as one that sounds.

        Args:
            device: its pseudonym.
            is_in_front: its page is what it shows.
            by: pseudonym of who is signed in on it, and so carries it; empty when it is not said.
        """
        now_s = self._office.clock.elapsed_s()
        is_corridor = device == CORRIDOR
        with self._lock:
            self._carried_by[device] = by or self._carried_by.get(device, "")
            before = self._sounders.get(device)
            if before is None:
                # The corridor unit is tested when it is fitted and each week (rule N4); a tablet by whoever holds it.
                tested = self._office.now() if is_corridor else None
                self._sounders[device] = Sounder(device, now_s, is_in_front, tested, is_corridor)
            else:
                tested = self._office.now() if is_corridor else before.tested_at
                self._sounders[device] = replace(before, heard_s=now_s, is_in_front=is_in_front, tested_at=tested)
        return self.counts(device)

    def heard_it(self, actor: Actor, device: str) -> Decision:
        """Write down that somebody heard a device's test sound."""

        def work(tx: Tx) -> Done:
            tx.on_commit(lambda: self._tested(device))
            decision = self._office.policy.allow("A8", reason=Words("This device counts as one that sounds."))
            return Done(decision)

        return self._office.run(actor, Permission.SHIFT, "device:sound:heard", work)

    def leave(self, device: str) -> None:
        """Forget a device whose holder has signed out: it was put away, and is not lost."""
        with self._lock:
            self._sounders.pop(device, None)
            self._carried_by.pop(device, None)

    def carried(self) -> tuple[Carried, ...]:
        """Return who carries which device now, those that cannot be counted on first."""
        now_s = self._now_s()
        found = [
            Carried(
                one.device,
                self._carried_by.get(one.device, ""),
                self.counts(one.device),
                timedelta(seconds=now_s - one.heard_s),
                one.is_corridor,
            )
            for one in list(self._sounders.values())
        ]
        return tuple(sorted(found, key=lambda one: (one.counts, one.device)))

    def counts(self, device: str) -> bool:
        """Return whether a device counts as one that sounds."""
        known = self._sounders.get(device)
        return known is not None and can_sound(known, self._now_s(), self._office.now(), self._policy)

    def sounding(self) -> int:
        """Return how many devices count as ones that sound."""
        return sum(self.counts(device) for device in list(self._sounders))

    def some_tablet_is_there(self) -> bool:
        """Return whether any device besides the corridor unit can be reached (rule A10)."""
        within_s, now_s = self._policy.number("A1", "heartbeat_s"), self._now_s()
        return any(not one.is_corridor and now_s - one.heard_s <= within_s for one in list(self._sounders.values()))

    def calls(self) -> tuple[Call, ...]:
        """Return the technical calls about devices that have fallen silent."""
        now_s = self._now_s()
        with self._lock:
            old = [one.device for one in self._sounders.values() if now_s - one.heard_s > _FORGOTTEN_AFTER_S]
            for device in old:
                del self._sounders[device]
            known = list(self._sounders.values())
        return sounder_calls(known, now_s, self._office.now(), self._policy)

    @property
    def _policy(self) -> Policy:
        return self._office.policy

    def _now_s(self) -> float:
        return self._office.clock.elapsed_s()

    def _tested(self, device: str) -> None:
        with self._lock:
            if device in self._sounders:
                self._sounders[device] = replace(self._sounders[device], tested_at=self._office.now())
