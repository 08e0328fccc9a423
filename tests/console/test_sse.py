"""F40, X1: the live stream, what it carries, and how it ends."""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace

import pytest

from broker.clock import HandClock
from console.screens.live_board import LiveBoard
from console.screens.pages import Pages
from console.showing.views import TileKind, TileView, Words
from console.skin.broadcast import Broadcaster, RenderedTile, Surroundings
from console.skin.cookies import Cookies
from console.skin.stream import LiveStream
from console.words import open_catalogues
from tests.kit.skin import PASSWORD, PEOPLE, HandWard
from tests.kit.skin_facts import NIGHT

CATALOGUES = open_catalogues("Europe/London")
ENGLISH, ACCENTED = CATALOGUES["en"], CATALOGUES["en-XA"]
FAST_S = 0.01


class Rendering:
    """Renders by the room's name and counts how often it did."""

    def __init__(self) -> None:
        self.count = 0

    def tile(self, catalogue, tile) -> RenderedTile:
        self.count += 1
        text = catalogue.words(tile.headline)
        return RenderedTile(text, tile.kind.value, False, tile.kind.value, text)

    def around(self, catalogue, view):
        return Surroundings(
            catalogue.moment(view.at, "seconds"), "night", {"sentence": catalogue.words(view.ward_sentence)}
        )


def broadcaster_of(ward, rendering=None, compute=None):
    drawn = rendering or Rendering()
    return Broadcaster(compute or (lambda: ward.board), drawn.tile, drawn.around, FAST_S)


async def take(stream, count):
    return [json.loads(await asyncio.wait_for(anext(stream), 5)) for _ in range(count)]


def test_the_first_event_holds_the_whole_board_and_the_next_only_what_changed():
    async def watch():
        ward = HandWard()
        caster = broadcaster_of(ward)
        stream = caster.read(ENGLISH)
        (first,) = await take(stream, 1)
        ward.set_tile(TileView("room-3", "Room 3", "J.W.", TileKind.SENSOR_OFF, Words("SENSOR OFF")))
        later = [event for event in await take(stream, 4) if event["tiles"]]
        await stream.aclose()
        await caster.stop()
        return first, later

    first, later = asyncio.run(watch())
    assert len(first["tiles"]) == 6 and first["rooms"] == [f"room-{n}" for n in range(1, 7)]
    assert [[tile["room"] for tile in event["tiles"]] for event in later] == [["room-3"]]


def test_a_board_that_stands_still_is_still_said_each_second_with_its_time():
    async def watch():
        caster = broadcaster_of(HandWard())
        stream = caster.read(ENGLISH)
        events = await take(stream, 4)
        await stream.aclose()
        await caster.stop()
        return events

    events = asyncio.run(watch())
    assert [len(event["tiles"]) for event in events] == [6, 0, 0, 0]
    assert all(event["at"] == "02:14:08" for event in events)
    assert events[1]["around"] == {}


def test_each_tile_is_rendered_once_per_language_for_however_many_screens():
    async def watch():
        rendering = Rendering()
        caster = broadcaster_of(HandWard(), rendering)
        streams = [caster.read(ENGLISH) for _ in range(20)] + [caster.read(ACCENTED)]
        for stream in streams:
            await take(stream, 1)
        await take(streams[0], 3)
        for stream in streams:
            await stream.aclose()
        await caster.stop()
        return rendering.count

    assert asyncio.run(watch()) == 12


def test_screens_that_saw_the_same_share_one_text():
    async def watch():
        caster = broadcaster_of(HandWard())
        streams = [caster.read(ENGLISH) for _ in range(3)]
        texts = [await asyncio.wait_for(anext(stream), 5) for stream in streams]
        for stream in streams:
            await stream.aclose()
        await caster.stop()
        return {id(text) for text in texts if json.loads(text)["edition"] == json.loads(texts[-1])["edition"]}

    assert len(asyncio.run(watch())) == 1


