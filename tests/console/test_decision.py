import pytest

from console.rules.decision import Decision, Obligation
from console.rules.policy import PolicyError, made, shipped_policy
from console.showing.views import Words


def test_a_decision_names_its_rule_and_the_version_that_was_in_force():
    decision = shipped_policy().deny("C14", reason=Words("Not yet."), obligations=(Obligation.COUNT_RE_ASK,))

    assert not decision
    assert decision.rules == ("C14",)
    assert decision.policy_version == shipped_policy().version
    assert decision.obligations == (Obligation.COUNT_RE_ASK,)


def test_a_decision_by_no_rule_or_by_an_unknown_one_cannot_be_made():
    with pytest.raises(PolicyError, match="none given"):
        shipped_policy().allow(reason=Words("Why not."))
    with pytest.raises(PolicyError, match="Z99"):
        shipped_policy().allow("Z99", reason=Words("Because."))


def test_what_a_command_made_travels_with_its_decision():
    decision = made(shipped_policy().allow("C6", reason=Words("Yes.")), "a" * 32)

    assert isinstance(decision, Decision) and decision.detail == "a" * 32
