"""What is known of each node as a machine: by its last message, its starts, and the leases that were sent to it."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from console.leasing.leases import Sent
from console.office import Office
from console.receiving.live import Heard, Live
from console.showing.desk_views import MachineView
from console.store.database import Tx
from console.store.leases import starts_since
from console.store.people import NodeRow

NewestLease = Callable[[str], Sent | None]
_A_DAY = timedelta(hours=24)


class Machines:
    """Builds one node's view; nothing in it concerns a person, and whether a lease is open is left out."""

    def __init__(self, office: Office, live: Live, sent: NewestLease) -> None:
        self._office = office
        self._live = live
        self._sent = sent

    def starts(self, tx: Tx) -> Mapping[str, int]:
        """Return how often each node has started in the last 24 hours."""
        return starts_since(tx, self._office.now() - _A_DAY)

    def of(self, node: NodeRow, starts: int) -> MachineView:
        """Return what is known of one node.

        Args:
            node: as it is registered.
            starts: how often it has started in the last 24 hours.
        """
        heard, sent = self._live.of(node.node_id), self._sent(node.node_id)
        health = heard.state.health if heard.state else None
        return MachineView(
            modality=node.kind,
            models=heard.boot.models if heard.boot else (),
            link_lost=heard.is_lost,
            clock_ahead_s=_ahead_s(heard),
            temperature_c=health.temperature_c if health else None,
            frames_lost=health.frames_lost if health else 0,
            frames_bad=health.frames_bad if health else 0,
            started_at=heard.boot.announced_at if heard.boot else None,
            starts=starts,
            lease_due_s=_due_s(sent, self._office.clock.elapsed_s()),
            disagrees=heard.has_conflict,
            too_even=heard.even is not None and heard.even.is_too_even,
        )


def _due_s(sent: Sent | None, now_s: float) -> float | None:
    """Return for how long a lease has been due: to a sensor that is off and has said so none is, however long."""
    if sent is None:
        return None
    is_settled = not sent.is_open and sent.confirmed_at is not None
    return 0.0 if is_settled else now_s - sent.issued_s


def _ahead_s(heard: Heard) -> float | None:
    if heard.state is None or heard.heard_at is None:
        return None
    return (heard.state.sent_at - heard.heard_at).total_seconds()
