"""I2, I5, I6: two people of different roles open what was noted; what leaves is sealed, marked, whole and provable."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from console.errors import StoreFull
from console.incidents.desk import disclosed
from console.incidents.releases import Wanted
from console.incidents.views import OpenView
from console.roles import Role
from console.rules.afterwards.releasing import Asked, ReleaseEnd, ReleaseKind, ReleasePurpose, may_ask, may_confirm
from console.rules.decision import Decision
from console.rules.policy import shipped_policy
from console.static.hushward_verify import main as verify
from tests.kit.boxed_ward import GOVERNANCE, MORNING, NURSE, BoxedWard, boxed_ward
from tests.kit.two_people import CALDICOTT, MANAGER, name_holders

POLICY, DAY = shipped_policy(), 24 * 3600
RECIPIENT = "=HYPERLINK(1)<b>Dr Ada Okoro"


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as one:
        one.pass_time(14 * 3600, in_steps_of=7 * 3600)
        node = one.nodes["room1"]
        node.live()
        one.ward.step()
        node.send(node.record(node.minute()))
        node.send(node.record(node.event()))
        one.ward.step()
        assert one.ward.complaints.make(one.patient("room1"), "complaint", "Somebody shouted.")
        yield one


def sealed(box: BoxedWard) -> dict[str, str]:
    codes = name_holders(box)
    box.pass_time(2 * DAY, in_steps_of=DAY)
    return codes


def the_hold(box: BoxedWard) -> str:
    return box.ward.incidents.view(MANAGER).holds[0].hold_id


def ask(box: BoxedWard, code: str = "", actor=MANAGER, kind: str = "bundle") -> Decision:
    wanted = Wanted(the_hold(box), kind, "coroner", RECIPIENT, "Coroner of Elsewhere", code)
    return box.ward.incidents.releases.ask(actor, wanted)


def the_request(box: BoxedWard, reader=CALDICOTT) -> str:
    return box.ward.incidents.view(reader).releases[0].release_id


def released(box: BoxedWard) -> bytes:
    codes = sealed(box)
    assert ask(box, codes[MANAGER.actor_id])
    told = box.ward.incidents.releases.confirm(CALDICOTT, the_request(box), codes[CALDICOTT.actor_id])
    decision, out = told
    assert decision and out.bundle is not None, decision
    return out.bundle


def changed(bundle: bytes, name: str, content: bytes | None, *, as_name: str = "") -> bytes:
    """The same bundle with one file changed, taken out (None), or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(out, "w") as new:
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
        if content is not None:
            new.writestr(as_name or name, content)
    return out.getvalue()


def test_I2_I6_a_sealed_day_leaves_as_a_whole_marked_bundle_that_anybody_can_check(box, tmp_path, capsys):
    bundle = released(box)
    (tmp_path / "out.zip").write_bytes(bundle)
    assert verify([str(tmp_path / "out.zip"), "--key", box.ward.office.store.keys.audit_key]) == 0
    assert "The bundle holds" in capsys.readouterr().out

    with zipfile.ZipFile(io.BytesIO(bundle)) as file:
        pack = json.loads(file.read("pack.json"))
        page = file.read("index.html").decode()
        minutes = list(csv.reader(io.StringIO(file.read("csv/minutes.csv").decode())))
        tables = [file.read(name).decode() for name in file.namelist() if name.startswith("csv/")]
    assert [one["presence"] for one in pack["sections"]["minutes"]["rows"]] == ["present"]
    assert minutes[1][:3] == ["at", "sensor", "presence"] and len(minutes) == 3
    release_id = the_request(box)
    assert all(release_id in one for one in tables) and page.count(release_id) > len(tables)
    assert "<b>Dr" not in page and "&lt;b&gt;Dr" in page
    assert pack["sections"]["alerts"]["missing"] == "No alert was raised."
    assert {"staffing", "lost", "load", "consent", "checks", "rules", "log", "software"} <= pack["sections"].keys()
    assert len(pack["not_recorded"]) > 3 and all(text in page for text in ("What is missing", "No alert was raised."))


