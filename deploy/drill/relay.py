"""The cable between each node and the broker: it can be slow, and it can be deaf in one direction."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass

from broker.clock import SystemClock
from deploy.drill.ports import own_port

_CHUNK_BYTES = 4096
_LOOK_EVERY_S = 0.05


@dataclass(slots=True)
class Cable:
    """How one node's cable is now.

    Attributes:
        delay_s: each piece of at most 4 kB waits so long before it goes on, in either direction [s].
        is_deaf: nothing comes down to the node, while what it says goes up.
        joined_s: when the node was last joined with the broker, on elapsed time; below every time before the first [s].
    """

    delay_s: float = 0.0
    is_deaf: bool = False
    joined_s: float = float("-inf")


class Relay:
    """One listening port for each node; its thread ends with `close`."""

    def __init__(self, broker_port: int, node_ids: tuple[str, ...]) -> None:
        self.cables = {node_id: Cable() for node_id in node_ids}
        self.ports = {node_id: own_port() for node_id in node_ids}
        self._broker_port = broker_port
        self._loop = asyncio.new_event_loop()
        self._tasks = set[asyncio.Task[None]]()
        self._is_open = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._is_open.wait(10)

    def close(self) -> None:
        """Cut every cable."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        servers = [self._loop.run_until_complete(self._listen(one)) for one in self.ports]
        self._is_open.set()
        self._loop.run_forever()
        for server in servers:
            server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _listen(self, node_id: str) -> asyncio.Server:
        cable, clock = self.cables[node_id], SystemClock()

        async def join(up: asyncio.StreamReader, down: asyncio.StreamWriter) -> None:
            try:
                theirs, ours = await asyncio.open_connection("127.0.0.1", self._broker_port)
            except OSError:
                down.close()
                return
            cable.joined_s = clock.elapsed_s()
            self._keep(_carry(up, ours, cable, is_down=False))
            self._keep(_carry(theirs, down, cable, is_down=True))

        return await asyncio.start_server(join, "127.0.0.1", self.ports[node_id])

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _carry(source: asyncio.StreamReader, to: asyncio.StreamWriter, cable: Cable, *, is_down: bool) -> None:
    with suppress(OSError):
        while piece := await source.read(_CHUNK_BYTES):
            if cable.delay_s:
                await asyncio.sleep(cable.delay_s)
            while is_down and cable.is_deaf:
                await asyncio.sleep(_LOOK_EVERY_S)
            to.write(piece)
            await to.drain()
    with suppress(OSError):
        to.close()