def test_a_reader_that_fell_behind_gets_everything_it_missed_at_once():
    async def watch():
        ward = HandWard()
        caster = broadcaster_of(ward)
        slow, quick = caster.read(ENGLISH), caster.read(ENGLISH)
        await take(slow, 1)
        await take(quick, 1)
        for n in (1, 2, 3):
            ward.set_tile(replace(ward.board.tiles[n], headline=Words("SENSOR OFF")))
            await take(quick, 3)
        (missed,) = await take(slow, 1)
        await slow.aclose()
        await quick.aclose()
        await caster.stop()
        return missed

    assert {tile["room"] for tile in asyncio.run(watch())["tiles"]} == {"room-2", "room-3", "room-4"}


def test_a_board_that_cannot_be_computed_is_not_sent_so_that_screens_say_so_themselves():
    async def watch():
        ward = HandWard()
        ward.is_broken = True

        def compute():
            if ward.is_broken:
                raise RuntimeError("no board")
            return ward.board

        caster = broadcaster_of(ward, compute=compute)
        stream = caster.read(ENGLISH)
        first = asyncio.ensure_future(anext(stream))
        silent = not (await asyncio.wait({first}, timeout=0.1))[0]
        ward.is_broken = False
        event = json.loads(await asyncio.wait_for(first, 5))
        await stream.aclose()
        await caster.stop()
        return silent, event

    silent, event = asyncio.run(watch())
    assert silent and len(event["tiles"]) == 6


def test_A9_a_new_reader_never_gets_a_board_from_before_it_came():
    async def watch():
        ward = HandWard()

        def compute():
            if ward.is_broken:
                raise RuntimeError("no board")
            return ward.board

        caster = broadcaster_of(ward, compute=compute)
        stays = caster.read(ENGLISH)
        await take(stays, 1)
        ward.is_broken = True
        await asyncio.sleep(5 * FAST_S)
        comes = asyncio.ensure_future(anext(caster.read(ENGLISH)))
        got = (await asyncio.wait({comes}, timeout=0.1))[0]
        comes.cancel()
        await asyncio.wait({comes})
        await stays.aclose()
        await caster.stop()
        return got

    assert asyncio.run(watch()) == set()


def test_nothing_is_computed_while_nobody_reads():
    async def watch():
        counts = []

        def compute():
            counts.append(1)
            return HandWard().board

        caster = broadcaster_of(None, compute=compute)
        stream = caster.read(ENGLISH)
        await take(stream, 1)
        await stream.aclose()
        await asyncio.sleep(5 * FAST_S)
        before = len(counts)
        await asyncio.sleep(10 * FAST_S)
        return before, len(counts), caster.reader_count

    before, after, readers = asyncio.run(watch())
    assert before == after and readers == 0


class Connection:
    """The server's side of one connection: what was sent, and a way to go away."""

    def __init__(self, *, takes: bool = True) -> None:
        self.sent = b""
        self._gone = asyncio.Event()
        self._takes = takes

    async def receive(self):
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        if message["type"] == "http.response.body":
            if not self._takes and b"event: board" in message["body"]:
                await asyncio.sleep(3600)
            self.sent += message["body"]

    def leave(self) -> None:
        self._gone.set()


async def forever():
    while True:
        yield "{}"
        await asyncio.sleep(FAST_S)


async def run_stream(
    connection, *, is_open=lambda: True, is_answering=lambda: True, max_wait_s=5.0, leave_after_s=None
):
    ended = []
    stream = LiveStream(
        forever(), name="s1", is_open=is_open, is_answering=is_answering, on_end=ended.append, max_wait_s=max_wait_s
    )
    if leave_after_s is not None:
        asyncio.get_running_loop().call_later(leave_after_s, connection.leave)
    await asyncio.wait_for(stream({}, connection.receive, connection.send), 5)
    return ended


def test_F40_a_reader_that_goes_away_ends_the_viewing_at_once():
    async def watch():
        return await run_stream(Connection(), leave_after_s=0.05)

    assert asyncio.run(watch()) == ["closed"]