TOUCHED = [
    ("csv/minutes.csv", b"nothing", "", "csv/minutes.csv was changed"),
    ("csv/minutes.csv", None, "", "csv/minutes.csv is missing"),
    ("none", b"more", "csv/more.csv", "csv/more.csv was added"),
    ("manifest.note", b"hushward bundle 1\n\nnone\n", "", "manifest is not signed"),
    ("receipt.json", None, "", "not whole"),
]


def test_I2_a_bundle_that_was_touched_does_not_hold_and_the_check_says_where(box, tmp_path, capsys):
    bundle = released(box)
    for name, content, as_name, says in TOUCHED:
        (tmp_path / "out.zip").write_bytes(changed(bundle, name, content, as_name=as_name))
        assert verify([str(tmp_path / "out.zip")]) == 1
        assert says in capsys.readouterr().out


def test_I2_a_file_that_was_damaged_or_made_to_confuse_never_holds_and_says_so_in_a_sentence(box, tmp_path, capsys):
    bundle, file = released(box), tmp_path / "out.zip"
    at = bundle.index(b"csv/checks.csv") + 20
    locked = bytearray(bundle)
    locked[bundle.rindex(b"PK\x01\x02") + 8] |= 1
    deep = changed(bundle, "receipt.json", b"[" * 100_000)
    twice = changed(bundle, "none", bundle[:9], as_name="../../index.html")
    for content in (bundle[:at] + b"\xff\xff\xff" + bundle[at + 3 :], bytes(locked), bundle[:-30], deep, twice):
        file.write_bytes(content)
        assert verify([str(file)]) == 1
        assert "DOES NOT HOLD" in capsys.readouterr().out


def test_I2_who_gets_a_bundle_stands_on_it_as_they_are_called(box):
    name_holders(box)
    for recipient, organisation in (("\u202ekO .rD", "Coroner"), ("Ada\nOkoro", "Coroner")):
        assert not box.ward.incidents.releases.ask(
            MANAGER, Wanted(the_hold(box), "bundle", "coroner", recipient, organisation)
        )
    told = Wanted(the_hold(box), "bundle", "coroner", "Okoro, Ada", "Coroner of Elsewhere")
    assert box.ward.incidents.releases.ask(MANAGER, told)
    assert box.ward.incidents.view(CALDICOTT).releases[0].recipient == "Okoro, Ada, Coroner of Elsewhere"
    _decision, out = box.ward.incidents.releases.confirm(CALDICOTT, the_request(box))
    with zipfile.ZipFile(io.BytesIO(out.bundle)) as made:
        mark = json.loads(made.read("pack.json"))["mark"]
    assert (mark["recipient"], mark["organisation"]) == ("Okoro, Ada", "Coroner of Elsewhere")


def test_I2_without_the_codes_of_both_nothing_of_a_sealed_day_opens(box):
    codes = sealed(box)
    assert not ask(box) and not ask(box, codes[CALDICOTT.actor_id])
    assert ask(box, codes[MANAGER.actor_id])
    for wrong in ("", codes[MANAGER.actor_id]):
        decision, out = box.ward.incidents.releases.confirm(CALDICOTT, the_request(box), wrong)
        assert not decision and out.bundle is None
    kept = box.ward.access.audit_rows(GOVERNANCE, -1, 500)
    assert codes[MANAGER.actor_id] not in repr(kept)


def test_T23_I2_while_the_log_cannot_be_written_nothing_is_released(box):
    name_holders(box)
    assert ask(box)
    request = the_request(box)
    box.disk.is_full = True
    with pytest.raises(StoreFull):
        box.ward.incidents.releases.confirm(CALDICOTT, request)
    box.disk.is_full = False
    assert box.ward.incidents.view(CALDICOTT).releases[0].ending is None


