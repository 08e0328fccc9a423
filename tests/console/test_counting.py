from console.rules.governing.counting import shown_counts
from console.rules.policy import shipped_policy

POLICY = shipped_policy()


def test_E2_a_group_of_four_is_not_shown_and_one_of_five_is() -> None:
    assert shown_counts({"a": 4, "b": 5, "c": 3}, POLICY) == {"a": None, "b": 5, "c": None}


def test_E2_the_one_small_group_cannot_be_worked_out_from_the_sum() -> None:
    assert shown_counts({"a": 1, "b": 7, "c": 9}, POLICY) == {"a": None, "b": None, "c": 10}


def test_E2_nobody_is_shown_as_nobody() -> None:
    assert shown_counts({"a": 0, "b": 6}, POLICY) == {"a": 0, "b": 5}


def test_E2_whoever_looks_before_and_after_one_admission_reads_no_answer_of_one_person() -> None:
    before, after = {"female": 12, "male": 9, "other": 8}, {"female": 12, "male": 9, "other": 9}
    assert shown_counts(before | {"other": 11}, POLICY) == shown_counts(after | {"other": 12}, POLICY)
    assert all(count % 5 == 0 for count in shown_counts(before, POLICY).values())
