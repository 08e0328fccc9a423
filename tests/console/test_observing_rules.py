"""O1, O2, O4, O6, O9, O10: what an entry is worth, who sets a level, and how those who said no are checked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from console.roles import Role
from console.rules.in_person.levels import Level, may_set_level
from console.rules.in_person.observing import Mark, Saw, SeenPlace, Told, Woke, judge, tells_nurse_in_charge
from console.rules.in_person.punctuality import DoneCheck, compared, over_the_gap, wakings_per_night
from console.rules.in_person.quiet import Caution, QuietFacts, may_lean_on_reading
from console.rules.in_person.rounds import PlannedCheck
from console.rules.policy import shipped_policy

POLICY = shipped_policy()
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MIN, DAY = timedelta(minutes=1), timedelta(days=1)
CHECK = PlannedCheck("c", "stay1", "room1", Level.GENERAL, NOW - 30 * MIN, NOW - 10 * MIN, NOW + 5 * MIN)
SEEN = Told(Saw.BREATHED, SeenPlace.THEIR_ROOM, NOW, NOW, NOW, True, woke=Woke.NO)


def judged(is_night: bool = True, **changes):
    return judge(replace(SEEN, **changes), CHECK, POLICY, is_night=is_night)


def test_O1_somebody_seen_in_time_at_a_proven_place_is_done_on_time():
    told = judged()
    assert told.decision and told.ends_check and told.on_time and told.marks == ()


def test_O1_NA2_without_proof_of_place_it_is_kept_and_marked_and_stays_due():
    told = judged(is_proven=False)
    assert told.decision and told.marks == (Mark.PLACE_NOT_PROVEN,)
    assert not told.ends_check and not told.on_time


def test_O1_late_is_kept_ends_the_check_and_never_counts_as_on_time():
    told = judged(there_at=NOW + 6 * MIN, received_at=NOW + 6 * MIN)
    assert told.marks == (Mark.LATE,) and told.ends_check and not told.on_time


def test_O4_from_paper_it_is_kept_and_what_is_due_now_stays_due():
    told = judged(is_proven=False, read_by="b" * 32)
    assert told.decision and told.marks == (Mark.FROM_PAPER,) and not told.ends_check


def test_O1_the_nurse_in_charge_ends_a_check_where_the_tag_is_broken_and_it_is_not_on_time():
    told = judged(is_proven=False, is_tag_fault=True)
    assert told.ends_check and not told.on_time and told.marks == (Mark.TAG_FAULT,)


def test_O1_whoever_could_not_be_seen_stays_due():
    told = judged(saw=Saw.COULD_NOT_SEE, woke=None)
    assert told.decision and not told.ends_check


@pytest.mark.parametrize("source", ["sensor", "camera", "ehr", ""])
def test_O1_O2_NA5_what_no_person_saw_is_refused_whatever_it_carries(source):
    told = judged(source=source)
    assert not told.decision and told.decision.rules == ("O1", "O2")


def test_O4_a_time_that_has_not_come_or_is_long_gone_is_refused_with_what_to_do():
    assert judged(there_at=NOW + 2 * MIN).decision.rules == ("O4",)
    assert judged(there_at=NOW - 4 * DAY).decision.rules == ("O4",)


def test_O10_at_night_the_entry_says_whether_it_woke_them_and_by_day_it_need_not():
    assert judged(woke=None).decision.rules == ("O10",)
    assert judged(woke=None, is_night=False).decision


def test_NA2_three_unproven_entries_of_one_person_tell_the_nurse_in_charge():
    assert [bool(tells_nurse_in_charge(count, POLICY)) for count in (1, 2, 3)] == [False, False, True]


def test_O2_a_closer_level_counts_at_once_and_a_lower_one_needs_the_charge_nurse_a_clinician_and_a_reason():
    def ask(role, before, after, clinician="", why=""):
        return bool(may_set_level(role, before, after, clinician, why, POLICY))

    assert ask(Role.NURSE, Level.GENERAL, Level.ARMS_LENGTH) and ask(Role.NURSE, None, Level.GENERAL)
    assert not ask(Role.NURSE, Level.ARMS_LENGTH, Level.GENERAL, "Dr L.", "team_review")
    assert not ask(Role.NURSE_IN_CHARGE, Level.ARMS_LENGTH, Level.GENERAL, "", "team_review")
    assert not ask(Role.NURSE_IN_CHARGE, Level.ARMS_LENGTH, Level.GENERAL, "Dr L.", "calm on the sensor")
    assert ask(Role.NURSE_IN_CHARGE, Level.ARMS_LENGTH, Level.GENERAL, "Dr L.", "team_review")


def checks(said_no: bool, late_min: float, count: int = 120) -> list[DoneCheck]:
    times = [NOW - n * timedelta(hours=1) for n in range(count)]
    return [
        DoneCheck(f"s{n % 4}", Level.GENERAL, at, at + (n % 3) * late_min * MIN, said_no) for n, at in enumerate(times)
    ]


def test_O6_those_who_said_no_are_found_to_be_checked_later_and_never_when_it_is_alike():
    (worse,) = compared([*checks(True, 6), *checks(False, 1)], NOW, POLICY)
    (alike,) = compared([*checks(True, 1), *checks(False, 1)], NOW, POLICY)
    assert worse.is_enough and worse.is_worse and worse.off_late > worse.on_late
    assert alike.is_enough and not alike.is_worse


def test_O6_fewer_than_a_hundred_checks_conclude_nothing_and_one_long_gap_is_listed_all_the_same():
    few = [*checks(True, 60, 99), *checks(False, 0)]
    (told,) = compared(few, NOW, POLICY)
    assert not told.is_enough and not told.is_worse
    assert over_the_gap(few, NOW)[0].late_by(NOW) == 120 * MIN


def test_O10_wakings_are_told_per_person_and_night_and_not_without_a_night():
    assert wakings_per_night(3, 12) == 0.25 and wakings_per_night(0, 0) is None


QUIET = QuietFacts(Level.GENERAL, True, NOW - 10 * DAY, (), 20.0, True, (Saw.BREATHED,))
ALLOWED = replace(
    POLICY,
    rules={
        **POLICY.rules,
        "O9": replace(
            POLICY.rules["O9"],
            parameters={
                **POLICY.rules["O9"].parameters,
                "is_allowed_count": replace(POLICY.parameter("O9", "is_allowed_count"), value=1.0),
            },
        ),
    },
)


def leans(policy=ALLOWED, is_open=True, **changes) -> bool:
    return bool(may_lean_on_reading(replace(QUIET, **changes), NOW, policy, vital_signs_open=is_open))


def test_O9_a_reading_helps_at_the_door_only_where_everything_holds():
    assert leans()
    assert not leans(policy=POLICY) and not leans(is_open=False)
    assert not leans(wishes_quiet=False) and not leans(level=Level.HALF_HOURLY)
    assert not leans(stay_began_at=NOW - 2 * DAY) and not leans(sees_breathing=False)
    assert not leans(reading_age_s=None) and not leans(reading_age_s=61.0)


def test_O9_cautions_stand_against_it_some_for_a_day_and_some_until_they_are_taken_out():
    assert not leans(cautions=((Caution.OPIOIDS, NOW - 30 * DAY),))
    assert not leans(cautions=((Caution.ECT, NOW - 23 * 60 * MIN),))
    assert leans(cautions=((Caution.ECT, NOW - 25 * 60 * MIN),))


def test_O9_never_twice_running_and_never_for_more_than_half_of_a_night():
    by_sensor = Saw.BREATHING_BY_SENSOR
    assert not leans(tonight=(Saw.MOVED, by_sensor))
    assert not leans(tonight=(by_sensor, by_sensor, Saw.MOVED)) and not leans(tonight=())
    assert leans(tonight=(by_sensor, Saw.MOVED, Saw.MOVED))