def test_I5_a_view_is_for_its_asker_marked_with_their_id_and_ends_after_an_hour(box):
    codes = sealed(box)
    releases = box.ward.incidents.releases
    assert ask(box, codes[MANAGER.actor_id], kind="view")
    release_id = the_request(box)
    decision, out = releases.confirm(CALDICOTT, release_id, codes[CALDICOTT.actor_id])
    assert decision and out.bundle is None
    shown = releases.view(MANAGER, release_id)
    assert isinstance(shown, OpenView) and MANAGER.actor_id in shown.mark
    assert isinstance(releases.view(CALDICOTT, release_id), Decision)
    box.clock.advance(3601)
    assert isinstance(releases.view(MANAGER, release_id), Decision)
    assert box.actions().count("incident:view:opened") == 1


def test_I2_every_request_stands_in_the_register_also_one_that_was_refused_or_forgotten(box):
    name_holders(box)
    assert ask(box, kind="view") and ask(box)
    newest, older = box.ward.incidents.view(CALDICOTT).releases
    assert box.ward.incidents.releases.refuse(CALDICOTT, newest.release_id)
    box.clock.advance(8 * DAY)
    box.ward.incidents.releases.step()
    ends = {one.release_id: one.ending for one in box.ward.incidents.view(CALDICOTT).releases}
    assert ends == {newest.release_id: ReleaseEnd.REFUSED, older.release_id: ReleaseEnd.LAPSED}
    assert not box.ward.incidents.releases.confirm(CALDICOTT, older.release_id)[0]
    counted = box.ward.office.store.read(lambda tx: disclosed(tx, MORNING, MORNING + timedelta(days=9)))
    assert sorted(counted) == ["disclosure_asked"] * 2 + ["disclosure_refused"] * 2


def test_I1_I2_whoever_was_on_that_shift_neither_asks_nor_confirms(box):
    name_holders(box)
    assert box.ward.shifts.sign_on(MANAGER, knows=True)
    refused = ask(box)
    assert not refused and "I1" in refused.rules
    assert not ask(box, actor=NURSE)
    assert ask(box, actor=CALDICOTT, kind="view")
    request = the_request(box)
    assert "I1" in box.ward.incidents.releases.refuse(MANAGER, request).rules, "nor says that nobody looks"
    assert box.ward.incidents.releases.refuse(CALDICOTT, request)


ASKED = Asked("a" * 32, Role.MATRON, ReleaseKind.BUNDLE, ReleasePurpose.CORONER, MORNING.replace(hour=12))


@pytest.mark.parametrize(
    ("asked", "actor_id", "role", "hour", "there"),
    [
        (None, "b" * 32, Role.IG_OFFICER, 10, False),
        (ASKED, "a" * 32, Role.IG_OFFICER, 10, False),
        (ASKED, "b" * 32, Role.MATRON, 10, False),
        (ASKED, "b" * 32, Role.IG_OFFICER, 12, False),
        (ASKED, "b" * 32, Role.IG_OFFICER, 10, True),
        (replace(ASKED, ended=ReleaseEnd.REFUSED), "b" * 32, Role.IG_OFFICER, 10, False),
    ],
)
def test_I2_the_second_person_is_another_of_a_different_role_in_time_who_was_not_there(
    asked, actor_id, role, hour, there
):
    now = MORNING.replace(hour=hour)
    assert not may_confirm(asked, actor_id, role, now, was_there=there, policy=POLICY)
    assert may_confirm(ASKED, "b" * 32, Role.IG_OFFICER, MORNING, was_there=False, policy=POLICY)


@pytest.mark.parametrize(
    ("kind", "purpose", "recipient"),
    [
        ("", "coroner", "Dr A"),
        ("bundle", "appraisal", "Dr A"),
        ("bundle", "research", "Dr A"),
        ("bundle", "coroner", " "),
    ],
)
def test_P7_I2_a_request_names_one_of_the_purposes_and_a_recipient(kind, purpose, recipient):
    assert not may_ask(kind, purpose, recipient, "Trust", was_there=False, policy=POLICY)
