from datetime import timedelta

import pytest

from broker.messages import Cosignature, Health
from broker.vocabulary import CheckpointOutcome, HealthFlag
from tests.kit.boxed_ward import ENGINEER, boxed_ward


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, rooms=3) as made:
        yield made


def kinds(box):
    return {one.room_id: one.kind for one in box.ward.board.view().tiles}


def test_RG3_a_tile_that_cannot_be_made_is_not_monitored_and_takes_no_other_with_it(box):
    heard = box.ward.live.of("node2").state
    senseless = heard.readings.model_copy(update={"living_seen_at": "no time at all"})
    box.ward.live.put(heard.model_copy(update={"readings": senseless}))

    assert kinds(box) == {"room1": "still", "room2": "not_monitored", "room3": "still"}
    assert box.tile("room2").headline.text == "NOT MONITORED · check in person"
    assert box.ward.board.view().ward_sentence.values["broken"].values["rooms"] == "Room 2"


def test_RG3_a_room_whose_tile_could_not_be_made_comes_back_with_its_next_true_message(box):
    heard = box.ward.live.of("node2").state
    senseless = heard.readings.model_copy(update={"living_seen_at": "no time at all"})
    box.ward.live.put(heard.model_copy(update={"readings": senseless}))
    assert kinds(box)["room2"] == "not_monitored"
    box.pass_time(1)

    assert kinds(box)["room2"] == "still"


def test_RG3_one_message_with_a_time_of_tomorrow_is_refused_and_the_board_stays(box):
    node, ahead = box.nodes["room2"], box.clock.utc_now() + timedelta(days=1)
    node.sees(living_seen_at=ahead)
    box.ward.step()

    assert kinds(box) == {"room1": "still", "room2": "not_monitored", "room3": "still"}
    node.live()
    box.ward.step()
    assert kinds(box)["room2"] == "still"
    assert box.ward.access.health(ENGINEER).nodes[1].refused == {"future": 1}


@pytest.mark.parametrize("is_said_by", ["answer", "flag"])
def test_X3_a_node_that_remembers_another_history_is_named_on_the_board_and_on_the_health_page(box, is_said_by):
    node, root = box.nodes["room2"], "a" * 64
    if is_said_by == "answer":
        outcome = CheckpointOutcome.CONFLICT
        signature = node.cosigned(3, root, outcome.value)
        node.send(node.record(Cosignature(tree_size=3, root=root, outcome=outcome, signature=signature)))
    else:
        node.live(health=Health(flags=(HealthFlag.AUDIT_CONFLICT,)))
    box.ward.step()

    named = [one for one in box.ward.board.view().notices if "remembers another history" in one.text]
    assert [one.values["room"] for one in named] == ["Room 2"]
    health = {one.node_id: one for one in box.ward.access.health(ENGINEER).nodes}
    assert health["node2"].flags == ("audit_conflict",)
    assert health["node2"].state.text == "It remembers another history of the audit log: {state}"
    assert health["node1"].flags == ()
