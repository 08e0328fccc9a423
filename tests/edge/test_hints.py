"""A module's word is a hint: it says who may be there, slowly enough, and never how anybody breathes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.vocabulary import Presence, Purpose, SensedState, Withheld, Zone
from edge.frames import Hint
from edge.hints import ABSENT_AFTER_S, PresenceWords
from edge.permitted import permitted
from tests.kit.hinting import frame, said, target, watched

SOMEBODY, NOBODY = Hint(presence=True), Hint(presence=False)


def presences(frames, seconds):
    return [str(estimate.presence) for estimate in watched(frames, seconds)]


def test_a_module_that_prints_rates_at_a_bare_wall_never_gives_one_to_a_person():
    wall = Hint(presence=True, movement=0.1, respiratory_rate_per_min=16.0, pulse_rate_per_min=71.0)
    for estimate in watched(said(wall, 0, 900, 1.0), 900):
        line = permitted(estimate, frozenset(Purpose), True)
        assert line.respiratory_rate_per_min is None
        assert line.pulse_rate_per_min is None
        assert line.breathing is None
        assert line.living_age_s is None
    assert estimate.respiratory_rate_withheld is Withheld.LOW_QUALITY
    assert estimate.pulse_rate_withheld is Withheld.LOW_QUALITY
    assert estimate.state is not SensedState.BREATHING


def test_somebody_is_said_to_be_there_after_two_seconds_of_agreement():
    assert presences(said(SOMEBODY, 0, 5), 5) == ["unsure", "present", "present", "present", "present"]


def test_nobody_is_said_to_be_there_only_after_half_a_minute_of_agreement():
    seen = presences(said(NOBODY, 0, 40), 40)
    assert seen.index("absent") + 1 == round(ABSENT_AFTER_S)
    assert set(seen[: seen.index("absent")]) == {"unsure"}


@pytest.mark.parametrize("stray", [NOBODY, Hint(presence=True, targets=()), Hint(targets=())])
def test_one_frame_does_not_turn_the_answer(stray):
    frames = [*said(SOMEBODY, 0, 5), frame(5.0, stray), *said(SOMEBODY, 5.1, 9)]
    assert presences(frames, 9)[3:] == ["present"] * 6


def test_words_that_keep_changing_say_nothing():
    frames = [*said(SOMEBODY, 0, 5), *(frame(5 + k / 2, NOBODY if k % 2 else SOMEBODY) for k in range(20))]
    assert presences(frames, 14)[8:] == ["unsure"] * 6


def test_a_word_ages_out_while_the_module_says_other_things():
    frames = [*said(SOMEBODY, 0, 5), *said(Hint(movement=0.2), 5, 12)]
    assert presences(frames, 12)[4:] == ["present"] * 3 + ["unsure"] * 5


def test_a_silent_module_is_a_fault_within_three_seconds_and_keeps_no_old_value():
    frames = [*said(Hint(presence=True, movement=0.9, distance_m=1.0), 0, 5), *said(None, 5, 12)]
    seen = watched(frames, 12)
    assert seen[7].respiratory_rate_withheld is Withheld.SENSOR_FAULT
    assert (seen[8].presence, seen[8].movement, seen[8].zone) == (Presence.UNSURE, 0.0, None)


def test_a_module_that_repeats_itself_slowly_is_given_its_own_time():
    frames = [frame(float(t), SOMEBODY, rate_hz=0.2) for t in range(0, 30, 5)]
    seen = watched(frames, 40)
    assert all(one.presence is Presence.PRESENT for one in seen[5:31])
    assert seen[31].respiratory_rate_withheld is Withheld.SENSOR_FAULT


def test_two_targets_are_two_people_and_one_stray_target_is_not():
    one, two = (target(0, 1.0),), (target(0, 1.0), target(1, 2.5, 2))
    frames = [*said(Hint(targets=one), 0, 6), frame(6.0, Hint(targets=two)), *said(Hint(targets=one), 6.1, 9)]
    assert [e.people for e in watched(frames, 9)[3:]] == [1] * 6
    assert watched(said(Hint(targets=two), 0, 6), 6)[-1].people == 2


def test_an_empty_list_of_targets_is_an_empty_room_in_the_end():
    last = watched(said(Hint(targets=()), 0, 40), 40)[-1]
    assert (last.presence, last.state, last.people) == (Presence.ABSENT, SensedState.EMPTY, 0)


def test_how_many_are_there_is_not_known_from_a_module_that_counts_nobody():
    assert watched(said(SOMEBODY, 0, 5), 5)[-1].people is None


@pytest.mark.parametrize(
    ("hint", "zone"),
    [
        (Hint(targets=(target(0.6, 0.8), target(3, 3, 2))), Zone.BED),
        (Hint(presence=True, distance_m=2.0), Zone.ROOM),
        (Hint(presence=True, distance_m=float("nan")), None),
        (SOMEBODY, None),
    ],
)
def test_the_nearest_target_or_the_distance_says_the_zone(hint, zone):
    assert watched(said(hint, 0, 5), 5)[-1].zone is zone


def test_movement_is_said_of_somebody_who_is_there():
    moving = Hint(presence=True, is_moving=True, movement=0.4)
    last = watched(said(moving, 0, 5), 5)[-1]
    assert (last.state, last.movement) == (SensedState.MOVING, 0.4)
    doubtful = watched(said(Hint(is_moving=True), 0, 5), 5)[-1]
    assert (doubtful.state, doubtful.presence) == (SensedState.UNSURE, Presence.UNSURE)


def test_a_second_pass_begins_with_nothing():
    from tests.kit.sleeper import moment, new_estimator

    estimator = new_estimator()
    for one in said(SOMEBODY, 0, 5):
        estimator.add(one)
    estimator.restart()
    estimator.add(frame(5.0, SOMEBODY))
    assert estimator.estimate(moment(5)).presence is Presence.UNSURE


@given(words=st.lists(st.tuples(st.floats(0.05, 5), st.booleans()), min_size=1, max_size=60))
def test_an_answer_is_never_given_against_the_words_of_the_last_seconds(words):
    watch, times, said_so_far = PresenceWords(), np.cumsum([step for step, _ in words]), []
    for t_s, (_, word) in zip(times, words, strict=True):
        watch.add(float(t_s), word, 3.0)
        said_so_far.append((t_s, word))
        answer = watch.answer(float(t_s), 3.0)
        newest = {word for s, word in said_so_far if t_s - s <= 5.0}
        if answer is not Presence.UNSURE:
            assert (answer is Presence.PRESENT) in newest
