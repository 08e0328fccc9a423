from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.vocabulary import Modality, Purpose
from console.rules.consenting.asking import AskFacts, may_ask, may_resume
from console.rules.consenting.consent import (
    ConsentEntry,
    ConsentState,
    EntryKind,
    Standing,
    carried_details,
    derive,
    lapses_at,
)
from console.rules.consenting.giving import GiveFacts, may_give, purposes_of
from console.rules.consenting.grants import Basis, Feeling, Grant, LessAnswer, is_own_word
from console.rules.consenting.hours import NIGHT, Hours, is_within, next_wall_time, parse_hours, windows
from console.rules.policy import shipped_policy
from console.running.seed import example_grant

LONDON = ZoneInfo("Europe/London")
POLICY = shipped_policy()
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def entry(kind, at=NOON, **details):
    return ConsentEntry(f"{kind}{at}", "c" * 32, "s" * 32, at, kind, details)


def a_yes(at=NOON, **changes):
    return entry(EntryKind.GIVEN, at, **replace(example_grant(at), **changes).to_details())


def standing(*entries, now=NOON + timedelta(hours=1)):
    return derive(entries, now, POLICY, LONDON)


def give(standing_now=None, now=NOON, facts=None, **changes):
    before = standing_now or Standing(was_explained=True)
    before = before if before.adjustments is not None else replace(before, adjustments=("none",))
    grant = replace(example_grant(now), **changes)
    return may_give(GiveFacts(grant, before, now, POLICY, LONDON, **(facts or {})))


def ask(now, *, admitted=NOON - timedelta(days=3), they_asked=False, **facts):
    return may_ask(AskFacts(Standing(**facts), admitted, they_asked), now, POLICY, LONDON)


# What a history is worth.


def test_C2_a_stay_without_entries_has_no_consent():
    assert standing().state is ConsentState.NOT_ASKED
    assert not standing().is_given


def test_a_grant_survives_being_written_down():
    grant = example_grant(NOON)

    assert Grant.from_details(grant.to_details()) == grant


def test_C19_an_entry_that_holds_no_whole_grant_opens_nothing():
    told = example_grant(NOON).to_details() | {"basis": "no_objection"}

    assert not standing(entry(EntryKind.GIVEN, **told)).is_given


def test_C6_withdrawal_needs_nothing_but_the_word():
    assert standing(a_yes(), entry(EntryKind.WITHDRAWN)).state is ConsentState.WITHDRAWN


def test_C5_a_relayed_no_stops_and_asks_the_patient():
    now = standing(a_yes(), entry(EntryKind.RELAYED_NO))

    assert now.state is ConsentState.WITHDRAWN and now.relay_open
    assert now.refused_at is None


def test_C5_a_relayed_no_that_was_them_stays_a_no():
    now = standing(a_yes(), entry(EntryKind.RELAYED_NO), entry(EntryKind.RELAY_ANSWERED, answer="yes"))

    assert now.state is ConsentState.WITHDRAWN and now.refused_at == NOON and not now.relay_open


def test_C5_a_relayed_no_that_was_not_them_waits_for_their_own_tap():
    relayed = (a_yes(), entry(EntryKind.RELAYED_NO), entry(EntryKind.RELAY_ANSWERED, answer="no"))

    assert standing(*relayed).state is ConsentState.SUSPENDED
    assert standing(*relayed, entry(EntryKind.RESUMED)).is_given


def test_C9_a_relayed_no_that_was_not_them_does_not_undo_a_no_of_their_own():
    own = (entry(EntryKind.REFUSED), entry(EntryKind.RELAYED_NO), entry(EntryKind.RELAY_ANSWERED, answer="no"))

    assert standing(*own).state is ConsentState.REFUSED


def test_S3_a_pause_ends_by_itself_after_ten_minutes():
    paused = (a_yes(), entry(EntryKind.PAUSED))

    assert standing(*paused, now=NOON + timedelta(minutes=9, seconds=59)).state is ConsentState.PAUSED
    assert standing(*paused, now=NOON + timedelta(minutes=10)).is_given


def test_S3_a_second_press_extends_the_pause():
    paused = (a_yes(), entry(EntryKind.PAUSED), entry(EntryKind.PAUSED, NOON + timedelta(minutes=4)))
    now = standing(*paused, now=NOON + timedelta(minutes=15))

    assert now.paused_until == NOON + timedelta(minutes=20)
    assert now.paused_since == NOON


