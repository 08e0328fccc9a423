from datetime import timedelta

import pytest
from sqlalchemy import select

from broker.readings import BreathingReading, MovementReading, PeopleReading, PlaceReading, PresenceReading
from broker.vocabulary import Movement, Place, RoomEventKind, SensedState, Withheld
from console.rules.alerting.visits import VisitOutcome
from console.store.tables import observations
from tests.kit.boxed_ward import ENGINEER, NURSE, boxed_ward


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


def shows(box, seconds=1, **readings):
    """Let the room show something for a while."""
    for _ in range(seconds):
        box.clock.advance(1)
        box.nodes["room1"].sees(**readings)
        box.ward.step()


def in_ensuite_for(box, seconds):
    return {"place": PlaceReading(value=Place.ENSUITE, since=box.clock.utc_now() - timedelta(seconds=seconds))}


def not_breathing(box, since):
    return {"breathing": BreathingReading(value=SensedState.NO_BREATHING_SEEN, since=since), "living_seen_at": since}


def test_C5a_NA10_a_stop_on_the_en_suite_clock_becomes_a_knock_and_ask(box):
    shows(box, **in_ensuite_for(box, 160 - 1))
    box.stop("room1")

    prompt = box.tile("room1").prompt
    assert prompt.text == "Sensor stopped in {room} with {lasted} on the en-suite clock. Knock and ask."
    assert prompt.values == {"room": "Room 1", "lasted": timedelta(seconds=160)}


def test_C5a_a_stop_with_a_clock_obliges_to_a_prompt_and_raises_it_once(box):
    shows(box, **in_ensuite_for(box, 60))
    box.stop("room1")
    box.pass_time(5)
    box.stop("room1")

    assert box.actions().count("board:prompt:raised") == 1


def test_C5a_the_same_holds_when_the_node_falls_silent(box):
    shows(box, **in_ensuite_for(box, 60))
    box.pass_time(5, heard=False)
    assert box.tile("room1").prompt is None
    box.pass_time(1, heard=False)

    assert box.tile("room1").prompt.text.startswith("Sensor stopped in {room}")


def test_C5a_the_same_holds_when_a_consent_lapses(box):
    shows(box, **in_ensuite_for(box, 60))
    box.clock.jump(box.clock.utc_now() + timedelta(days=8))
    box.ward.step()

    assert box.tile("room1").prompt is not None


@pytest.mark.parametrize(
    ("clock", "readings"),
    [
        ("second-person", {"people": PeopleReading(value=2)}),
        ("cannot-tell", {"presence": PresenceReading(withheld=Withheld.LOW_QUALITY)}),
    ],
)
def test_C5a_other_clocks_become_prompts_too(box, clock, readings):
    shows(box, 10, **readings)
    box.stop("room1")

    assert f"on the {clock} clock" in box.tile("room1").prompt.text
    assert box.tile("room1").prompt.values["lasted"] == timedelta(seconds=9)


def test_C5a_somebody_there_who_showed_no_life_for_a_minute_is_cannot_tell_to_the_clocks_too(box):
    shows(box, 10, living_seen_at=box.clock.utc_now() - timedelta(seconds=70))
    box.stop("room1")

    assert "on the cannot-tell clock" in box.tile("room1").prompt.text


def test_C5a_no_movement_counts_from_when_it_began(box):
    node = box.nodes["room1"]
    node.send(node.record(node.event(RoomEventKind.NO_MOVEMENT, after_s=600.0)))
    box.ward.step()
    shows(box)
    assert box.tile("room1").kind == "no_movement"
    box.stop("room1")

    assert box.tile("room1").prompt.values["lasted"] == timedelta(seconds=601)


def test_movement_again_ends_that_clock(box):
    node = box.nodes["room1"]
    node.send(node.record(node.event(RoomEventKind.NO_MOVEMENT, after_s=600.0)))
    node.send(node.record(node.event(RoomEventKind.MOVEMENT_AGAIN)))
    box.ward.step()
    shows(box)
    box.stop("room1")

    assert box.tile("room1").prompt is None


