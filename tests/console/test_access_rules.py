import itertools

import cedarpy
import pytest

from console.roles import Role
from console.rules.access import PERMITS, SCHEMA, AccessReason, Permission, Request, may
from console.rules.policy import shipped_policy

STAFF = [Role.NURSE, Role.NURSE_IN_CHARGE]
NO_DATA = [
    Role.GOVERNANCE_LEAD,
    Role.IG_OFFICER,
    Role.CLINICAL_SAFETY_OFFICER,
    Role.ADMINISTRATOR,
    Role.ENGINEER,
]
PATIENT_DATA = [
    Permission.BOARD_GLANCE,
    Permission.READING_LOOK,
    Permission.CONSENT_LOOK,
    Permission.NAMES_LOOK,
    Permission.PATIENT_PAGE,
]


def asked(role, permission, reason=None, **circumstances):
    return may(Request(role, permission, reason, **circumstances), shipped_policy())


def test_the_permits_speak_only_of_what_the_schema_knows():
    assert cedarpy.validate_policies(PERMITS.read_text("utf-8"), SCHEMA.read_text("utf-8")).validation_passed


def test_X1_a_permit_that_asks_for_something_else_does_not_validate():
    slip = PERMITS.read_text("utf-8") + 'permit (principal, action == Action::"reading:glance", resource);'

    assert not cedarpy.validate_policies(slip, SCHEMA.read_text("utf-8")).validation_passed


@pytest.mark.parametrize("role", [*Role, None])
def test_C5_stop_and_pause_are_free_for_everyone(role):
    assert asked(role, Permission.CONSENT_STOP)
    assert asked(role, Permission.CONSENT_PAUSE).rules == ("C5",)


@pytest.mark.parametrize("role", STAFF)
def test_X1_a_look_needs_a_reason_of_care(role):
    assert asked(role, Permission.READING_LOOK, AccessReason.DIRECT_CARE)
    assert not asked(role, Permission.READING_LOOK)
    assert not asked(role, Permission.READING_LOOK, AccessReason.WARD_AUDIT)


@pytest.mark.parametrize("permission", PATIENT_DATA[1:])
def test_X1_without_a_durable_log_there_is_no_look(permission):
    for role in Role:
        assert not asked(role, permission, AccessReason.DIRECT_CARE, is_own=True, log_durable=False)


def test_X1_a_glance_goes_on_without_a_durable_log():
    assert asked(Role.NURSE, Permission.BOARD_GLANCE, log_durable=False)


@pytest.mark.parametrize(("role", "permission"), list(itertools.product(NO_DATA, PATIENT_DATA)))
def test_X5_whoever_audits_or_administers_never_sees_the_data(role, permission):
    for reason in AccessReason:
        assert not asked(role, permission, reason, is_own=True)


def test_X5_auditors_see_the_log_and_others_do_not():
    assert asked(Role.GOVERNANCE_LEAD, Permission.AUDIT)
    assert not asked(Role.NURSE, Permission.AUDIT)
    assert not asked(Role.ADMINISTRATOR, Permission.AUDIT)


def test_S1_a_patient_reads_their_own_page_and_no_other():
    assert asked(Role.PATIENT, Permission.PATIENT_PAGE, is_own=True).rules == ("S1",)
    assert not asked(Role.PATIENT, Permission.PATIENT_PAGE)
    assert not asked(Role.NURSE, Permission.PATIENT_PAGE, is_own=True)


def test_X4_only_an_administrator_changes_the_ward():
    allowed = [role for role in Role if asked(role, Permission.WARD_CHANGE)]

    assert allowed == [Role.ADMINISTRATOR]


def test_H5_a_sensor_can_be_confirmed_by_somebody_who_may_not_add_it():
    assert asked(Role.NURSE, Permission.NODE_CONFIRM) and not asked(Role.NURSE, Permission.NODE_ADD)


def test_unknown_people_may_do_nothing_but_stop():
    allowed = [permission for permission in Permission if asked(None, permission)]

    assert sorted(allowed) == [Permission.CONSENT_PAUSE, Permission.CONSENT_STOP]
