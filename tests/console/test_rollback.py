import pytest

from broker.messages import Cosignature, Health
from broker.vocabulary import CheckpointOutcome, HealthFlag, LeaseState
from console.roles import Role
from console.rules.consenting.consent import ConsentState
from tests.kit.boxed_ward import ADMIN, ENGINEER, GOVERNANCE, NURSE, boxed_ward


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as made:
        yield made


def is_open(box, room_id):
    return box.nodes[room_id].lease.state is LeaseState.OPEN


def answers(box, outcome, size=None, root="ab" * 32):
    """Let the node of room 1 answer a checkpoint."""
    node = box.nodes["room1"]
    told = size or box.ward.office.audit.size
    signature = node.cosigned(told, root, outcome)
    node.send(node.record(Cosignature(tree_size=told, root=root, outcome=outcome, signature=signature)))
    box.ward.step()
    box.ward.step()


@pytest.mark.parametrize(
    ("outcome", "size"), [(CheckpointOutcome.CONFLICT, None), (CheckpointOutcome.ACCEPTED, 100_000)]
)
def test_X3_one_node_that_remembers_another_or_a_longer_log_closes_every_sensor(box, outcome, size):
    assert is_open(box, "room1") and is_open(box, "room2")

    answers(box, outcome, size)

    assert not is_open(box, "room1") and not is_open(box, "room2")
    assert "audit:rollback:suspected" in box.actions(denied=True)
    assert box.ward.rollback.notice() is not None


def test_X3_a_node_that_agrees_closes_nothing(box):
    answers(box, CheckpointOutcome.ACCEPTED)

    assert is_open(box, "room1") and box.ward.rollback.notice() is None


def test_X3_two_people_of_different_roles_end_it_and_every_yes_is_said_anew(box):
    answers(box, CheckpointOutcome.CONFLICT)
    clear = box.ward.rollback.clear
    assert not clear(NURSE) and not clear(ENGINEER)

    assert "second_person" in clear(ADMIN).obligations
    assert not clear(ADMIN)
    assert clear(GOVERNANCE)
    box.pass_time(60)

    assert not is_open(box, "room1") and not is_open(box, "room2")
    assert box.ward.roll.standing("room1").state is ConsentState.SUSPENDED
    assert box.ward.consents.resume(box.patient("room1"), "room1") and is_open(box, "room1")
    assert box.ward.rollback.notice() is None


def test_X3_a_flag_in_a_live_message_is_enough_and_a_cleared_one_closes_nothing_again(box):
    conflict = Health(flags=(HealthFlag.AUDIT_CONFLICT,))
    box.nodes["room1"].live(health=conflict)
    box.ward.step()
    box.ward.step()
    assert not is_open(box, "room2") and box.ward.rollback.notice() is not None

    assert box.ward.rollback.clear(ADMIN) and box.ward.rollback.clear(GOVERNANCE)
    box.nodes["room1"].live(health=conflict)
    box.ward.step()
    assert box.ward.rollback.notice() is None
    assert box.ward.consents.resume(box.patient("room2"), "room2") and is_open(box, "room2")


def test_X3_a_sign_in_that_is_newer_than_the_suspicion_cannot_be_the_second_person(box):
    answers(box, CheckpointOutcome.CONFLICT)
    assert box.ward.rollback.clear(ADMIN)
    box.clock.advance(1)
    invited = box.ward.desk.add_staff(ADMIN, "second", "Second P.", Role.GOVERNANCE_LEAD)
    second = box.ward.identity.enrol(invited.token, "", "", "three quiet words")

    assert not box.ward.rollback.clear(second)
    assert box.ward.rollback.notice() is not None


def test_X3_it_stands_although_the_disk_is_full_and_is_written_down_later(box):
    box.disk.is_full = True
    node = box.nodes["room1"]
    shown = node.state()
    node.live(sensor=shown.sensor.model_copy(update={"lease_serial": 90_000}))
    box.ward.step()
    assert not is_open(box, "room1") and not is_open(box, "room2")

    box.disk.is_full = False
    box.pass_time(1)
    assert "audit:rollback:suspected" in box.actions(denied=True)


def test_X3_nothing_is_ended_that_is_not_suspected(box):
    assert not box.ward.rollback.clear(ADMIN)


def test_X3_the_board_says_why_every_sensor_is_off(box):
    answers(box, CheckpointOutcome.CONFLICT)

    assert box.ward.board.view().notices[0] == box.ward.rollback.notice()
