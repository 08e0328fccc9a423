"""How much one node may send: packet rules for the broker's machine, since mosquitto has no such limit of its own."""

from broker.messages import MAX_MESSAGE_BYTES

BYTES_PER_S = 8 * MAX_MESSAGE_BYTES
"""[B/s] in the long run: a node says one or two messages a second, and the rest is for what it still owes."""
BURST_BYTES = 32 * MAX_MESSAGE_BYTES
"""[B] at once: a window of 64 records of a usual length, as a node sends it when its broker comes back."""
_RULES = """\
# What one address may send to the broker. Generated; load with: nft -f FILE
# A node that sends more is slowed down by its own connection; nobody else notices, and nothing of it is lost.
table inet hushward_broker
delete table inet hushward_broker
table inet hushward_broker {{
  set four {{ type ipv4_addr; size 4096; flags dynamic, timeout; timeout 1m; }}
  set six {{ type ipv6_addr; size 4096; flags dynamic, timeout; timeout 1m; }}
  chain nodes {{
    type filter hook input priority filter; policy accept;
    iifname "lo" accept
    tcp dport {port} update @four {{ ip saddr limit rate over {rate} bytes/second burst {burst} bytes }} counter drop
    tcp dport {port} update @six {{ ip6 saddr limit rate over {rate} bytes/second burst {burst} bytes }} counter drop
  }}
}}
"""


def nftables(port: int) -> str:
    """Return the rules for a broker's port.

    They hold for each address by itself. The broker's own machine is left out: there the console may be.

    Args:
        port: TCP port of the broker.
    """
    return _RULES.format(port=port, rate=BYTES_PER_S, burst=BURST_BYTES)
