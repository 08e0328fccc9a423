"""What the console takes from a node, and what it refuses, counts and shows."""

from datetime import timedelta

import pytest

from broker.codec import encode
from broker.link import Delivery
from broker.messages import Cosignature
from broker.topics import Leaf
from broker.vocabulary import CheckpointOutcome, Context, Origin
from console.receiving.sifting import Refused, Sieve
from console.store.tables import cosignatures, measurements
from tests.kit.boxed_ward import ENGINEER, NURSE, SITE, WARD, boxed_ward
from tests.kit.taken_in import node_of, outcomes, refused, rows


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


def test_N1_a_message_from_the_future_is_refused_and_the_room_is_not_monitored(box):
    node = node_of(box)
    ahead = box.clock.utc_now() + timedelta(seconds=31)
    node.send(node.record(node.event(), captured_at=ahead))
    box.ward.step()
    (shown,) = box.ward.board.view().tiles

    assert refused(box) == {"future": 1} and node.receipt.settled_through == 1
    assert shown.headline.text == "NOT MONITORED · check in person"
    node.live()
    box.ward.step()
    assert box.ward.board.view().tiles[0].kind == "still"


def test_N1_a_live_message_older_than_half_a_minute_is_refused(box):
    node = node_of(box)
    old = node.state(sent_at=box.clock.utc_now() - timedelta(seconds=31))
    box.broker.inject(node.topic(Leaf.LIVE), encode(old))
    box.ward.step()

    assert refused(box) == {"stale": 1}


def test_a_live_message_that_was_recorded_and_played_again_is_refused(box):
    node = node_of(box)
    recorded = encode(node.state())
    box.pass_time(3)
    box.broker.inject(node.topic(Leaf.LIVE), recorded)
    box.ward.step()
    node.live()
    box.ward.step()

    assert refused(box) == {"stale": 1}


def test_a_live_message_of_an_old_boot_is_refused(box):
    node = node_of(box)
    old = encode(node.state())
    node.restart()
    node.announce()
    box.broker.inject(node.topic(Leaf.LIVE), old)
    box.ward.step()
    node.live()
    box.ward.step()

    assert refused(box) == {"old_boot": 1}


def test_a_boot_whose_time_is_over_cannot_be_announced_again(box):
    node = node_of(box)
    first = encode(node.announcement())
    node.restart()
    node.announce()
    box.ward.step()
    box.broker.inject(node.topic(Leaf.LIVE), first)
    box.ward.step()

    assert refused(box) == {"old_boot": 1}
    assert box.ward.live.of("node1").boot.boot_id == node.boot_id


def test_an_announcement_that_another_key_signed_is_refused(box):
    node = node_of(box)
    told = node.announcement(boot_id="f" * 32)
    forged = told.model_copy(update={"software": "9.9.9"})
    box.broker.inject(node.topic(Leaf.LIVE), encode(forged))
    box.ward.step()

    assert refused(box) == {"bad_signature": 1}
    assert box.ward.live.of("node1").boot.boot_id == node.boot_id


@pytest.mark.parametrize(
    ("refusal", "payload"),
    [
        ("not_json", b"{"),
        ("too_large", b"x" * 3000),
        ("unknown_version", b'{"v": 2}'),
        ("malformed", b'{"v": 1, "node_id": "node1", "kind": "record"}'),
    ],
)
def test_what_is_no_message_is_refused_counted_and_visible(box, refusal, payload):
    box.broker.inject(node_of(box).topic(Leaf.RECORD), payload)
    box.ward.step()

    health = box.ward.access.health(ENGINEER)
    assert health.nodes[0].refused == {refusal: 1}


def test_another_nodes_message_on_this_topic_is_refused(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as box:
        first, second = box.nodes["room1"], box.nodes["room2"]
        box.broker.inject(first.topic(Leaf.RECORD), encode(second.record(second.event())))
        box.ward.step()

        assert refused(box, "node1") == {"wrong_node": 1} and outcomes(box) == []


def test_unknown_nodes_wrong_topics_and_other_wards_are_counted_apart(box):
    payload = encode(node_of(box).record(node_of(box).event()))
    for topic in (f"ward/v1/{SITE}/{WARD}/stranger/record", f"ward/v1/{SITE}/other/node1/record", "ward/v2/x/record"):
        box.ward.intake.receive(_delivery(topic, payload))
    box.ward.step()

    assert refused(box, "") == {"unknown_node": 1, "wrong_topic": 2}


def test_a_retained_message_is_refused_whatever_it_says(box):
    node = node_of(box)
    box.broker.inject(node.topic(Leaf.RECORD), encode(node.record(node.event())), retained=True)
    box.ward.step()

    assert refused(box) == {"retained": 1}


def test_A11_outside_a_demonstration_only_a_sensor_is_taken(tmp_path):
    with boxed_ward(tmp_path) as box:
        told = box.nodes["room1"].announcement()
        payload = encode(told)
        office = box.ward.office
        nodes = box.ward.roll.sheet().nodes
        sieve = Sieve(SITE, WARD, nodes, Context.CLINICAL, office.policy, office.now())
        found = sieve.sift(_delivery(box.nodes["room1"].topic(Leaf.LIVE), payload))

        assert isinstance(found, Refused) and found.refusal == "origin_not_allowed"


def test_A11_rates_of_a_real_sensor_are_not_kept_in_a_demonstration(tmp_path):
    with boxed_ward(tmp_path, origin=Origin.SENSOR) as box:
        node = box.nodes["room1"]
        node.send(node.record(node.minute()))
        box.ward.step()
        (row,) = rows(box, measurements)

        assert row["respiratory_rate_sealed"] is None and row["respiratory_rate_withheld"] == "not_permitted"


def test_a_cosignature_is_taken_with_the_nodes_own_signature_only(box):
    node, root = node_of(box), "a" * 64
    true = Cosignature(
        tree_size=3,
        root=root,
        outcome=CheckpointOutcome.ACCEPTED,
        signature=node.cosigned(3, root, "accepted"),
    )
    node.send(node.record(true))
    node.send(node.record(true.model_copy(update={"tree_size": 4})))
    box.ward.step()

    assert [row["tree_size"] for row in rows(box, cosignatures)] == [3]
    assert refused(box) == {"bad_signature": 1} and node.receipt.settled_through == 2


def test_what_is_refused_concerns_no_nurse_but_everyone_may_see_the_health_page(box):
    assert box.ward.access.health(NURSE).nodes[0].refused == {}


def _delivery(topic, payload):
    return Delivery(topic, payload, False, lambda: None)
