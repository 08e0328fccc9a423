import pytest

from broker.codec import decode, encode
from broker.topics import Leaf
from tests.kit import contract


@pytest.mark.parametrize("unsaid", [("present_s",), ("moving_s",), ("present_s", "moving_s")])
def test_C3_a_minute_of_a_consent_without_presence_crosses_the_link(unsaid):
    minute = contract.minute().model_copy(update=dict.fromkeys(unsaid))
    told = contract.record(minute)

    assert decode(contract.topic(Leaf.RECORD), encode(told)) == told
