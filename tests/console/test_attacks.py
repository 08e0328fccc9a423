"""Attacks on a whole ward in a box, each named after the threat that it plays; others stand beside what they attack."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broker.vocabulary import LeaseState, Modality
from console.logbook.audit_verify import verify
from console.roles import Role
from console.rules.decision import Obligation
from console.running.seed import example_grant
from tests.kit.alerting import a_person, limit_ensuite
from tests.kit.boxed_ward import ADMIN, ENGINEER, GOVERNANCE, NURSE, BoxedWard, HandNode, an_actor, boxed_ward
from tests.kit.skin import screens_over
from tests.kit.visitor import text_of

SECRET = "three quiet words"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[BoxedWard]:
    with boxed_ward(tmp_path / "ward", rooms=2) as made:
        yield made


def test_T05_a_scraper_gets_no_detail_without_a_look_each_and_governance_is_told(
    box: BoxedWard, tmp_path: Path
) -> None:
    invited = box.ward.desk.add_staff(ADMIN, "eve", "Eve N.", Role.NURSE)
    assert box.ward.identity.enrol(invited.token, "", "", SECRET)
    screens = screens_over(box.ward, tmp_path)
    screens.client.post("/sign-in", data={"username": "eve", "password": SECRET})
    paths = ("/", "/board/rooms/room1", "/board/rooms/room2", "/me", "/me/copy", "/governance", "/month", "/complaints")
    told = " ".join(text_of(screens.client.get(path).text) for path in paths)
    assert "breaths a minute" not in told and "Person 1" not in told
    looks = [
        screens.press("/board/rooms/room1", "/board/rooms/room1/look", access_reason="direct_care") for _ in "1234567"
    ]
    assert all("breaths a minute" in text_of(one.text) for one in looks)
    box.clock.advance(60)
    box.ward.look_watch.step()
    assert box.actions().count("room:reading:viewed") == 7 and "governance:looks:flagged" in box.actions()


def test_T08_a_yes_in_somebodys_name_needs_a_nurse_and_a_back_dated_one_opens_nothing_before_now(
    tmp_path: Path,
) -> None:
    with boxed_ward(tmp_path, yes=False) as box:
        stay, now = box.stay("room1"), box.clock.utc_now()
        assert box.ward.care.note_adjustments(NURSE, stay, ["none"], met=True)
        for stranger in (ADMIN, ENGINEER, GOVERNANCE, an_actor(Role.MATRON)):
            assert not box.ward.consents.offer(stranger, stay, they_asked=True)
            assert not box.ward.consents.give(stranger, stay, example_grant(now))
        assert box.ward.consents.offer(NURSE, stay, they_asked=True)
        assert box.ward.consents.explain(NURSE, stay, in_their_own_form=True)
        late, soon = now - timedelta(hours=9), now + timedelta(hours=9)
        assert not box.ward.consents.give(NURSE, stay, example_grant(now), said_at=soon)
        given = box.ward.consents.give(NURSE, stay, example_grant(now), said_at=late)
        assert given and Obligation.FLAG_TO_GOVERNANCE in given.obligations
        assert box.person("room1").entries[-1].at == now, "what was looked at before stays without a yes"


def test_T25_a_thief_of_the_whole_folder_finds_no_name_no_text_and_no_secret(tmp_path: Path) -> None:
    marks = ("Zebedee Marker", "said-the-quux-of-it", SECRET, "4071")
    with boxed_ward(tmp_path) as box:
        ward, stay = box.ward, box.stay("room1")
        assert ward.desk.discharge(ADMIN, stay) and ward.desk.admit(ADMIN, marks[0], "ZM", "room1")
        nurse = a_person(box, "ada", "Ada K.")
        assert ward.identity.enrol(ward.office.store.write(
            lambda tx: ward.identity.renew_link(tx, ADMIN, nurse.actor_id)), "", "", SECRET)  # fmt: skip
        assert ward.identity.badges.issue(an_actor(Role.NURSE_IN_CHARGE), nurse.actor_id)
        assert ward.identity.badges.choose_pin(nurse, marks[3] * 2)
        assert ward.complaints.make(box.patient("room1"), "complaint", marks[1])
        ward.step()
        found = {one.name: one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()}
    for mark in (*marks[:3], marks[3] * 2):
        assert [name for name, content in found.items() if mark.encode() in content] == []


def test_T26_a_clock_that_is_set_back_hides_no_night_from_the_log(box: BoxedWard) -> None:
    store, audit = box.ward.office.store, box.ward.office.audit
    box.ward.access.reading(NURSE, "room1", "direct_care")
    box.clock.jump(box.clock.utc_now() - timedelta(minutes=40))
    box.ward.access.reading(NURSE, "room1", "direct_care")
    store.write(audit.checkpoint)
    report = store.read(lambda tx: verify(tx, audit.origin, store.keys.audit_key))
    assert report.is_whole and len(report.set_back) == 1


def test_T46_false_time_at_a_node_is_refused_counted_and_never_shown_as_now(box: BoxedWard) -> None:
    node = box.nodes["room1"]
    node.clock = type(box.clock)(box.clock.utc_now() + timedelta(hours=2))
    for _ in range(8):
        box.clock.advance(1)
        node.live()
        box.ward.step()
    assert box.tile("room1").headline.text.startswith("NOT MONITORED")
    health = box.ward.access.health(ADMIN)
    assert "The node's clock is wrong." in repr(health)


def test_T47_who_said_no_was_not_asked_or_let_it_lapse_looks_alike_on_the_board(tmp_path: Path) -> None:
    with boxed_ward(tmp_path, rooms=3, yes=False) as box:
        assert box.ward.consents.refuse(NURSE, box.stay("room1"))
        box.ask("room2")
        box.stop("room2", box.patient("room2"))
        box.pass_time(40)
        tiles = [box.tile(f"room{number}") for number in (1, 2, 3)]
        assert {one.headline.text for one in tiles} == {"SENSOR OFF"} and len({one.kind for one in tiles}) == 1
        shown = {re.sub(r"room ?\d|P\d", "", repr((one.headline, one.kind)), flags=re.I) for one in tiles}
        assert len(shown) == 1


def test_T48_nothing_mutes_and_no_limit_is_nought_or_for_ever(box: BoxedWard) -> None:
    stay = box.stay("room1")
    for after_s, days in ((0, 7), (1, 7), (10**9, 7), (180, 0), (180, 365)):
        assert not box.ward.limits.set_limit(NURSE, stay, "ensuite", after_s, "high", "safety_plan", days), after_s
    limit_ensuite(box, "room1")
    words = "mute|silence|snooze|volume|acknowledge_all"
    names = [name for part in (box.ward.alerts, box.ward.sounders, box.ward.calling, box.ward) for name in dir(part)]
    assert [name for name in names if re.search(words, name)] == []


def test_T49_one_person_cannot_put_a_node_where_anothers_yes_would_open_it(tmp_path: Path) -> None:
    with boxed_ward(tmp_path, rooms=1) as box:
        desk, wrong = box.ward.desk, HandNode("node9", box.clock, box.broker)
        assert not desk.add_node(ADMIN, wrong.node_id, "room1", Modality.RADAR, wrong.public_key), "one is there"
        assert desk.retire_node(ADMIN, "node1")
        assert desk.add_node(ADMIN, wrong.node_id, "room1", Modality.RADAR, wrong.public_key)
        assert not desk.confirm_node(ADMIN, wrong.node_id)
        wrong.announce()
        box.ward.step()
        assert wrong.lease is None or wrong.lease.state is LeaseState.CLOSED
        assert desk.confirm_node(ENGINEER, wrong.node_id)
