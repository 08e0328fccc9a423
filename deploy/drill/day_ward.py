"""A whole ward in one process on a clock set by hand: real nodes and a real console, a broker in memory, no sensing."""

from dataclasses import dataclass
from pathlib import Path

from broker.clock import HandClock
from broker.link import MemoryBroker, MemoryLink
from broker.outbox import Outbox
from broker.topics import downward_filters, upward_filters
from console.running import settings_file
from console.running.opening import open_ward
from console.ward import Ward
from deploy import layout as files
from deploy.drill.story import Story, TellingSensing
from deploy.foundation import lay_foundation, take_folder
from deploy.plan import Plan
from deploy.progress import Progress
from edge.compose import compose, new_start, will_of
from edge.node import Node
from edge.settings import NodeSettings, load

_MOST_KEPT = 10_000
"""Messages that the broker in memory remembers for whoever asks; nobody does here."""


@dataclass(slots=True)
class DayNode:
    """A node that lives.

    Attributes:
        node: the walk.
        outbox: its outbox.
        link: to the broker.
    """

    node: Node
    outbox: Outbox
    link: MemoryLink


class DayWard:
    """The ward of a compressed day.

    Attributes:
        layout: where it lies.
        node_ids: its nodes.
        clock: moved by `pass_time` alone.
        ward: the console's.
        nodes: by id.
    """

    def __init__(self, folder: Path, rooms: int, seed: int, clock: HandClock, say: Progress) -> None:
        """Lay the ward out, or go on with the one that is there, and start everything.

        Args:
            folder: its own.
            rooms: 1 to 18, each with one node.
            seed: of the stories.
            clock: at the moment at which the ward begins or goes on.
            say: where the steps are said.
        """
        folder.mkdir(parents=True, exist_ok=True)
        plan = Plan(folder.resolve(), rooms, demo=True)
        take_folder(plan.data)
        self.layout, self.node_ids, self.clock, self._seed = files.Layout(plan.data), plan.node_ids, clock, seed
        self.layout.make(plan.node_ids)
        files.write_broker(self.layout, plan, plan.port)
        files.write_console(self.layout, plan, plan.port, None)
        key = lay_foundation(plan, self.layout, clock, say).console_key
        for node_id in plan.node_ids:
            files.write_node(self.layout, plan, node_id, plan.port, key, None)
        self._broker = MemoryBroker()
        self.ward, self._console_link = self._open()
        self.nodes = {node_id: self._bring_up(node_id) for node_id in plan.node_ids}

    def pass_time(self, seconds: float) -> None:
        """Let time pass in one step, then let every node and the console do what they do again and again."""
        self.clock.advance(seconds)
        for one in self.nodes.values():
            one.node.step()
        self.ward.step()
        if len(self._broker.log) > _MOST_KEPT:
            self._broker.log.clear()

    def restart_node(self, node_id: str) -> None:
        """End a node as it stands, without a goodbye, and start it again on what it had kept."""
        old = self.nodes[node_id]
        old.link.cut()
        old.link.stop()
        old.outbox.close()
        self.nodes[node_id] = self._bring_up(node_id)

    def restart_console(self) -> None:
        """End the console and start it again on what it had kept."""
        self.ward.stop()
        self.ward, self._console_link = self._open()

    def close(self) -> None:
        """End everything."""
        for one in self.nodes.values():
            one.link.stop()
            one.outbox.close()
        self.ward.stop()

    def outbox(self, node_id: str) -> Path:
        """Return where a node's outbox lies."""
        return self.layout.node(node_id) / "outbox.db"

    @property
    def database(self) -> Path:
        """Return where the console's database lies."""
        return self.layout.console / "console.db"

    def _open(self) -> tuple[Ward, MemoryLink]:
        link = self._broker.link(upward_filters(files.SITE, files.WARD))
        ward = open_ward(settings_file.load(self.layout.console_settings), self.clock, link)
        link.start(ward.intake.receive, lambda _up: None)
        return ward, link

    def _bring_up(self, node_id: str) -> DayNode:
        settings: NodeSettings = load(self.layout.node_settings(node_id))
        start = new_start(settings, self.clock)
        link = self._broker.link(downward_filters(files.SITE, files.WARD, node_id), will_of(settings, start))
        story = Story(self._seed * 100 + int(node_id.removeprefix("node")))
        sensing = TellingSensing(self.clock, story.at, self.layout.node(node_id) / "frozen")
        node, outbox = compose(settings, self.clock, start, link, sensing)
        return DayNode(node, outbox, link)
