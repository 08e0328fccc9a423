"""The walk of the whole product in one process: a frame to the screen, and a "no" back to the sensor."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from broker.messages import ConsentLease
from broker.topics import Leaf, Topic
from broker.vocabulary import LeaseState, Origin, SensorState
from edge.estimates import Estimate
from edge.evaluation import estimates_of
from edge.sources.formats import open_recording
from models.simulator.acts import lie, trip
from models.simulator.night import Scene
from tests.kit.boxed_ward import NURSE, SITE, WARD
from tests.kit.recordings import recording
from tests.kit.sleeper import CALM, new_estimator, watch
from tests.kit.visitor import text_of
from tests.kit.whole_ward import WholeWard, whole_ward


@cache
def asleep() -> tuple[Estimate, ...]:
    """Two simulated minutes of somebody in bed who breathes 15 times a minute."""
    return tuple(estimate for estimate, _ in watch(Scene([lie(130)], style=CALM), 120))


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[WholeWard]:
    with whole_ward(tmp_path, [asleep()]) as made:
        made.settle()
        yield made


def test_a_frame_becomes_a_tile_that_a_nurse_reads(ward: WholeWard) -> None:
    ward.pass_time(50)
    ward.sign_in("nurse")
    tile = ward.tile("room1")
    assert "SOMEONE IN BED" in tile
    assert "still · seen 02:14" in tile
    assert "simulated" in tile


def test_a_frame_becomes_a_number_only_for_a_reason_and_with_its_uncertainty(ward: WholeWard) -> None:
    ward.pass_time(60)
    ward.sign_in("nurse")
    page = ward.web.get("/board/rooms/room1").text
    assert "breaths a minute" not in page
    token = page.split('name="form_token" value="', 1)[1].split('"', 1)[0]
    told = {"form_token": token, "access_reason": "direct_care"}
    said = text_of(ward.web.post("/board/rooms/room1/look", data=told).text)
    assert "about 15 breaths a minute (" in said
    assert "Not a check." in said


def test_C5_a_no_at_the_door_walks_back_to_the_sensor_and_the_page_says_when(ward: WholeWard) -> None:
    ward.pass_time(20)
    assert ward.nodes["room1"].sensing.state is SensorState.OPEN
    assert ward.web.post("/stop/room1", data={"what": "stop"}).status_code == 303
    ward.settle()
    assert ward.nodes["room1"].sensing.state is SensorState.CLOSED
    ward.pass_time(1)
    page = text_of(ward.web.get("/stop/room1/state").text)
    assert "Stopped, confirmed at 02:14:2" in page


def test_C5_after_a_no_nothing_but_a_new_yes_opens_the_sensor_not_even_a_replayed_lease(ward: WholeWard) -> None:
    ward.pass_time(10)
    leases = [payload for topic, payload in ward.broker.log if topic.endswith("/lease")]
    ward.web.post("/stop/room1", data={"what": "stop"})
    ward.settle()
    opened = ward.nodes["room1"].sensing.opened
    for payload in leases:
        ward.broker.inject(str(Topic(SITE, WARD, "node1", Leaf.LEASE)), payload)
    ward.pass_time(30)
    assert any(ConsentLease.model_validate_json(one).state is LeaseState.OPEN for one in leases)
    assert ward.nodes["room1"].sensing.opened == opened
    assert ward.nodes["room1"].sensing.state is SensorState.CLOSED


def test_C1_a_lost_console_ends_sensing_at_the_end_of_the_lease_and_not_before(ward: WholeWard) -> None:
    ward.pass_time(10)
    node = ward.nodes["room1"]
    node.link.cut()
    for _ in range(30):
        ward.clock.advance(1)
        node.node.step()
    assert node.sensing.state is SensorState.OPEN
    for _ in range(45):
        ward.clock.advance(1)
        node.node.step()
    assert node.sensing.state is SensorState.CLOSED


def test_A9_a_node_that_is_not_heard_for_five_seconds_is_not_monitored(ward: WholeWard) -> None:
    ward.pass_time(40)
    ward.sign_in("nurse")
    assert "SOMEONE IN BED" in ward.tile("room1")
    ward.nodes["room1"].link.cut()
    for _ in range(6):
        ward.clock.advance(1)
        ward.ward.step()
    assert "NOT MONITORED" in ward.tile("room1")


def test_what_happened_while_the_link_was_down_arrives_once_and_in_order(ward: WholeWard) -> None:
    ward.pass_time(30)
    node = ward.nodes["room1"]
    node.link.cut()
    for _ in range(200):
        ward.clock.advance(1)
        node.node.step()
    waiting = node.outbox.count
    assert waiting > 0
    node.link.mend()
    ward.pass_time(5)
    assert node.outbox.count == 0
    ward.sign_in("engineer")
    health = text_of(ward.web.get("/health").text)
    assert f"{node.outbox.last_sequence}" in health


def test_K1_no_topic_message_or_log_of_the_walk_holds_who_stays_there(
    ward: WholeWard, capfd: pytest.CaptureFixture[str]
) -> None:
    rooms = ward.ward.access.rooms(NURSE)
    assert isinstance(rooms, tuple)
    ward.pass_time(70)
    said = capfd.readouterr()
    heard = "\n".join(topic + payload.decode() for topic, payload in ward.broker.log) + said.out + said.err
    # A signature is random, and in some sixty of them a name of three letters stands by chance.
    heard = re.sub(r'"signature":"[^"]*"', "", heard)
    for room in rooms:
        for secret in (room.patient_name, room.patient_name.split()[0], room.stay_id):
            assert secret
            assert secret not in heard


def test_somebody_who_gets_up_is_seen_to_be_out_of_bed_within_seconds(tmp_path: Path) -> None:
    scene = Scene([lie(45), *trip(2.2, 40), lie(20)], style=CALM)
    with whole_ward(tmp_path, [tuple(one for one, _ in watch(scene, 75))]) as ward:
        ward.settle()
        ward.pass_time(40)
        ward.sign_in("nurse")
        assert "SOMEONE IN BED" in ward.tile("room1")
        ward.pass_time(14)
        assert "OUT OF BED" in ward.tile("room1")


def test_a_real_recording_shows_its_breathing_rate_and_then_says_that_it_has_ended(tmp_path: Path) -> None:
    source = open_recording(recording("radar/acconeer/breathing-sitting.h5"), None, None)
    seen = tuple(estimates_of(source, new_estimator()))
    source.close()
    with whole_ward(tmp_path, [seen], origin=Origin.REPLAY) as ward:
        ward.settle()
        ward.pass_time(len(seen) - 1)
        ward.sign_in("nurse")
        page = ward.web.get("/board/rooms/room1").text
        token = page.split('name="form_token" value="', 1)[1].split('"', 1)[0]
        told = {"form_token": token, "access_reason": "direct_care"}
        said = text_of(ward.web.post("/board/rooms/room1/look", data=told).text)
        assert "about 18 breaths a minute (" in said
        ward.pass_time(3)
        tile = ward.tile("room1")
        assert "CANNOT TELL" in tile
        assert "The recording has ended" in tile


def test_a_message_from_a_stranger_is_counted_and_shown_and_changes_nothing(ward: WholeWard) -> None:
    ward.pass_time(10)
    ward.broker.inject(f"ward/v1/{SITE}/{WARD}/node1/live", b"\x00" * 3000)
    ward.broker.inject(f"ward/v1/{SITE}/{WARD}/node9/live", b"{}")
    ward.pass_time(1)
    ward.sign_in("engineer")
    health = text_of(ward.web.get("/health").text)
    assert "1 · too large too_large" in health
    assert "1 · from a node that belongs to no room unknown_node" in health
