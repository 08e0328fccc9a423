"""A whole ward in one process: real nodes, a real console and its real pages; only time and the link are played.

What a sensing process would do in a process of its own, `InlineSensing` does in this one: the same frames, models,
estimator and purpose filter, one second for each second that the clock is moved.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from broker.clock import HandClock
from broker.link import MemoryBroker, MemoryLink
from broker.outbox import Outbox
from broker.topics import downward_filters, upward_filters
from broker.vocabulary import Origin, SensorState, Withheld
from console.keys.signer import Keys
from console.running.seed import DemoAccount, seed
from console.ward import Ward
from edge.brake import Brake
from edge.compose import compose, will_of
from edge.estimates import Estimate, Moment, withheld_estimate
from edge.node import Node
from edge.permitted import permitted
from edge.pipe import Ended
from edge.recorder import Start
from edge.supervisor import Happening, Order, Sensed, SensorClosed, SensorOpened
from edge.trust import NodeKey
from tests.kit.boxed_ward import MODEL, SITE, WARD, open_ward, settings_of
from tests.kit.nodes import node_settings
from tests.kit.visitor import text_of

NOW = datetime(2026, 11, 24, 2, 14, tzinfo=UTC)


class InlineSensing:
    """A `SensingProcess` in this process, one estimate for each second of the clock."""

    def __init__(self, clock: HandClock, estimates: Iterable[Estimate]) -> None:
        self.state = SensorState.CLOSED
        self.is_crash_loop = False
        self.brake = Brake()
        self.opened = 0
        self._clock = clock
        self._estimates = iter(estimates)
        self._order: Order | None = None
        self._done_s = 0.0
        self._has_ended = False

    def follow(self, order: Order | None) -> list[Happening]:
        """Open, close, or sense the seconds that have passed."""
        if order is None:
            closed, self._order, self.state = self._order, None, SensorState.CLOSED
            return [SensorClosed(closed.lease_id)] if closed is not None else []
        if self._order is None:
            self._order, self.state, self._done_s = order, SensorState.OPEN, self._clock.elapsed_s()
            self.opened += 1
            return [SensorOpened(order.lease_id)]
        self._order = order
        happened: list[Happening] = []
        while self._done_s + 1 <= self._clock.elapsed_s():
            self._done_s += 1
            happened += self._sense(order)
        return happened

    def _sense(self, order: Order) -> list[Happening]:
        now, now_s = self._clock.utc_now(), self._clock.elapsed_s()
        estimate, happened = next(self._estimates, None), list[Happening]()
        if estimate is None:
            if not self._has_ended:
                happened.append(Ended("recording_ended"))
            self._has_ended = True
            estimate = withheld_estimate(Moment(0.0, now, now_s), Withheld.RECORDING_ENDED, MODEL)
        at_this_second = replace(estimate, captured_at=now, elapsed_s=now_s)
        return [*happened, Sensed(order, permitted(at_this_second, order.purposes, order.vital_signs))]


@dataclass
class WholeNode:
    """One real node of the ward.

    Attributes:
        node: the node.
        sensing: its sensing.
        outbox: its outbox.
        link: cut it to play a network that fails.
        folder: its data folder.
    """

    node: Node
    sensing: InlineSensing
    outbox: Outbox
    link: MemoryLink
    folder: Path


@dataclass
class WholeWard:
    """The ward, its nodes, its accounts and its pages."""

    ward: Ward
    clock: HandClock
    broker: MemoryBroker
    nodes: dict[str, WholeNode]
    accounts: tuple[DemoAccount, ...]
    web: Any

    def pass_time(self, seconds: int) -> None:
        """Let the ward live for so many seconds."""
        for _ in range(seconds):
            self.clock.advance(1)
            self.settle()

    def settle(self) -> None:
        """Let messages go up and down until both ends have said what they have to say at this moment."""
        for _ in range(3):
            for one in self.nodes.values():
                one.node.step()
            self.ward.step()

    def sign_in(self, role: str, room: str = "") -> None:
        """Sign in as the first account of a role."""
        account = next(one for one in self.accounts if one.role == role and (not room or one.room == room))
        said = self.web.post("/sign-in", data={"username": account.username, "password": account.password})
        assert said.status_code == 303, said.text

    def tile(self, room_id: str) -> str:
        """Return the words of a room's tile, as its page shows them to who is signed in."""
        page = self.web.get(f"/board/rooms/{room_id}")
        assert page.status_code == 200, page.text
        return text_of(page.text)


@contextmanager
def whole_ward(
    folder: Path, rooms: Iterable[Iterable[Estimate]], *, origin: Origin = Origin.SIMULATED
) -> Iterator[WholeWard]:
    """A seeded ward with a real node in each room.

    Args:
        folder: where everything lies.
        rooms: what each room's sensor would see, one estimate a second.
        origin: what the nodes say of their frames.
    """
    from starlette.testclient import TestClient

    from console.app import create_app

    clock, broker = HandClock(NOW), MemoryBroker()
    seen = {f"node{number}": estimates for number, estimates in enumerate(rooms, start=1)}
    for node_id in seen:
        (folder / node_id).mkdir()
    keys = {node_id: NodeKey.open(folder / node_id).public_hex for node_id in seen}
    (folder / "console").mkdir()
    console, zone = folder / "console", ZoneInfo("Europe/London")
    accounts = seed(lambda hand: open_ward(console, hand, broker.link(())), keys, NOW, zone)
    link = broker.link(upward_filters(SITE, WARD))
    ward = open_ward(console, clock, link)
    link.start(ward.intake.receive, lambda _up: None)
    console_key = Keys.open(console / "keys").lease_key
    nodes = {
        f"room{number}": _node(folder / node_id, node_id, console_key, clock, broker, estimates, origin)
        for number, (node_id, estimates) in enumerate(seen.items(), start=1)
    }
    web = TestClient(create_app(ward, settings_of(console)), base_url="http://127.0.0.1:8800", follow_redirects=False)
    web.headers["sec-fetch-site"] = "same-origin"
    try:
        yield WholeWard(ward, clock, broker, nodes, accounts, web)
    finally:
        ward.stop()
        for one in nodes.values():
            one.outbox.close()


def _node(
    folder: Path,
    node_id: str,
    console_key: str,
    clock: HandClock,
    broker: MemoryBroker,
    estimates: Iterable[Estimate],
    origin: Origin,
) -> WholeNode:
    settings = node_settings(folder, console_key, site=SITE, ward=WARD, node_id=node_id)
    start = Start(node_id, secrets.token_hex(16), origin, clock.elapsed_s())
    link = broker.link(downward_filters(SITE, WARD, node_id), will_of(settings, start))
    sensing = InlineSensing(clock, estimates)
    node, outbox = compose(settings, clock, start, link, sensing)
    return WholeNode(node, sensing, outbox, link, folder)
