import asyncio

import pytest

from console.skin.reserve import ReserveGuard

VITAL = ["/stop/room-2", "/stop/room-2/state", "/board/rooms/room-2/no", "/board/prompts/p1", "/healthz"]
ORDINARY = ["/", "/sign-in", "/board/rooms/room-2", "/stopped", "/static/board.css"]


class Screens:
    """Screens that do not come to an end until they may."""

    def __init__(self) -> None:
        self.reached: list[str] = []
        self.may_answer = asyncio.Event()
        self.may_end = asyncio.Event()

    async def __call__(self, scope, receive, send):
        self.reached.append(scope["path"])
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.may_end.wait()


class Crowd:
    """A guard of two places and a line of three, and everybody who came to it."""

    def __init__(self) -> None:
        self.screens = Screens()
        self.guard = ReserveGuard(self.screens, at_once=2, in_line=3)
        self.told: list[int] = []
        self.coming: list[asyncio.Task[None]] = []

    async def come(self, path: str) -> None:
        async def send(message):
            if message["type"] == "http.response.start":
                self.told.append(message["status"])

        self.coming.append(asyncio.create_task(self.guard({"type": "http", "path": path}, None, send)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)


@pytest.mark.parametrize("path", VITAL)
def test_C5_what_must_never_wait_is_served_while_everything_is_taken(path):
    async def night():
        crowd = Crowd()
        for _ in range(9):
            await crowd.come("/sign-in")
        await crowd.come(path)
        assert crowd.screens.reached == ["/sign-in", "/sign-in", path]

    asyncio.run(night())


@pytest.mark.parametrize("path", ORDINARY)
def test_F39_the_rest_waits_in_line_and_is_sent_away_when_the_line_is_long(path):
    async def night():
        crowd = Crowd()
        for _ in range(6):
            await crowd.come(path)
        assert (len(crowd.screens.reached), crowd.told) == (2, [503])
        crowd.screens.may_answer.set()
        await asyncio.sleep(0.01)
        assert (len(crowd.screens.reached), crowd.told) == (5, [503, 200, 200, 200, 200, 200])

    asyncio.run(night())


def test_an_answer_that_goes_on_for_hours_takes_no_place():
    async def night():
        crowd = Crowd()
        crowd.screens.may_answer.set()
        for _ in range(5):
            await crowd.come("/board/stream")
        assert crowd.told == [200] * 5 and not any(one.done() for one in crowd.coming)

    asyncio.run(night())


def test_who_leaves_the_line_or_fails_gives_the_place_back():
    async def night():
        crowd = Crowd()
        for _ in range(4):
            await crowd.come("/")
        for one in crowd.coming:
            one.cancel()
        await asyncio.gather(*crowd.coming, return_exceptions=True)
        crowd.screens.may_answer.set()
        for _ in range(2):
            await crowd.come("/health")
        assert crowd.told == [200, 200]

    asyncio.run(night())
