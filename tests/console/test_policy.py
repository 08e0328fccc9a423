from datetime import time, timedelta

import pytest

from console.rules.policy import POLICY_FILE, PolicyError, Safer, read_policy, shipped_policy


def changed(tmp_path, old, new):
    text = POLICY_FILE.read_text("utf-8")
    assert old in text
    path = tmp_path / "policy.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def test_every_parameter_lies_within_its_own_bounds_and_says_which_way_is_safer():
    parameters = [one for rule in shipped_policy().rules.values() for one in rule.parameters.values()]

    assert len(parameters) > 30
    for one in parameters:
        assert isinstance(one.safer_for_safety, Safer) and isinstance(one.safer_for_privacy, Safer)
        assert one.low <= one.value <= one.high


def test_lengths_of_time_and_times_of_day_are_read_in_their_unit():
    policy = shipped_policy()

    assert policy.duration("S3", "pause_min") == timedelta(minutes=10)
    assert policy.duration("C7", "review_after_d") == timedelta(days=7)
    assert policy.time_of_day("C20", "not_from") == time(21, 0)
    with pytest.raises(PolicyError, match="not a number"):
        policy.number("C20", "not_from")
    with pytest.raises(PolicyError, match="no parameter"):
        policy.number("C20", "whenever")


def test_a_value_outside_its_bounds_is_refused_with_its_rule_and_remedy(tmp_path):
    path = changed(tmp_path, 'name = "stale_after_s"\nvalue = 5', 'name = "stale_after_s"\nvalue = 50')

    with pytest.raises(PolicyError, match="rule A9: stale_after_s = 50 is outside 2 to 5; choose"):
        read_policy(path)


def test_a_rule_without_a_source_is_refused(tmp_path):
    with pytest.raises(PolicyError, match="rule C1: source is missing"):
        read_policy(changed(tmp_path, 'source = "NHSE P2; CAMP"', 'source = ""'))


def test_a_file_that_is_no_policy_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text("policy_version = ", "utf-8")

    with pytest.raises(PolicyError, match=r"policy\.toml: .*put back the one that was shipped"):
        read_policy(path)
