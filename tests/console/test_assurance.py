"""G1, G2, G4, G5, G6, R1: the governance lead's desk on a ward in a box."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from broker.vocabulary import LeaseState
from console.assurance.pack import Pack, pack_of
from console.assurance.pack_csv import csv_of
from console.assurance.sections import Section
from console.assurance.tagged_pdf import TaggedPdf
from console.errors import FiguresDamaged
from console.roles import Role
from console.rules.consenting.talking_over import Talk
from console.rules.governing.assurance_kinds import Kept
from console.rules.governing.benefit import Measure
from console.store import assurance, audit_rows
from console.store.assurance import FrozenDay, KeptRow
from tests.kit.boxed_ward import ADMIN, GOVERNANCE, MORNING, NURSE, SITE, WARD, an_actor, boxed_ward
from tests.kit.console_store import outside

SAME = {one.value: "same" for one in Measure}
MATRON = an_actor(Role.MATRON)
DAY = timedelta(days=1)
NEAR_THE_END = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
"""Four days later the month is over and its last day frozen."""


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path, at=NEAR_THE_END) as one:
        yield one


def go_on(box, days: int) -> None:
    """Let days pass on the desk alone."""
    for _day in range(days):
        box.clock.advance(86_400)
        box.ward.assurance.step()


def a_colleague(box) -> str:
    """Somebody of the staff, who can be named as a deputy."""
    assert box.ward.desk.add_staff(ADMIN, "lee", "Lee A.", Role.WARD_MANAGER).decision
    invited = box.ward.desk.add_staff(ADMIN, "kim", "Kim B.", Role.WARD_MANAGER)
    actor = box.ward.identity.enrol(invited.token, "kim", "Kim B.", "three quiet words")
    return actor.actor_id


def a_dpia(box, days: int, **changes):
    told = {
        "kind": "dpia",
        "version": "3",
        "review_by": box.clock.utc_now() + days * DAY,
        "deputies": [a_colleague(box)],
    }
    return box.ward.assurance.documents.enter(GOVERNANCE, *(told | changes).values())


def logged(box, action: str) -> list[dict]:
    rows = box.ward.office.store.read(lambda tx: audit_rows.done_since(tx, action, NEAR_THE_END))
    return [json.loads(one.entry) for one in rows]


def test_R1_each_days_figures_are_frozen_once_with_their_hash_in_the_log_and_hold_nobody(box):
    box.ward.assurance.step()
    go_on(box, 3)
    days = box.ward.office.store.read(lambda tx: assurance.days_between(tx, date(2026, 11, 1), date(2026, 11, 30)))
    assert [one.day.day for one in days] == [28, 29]
    assert {one["text_digest"] for one in logged(box, "governance:day:frozen")} == {one.sha256 for one in days}
    person = box.person("room1").stay
    assert not any(word in one.figures for one in days for word in (person.patient_id, person.stay_id, "room1", "P1"))


@pytest.mark.parametrize("told", ["UPDATE day_figures SET figures = '{}'", "DELETE FROM day_figures"])
def test_R1_a_frozen_day_cannot_be_changed_or_taken_out(box, tmp_path, told):
    go_on(box, 2)
    engine = create_engine(f"sqlite:///{tmp_path / 'console.db'}")
    with pytest.raises(IntegrityError, match="append-only"), engine.begin() as connection:
        connection.execute(text(told))
    engine.dispose()


def test_G1_a_month_is_rebuilt_byte_for_byte_in_a_fresh_process_after_the_minutes_are_gone(box, tmp_path):
    go_on(box, 4)
    box.clock.advance(14 * 86_400)
    box.ward.retention.run()
    view = box.ward.assurance.packs.view(GOVERNANCE, "2026-11")
    assert box.ward.assurance.packs.build(GOVERNANCE, "2026-11")
    settings = tmp_path / "console.toml"
    settings.write_text(f'site = "{SITE}"\nward = "{WARD}"\ndata_dir = "{tmp_path}"\n', "utf-8")

    command = [sys.executable, "-m", "console", "month", "2026-11", "--config", str(settings), "--out"]
    done = subprocess.run([*command, str(tmp_path / "out")], capture_output=True, text=True, check=True)

    made = {path.suffix: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert made[".json"] == view.pack.text and made[".csv"] == csv_of(view.pack)
    assert set(made) == {".json", ".csv", ".pdf"} and hashlib.sha256(made[".pdf"]).hexdigest() in done.stdout
    assert logged(box, "governance:pack:built")[0]["text_digest"] == hashlib.sha256(made[".json"]).hexdigest()
    assert "16 December 2026" in done.stdout and "without figures: 27" in done.stdout


def test_G1_a_figure_that_was_changed_builds_nothing():
    with pytest.raises(FiguresDamaged, match="2026-11-20"):
        pack_of(SITE, WARD, "2026-11", [FrozenDay(date(2026, 11, 20), "{}", "0" * 64, MORNING)])


def test_G1_G10_a_day_that_was_changed_beside_the_log_is_said_and_takes_no_other_page_with_it(box):
    go_on(box, 4)
    outside(box.ward.office.store.file, "UPDATE day_figures SET figures = 'nothing'")
    assurance = box.ward.assurance
    for told in (assurance.packs.view(GOVERNANCE, "2026-11"), assurance.evaluation.export(GOVERNANCE, "2026-11")[0]):
        assert not told and "not those that were frozen" in told.reason.text
    assert assurance.packs.months(GOVERNANCE)[-1].month == "2026-11"
    assert not assurance.packs.sign(GOVERNANCE, "2026-11", "0" * 64)
    assurance.packs.step()


def test_G1_acceptance_stands_beside_the_sentence_that_it_is_no_target_and_few_people_are_not_shown(box):
    go_on(box, 4)
    pack = box.ward.assurance.packs.view(GOVERNANCE, "2026-11").pack
    consent = next(one for one in pack.sections if one.code == "consent")
    assert "Higher is not better. Acceptance is never a target." in consent.notes
    assert {row[1] for row in consent.rows if row[0].startswith("Days with a yes")} == {"not shown"}
    assert {one.code for one in pack.sections} >= {
        "consent", "groups", "checks", "quiet", "alerts", "access", "denied", "sights", "training", "retention",
        "nodes", "flags", "disclosures",
    }  # fmt: skip


def test_E2_one_count_that_is_not_shown_cannot_be_had_from_the_sum(box):
    go_on(box, 4)
    pack = box.ward.assurance.packs.view(GOVERNANCE, "2026-11").pack
    consent = next(one for one in pack.sections if one.code == "consent")
    told = {row[0]: row[1] for row in consent.rows[:5]}
    assert list(told.values()).count("not shown") == 2
    assert told["People, days"] == told["Days with a yes in force"] == "not shown"


def test_E2_a_running_month_shows_nothing_of_people_that_two_looks_on_two_days_would_tell(box):
    go_on(box, 2)
    pack = box.ward.assurance.packs.view(GOVERNANCE, "2026-11").pack
    of_people = [one for one in pack.sections if one.code in ("consent", "groups")]
    assert [set(one.rows[0][1:]) for one in of_people] == [{"not shown"}] * 2
    assert all(len(one.rows) == 1 for one in of_people)


def frozen(box) -> list[date]:
    return list(box.ward.office.store.read(assurance.frozen_days))


def test_T46_a_clock_that_jumps_ten_years_ahead_freezes_nothing_and_no_day_is_lost(box):
    go_on(box, 2)
    now = box.clock.utc_now()
    box.clock.jump(now + 3650 * DAY)
    box.clock.advance(600)
    box.ward.assurance.step()
    box.clock.jump(now)
    go_on(box, 2)
    assert [one.day for one in frozen(box)] == [28, 29, 30]


def test_T46_a_day_that_was_frozen_early_by_setting_the_clock_says_so_in_the_audit(box):
    box.ward.assurance.step()
    box.clock.jump(NEAR_THE_END + DAY + timedelta(hours=6))
    for seconds in (60, 3600):
        box.clock.advance(seconds)
        box.ward.assurance.step()
    assert [one.day for one in frozen(box)] == [28]
    box.clock.jump(NEAR_THE_END + timedelta(hours=2))
    assert box.ward.assurance.packs.months(GOVERNANCE), "something of that day, after its figures were frozen"
    go_on(box, 5)
    pack = box.ward.assurance.packs.view(GOVERNANCE, "2026-11").pack
    flags = next(one for one in pack.sections if one.code == "flags")
    assert any(row[0].startswith("Entries of a day that was frozen before they came") for row in flags.rows)


def test_G1_a_month_is_signed_when_it_is_whole_and_only_as_it_was_read(box):
    packs = box.ward.assurance.packs
    go_on(box, 2)
    early = packs.view(GOVERNANCE, "2026-11")
    assert packs.sign(GOVERNANCE, "2026-11", early.pack.digest).rules == ("G1",)
    assert not packs.sign(GOVERNANCE, "2026-11", early.pack.digest)
    go_on(box, 2)
    assert not packs.sign(GOVERNANCE, "2026-11", early.pack.digest), "older figures than those that stand now"
    whole = packs.view(GOVERNANCE, "2026-11")
    assert not packs.sign(an_actor(Role.WARD_MANAGER), "2026-11", whole.pack.digest)
    assert packs.sign(GOVERNANCE, "2026-11", whole.pack.digest)
    assert not packs.sign(GOVERNANCE, "2026-11", whole.pack.digest), "once is enough"
    assert packs.months(GOVERNANCE)[-1].signed_digest == whole.pack.digest


def test_G1_nobody_signs_for_ten_days_and_the_executive_is_told_once(box):
    go_on(box, 13)
    assert logged(box, "governance:pack:overdue") == []
    go_on(box, 2)
    (told,) = logged(box, "governance:pack:overdue")
    assert told["obligations"] == ["tell_executive"] and told["reason"] == "month_2026_11"
    assert box.ward.assurance.packs.months(GOVERNANCE)[-1].is_overdue


def test_G1_the_panel_is_asked_to_come_when_everybody_says_yes_and_the_visit_is_written_down(box):
    go_on(box, 4)
    packs = box.ward.assurance.packs
    row = packs.months(GOVERNANCE)[-1]
    assert row.is_whole and row.visit is not None and row.visited_at is None
    assert packs.note_visit(GOVERNANCE, "2026-11", 4) and not packs.note_visit(GOVERNANCE, "2020-01", 4)
    assert packs.months(GOVERNANCE)[-1].visited_at == box.clock.utc_now()


@pytest.mark.parametrize("role", [Role.NURSE, Role.WARD_MANAGER, Role.ADMINISTRATOR, Role.ENGINEER])
def test_G1_nobody_else_reads_the_audit(box, role):
    assert not box.ward.assurance.packs.months(an_actor(role)) and not box.ward.assurance.papers(an_actor(role))


def test_G2_a_lapsed_dpia_stops_asking_and_a_new_yes_and_never_a_no(box):
    assert a_dpia(box, 2)
    box.clock.advance(3 * 86_400)
    stay = box.stay("room1")
    asked = box.ward.consents.offer(NURSE, stay, they_asked=True)
    assert not asked and asked.rules == ("G2",) and "review" in asked.way_out
    assert box.ward.consents.refuse(NURSE, stay)
    assert box.ward.assurance.documents.enter(
        GOVERNANCE, "dpia", "4", box.clock.utc_now() + 90 * DAY, [a_colleague_again(box)]
    )
    assert box.ward.consents.offer(NURSE, stay, they_asked=True)


def a_colleague_again(box) -> str:
    return box.ward.assurance.papers(GOVERNANCE).staff[0][0]


def test_G2_thirty_days_after_it_lapsed_the_sensor_goes_off_when_the_night_is_over_and_the_patient_reads_why(box):
    lapsed = NEAR_THE_END.replace(hour=23) - 30 * DAY
    told = {"kind": "dpia", "version": "2", "review_by": lapsed.isoformat(), "deputies": ["d" * 32]}
    row = KeptRow(Kept.DOCUMENT, lapsed - 300 * DAY, told, GOVERNANCE.actor_id)
    box.ward.office.store.write(lambda tx: assurance.keep(tx, row))
    box.ward.assurance.documents.read_anew()

    box.pass_time(22.75 * 3600, in_steps_of=900)
    assert box.clock.utc_now().hour == 7 and box.nodes["room1"].lease.state is LeaseState.OPEN
    box.pass_time(900, in_steps_of=900)
    assert box.nodes["room1"].lease.state is LeaseState.CLOSED
    page = box.ward.access.patient_page(box.patient("room1"))
    assert "nothing that you did" in page.status.text and page.until.text == "It is off."
    assert any("every sensor is off" in one.text for one in box.ward.board.view().notices)


def test_G2_deputies_are_told_with_an_entry_each_time(box):
    assert a_dpia(box, 61)
    for days in (1, 30, 10, 13, 6):
        box.clock.advance(days * 86_400)
        box.ward.assurance.documents.step()
    assert [one["reason"] for one in reversed(logged(box, "governance:notice:given"))] == [
        "dpia_60_days",
        "dpia_30_days",
        "dpia_7_days",
    ]
    assert logged(box, "governance:notice:given")[0]["obligations"] == ["tell_deputies"]
    (deputy,) = [one for one in box.ward.assurance.papers(GOVERNANCE).staff if one[1] == "Kim B."]
    assert len(box.ward.assurance.documents.for_deputy(an_actor(Role.WARD_MANAGER, actor_id=deputy[0]))) == 1
    assert box.ward.assurance.documents.for_deputy(NURSE) == ()


def test_G4_a_review_that_says_stop_stops_every_sensor_after_the_night_and_says_so_to_the_patient(box):
    lease = box.nodes["room1"].lease
    assert lease.state is LeaseState.OPEN
    assert box.ward.assurance.benefit.review(GOVERNANCE, "stop", SAME)
    box.pass_time(5)
    assert box.nodes["room1"].lease.state is LeaseState.CLOSED
    page = box.ward.access.patient_page(box.patient("room1"))
    assert "decided to stop using it here" in page.status.text and page.until.text == "It is off."
    assert not box.ward.assurance.benefit.review(GOVERNANCE, "go_on", SAME)
    assert box.ward.assurance.benefit.review(MATRON, "go_on", SAME)
    box.pass_time(5)
    assert box.nodes["room1"].lease.state is LeaseState.OPEN


def test_G4_G5_what_was_written_down_is_no_longer_due(box):
    talk = Talk("A radar in every room", "three patients", "Two were for it.", "Only where asked.")
    assert box.ward.assurance.benefit.review(GOVERNANCE, "go_on", SAME)
    assert box.ward.assurance.benefit.log_talk(GOVERNANCE, talk)
    due = {one.rule_id: one.is_due for one in box.ward.duties.due(GOVERNANCE)}
    assert (due["G4"], due["G5"], due["G10"]) == (False, False, True)
    view = box.ward.assurance.reviews(GOVERNANCE)
    assert [one.answer.value for one in view.reviews] == ["go_on"] and view.talks[0].change == talk.change
    assert view.restrictions and not box.ward.assurance.reviews(NURSE)


def test_G6_the_public_page_knows_nobody_and_shows_the_newest_signed_month(box):
    go_on(box, 4)
    packs = box.ward.assurance.packs
    assert box.ward.assurance.public().month == ""
    assert packs.sign(GOVERNANCE, "2026-11", packs.view(GOVERNANCE, "2026-11").pack.digest)
    view = box.ward.assurance.public()
    assert view.month == "2026-11" and set(view.figures.values()) == {"not shown"}
    assert "P1" not in repr(view) and box.stay("room1") not in repr(view) and "room1" not in repr(view)


def test_the_desks_entries_are_kept_by_kind(box):
    assert a_dpia(box, 30)
    rows = box.ward.office.store.read(lambda tx: assurance.kept(tx, Kept.DOCUMENT, Kept.PACK_BUILT))
    assert [(one.kind, one.details["version"]) for one in rows] == [(Kept.DOCUMENT, "3")]


def test_T41_no_cell_of_the_audit_is_a_formula_to_a_spreadsheet():
    head, row = ("=A1", "b", "c"), ("=cmd()", "\n=1", "\uff1d1")
    told = csv_of(Pack(SITE, WARD, "2026-11", (), (Section("c", "t", (), head, (row,)),), b"{}")).decode()
    assert [one[5][0] for one in csv.reader(io.StringIO(told))][1:4] == ["'"] * 3


def test_a_long_table_goes_on_with_its_head_and_long_words_stay_in_their_column():
    made = TaggedPdf("A title", "foot")
    made.heading("A title", level=1)
    made.table(("Name", "Proof"), [(f"row {n}", "f" * 90) for n in range(80)])
    told = made.finished()
    assert told.count(b"/StructParents") == told.count(b"/Type /Page\n") >= 2
    assert told.count(b"/S /TR") == 81 and b"/Lang (en-GB)" in told and b"/Marked true" in told
