"""H3, A11: what the clinical safety officer signed is what runs."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from broker.vocabulary import Context
from console.assurance.safety_case import require_signature, sign, vital_signs_are_signed
from console.errors import SafetyRefused
from console.keys.signer import make_person_key
from console.rules.policy import shipped_policy
from console.running.settings import ClinicalSettings, ConsoleSettings
from tests.kit.boxed_ward import settings_of

POLICY = shipped_policy()


@pytest.fixture
def officer(tmp_path: Path) -> tuple[Path, str]:
    key = tmp_path / "officer.key"
    return key, make_person_key(key)


def clinical(folder: Path, **changes: object) -> ConsoleSettings:
    told = ClinicalSettings(
        manufacturer="Example Ltd",
        intended_purpose="as signed",
        conformity_reference="DoC 1",
        hazard_version="1",
        hazard_signed_by="S. Officer",
        hazard_signed_on=date(2026, 11, 1),
        **changes,
    )
    return settings_of(folder, context=Context.CLINICAL, clinical=told)


def test_H3_outside_clinical_use_nothing_is_asked(tmp_path):
    require_signature(settings_of(tmp_path), POLICY)


def test_H3_clinical_use_without_a_signature_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(SafetyRefused, match="hushward safety sign"):
        require_signature(clinical(tmp_path), POLICY)


def test_H3_the_officers_signature_over_what_is_in_force_lets_it_start(tmp_path, officer):
    key, public = officer
    sign(tmp_path / "safety.json", key, POLICY)
    require_signature(clinical(tmp_path, safety_signature=tmp_path / "safety.json", safety_officer_key=public), POLICY)


def test_H3_a_signature_over_other_rules_is_refused(tmp_path, officer):
    key, public = officer
    sign(tmp_path / "safety.json", key, replace(POLICY, local=1, local_hash="a" * 64))
    settings = clinical(tmp_path, safety_signature=tmp_path / "safety.json", safety_officer_key=public)
    with pytest.raises(SafetyRefused, match="other rules"):
        require_signature(settings, POLICY)


def test_H3_another_persons_signature_is_refused(tmp_path, officer):
    key, _ = officer
    sign(tmp_path / "safety.json", key, POLICY)
    other = make_person_key(tmp_path / "other.key")
    settings = clinical(tmp_path, safety_signature=tmp_path / "safety.json", safety_officer_key=other)
    with pytest.raises(SafetyRefused, match="not the safety officer's"):
        require_signature(settings, POLICY)


def test_A11_as_shipped_the_signed_purpose_lets_no_vital_sign_call(tmp_path, officer):
    key, public = officer
    sign(tmp_path / "safety.json", key, POLICY)
    settings = clinical(tmp_path, safety_signature=tmp_path / "safety.json", safety_officer_key=public)
    assert not vital_signs_are_signed(settings, POLICY)
