"""Alerts on a ward in a box: raised by what lasts, moved up by time, ended by a visit (chapter A)."""

from datetime import timedelta

import pytest

from broker.readings import BreathingReading, PeopleReading, PlaceReading
from broker.vocabulary import Context, Place, Purpose, RoomEventKind, SensedState
from console.alerting.alert_views import AlertView
from console.alerting.nights import NightView
from console.roles import Role
from console.rules.alerting.alerts import AlertKind, AlertState, Rung
from console.rules.alerting.budget import NightFigures, over_budget
from console.rules.alerting.limits import vital_signs_may_call
from console.rules.decision import Decision
from console.rules.hazards import shipped_hazards
from console.running.seed import PURPOSES
from console.showing.views import TileKind
from console.words import open_catalogues
from tests.kit.alerting import a_person, code_at, in_the_ensuite, limit_ensuite, the_alert
from tests.kit.boxed_ward import NURSE, BoxedWard, an_actor, boxed_ward

ENGLISH = open_catalogues("Europe/London")["en"]


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


@pytest.fixture
def ada(box):
    return a_person(box, "ada", "Ada K.")


def shows(box: BoxedWard, seconds: int, **readings):
    for _ in range(seconds // 4):
        box.clock.advance(4)
        box.nodes["room1"].sees(**readings)
        box.ward.step()


def an_ensuite_alert(box: BoxedWard):
    limit_ensuite(box, "room1")
    in_the_ensuite(box, "room1", 184)
    return the_alert(box, "room1").alert.alert_id


def headline(box: BoxedWard) -> str:
    return ENGLISH.words(box.tile("room1").headline)


def test_A19_without_a_limit_of_their_own_the_en_suite_clock_calls_nobody(box):
    in_the_ensuite(box, "room1", 900)
    assert box.ward.alerts.book.known() == () and box.tile("room1").kind is TileKind.ENSUITE


def test_A19_an_ordinary_clock_calls_softly_and_high_concern_calls_everybody(box):
    limit_ensuite(box, "room1", 600, "ordinary")
    in_the_ensuite(box, "room1", 604)
    assert the_alert(box, "room1").alert.voice_answer
    with_high = box.ward.limits.set_limit(NURSE, box.stay("room1"), "ensuite", 180, "high", "safety_plan", 7)
    assert "A19" in with_high.rules and with_high.obligations


def test_A7_priorities_come_from_the_hazard_log(box):
    an_ensuite_alert(box)
    alert = the_alert(box, "room1").alert
    assert alert.priority == shipped_hazards().priorities[AlertKind.ENSUITE][0] == "high"


def test_the_tile_says_the_words_to_the_letter(box, ada):
    alert_id = an_ensuite_alert(box)
    assert headline(box) == "ALERT 0:04 · go to room 1" or headline(box) == "ALERT 0:00 · go to room 1"
    assert box.ward.alerts.arrive(ada, alert_id, code_at(box, "room1"))
    assert headline(box).startswith("WITH THE PATIENT (A.K., ") and box.tile("room1").kind is TileKind.WITH_PATIENT


def test_A2_an_alert_stays_when_what_raised_it_is_over(box):
    an_ensuite_alert(box)
    shows(box, 60)
    assert the_alert(box, "room1").progress.is_open and box.tile("room1").kind is TileKind.ALERT


def test_C5a_a_stop_never_closes_or_hides_an_alert(box):
    an_ensuite_alert(box)
    box.stop("room1")
    box.pass_time(60)
    assert box.tile("room1").kind is TileKind.ALERT


def test_A5_no_number_of_looks_changes_an_alert(box, ada):
    alert_id = an_ensuite_alert(box)
    before = the_alert(box, "room1").steps
    for _ in range(5):
        assert isinstance(box.ward.calling.alert(ada, alert_id), AlertView)
        box.ward.access.reading(ada, "room1", "direct_care")
        box.ward.board.view()
    assert the_alert(box, "room1").steps == before and box.actions().count("room:reading:viewed") == 5


def test_A4_the_whole_way_of_a_nurse_stands_in_the_log_step_by_step(box, ada):
    alert_id, alerts = an_ensuite_alert(box), box.ward.alerts
    assert alerts.go(ada, alert_id) and not alerts.go(ada, alert_id)
    assert not alerts.report(ada, alert_id, "saw_them_fine", "spoke")
    assert alerts.arrive(ada, alert_id, code_at(box, "room1"))
    assert alerts.report(ada, alert_id, "saw_them_fine", "spoke")
    assert alerts.rate(ada, alert_id, useful=True)
    done = [one.removeprefix("board:alert:") for one in box.actions() if one.startswith("board:alert:")]
    assert [one for one in done if one != "moved_up"] == ["raised", "going", "arrived", "reported", "rated"]
    assert {"board:alert:going", "board:alert:reported"} <= set(box.actions(denied=True))


def test_A15_what_still_lasts_two_minutes_after_a_visit_calls_again_a_rung_higher(box, ada):
    assert box.ward.limits.set_limit(NURSE, box.stay("room1"), "bed_exit", 20, "ordinary", "falls", 7)
    up = {"place": PlaceReading(value=Place.OUT_OF_BED, since=box.clock.utc_now())}
    shows(box, 24, **up)
    first = the_alert(box, "room1").alert
    assert box.ward.alerts.arrive(ada, first.alert_id, code_at(box, "room1"))
    assert box.ward.alerts.report(ada, first.alert_id, "saw_them_fine", "spoke")
    shows(box, 112, **up)
    assert box.ward.alerts.open_in("room1") is None
    shows(box, 12, **up)
    second = the_alert(box, "room1").alert
    assert (second.again, second.start) == (2, Rung.EVERYBODY)
    assert ENGLISH.words(box.tile("room1").detail).startswith("again (2) · OUT OF BED")


def test_A15_the_third_time_in_an_hour_begins_with_the_nurse_in_charge(box, ada):
    assert box.ward.limits.set_limit(NURSE, box.stay("room1"), "bed_exit", 20, "ordinary", "falls", 7)
    for _ in range(3):
        shows(box, 24, place=PlaceReading(value=Place.OUT_OF_BED, since=box.clock.utc_now()))
        last = the_alert(box, "room1").alert
        assert box.ward.alerts.arrive(ada, last.alert_id, code_at(box, "room1"))
        assert box.ward.alerts.report(ada, last.alert_id, "saw_them_fine", "moved")
        shows(box, 8)
    assert last.start is Rung.NURSE_IN_CHARGE and last.again == 1


def test_A14_a_second_person_calls_after_a_minute_with_that_purpose(box):
    shows(box, 60, people=PeopleReading(value=2))
    assert box.ward.alerts.open_in("room1") is None
    shows(box, 8, people=PeopleReading(value=2))
    assert the_alert(box, "room1").alert.kind is AlertKind.SECOND_PERSON


def test_A14_somebody_on_the_floor_calls_after_ten_seconds_where_they_agreed_to_it(box):
    box.ask("room1", purposes=(*PURPOSES, Purpose.FLOOR))
    box.pass_time(2)
    shows(box, 16, place=PlaceReading(value=Place.ON_FLOOR, since=box.clock.utc_now()))
    assert the_alert(box, "room1").alert.kind is AlertKind.FLOOR


def test_A14_stillness_calls_only_where_it_was_set_for_them(box):
    node = box.nodes["room1"]
    node.send(node.record(node.event(RoomEventKind.NO_MOVEMENT, after_s=1500.0)))
    box.ward.step()
    shows(box, 8)
    assert box.ward.alerts.open_in("room1") is None
    assert box.ward.limits.set_limit(NURSE, box.stay("room1"), "no_movement", 1200, "ordinary", "physical_health", 7)
    shows(box, 8)
    assert the_alert(box, "room1").alert.kind is AlertKind.NO_MOVEMENT


@pytest.mark.parametrize(
    ("kind", "after_s", "reason", "days"),
    [
        ("ensuite", 1e9, "safety_plan", 7),
        ("ensuite", 0, "safety_plan", 7),
        ("ensuite", 300, "", 7),
        ("ensuite", 300, "safety_plan", 8),
        ("ensuite", 300, "safety_plan", 0),
        ("floor", 60, "falls", 7),
        ("never", 60, "falls", 7),
    ],
)
def test_A14_no_limit_is_never_and_none_lasts_longer_than_a_week(box, kind, after_s, reason, days):
    decision = box.ward.limits.set_limit(NURSE, box.stay("room1"), kind, after_s, "ordinary", reason, days)
    assert not decision and "A14" in decision.rules
    assert not box.ward.limits.set_limit(an_actor(Role.ENGINEER), box.stay("room1"), "ensuite", 300, "high", "falls", 1)


def test_A14_a_limit_ends_by_itself(box):
    assert box.ward.limits.set_limit(NURSE, box.stay("room1"), "ensuite", 180, "high", "safety_plan", 1)
    assert len(box.ward.alert_watch.limits_of(box.stay("room1"))) == 1
    box.clock.advance(86400)
    assert box.ward.calling.limits(NURSE, "room1").limits == ()


def test_A11_breathing_that_is_not_seen_calls_nobody_without_a_signed_purpose(box):
    since = box.clock.utc_now()
    shows(box, 80, breathing=BreathingReading(value=SensedState.NO_BREATHING_SEEN, since=since), living_seen_at=since)
    assert box.ward.alerts.open_in("room1") is None and box.tile("room1").prompt is not None
    opens = {
        (context, signed) for context in Context for signed in (True, False) if vital_signs_may_call(context, signed)
    }
    assert opens == {(Context.CLINICAL, True)}


def test_A4_T17_a_code_is_good_for_its_own_door_only(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as box:
        alert_id, ada = an_ensuite_alert(box), a_person(box, "ada", "Ada K.")
        assert not box.ward.alerts.arrive(ada, alert_id, code_at(box, "room2"))
        assert the_alert(box, "room1").progress.state is AlertState.RAISED


def test_A4_whoever_does_not_work_on_the_ward_answers_no_alert_and_is_in_the_log(box):
    alert_id = an_ensuite_alert(box)
    for role in (Role.ENGINEER, Role.PATIENT, Role.GOVERNANCE_LEAD):
        assert isinstance(box.ward.calling.alert(an_actor(role), alert_id), Decision)
        assert not box.ward.alerts.go(an_actor(role), alert_id)
    assert box.actions(denied=True).count("board:alert:going") == 3


def test_G3_a_full_disk_raises_alerts_takes_walks_and_closes_nothing_and_all_of_it_is_written_later(box, ada):
    limit_ensuite(box, "room1")
    box.disk.is_full = True
    in_the_ensuite(box, "room1", 184)
    alert_id = the_alert(box, "room1").alert.alert_id
    assert box.ward.alerts.go(ada, alert_id)
    assert box.ward.alerts.arrive(ada, alert_id, code_at(box, "room1"))
    assert not box.ward.alerts.report(ada, alert_id, "saw_them_fine", "spoke")
    box.disk.is_full = False
    box.ward.step()
    assert box.ward.alerts.report(ada, alert_id, "saw_them_fine", "spoke")
    assert [one for one in box.actions() if one in ("board:alert:raised", "board:alert:arrived")] == [
        "board:alert:raised",
        "board:alert:arrived",
    ]


def test_an_alert_outlives_a_restart_of_the_console(tmp_path):
    from broker.topics import upward_filters
    from tests.kit.boxed_ward import SITE, WARD, open_ward

    with boxed_ward(tmp_path) as box:
        alert_id = an_ensuite_alert(box)
        clock, broker = box.clock, box.broker
    again = open_ward(tmp_path, clock, broker.link(upward_filters(SITE, WARD)))
    try:
        known = again.alerts.open_in("room1")
        assert known is not None and known.alert.alert_id == alert_id and known.alert.kind is AlertKind.ENSUITE
    finally:
        again.stop()


def test_A2_an_alert_ends_with_the_stay_and_the_next_person_has_none(box):
    an_ensuite_alert(box)
    assert box.ward.desk.discharge(NURSE, box.stay("room1"))
    box.pass_time(2)
    assert box.ward.alerts.open_in("room1") is None and "board:alert:ended" in box.actions()


def test_A12_a_proposed_limit_counts_in_silence_for_fourteen_nights(box):
    officer = an_actor(Role.CLINICAL_SAFETY_OFFICER)
    assert not box.ward.trials.begin(NURSE, "ensuite", 120)
    assert box.ward.trials.begin(officer, "ensuite", 120)
    in_the_ensuite(box, "room1", 200)
    shows(box, 8)
    in_the_ensuite(box, "room1", 100)
    assert box.ward.alerts.book.known() == ()
    (words,) = box.ward.trials.sentences()
    assert words.values["count"] == 1 and words.text.startswith("On trial, in silence")
    box.clock.advance(timedelta(days=14).total_seconds())
    assert box.ward.trials.sentences()[0].text.startswith("The trial is over")


def test_A13_the_nights_precision_is_counted_without_persons(box, ada):
    alert_id, alerts = an_ensuite_alert(box), box.ward.alerts
    box.pass_time(30)
    assert alerts.arrive(ada, alert_id, code_at(box, "room1"))
    assert alerts.report(ada, alert_id, "saw_them_fine", "spoke") and alerts.rate(ada, alert_id, useful=False)
    figures = alerts.figures()
    assert (figures.alerts, figures.useful, figures.rated, figures.precision) == (1, 0, 1, 0.0)
    assert figures.longest_to_door_s is not None and figures.longest_to_door_s >= 30


def test_A4_NA16_a_code_that_was_photographed_is_a_note_and_closes_nothing(box, ada):
    alert_id, photographed = an_ensuite_alert(box), code_at(box, "room1")
    box.clock.advance(90)
    assert not box.ward.alerts.arrive(ada, alert_id, photographed)
    assert not box.ward.alerts.report(ada, alert_id, "saw_them_fine", "spoke")
    known = the_alert(box, "room1")
    assert known.steps[-1].kind == "noted" and known.progress.sounds(box.clock.utc_now())


def test_A12_a_night_with_too_many_wasted_walks_is_over_budget(box):
    wasted, worth = NightFigures(9, 1, 9, 6), NightFigures(9, 8, 9, 6)
    assert over_budget(wasted, box.ward.office.policy) and not over_budget(worth, box.ward.office.policy)
    view = box.ward.nights.view(an_actor(Role.MATRON))
    assert isinstance(view, NightView) and not view.is_over_budget
    assert isinstance(box.ward.nights.view(NURSE), Decision)
