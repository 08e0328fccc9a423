"""R1: after a day what was noted is sealed so that two people of different roles open it together, and nobody alone."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from console.errors import KeyDestroyed, KeySealed, SealBroken
from console.roles import Role
from console.rules.decision import Decision
from console.store import shares
from console.store.holding_tables import day_choices
from console.store.incident_tables import day_shares
from console.store.sealing import DaySeals
from console.store.tables import day_keys, measurements
from console.store.two_keys import new_code, open_with, public_of, seal_to
from tests.kit.boxed_ward import ADMIN, NURSE, BoxedWard, an_actor, boxed_ward
from tests.kit.two_people import CALDICOTT, MANAGER, name_holders

DAY = 24 * 3600


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as one:
        one.pass_time(14 * 3600, in_steps_of=7 * 3600)
        note(one)
        yield one


def note(box: BoxedWard, room_id: str = "room1") -> None:
    node = box.nodes[room_id]
    node.live()
    box.ward.step()
    node.send(node.record(node.minute()))
    box.ward.step()


def every(box: BoxedWard, table):
    return box.ward.office.store.read(lambda tx: tx.execute(select(table)).all())


def test_R1_a_code_opens_what_was_sealed_to_it_and_another_does_not():
    code, other = new_code(), new_code()
    sealed = seal_to(public_of(code), b"a day's key", "label")
    assert open_with(code.lower().replace("-", " "), sealed, "label") == b"a day's key"
    for wrong, label in ((other, "label"), (code, "moved"), ("no code", "label"), ("", "label")):
        with pytest.raises(SealBroken):
            open_with(wrong, sealed, label)


def test_R1_two_days_later_the_console_has_the_key_no_more_and_the_log_says_so(box):
    name_holders(box)
    box.pass_time(DAY, in_steps_of=DAY)
    assert every(box, day_keys)[0].wrapped is not None
    box.pass_time(DAY, in_steps_of=DAY)

    (key,) = every(box, day_keys)
    assert key.wrapped is None and key.sealed_at is not None and key.destroyed_at is None
    assert "retention:days:sealed" in box.actions()
    store = box.ward.office.store
    with pytest.raises(KeySealed):
        store.read(lambda tx: DaySeals(store).key(tx, key.key_id))


def test_R1_neither_person_alone_nor_two_of_one_role_open_a_sealed_day(box):
    second_manager = an_actor(Role.WARD_MANAGER, actor_id="9" * 32)
    codes = name_holders(box, MANAGER, CALDICOTT, second_manager, replace(CALDICOTT, actor_id="8" * 32))
    box.pass_time(2 * DAY, in_steps_of=DAY)
    known = {one.holder_id: one for one in box.ward.office.store.read(shares.holders)}
    pairs = {(known[row.first_holder].role, known[row.second_holder].role) for row in every(box, day_shares)}
    assert pairs == {(Role.WARD_MANAGER, Role.IG_OFFICER), (Role.IG_OFFICER, Role.WARD_MANAGER)}
    row = every(box, day_shares)[0]
    first, second = known[row.first_holder], known[row.second_holder]
    label = f"hushward day share 1\n{row.key_id}\n{first.holder_id}\n{second.holder_id}"
    left = open_with(codes[first.actor_id], row.sealed, label)
    with pytest.raises(SealBroken):
        open_with(codes[first.actor_id], left, f"hushward day key 1\n{row.key_id}\n{second.holder_id}")


def test_R1_a_late_record_of_a_sealed_day_is_kept_under_a_later_key(box):
    name_holders(box)
    node = box.nodes["room1"]
    late = node.record(node.minute())
    box.pass_time(2 * DAY, in_steps_of=DAY)
    node.send(late)
    box.ward.step()
    keys = {row.key_id: row.day for row in every(box, day_keys)}
    under = [(row.day, keys[row.key_id]) for row in every(box, measurements)]
    assert under[0][0] == under[0][1] and under[1][1] > under[1][0]


def test_R1_R2_a_sealed_day_is_destroyed_with_its_shares_at_its_time(box):
    name_holders(box)
    key = every(box, day_keys)[0].key_id
    box.pass_time(15 * DAY, in_steps_of=5 * DAY)
    store = box.ward.office.store
    with pytest.raises(KeyDestroyed):
        store.read(lambda tx: DaySeals(store).key(tx, key))
    assert [row for row in every(box, day_shares) if row.key_id == key] == []


def test_R1_whoever_chose_a_day_has_no_more_after_a_day_unless_it_is_held(tmp_path):
    with boxed_ward(tmp_path, rooms=2, yes=False) as box:
        for room_id in ("room1", "room2"):
            box.ask(room_id, destroy_after_a_day=True)
        box.pass_time(14 * 3600, in_steps_of=7 * 3600)
        for node in box.nodes.values():
            node.live()
            box.ward.step()
            node.send(node.record(node.minute()))
            box.ward.step()
        assert box.ward.complaints.make(box.patient("room2"), "complaint", "Somebody shouted.")
        box.pass_time(DAY - 7200, in_steps_of=DAY)
        assert len(every(box, measurements)) == 2
        box.pass_time(3 * 3600, in_steps_of=2 * 3600)
        assert [row.room_id for row in every(box, measurements)] == ["room2"]


def test_R1_without_two_holders_nothing_is_sealed_and_the_log_says_so_once_a_day(box):
    box.pass_time(4 * DAY, in_steps_of=DAY / 2)
    assert every(box, day_keys)[0].sealed_at is None
    assert box.actions().count("retention:days:not_sealed") in (2, 3)


def test_R1_a_holder_counts_once_somebody_of_another_role_has_confirmed_them(box):
    holders = box.ward.incidents.holders
    assert not holders.name(MANAGER) and holders.name(MANAGER).rules == ("G3",)
    codes = name_holders(box)
    assert public_of(codes[MANAGER.actor_id])
    again = holders.name(MANAGER)
    assert again.detail != codes[MANAGER.actor_id]
    waiting = [one for one in holders.view(MANAGER) if not one.is_confirmed]
    assert len(waiting) == 1 and not holders.confirm(MANAGER, waiting[0].holder_id)
    assert not box.ward.office.store.read(lambda tx: shares.may_seal(shares.holders(tx)))


@pytest.mark.parametrize("role", [Role.NURSE, Role.NURSE_IN_CHARGE, Role.ADMINISTRATOR, Role.ENGINEER, Role.PATIENT])
def test_R1_nobody_of_the_ward_s_shift_and_no_administrator_may_hold_it(box, role):
    assert not box.ward.incidents.holders.name(an_actor(role))
    assert isinstance(box.ward.incidents.view(an_actor(role)), Decision)


def test_R1_a_day_chosen_on_their_own_page_counts_from_then_on_and_can_be_taken_back(tmp_path):
    with boxed_ward(tmp_path, rooms=2) as box:
        keeping, rooms = box.ward.incidents.keeping, ("room1", "room2")
        box.pass_time(14 * 3600, in_steps_of=7 * 3600)
        for _before_and_after in range(2):
            box.pass_time(600, in_steps_of=60)
            for room_id in rooms:
                note(box, room_id)
            box.pass_time(600, in_steps_of=60)
            assert all(keeping.choose_day(box.patient(one), after_a_day=True) for one in rooms)
        assert keeping.choose_day(box.patient("room2"), after_a_day=False)
        assert [keeping.is_for_a_day(box.patient(one)) for one in rooms] == [True, False]
        box.pass_time(26 * 3600, in_steps_of=13 * 3600)
        assert sorted(row.room_id for row in every(box, measurements)) == ["room1", "room2", "room2"]


def days_wanted(box):
    return box.ward.incidents.keeping.is_for_a_day(box.patient(next(iter(box.ward.roll.sheet().people))))


def test_R1_how_long_notes_are_kept_goes_along_into_another_room_whichever_way_it_was_chosen(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        assert box.ward.desk.add_room(ADMIN, "room2", "Room 2")
        box.ask("room1", destroy_after_a_day=True)
        assert box.ward.desk.move(NURSE, box.stay("room1"), "room2") and days_wanted(box)
        assert box.ward.incidents.keeping.choose_day(box.patient("room2"), after_a_day=False)
        assert box.ward.desk.move(NURSE, box.stay("room2"), "room1") and not days_wanted(box)


def test_R1_a_later_yes_says_anew_how_long_and_the_same_press_again_writes_nothing(tmp_path):
    with boxed_ward(tmp_path) as box:
        keeping, patient = box.ward.incidents.keeping, box.patient("room1")
        box.clock.advance(60)
        assert all(keeping.choose_day(patient, after_a_day=True) for _ in range(3))
        assert len(every(box, day_choices)) == 1 and days_wanted(box)
        box.pass_time(3 * 3600, in_steps_of=3600)
        box.ask("room1")
        assert not days_wanted(box)
        box.pass_time(11 * 3600, in_steps_of=5.5 * 3600)
        note(box, "room1")
        box.pass_time(26 * 3600, in_steps_of=13 * 3600)
        assert len(every(box, measurements)) == 1


def test_R1_nobody_chooses_it_for_another_patient(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        stranger = replace(box.patient("room1"), patient_id="f" * 32)
        assert not box.ward.incidents.keeping.choose_day(stranger, after_a_day=True)
        assert not box.ward.incidents.keeping.choose_day(MANAGER, after_a_day=True)
