"""Nodes as they arrive: which boot and which outbox they are, and what they have signed (PLATFORM fact 2)."""

import rfc8785

from broker.errors import Refusal
from broker.messages import Cosignature, NodeAnnouncement
from console.keys.signer import signature_holds
from console.office import Done, Office
from console.receiving.live import Live
from console.receiving.sifting import Refused, TakenRecord
from console.roles import Actor
from console.showing.views import Words
from console.store import leases as lease_rows
from console.store import records as rows
from console.store.database import Tx
from console.store.people import NodeRow

_SYSTEM = Actor.system("intake")


class Arrivals:
    """Takes announcements and cosignatures within the intake's transaction."""

    def __init__(self, office: Office, live: Live) -> None:
        self._office = office
        self._live = live

    def announce(self, tx: Tx, told: NodeAnnouncement) -> bool:
        """Take a boot and an outbox; return False for a boot whose time is over."""
        now, present = self._office.now(), self._live.of(told.node_id).boot
        is_new = lease_rows.add_boot(tx, told, now)
        if not is_new and (present is None or present.boot_id != told.boot_id):
            return False
        through = rows.settled_through(tx, told.node_id, told.outbox_id)
        if through is None:
            is_other = rows.has_other_outbox(tx, told.node_id, told.outbox_id)
            rows.add_outbox(tx, told.node_id, told.outbox_id, told.first_unsettled - 1, now)
            if is_other:
                self.log(tx, told.node_id, "intake:outbox:replaced", "new_outbox")
        elif told.first_unsettled - 1 > through:
            # This console was brought back from an older copy: what lies between is gone here, and is said to be.
            rows.settle(tx, told.node_id, told.outbox_id, told.first_unsettled - 1)
            self.log(tx, told.node_id, "intake:outbox:moved_on", "records_missing_here")
        return True

    def check_cosignature(self, one: TakenRecord | Refused, node: NodeRow | None) -> TakenRecord | Refused:
        """Refuse a cosignature that the node's own key did not make."""
        if isinstance(one, Refused) or node is None or not isinstance(one.record.body, Cosignature):
            return one
        body = one.record.body
        signed = rfc8785.dumps(
            {
                "node_id": node.node_id,
                "outcome": body.outcome.value,
                "root": body.root,
                "tree_size": body.tree_size,
            }
        )
        if signature_holds(node.public_key, signed, body.signature):
            return one
        identity = (one.record.outbox_id, one.record.sequence)
        return Refused(Refusal.BAD_SIGNATURE, node.node_id, identity, one.digest)

    def log(self, tx: Tx, node_id: str, action: str, reason: str) -> None:
        """Write into the log what a node did that was not taken as it was."""
        decision = self._office.policy.deny("N1", reason=Words("This message was not taken."))
        subject = f"node:{node_id}" if node_id else ""
        self._office.record(tx, _SYSTEM, action, Done(decision, subject, reason=reason))
