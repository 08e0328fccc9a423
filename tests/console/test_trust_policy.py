import json
from pathlib import Path
from typing import Any

import pytest

from broker.clock import HandClock
from broker.link import MemoryBroker
from broker.topics import upward_filters
from console.assurance.trust_policy import adopt, check, in_force, sign, signatures_path
from console.errors import PolicyRefused
from console.keys.signer import make_person_key
from console.roles import Role
from console.rules.policy import Policy, shipped_policy
from console.running.opening import open_ward
from console.running.settings import ConsoleSettings
from console.showing.views import Words
from tests.kit.boxed_ward import GOVERNANCE, MORNING, QUICK, SITE, WARD

BOOK = shipped_policy()
LATER = 'rule = "C14"\nparameter = "re_ask_after_h"\nvalue = 96\n'
SLOWER = 'rule = "C7"\nparameter = "review_after_d"\nvalue = 5\n'


SIGNERS = (Role.GOVERNANCE_LEAD, Role.CLINICAL_SAFETY_OFFICER, Role.IG_OFFICER)


class Trust:
    """A trust with a key for each role that signs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "policy.toml"
        self.signers = {role: make_person_key(folder / f"{role}.key") for role in SIGNERS}

    def writes(self, *changes: str, version: int = 1, book: int = BOOK.book) -> None:
        tables = "".join(f"[[change]]\n{one}" for one in changes) or "change = []\n"
        self.file.write_text(f'version = {version}\nbook = {book}\nreason = "The panel asked."\n{tables}', "utf-8")

    def signs(self, *roles: Role) -> None:
        for role in roles:
            sign(self.file, role, self.folder / f"{role}.key")

    def adopts(self) -> Policy:
        return adopt(check(self.file, self.signers, BOOK), self.folder, BOOK)


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    return Trust(tmp_path)


def test_a_signed_change_is_in_force_and_every_decision_says_so(trust: Trust) -> None:
    trust.writes(LATER)
    trust.signs(Role.GOVERNANCE_LEAD)
    policy = trust.adopts()
    decision = policy.deny("C14", reason=Words("Not yet."))

    assert policy.number("C14", "re_ask_after_h") == 96
    assert decision.policy_version == BOOK.book * 1000 + 1
    assert decision.local_policy == policy.local_hash[:16] != ""


def test_an_unsigned_change_is_refused_with_what_to_do(trust: Trust) -> None:
    trust.writes(LATER)
    with pytest.raises(PolicyRefused, match="governance_lead has not signed; they run: hushward rules policy sign"):
        trust.adopts()


@pytest.mark.parametrize(
    ("rule", "name", "value", "besides"),
    [
        ("K8", "evidence_within_s", 30, None),
        ("A9", "stale_after_s", 4, None),
        ("S3", "pause_min", 20, Role.CLINICAL_SAFETY_OFFICER),
        ("C1", "lease_lifetime_s", 30, Role.CLINICAL_SAFETY_OFFICER),
        ("S3", "pause_min", 5, Role.IG_OFFICER),
        ("X6", "idle_lock_s", 240, Role.IG_OFFICER),
    ],
)
def test_whoever_answers_for_what_becomes_worse_must_sign_too(
    trust: Trust, rule: str, name: str, value: float, besides: Role | None
) -> None:
    trust.writes(f'rule = "{rule}"\nparameter = "{name}"\nvalue = {value}\n')
    trust.signs(Role.GOVERNANCE_LEAD)
    if besides is not None:
        with pytest.raises(PolicyRefused, match=f"{besides} has not signed"):
            trust.adopts()
        trust.signs(besides)
    assert trust.adopts().number(rule, name) == value


def test_a_changed_text_breaks_its_signatures(trust: Trust) -> None:
    trust.writes(LATER)
    trust.signs(Role.GOVERNANCE_LEAD)
    trust.file.write_text(trust.file.read_text("utf-8").replace("96", "97"), "utf-8")
    with pytest.raises(PolicyRefused, match="is not for this text"):
        trust.adopts()


def test_one_roles_signature_does_not_stand_for_another(trust: Trust) -> None:
    trust.writes('rule = "X6"\nparameter = "idle_lock_s"\nvalue = 240\n')
    trust.signs(Role.GOVERNANCE_LEAD)
    path = signatures_path(trust.file)
    told = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(told | {"ig_officer": told["governance_lead"]}), "utf-8")
    trust.signers[Role.IG_OFFICER] = trust.signers[Role.GOVERNANCE_LEAD]
    with pytest.raises(PolicyRefused, match="the signature of ig_officer is not for this text"):
        trust.adopts()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ('rule = "C14"\nparameter = "re_ask_after_h"\nvalue = 24\n', "rule C14: re_ask_after_h = 24 is outside 72 to"),
        ('rule = "C20"\nparameter = "not_from"\nvalue = "23:00"\n', "rule C20: not_from = 23:00 is outside"),
        ('rule = "C20"\nparameter = "not_from"\nvalue = 21\n', 'not_from needs a value, low and high as "HH:MM"'),
        ('rule = "C14"\nparameter = "re_ask_after_h"\nvalue = true\n', "as numbers"),
        ('rule = "C5"\nparameter = "needs_a_reason"\nvalue = 1\n', "rule C5 has no parameter needs_a_reason"),
        ('rule = "Z9"\nparameter = "x"\nvalue = 1\n', "rule Z9 has no parameter"),
        ('rule = "C5"\nsentence = "Stop costs a reason."\n', "has rule, parameter and value, and nothing else"),
    ],
)
def test_nothing_outside_the_bounds_and_no_sentence_can_be_changed(trust: Trust, change: str, sentence: str) -> None:
    trust.writes(change)
    trust.signs(*trust.signers)
    with pytest.raises(PolicyRefused, match=sentence):
        trust.adopts()


def test_the_same_parameter_twice_is_refused(trust: Trust) -> None:
    trust.writes(LATER, LATER)
    trust.signs(*trust.signers)
    with pytest.raises(PolicyRefused, match="the same parameter twice"):
        trust.adopts()


def test_a_policy_for_another_book_is_refused(trust: Trust) -> None:
    trust.writes(LATER, book=BOOK.book + 1)
    trust.signs(*trust.signers)
    with pytest.raises(PolicyRefused, match="read what changed in the book"):
        trust.adopts()


def test_a_version_only_rises_and_every_one_is_kept(trust: Trust) -> None:
    for version in (1, 3):
        trust.writes(LATER, version=version)
        trust.signs(Role.GOVERNANCE_LEAD)
        trust.adopts()
    trust.writes(SLOWER, version=2)
    trust.signs(*trust.signers)
    with pytest.raises(PolicyRefused, match="version 3 was in force here; raise version"):
        trust.adopts()
    trust.writes(SLOWER, version=3)
    trust.signs(*trust.signers)
    with pytest.raises(PolicyRefused, match="with another text"):
        trust.adopts()
    assert sorted(path.name for path in (trust.folder / "policies").iterdir()) == ["001.json", "003.json"]


def test_taking_the_policy_out_of_the_settings_is_no_way_back(trust: Trust) -> None:
    trust.writes(LATER)
    trust.signs(Role.GOVERNANCE_LEAD)
    trust.adopts()
    with pytest.raises(PolicyRefused, match="the settings name none"):
        in_force(None, {}, trust.folder, BOOK)
    trust.writes(version=2)
    trust.signs(Role.GOVERNANCE_LEAD)
    assert trust.adopts().number("C14", "re_ask_after_h") == BOOK.number("C14", "re_ask_after_h")


def test_X4_a_console_with_a_policy_of_the_trust_writes_it_into_the_log_once(trust: Trust) -> None:
    trust.writes(LATER)
    trust.signs(Role.GOVERNANCE_LEAD)
    told: dict[str, Any] = {"site": SITE, "ward": WARD, "data_dir": trust.folder / "console"}
    settings = ConsoleSettings(**told, policy={"file": trust.file, "signers": trust.signers})
    for _ in range(2):
        link = MemoryBroker().link(upward_filters(SITE, WARD))
        ward = open_ward(settings, HandClock(MORNING), link, passwords=QUICK)
        rows = ward.access.audit_rows(GOVERNANCE, -1, 50)
        ward.office.store.close()

    assert isinstance(rows, tuple)
    assert [row.action for row in rows].count("console:policy:taken") == 1
    assert ward.office.policy.number("C14", "re_ask_after_h") == 96