def test_S3_a_pause_is_never_a_way_to_start():
    assert not standing(entry(EntryKind.PAUSED), entry(EntryKind.RESUMED)).is_given
    assert not standing(a_yes(), entry(EntryKind.WITHDRAWN), entry(EntryKind.PAUSED)).is_given
    assert not standing(a_yes(), entry(EntryKind.WITHDRAWN), entry(EntryKind.RESUMED)).is_given


def test_C10_an_objection_to_somebody_elses_yes_lasts_until_the_morning():
    evening = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    granted = a_yes(NOON, basis=Basis.BEST_INTERESTS)
    paused = (granted, entry(EntryKind.PAUSED, evening), entry(EntryKind.RESUMED, evening + timedelta(hours=1)))

    assert standing(*paused, now=evening + timedelta(hours=8)).state is ConsentState.PAUSED
    assert standing(*paused, now=evening + timedelta(hours=9)).is_given


def test_C7_a_consent_lapses_on_its_review_date_by_day():
    review = NOON + timedelta(days=2)

    assert standing(a_yes(review_by=review), now=review - timedelta(seconds=1)).is_given
    assert standing(a_yes(review_by=review), now=review).state is ConsentState.EXPIRED


def test_C7_a_consent_never_lapses_during_a_night_but_at_its_end():
    review = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

    assert lapses_at(replace(example_grant(NOON), review_by=review), POLICY, LONDON) == datetime(
        2026, 11, 22, 8, 0, tzinfo=UTC
    )


def test_C7_what_has_lapsed_does_not_come_back_when_a_pause_ends():
    review = NOON + timedelta(minutes=5)

    now = standing(a_yes(review_by=review), entry(EntryKind.PAUSED), now=NOON + timedelta(hours=1))
    assert now.state is ConsentState.EXPIRED


def test_C2_a_yes_waits_in_the_next_room_and_a_no_comes_along():
    yes = entry(EntryKind.CARRIED, **carried_details(standing(a_yes())))
    no = entry(EntryKind.CARRIED, **carried_details(standing(entry(EntryKind.REFUSED))))

    assert standing(yes).state is ConsentState.SUSPENDED
    assert standing(yes, entry(EntryKind.RESUMED)).is_given
    assert standing(no).state is ConsentState.REFUSED and standing(no).refused_at == NOON


def test_C18_a_choice_made_when_well_is_shown_and_never_applied():
    now = standing(entry(EntryKind.ADVANCE_WISH))

    assert now.advance is not None and not now.is_given


_KINDS = st.sampled_from([kind for kind in EntryKind if kind not in (EntryKind.CARRIED, EntryKind.DIED)])
_BASES = st.sampled_from(list(Basis))


@st.composite
def histories(draw):
    entries, at = [], NOON
    for kind in draw(st.lists(_KINDS, max_size=12)):
        at += timedelta(minutes=draw(st.integers(0, 700)))
        if kind is EntryKind.GIVEN:
            entries.append(a_yes(at, basis=draw(_BASES)))
        elif kind is EntryKind.RELAY_ANSWERED:
            entries.append(entry(kind, at, answer=draw(st.sampled_from(["yes", "no", "talk", "maybe"]))))
        elif kind is EntryKind.EXPLAINED:
            entries.append(entry(kind, at, in_their_own_form=draw(st.booleans())))
        else:
            entries.append(entry(kind, at))
    return entries


@settings(max_examples=300, deadline=None)
@given(histories(), st.integers(0, 20000))
def test_C1_the_sensor_may_open_only_after_a_yes_that_no_later_word_took_back(entries, minutes):
    now = (entries[-1].at if entries else NOON) + timedelta(minutes=minutes)

    result = standing(*entries, now=now)

    if result.is_given:
        kinds = [one.kind for one in entries]
        last_yes = max(n for n, kind in enumerate(kinds) if kind is EntryKind.GIVEN)
        after = kinds[last_yes:]
        assert EntryKind.REFUSED not in after and EntryKind.WITHDRAWN not in after
        stopped = EntryKind.RELAYED_NO in after or EntryKind.SUSPENDED in after
        assert not stopped or EntryKind.RESUMED in after
        assert now < result.ends_at


