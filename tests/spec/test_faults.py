"""The table of faults and attacks is whole and claims nothing that no test shows."""

from tests.spec.faults import TESTS, named_tests, page, read_faults


def test_every_fault_and_every_attack_has_one_row() -> None:
    wanted = [f"F{number:02}" for number in range(1, 47)] + [f"T{number:02}" for number in range(1, 55)]
    assert [one.fault_id for one in read_faults()] == wanted


def test_a_row_that_no_test_shows_says_so() -> None:
    named = named_tests()
    assert [one.fault_id for one in read_faults() if not (one.also or one.not_shown or named.get(one.fault_id))] == []


def test_what_a_row_points_at_is_there() -> None:
    gone = []
    for row in read_faults():
        for one in row.also:
            path, _, name = one.partition("::")
            file = TESTS.parent / path
            if not file.exists() or (name and f"def {name}(" not in file.read_text("utf-8")):
                gone.append(f"{row.fault_id}: {one}")
    assert gone == []


def test_the_page_is_what_the_table_says() -> None:
    assert (TESTS.parent / "docs" / "reference" / "faults.md").read_text("utf-8") == page()