def test_C5b_a_sensor_that_is_only_starting_leaves_no_clock(box):
    shows(box, 10, presence=PresenceReading(withheld=Withheld.WARMING_UP))
    box.stop("room1")

    assert box.tile("room1").prompt is None


def test_K8_NA11_no_breathing_seen_for_a_minute_moves_the_check_to_now_once(box):
    since = box.clock.utc_now()
    shows(box, 59, **not_breathing(box, since))
    assert box.tile("room1").prompt is None and box.tile("room1").kind == "cannot_tell"
    shows(box, 30, **not_breathing(box, since))

    assert box.tile("room1").prompt.text == "No breathing seen in {room} for {lasted}. Look in now."
    assert box.actions().count("board:prompt:raised") == 1


def test_K8_somebody_moving_is_no_such_prompt(box):
    since = box.clock.utc_now()
    moving = MovementReading(value=Movement.MOVING, since=since)
    shows(box, 70, **not_breathing(box, since), movement=moving)

    assert box.tile("room1").prompt is None


def test_K8_a_new_stretch_calls_again(box):
    shows(box, 61, **not_breathing(box, box.clock.utc_now()))
    first = box.tile("room1").prompt_id
    box.ward.prompts.attend(NURSE, first, VisitOutcome.SAW_THEM_FINE)
    shows(box, 5)
    shows(box, 61, **not_breathing(box, box.clock.utc_now()))

    assert box.tile("room1").prompt_id not in (None, first)


def test_a_prompt_is_closed_by_having_seen_them_and_that_is_an_observation(box):
    shows(box, **in_ensuite_for(box, 60))
    box.stop("room1")
    decision = box.ward.prompts.attend(NURSE, box.tile("room1").prompt_id, "saw_them_fine")
    seen = box.ward.office.store.read(lambda tx: tx.execute(select(observations)).one())

    assert decision and box.tile("room1").prompt is None
    assert (seen.saw, seen.place_proven, seen.stay_id) == ("saw_them_fine", False, box.stay("room1"))


@pytest.mark.parametrize("outcome", ["could_not_get_in", "could_not_see", "no_answer", "not_there"])
def test_NA9_a_prompt_stays_open_when_nobody_was_seen(box, outcome):
    shows(box, **in_ensuite_for(box, 60))
    box.stop("room1")
    prompt_id = box.tile("room1").prompt_id

    assert box.ward.prompts.attend(NURSE, prompt_id, outcome)
    assert box.tile("room1").prompt_id == prompt_id


def test_a_prompt_is_attended_once_and_not_by_an_engineer(box):
    shows(box, **in_ensuite_for(box, 60))
    box.stop("room1")
    prompt_id = box.tile("room1").prompt_id

    assert not box.ward.prompts.attend(ENGINEER, prompt_id, "saw_them_fine")
    assert box.ward.prompts.attend(NURSE, prompt_id, "saw_them_fine")
    assert not box.ward.prompts.attend(NURSE, prompt_id, "saw_them_fine")
    assert not box.ward.prompts.attend(NURSE, "nonsense", "fine")


def test_a_prompt_for_somebody_who_has_left_is_not_the_next_persons(box):
    shows(box, **in_ensuite_for(box, 60))
    box.stop("room1")
    assert box.tile("room1").prompt is not None
    box.ward.desk.discharge(NURSE, box.stay("room1"))
    box.clock.advance(1)
    box.ward.desk.admit(NURSE, "Somebody Else", "SE", "room1")
    box.ward.step()

    assert box.tile("room1").prompt is None


def test_a_discharge_with_a_running_clock_sends_nobody_to_an_empty_room(box):
    shows(box, **in_ensuite_for(box, 60))
    box.ward.desk.discharge(NURSE, box.stay("room1"))
    box.pass_time(3)

    assert "board:prompt:raised" not in box.actions()
