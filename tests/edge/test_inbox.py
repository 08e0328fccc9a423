from pathlib import Path

import pytest

from broker.clock import HandClock
from broker.codec import encode
from broker.errors import Refusal
from broker.link import Delivery
from broker.messages import ConsentLease, Downward, Receipt
from broker.topics import Leaf, Topic
from broker.vocabulary import CloseReason, LeaseState, SensorState
from edge.brake import Brake
from edge.inbox import MOST_JUNK_PER_S, MOST_WAITING, Inbox
from tests.kit.nodes import BOOT, NIGHT, NODE, SigningConsole, node_at_night

OUTBOX = "c" * 32


class Flooded:
    """An inbox, the console that it believes, and somebody who writes on its topics."""

    def __init__(self) -> None:
        self.clock = HandClock(NIGHT)
        self.console, self.stranger = SigningConsole(self.clock), SigningConsole(self.clock)
        self.verified = 0
        self.settled = 0
        self.brake = Brake()
        topic = Topic("demo", "rowan", NODE, Leaf.LIVE)
        self.inbox = Inbox(topic, BOOT, self._verifies, self.clock, self._is_a_no, self.brake)

    def _verifies(self, message: Downward) -> bool:
        self.verified += 1
        return self.console.public_key.verifies(message)

    def _is_a_no(self, lease: ConsentLease) -> bool:
        assert not self.brake.is_on
        return lease.state is LeaseState.CLOSED

    def _settle(self) -> None:
        self.settled += 1

    def put(self, leaf: Leaf, payload: bytes) -> None:
        self.inbox.put(Delivery(str(Topic("demo", "rowan", NODE, leaf)), payload, False, self._settle))

    def taken(self) -> list[Downward]:
        heard = list(self.inbox.take())
        for one in heard:
            one.settle()
        return [one.message for one in heard]


@pytest.fixture
def flooded() -> Flooded:
    return Flooded()


def test_T37_a_genuine_lease_is_taken_out_of_a_flood_on_its_own_topic(flooded: Flooded) -> None:
    lease, forged = flooded.console.closed_lease(serial=7), encode(flooded.stranger.open_lease(serial=99))
    for number in range(2000):
        flooded.put(Leaf.LEASE, forged if number % 2 else b'{"v":1}')
        if number == 1000:
            flooded.put(Leaf.LEASE, encode(lease))
    assert flooded.taken() == [lease]
    assert flooded.settled == 2001


def test_T37_junk_is_settled_at_once_so_that_it_does_not_fill_the_brokers_window(flooded: Flooded) -> None:
    for leaf in (Leaf.LEASE, Leaf.RECEIPT, Leaf.CHECKPOINT):
        for _ in range(500):
            flooded.put(leaf, b"x" * 3000)
    assert flooded.settled == 1500
    assert flooded.taken() == []


def test_T37_what_is_plainly_no_lease_for_now_costs_no_signature(flooded: Flooded) -> None:
    old = flooded.console.open_lease()
    flooded.put(Leaf.LEASE, encode(flooded.console.open_lease()))
    for _ in range(1000):
        flooded.put(Leaf.LEASE, encode(old))
        flooded.put(Leaf.LEASE, encode(flooded.stranger.open_lease(boot_id="f" * 32, serial=99)))
    assert flooded.verified == 1
    assert flooded.inbox.refused == {Refusal.STALE: 1000, Refusal.OLD_BOOT: 1000}


def test_T37_beyond_a_limit_junk_is_not_looked_at_and_the_next_second_begins_anew(flooded: Flooded) -> None:
    receipt = encode(flooded.console.receipt(OUTBOX, 3))
    forged = encode(flooded.stranger.receipt(OUTBOX, 9))
    for _ in range(1000):
        flooded.put(Leaf.RECEIPT, forged)
    flooded.put(Leaf.RECEIPT, receipt)
    assert flooded.verified == MOST_JUNK_PER_S
    assert flooded.inbox.unread == 1000 - MOST_JUNK_PER_S + 1
    flooded.put(Leaf.CHECKPOINT, encode(flooded.console.checkpoint(3, "a" * 64)))
    flooded.clock.advance(1)
    flooded.put(Leaf.RECEIPT, receipt)
    assert [type(one).__name__ for one in flooded.taken()] == ["Checkpoint", "Receipt"]


def test_T10_of_two_genuine_leases_the_newer_decides_whichever_comes_first(flooded: Flooded) -> None:
    old, new = flooded.console.open_lease(), flooded.console.closed_lease()
    for first, second in ((new, old), (old, new)):
        inbox = Flooded()
        inbox.console = flooded.console
        inbox.put(Leaf.LEASE, encode(first))
        inbox.put(Leaf.LEASE, encode(second))
        assert inbox.taken() == [new]


def test_the_newest_receipts_are_kept_when_the_loop_is_slow(flooded: Flooded) -> None:
    for through in range(1, MOST_WAITING + 11):
        flooded.put(Leaf.RECEIPT, encode(flooded.console.receipt(OUTBOX, through)))
    taken = flooded.taken()
    assert [one.settled_through for one in taken if isinstance(one, Receipt)] == list(range(11, MOST_WAITING + 11))
    assert flooded.settled == MOST_WAITING + 10


def test_T37_a_no_closes_at_the_next_step_in_the_middle_of_a_flood(tmp_path: Path) -> None:
    room = node_at_night(tmp_path)
    room.send(room.console.open_lease())
    room.step()
    closed: ConsentLease = room.console.closed_lease()
    forged = encode(SigningConsole(room.clock, boot_id=room.console.boot_id, serial=500).open_lease())
    for number in range(1000):
        for leaf in (Leaf.LEASE, Leaf.RECEIPT, Leaf.CHECKPOINT):
            room.broker.inject(str(room.topic(leaf)), forged)
        if number == 500:
            room.send(closed)
    room.step()
    assert room.sensing.state is SensorState.CLOSED
    assert (room.live.sensor.reason, room.live.sensor.lease_serial) == (CloseReason.LEASE_CLOSED, closed.serial)
    room.outbox.close()


def test_F15_a_genuine_no_pulls_the_brake_before_anybody_takes_it_and_nothing_else_does(flooded: Flooded) -> None:
    flooded.put(Leaf.LEASE, encode(flooded.console.open_lease()))
    flooded.put(Leaf.LEASE, encode(flooded.stranger.closed_lease(serial=8)))
    assert not flooded.brake.is_on
    no = flooded.console.closed_lease(serial=9)
    flooded.put(Leaf.LEASE, encode(no))
    assert flooded.brake.is_on
    assert flooded.taken() == [no]
