"""Screens that stand open: `python -m tests.bench.board_app ADDRESS COOKIE COUNT` reads so many live boards, and tells.

One line of JSON each: `{"ready": true}` once every screen has its first whole board, and at the end of standard input
a list of what came: [screen, elapsed seconds, [[room, kind], ...]].
"""

import asyncio
import json
import sys
from urllib.parse import urlsplit

from broker.clock import SystemClock

CLOCK = SystemClock()
ANSWER_EVERY_S = 10.0
_TILES = b'"tiles":['


class Screens:
    """So many boards, each on its own connection, which answer as a browser's board does."""

    def __init__(self, address: str, cookie: str) -> None:
        told = urlsplit(address)
        self._host, self._port = told.hostname or "", told.port or 80
        self._head = f"host: {told.netloc}\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\n"
        self.came: list[tuple[int, float, list[list[str]]]] = []
        self.whole = 0

    async def watch(self, number: int) -> None:
        """Read one board for ever."""
        reader, writer = await asyncio.open_connection(self._host, self._port, limit=2**20)
        writer.write(f"GET /board/stream HTTP/1.1\r\n{self._head}\r\n".encode())
        name, answered_s, is_whole = "", CLOCK.elapsed_s(), False
        while line := await reader.readline():
            now_s = CLOCK.elapsed_s()
            if line.startswith(b"event: name"):
                name = (await reader.readline()).decode().removeprefix("data: ").strip()
            elif _TILES in line:
                tiles = json.loads(line.removeprefix(b"data: "))["tiles"]
                self.came.append((number, now_s, [[tile["room"], tile["kind"]] for tile in tiles]))
                self.whole += not is_whole
                is_whole = True
            if now_s - answered_s >= ANSWER_EVERY_S:
                answered_s = now_s
                await self._answer(name)

    async def _answer(self, name: str) -> None:
        _reader, writer = await asyncio.open_connection(self._host, self._port)
        body = f"screen={name}"
        kind = "content-type: application/x-www-form-urlencoded\r\nconnection: close\r\n"
        head = f"POST /board/answering HTTP/1.1\r\n{self._head}{kind}content-length: {len(body)}\r\n\r\n"
        writer.write((head + body).encode())
        await writer.drain()
        writer.close()


async def run(address: str, cookie: str, count: int) -> None:
    """Watch until standard input ends."""
    screens = Screens(address, cookie)
    tasks = [asyncio.create_task(screens.watch(number)) for number in range(count)]
    while screens.whole < count:
        await asyncio.sleep(0.05)
    print(json.dumps({"ready": True}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    print(json.dumps(screens.came), flush=True)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3])))