@settings(max_examples=300, deadline=None)
@given(histories())
def test_C9_after_an_own_no_nobody_elses_yes_counts(entries):
    at = NOON + timedelta(days=20)
    said_no = [*entries, entry(EntryKind.RETURNED, at), entry(EntryKind.FREED, at), entry(EntryKind.REFUSED, at)]
    later = at + timedelta(minutes=1)

    for basis in Basis:
        result = standing(*said_no, a_yes(later, basis=basis), now=later)
        assert result.is_given == is_own_word(basis)


@settings(max_examples=200, deadline=None)
@given(histories(), st.sampled_from([EntryKind.WITHDRAWN, EntryKind.RELAYED_NO, EntryKind.REFUSED]))
def test_C5_a_no_always_ends_it_whatever_came_before(entries, word):
    at = NOON + timedelta(days=30)

    assert not standing(*entries, entry(word, at), now=at).is_given


# When somebody may be asked.


def test_C20_nobody_is_asked_in_the_first_twelve_hours():
    assert not ask(NOON, admitted=NOON - timedelta(hours=11, minutes=59))
    assert ask(NOON, admitted=NOON - timedelta(hours=12))


@pytest.mark.parametrize("hour", [21, 23, 2, 7])
def test_C20_nobody_is_asked_at_night(hour):
    decision = ask(datetime(2026, 11, 20, hour, 30, tzinfo=UTC))

    assert not decision and decision.rules == ("C20",)


def test_C20_nobody_is_asked_within_a_day_of_restraint():
    assert not ask(NOON, restrained_at=NOON - timedelta(hours=23))
    assert ask(NOON, restrained_at=NOON - timedelta(hours=24))


def test_C20_whoever_asks_is_talked_with_at_any_hour():
    assert ask(datetime(2026, 11, 20, 3, 0, tzinfo=UTC), they_asked=True)


def test_C14_a_refusing_patient_is_not_asked_again_for_three_days():
    decision = ask(NOON, refused_at=NOON - timedelta(hours=71))

    assert not decision and decision.rules == ("C14",)
    assert ask(NOON, refused_at=NOON - timedelta(hours=72))


def test_C14_every_re_ask_is_counted():
    asked = (entry(EntryKind.REFUSED), entry(EntryKind.OFFERED, NOON + timedelta(hours=80)))

    assert standing(*asked, now=NOON + timedelta(hours=81)).asks_after_no == 1


def test_C2_only_they_can_say_same_as_before():
    waiting = standing(entry(EntryKind.CARRIED, **carried_details(standing(a_yes()))))

    assert not may_resume(waiting, False, NOON, POLICY, LONDON)
    assert may_resume(waiting, True, NOON, POLICY, LONDON)


# What makes a yes a consent.


def test_a_whole_grant_is_allowed_and_asked_about_again():
    decision = give()

    assert decision and "C6" in decision.rules
    assert decision.obligations[0] == "ask_again_after_first_night"


@pytest.mark.parametrize("named", [["all"], [], ["presence", "everything"]])
def test_C3_all_is_not_a_purpose(named):
    decision = purposes_of(named, POLICY)

    assert not decision and decision.rules == ("C3",)


def test_C3_purposes_are_named_one_by_one():
    assert purposes_of(["breathing_spot", "presence"], POLICY) == (Purpose.PRESENCE, Purpose.BREATHING_SPOT)


def test_C4_a_grant_has_no_field_for_several_people():
    assert not {"stays", "patients", "ward"} & set(example_grant(NOON).to_details())


def test_C16_other_ways_are_offered_first():
    assert give(alternatives=()).rules == ("C16",)


