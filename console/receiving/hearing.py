"""What nodes say of this moment: taken into memory, as far as their leases open it, and passed on."""

from collections.abc import Callable
from typing import TypeVar

import structlog

from broker.errors import Refusal
from broker.messages import LiveState, NodeLost
from console.errors import StoreError
from console.leasing.leases import Sent
from console.receiving.live import Live
from console.receiving.sifting import Refused, Sifted
from console.rules.sensing.readings import only_opened

_Told = TypeVar("_Told")
_log = structlog.get_logger(__name__)


class Hearing:
    """Takes live messages and wills, each alone: one that cannot be taken keeps nothing from any other."""

    def __init__(
        self, live: Live, listeners: tuple[Callable[[LiveState], None], ...], newest: Callable[[str], Sent | None]
    ) -> None:
        """Take what is needed.

        Args:
            live: keeps what was heard.
            listeners: who is told of each message that was taken.
            newest: the newest lease of a node, which says what may be shown; None before the first.
        """
        self._live = live
        self._listeners = listeners
        self._newest = newest

    def take(self, one: Sifted) -> list[Refused]:
        """Take a live message or a will; return what is to be counted of it."""
        if isinstance(one, NodeLost):
            self._live.lost(one.node_id, one.boot_id)
        if not isinstance(one, LiveState):
            return []
        try:
            taken, refusal = self._hear(one)
        except Exception as error:
            _log.error("live_message_not_taken", node=one.node_id, error=type(error).__name__)
            taken, refusal = None, Refusal.MALFORMED
        refusals = [refusal] if refusal is not None else []
        told = [tell(one.node_id, listener, taken) for listener in self._listeners] if taken is not None else []
        if not all(told):
            refusals.append(Refusal.MALFORMED)
        return [Refused(why, one.node_id, None, "") for why in refusals]

    def _hear(self, told: LiveState) -> tuple[LiveState | None, Refusal | None]:
        """Take a live message of the present boot.

        Returns:
            (what was taken, what is to be counted): None and a refusal for a message of another boot, of one sent
            before the newest, or with an uptime that this boot cannot have; the message without what its lease does
            not open and `no_consent` when it said more than that; the message as it came and None otherwise.
        """
        heard = self._live.of(told.node_id)
        if heard.boot is None or heard.boot.boot_id != told.boot_id:
            return None, Refusal.OLD_BOOT
        if heard.state is not None and heard.state.boot_id == told.boot_id and told.uptime_s < heard.state.uptime_s:
            return None, Refusal.STALE
        if not self._live.may_be_so_old(told.node_id, told.uptime_s):
            return None, Refusal.FUTURE
        taken, says_too_much = self._only_opened(told)
        self._live.put(taken)
        return taken, Refusal.NO_CONSENT if says_too_much else None

    def _only_opened(self, told: LiveState) -> tuple[LiveState, bool]:
        """Withhold what the lease in force does not open, whatever the node says (rules C1, C3).

        Under a lease that is not in force nothing is opened; that is no fault of the node, which may not have heard
        of its end yet.
        """
        if told.readings is None:
            return told, False
        sent = self._newest(told.node_id)
        in_force = sent is not None and sent.is_open and sent.lease.lease_id == told.readings.lease_id
        readings = only_opened(told.readings, sent.lease.purposes if sent is not None and in_force else ())
        if readings is told.readings:
            return told, False
        return told.model_copy(update={"readings": readings}), in_force


def tell(node_id: str, listener: Callable[[_Told], None], told: _Told) -> bool:
    """Tell one listener, so that none that fails keeps it from the others; return False when the message is to blame.

    An error of the database is none of the message's.
    """
    try:
        listener(told)
    except StoreError as error:
        _log.error("intake_listener_not_written", node=node_id, error=type(error).__name__)
    except Exception as error:
        _log.error("intake_listener_failed", node=node_id, error=type(error).__name__)
        return False
    return True
