"""A month of the simulated year of looks: ordinary work is hardly flagged, snooping is."""

from console.rules.policy import shipped_policy
from console.rules.rule import text_of
from deploy.look_year import PAGE, ordinary, snooped, snoopers
from tests.kit.house import ROOT


def test_X2_a_month_of_ordinary_work_is_flagged_in_few_shifts() -> None:
    month = ordinary(shipped_policy(), wards=1, nights=30)
    assert month.staff_shifts == 270 and month.looks > 1500
    assert month.share < 0.05 and month.kinds.get("slow", 0) + month.kinds.get("unexplained", 0) <= 3


def test_T02_T03_each_way_of_snooping_is_found_after_a_few_looks() -> None:
    found = {name: snooped(shipped_policy(), *tried) for name, tried in snoopers().items()}
    assert [told and told[0] for told in found.values()] == [3, 5, 3, 7, None]


def test_the_page_of_the_simulated_year_was_made_with_the_limits_of_this_rule_book() -> None:
    told = (ROOT / PAGE).read_text("utf-8")
    for one in shipped_policy().rules["X2"].parameters.values():
        assert f"- {one.name}: {text_of(one.value)} {one.unit}" in told, "run `make docs`"
