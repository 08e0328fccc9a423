"""What one address may send: enough for all that a node says and owes, and no more."""

from broker.codec import encode
from broker.messages import MAX_MESSAGE_BYTES
from broker.rates import BURST_BYTES, BYTES_PER_S, nftables
from edge.sender import WINDOW
from tests.kit import contract


def test_F29_a_node_that_says_all_it_may_and_sends_a_window_of_records_stays_within_its_share() -> None:
    longest = max(len(encode(message)) for _, message in contract.examples().values())
    assert longest <= MAX_MESSAGE_BYTES
    assert 4 * longest <= BYTES_PER_S
    assert WINDOW * len(encode(contract.record(contract.room_event()))) <= BURST_BYTES


def test_F29_the_rules_hold_for_each_address_by_itself_and_spare_the_brokers_own_machine() -> None:
    rules = nftables(8884)
    assert rules.count("tcp dport 8884 update @") == 2
    assert rules.index('iifname "lo" accept') < rules.index("tcp dport")
    assert "ip saddr" in rules and "ip6 saddr" in rules
