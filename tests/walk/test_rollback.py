"""A console's folder is put back from an older copy, with everything in it: the "no" in between is not undone."""

import shutil
from contextlib import contextmanager

from broker.link import MemoryBroker
from broker.messages import Cosignature
from broker.topics import Leaf, upward_filters
from broker.vocabulary import CheckpointOutcome, LeaseState
from console.consenting.stops import Via
from edge.witness import Finding, Witness
from tests.kit.boxed_ward import SITE, WARD, boxed_ward, open_ward


class _Witness:
    """The node's own witness, answering what this console shows it, as a node does."""

    def __init__(self, node, path):
        self.node, self.seen = node, 0
        self.witness = Witness(path)

    def answer(self):
        for shown in self.node.received(Leaf.CHECKPOINT)[self.seen :]:
            self.seen += 1
            finding = self.witness.judge(shown)
            if finding is Finding.GROWN:
                self.cosign(shown.tree_size, shown.root, CheckpointOutcome.ACCEPTED)
            elif finding is Finding.CONFLICT and self.witness.is_new_conflict(shown):
                self.cosign(shown.tree_size, shown.root, CheckpointOutcome.CONFLICT)

    def cosign(self, size, root, outcome):
        signature = self.node.cosigned(size, root, outcome)
        self.node.send(self.node.record(Cosignature(tree_size=size, root=root, outcome=outcome, signature=signature)))


@contextmanager
def reopened(folder, clock, node):
    """The console of a folder, started again, with the same node still running."""
    node.broker = MemoryBroker()
    link = node.broker.link(upward_filters(SITE, WARD))
    ward = open_ward(folder, clock, link)
    link.start(ward.intake.receive, lambda _up: None)
    try:
        yield ward
    finally:
        ward.stop()


def live_on(ward, clock, node, witness, seconds):
    """Let the node speak and answer each second; return whether an open lease was ever sent to it."""
    for _ in range(seconds):
        clock.advance(1)
        node.announce(first_unsettled=node.sequence + 1)
        node.live()
        ward.step()
        witness.answer()
        ward.step()
    return any(one.state is LeaseState.OPEN for one in node.received(Leaf.LEASE))


def test_X3_T10_an_older_copy_of_the_folder_opens_no_sensor_that_was_stopped_since(tmp_path):
    now, before = tmp_path / "now", tmp_path / "before"
    now.mkdir()
    with boxed_ward(now) as box:
        node, clock = box.nodes["room1"], box.clock
        witness = _Witness(node, tmp_path / "witness.json")
        live_on(box.ward, clock, node, witness, 15)
    assert witness.witness.head.tree_size > 0
    shutil.copytree(now, before)

    witness.seen = 0
    with reopened(now, clock, node) as ward:
        assert live_on(ward, clock, node, witness, 15)
        ward.consents.withdraw(None, "room1", via=Via.CARD, device="d" * 32)
        live_on(ward, clock, node, witness, 15)
    shutil.rmtree(now)
    before.rename(now)

    witness.seen = 0
    with reopened(now, clock, node) as ward:
        assert not live_on(ward, clock, node, witness, 90)
        assert ward.rollback.notice() is not None
    witness.seen = 0
    with reopened(now, clock, node) as ward:
        assert not live_on(ward, clock, node, witness, 30), "it stands over a restart"


def test_X3_a_console_that_was_only_restarted_opens_again(tmp_path):
    with boxed_ward(tmp_path) as box:
        node, clock = box.nodes["room1"], box.clock
        witness = _Witness(node, tmp_path / "witness.json")
        live_on(box.ward, clock, node, witness, 15)

    witness.seen = 0
    with reopened(tmp_path, clock, node) as ward:
        assert live_on(ward, clock, node, witness, 10)
        assert ward.rollback.notice() is None
