"""Each night that must never happen again, as the table tells it (NA-1 to NA-22, as far as a ward in a box can)."""

from pathlib import Path

import pytest

from console.rules.policy import shipped_policy
from tests.kit.boxed_ward import boxed_ward
from tests.spec.never_again import Night, check, play, read_nights


@pytest.mark.parametrize("night", read_nights(), ids=lambda night: night.id)
def test_NA1_NA2_NA3_NA4_NA5_NA6_NA7_NA8_NA9_NA10_NA11_NA12_NA13_NA14_NA15_NA16_NA17_NA18_NA19_NA21_NA22_never_again(
    night: Night, tmp_path: Path
) -> None:
    with boxed_ward(tmp_path, rooms=night.rooms, yes=night.asked) as box:
        for sentence in night.happens:
            play(box, sentence)
        for sentence in night.then:
            check(box, sentence)


def test_every_night_stands_on_rules_of_the_policy_file() -> None:
    assert {rule for night in read_nights() for rule in night.rules} <= set(shipped_policy().rules)