def test_C15_C17_C22_what_was_asked_and_explained_stands_in_the_record():
    details = example_grant(NOON).to_details()

    assert details["information"]["language"] == "en" and len(details["information"]["version"]) == 64
    assert details["network"] == "stop" and details["feeling"] == "nothing_to_say"


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("C3", {"purposes": ()}),
        ("C3", {"hours": ()}),
        ("C3", {"sensors": ()}),
        ("C6", {"teach_back_done": False}),
        ("C7", {"review_by": NOON + timedelta(days=8)}),
        ("C7", {"review_by": NOON}),
        ("C12", {"basis": Basis.LPA_HEALTH_WELFARE}),
        ("C8", {"basis": Basis.BEST_INTERESTS}),
        ("C15", {"information": replace(example_grant(NOON).information, version="old")}),
        ("C16", {"alternatives": ()}),
        ("C17", {"network": None}),
        ("C22", {"feeling": None}),
        ("C22", {"feeling": Feeling.WATCHED, "sensors": (Modality.CAMERA,)}),
        ("C20", {"at_their_wish": False}),
    ],
)
def test_a_grant_that_lacks_something_is_denied_by_its_rule(rule, changes):
    decision = give(**changes)

    assert not decision and decision.rules == (rule,)


def test_C6_a_failed_teach_back_is_ours_to_mend():
    decision = give(Standing(was_explained=False))

    assert decision.reason.text.startswith("We explained badly")
    assert decision.obligations == ("explain_differently",)


def test_P5_a_grant_has_its_reason_in_the_care_plan_and_a_review_date():
    details = example_grant(NOON).to_details()

    assert details["care_plan_reason"] and details["review_by"]


def test_C20_one_question_first_and_each_further_one_on_another_day():
    first = (Purpose.PRESENCE, Purpose.BREATHING_SPOT)
    told = {"purposes": first, "at_their_wish": False}
    assert give(**told)

    today = standing(a_yes(**told), entry(EntryKind.EXPLAINED, in_their_own_form=True))
    more = {"purposes": (*first, Purpose.BED_EXIT), "at_their_wish": False, "would_less_do": LessAnswer.NOTHING_LESS}
    assert give(today, **more).rules == ("C20",)
    assert give(today, now=NOON + timedelta(days=1), **more)


# Hours.


def test_P1_a_night_crosses_midnight_in_ward_time():
    summer = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    (night,) = windows((NIGHT,), summer, summer + timedelta(days=1), LONDON)

    assert night.opens_at == datetime(2026, 7, 1, 21, 0, tzinfo=UTC)
    assert night.closes_at == datetime(2026, 7, 2, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [((2026, 10, 24), 10), ((2027, 3, 27), 8)])
def test_P1_a_night_with_a_clock_change_keeps_its_ends(day, hours):
    noon = datetime(*day, 12, 0, tzinfo=LONDON)
    (night,) = windows((NIGHT,), noon, noon + timedelta(hours=20), LONDON)

    assert night.closes_at - night.opens_at == timedelta(hours=hours)
    assert night.closes_at.astimezone(LONDON).hour == 7


def test_P1_day_and_night_is_one_stretch_until_the_grant_ends():
    whole = parse_hours("00:00-24:00")

    (one,) = windows((whole,), NOON, NOON + timedelta(days=7), LONDON)
    assert (one.opens_at, one.closes_at) == (NOON, NOON + timedelta(days=7))


@pytest.mark.parametrize("told", ["22:00", "all", "24:00-07:00", "22:00-24:30", "7:00-8:00", "22:00-25:00"])
def test_hours_in_another_form_are_refused(told):
    with pytest.raises(ValueError, match="HH:MM-HH:MM"):
        parse_hours(told)


_MINUTES = st.integers(0, 1439)


@settings(max_examples=200, deadline=None)
@given(_MINUTES, _MINUTES, st.integers(0, 60 * 24 * 400))
def test_P1_inside_the_granted_hours_and_nowhere_else(begins, ends, offset):
    hours = Hours(time(*divmod(begins, 60)), time(*divmod(ends, 60)))
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=offset)
    found = windows((hours,), now - timedelta(days=2), now + timedelta(days=2), LONDON)

    covered = any(one.covers(now) for one in found)
    near_a_change = {now.astimezone(LONDON).utcoffset(), (now - timedelta(days=1)).astimezone(LONDON).utcoffset(),
                     (now + timedelta(days=1)).astimezone(LONDON).utcoffset()}  # fmt: skip
    if len(near_a_change) == 1:
        assert covered == (begins == ends or is_within(now, hours.begins, hours.ends, LONDON))


def test_the_next_wall_time_is_always_later():
    at = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)

    assert next_wall_time(at, at.time(), LONDON) == at + timedelta(days=1)