def test_a_session_that_ends_ends_the_stream_and_tells_the_screen():
    async def watch():
        connection, left = Connection(), iter([True, True])
        ended = await run_stream(connection, is_open=lambda: next(left, False))
        return ended, connection.sent

    ended, sent = asyncio.run(watch())
    assert ended == ["session_ended"] and sent.endswith(b"event: ended\ndata: {}\n\n")


def test_F40_a_reader_that_takes_nothing_is_let_go():
    async def watch():
        return await run_stream(Connection(takes=False), max_wait_s=0.05)

    assert asyncio.run(watch()) == ["stalled"]


def test_F40_a_screen_that_no_longer_answers_is_let_go_whatever_the_network_buffers():
    async def watch():
        return await run_stream(Connection(), is_answering=lambda: False)

    assert asyncio.run(watch()) == ["stalled"]


def test_a_server_that_stops_closes_the_viewing():
    async def watch():
        ended = []
        stream = LiveStream(forever(), name="s1", is_open=lambda: True, is_answering=lambda: True, on_end=ended.append)
        connection = Connection()
        task = asyncio.ensure_future(stream({}, connection.receive, connection.send))
        await asyncio.sleep(0.05)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return ended

    assert asyncio.run(watch()) == ["console_stopped"]


@pytest.fixture
def live():
    clock = HandClock(NIGHT)
    ward = HandWard(clock)
    pages = Pages(CATALOGUES, Cookies(b"k" * 32, False), clock, ward.board.context, "en")
    return ward, LiveBoard(ward, pages, clock)


def test_X1_a_viewing_is_open_before_the_first_byte_and_is_nobodys_who_may_not_glance(live):
    ward, board = live
    assert board.open(PEOPLE["nurse"], "t1", "d1", ENGLISH) is not None
    assert board.open(PEOPLE["governance_lead"], "t2", "d2", ENGLISH) is None
    assert [viewing.device for viewing in ward.viewings] == ["d1"] and board.screen_count == 1


def test_X6_a_session_that_ends_ends_its_screen_with_the_next_board_and_no_other(live):
    ward, board = live
    ada, bea = (ward.identity.sign_in(name, PASSWORD, name).session_token for name in ("ada", "ada"))

    async def watch():
        connections = [Connection(), Connection()]
        streams = [board.open(PEOPLE["nurse"], token, "d1", ENGLISH) for token in (ada, bea)]
        tasks = [
            asyncio.ensure_future(stream({}, connection.receive, connection.send))
            for stream, connection in zip(streams, connections, strict=True)
        ]
        while not all(b"event: board" in one.sent for one in connections):
            await asyncio.sleep(FAST_S)
        ward.identity.sign_out(ada)
        await asyncio.wait_for(tasks[0], 5)
        goes_on = not tasks[1].done()
        connections[1].leave()
        await asyncio.wait_for(tasks[1], 5)
        await board.broadcaster.stop()
        return connections[0].sent, goes_on

    sent, goes_on = asyncio.run(watch())
    assert sent.endswith(b"event: ended\ndata: {}\n\n") and goes_on


def test_X1_thirty_seconds_without_an_answer_end_a_screen(live):
    ward, board = live
    token = ward.identity.sign_in("ada", PASSWORD, "d1").session_token

    async def watch():
        connection = Connection()
        stream = board.open(PEOPLE["nurse"], token, "d1", ENGLISH)
        task = asyncio.ensure_future(stream({}, connection.receive, connection.send))
        while b"event: board" not in connection.sent:
            await asyncio.sleep(FAST_S)
        name = connection.sent.split(b"event: name\ndata: ")[1].split(b"\n")[0].decode()
        ward.clock.advance(25)
        answered = board.answer(name, token), board.answer(name, "another session"), board.answer("nobody", token)
        ward.clock.advance(25)
        await asyncio.sleep(0)
        is_still_open = ward.viewings[0].closed is None
        ward.clock.advance(31)
        await asyncio.wait_for(task, 5)
        await board.broadcaster.stop()
        return answered, is_still_open

    answered, is_still_open = asyncio.run(watch())
    assert answered == (True, False, False) and is_still_open
    assert ward.viewings[0].closed == "stalled" and ward.viewings[0].beats >= 1 and board.screen_count == 0
