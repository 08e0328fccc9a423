from pathlib import Path

import pytest

from broker.clock import HandClock
from broker.codec import canonical, decode, encode
from broker.messages import ConsentLease, NodeAnnouncement
from broker.topics import Leaf, Topic
from broker.vocabulary import CheckpointOutcome, Modality, Origin
from edge.errors import KeyFault
from edge.trust import UNSIGNED, ConsoleKey, NodeKey, cosigned_bytes, read_secret, signature_holds
from tests.kit.nodes import BOOT, NIGHT, NODE, SigningConsole


def test_a_lease_verifies_after_its_journey_over_the_wire() -> None:
    console = SigningConsole(HandClock(NIGHT))
    came = decode(Topic("site", "ward", NODE, Leaf.LEASE), encode(console.open_lease()))
    assert isinstance(came, ConsentLease)
    assert console.public_key.verifies(came)
    assert not console.public_key.verifies(came.model_copy(update={"serial": 99}))


def test_a_console_key_that_is_no_key_is_named() -> None:
    with pytest.raises(KeyFault, match="console_key"):
        ConsoleKey("00")


def test_the_nodes_key_is_made_once_and_private(tmp_path: Path) -> None:
    made = NodeKey.open(tmp_path)
    assert NodeKey.open(tmp_path).public_hex == made.public_hex
    assert (tmp_path / "node.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "node.pub").read_text() == made.public_hex + "\n"


def test_a_key_that_others_may_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    NodeKey.open(tmp_path)
    (tmp_path / "node.key").chmod(0o644)
    with pytest.raises(KeyFault, match="chmod 600"):
        NodeKey.open(tmp_path)


def test_a_spoilt_key_is_refused_and_kept(tmp_path: Path) -> None:
    NodeKey.open(tmp_path)
    (tmp_path / "node.key").write_text("nonsense")
    with pytest.raises(KeyFault, match="not the node's key"):
        NodeKey.open(tmp_path)
    assert (tmp_path / "node.key").read_text() == "nonsense"


def test_an_announcement_carries_the_nodes_signature(tmp_path: Path) -> None:
    key = NodeKey.open(tmp_path)
    unsigned = NodeAnnouncement(
        node_id=NODE,
        boot_id=BOOT,
        outbox_id="c" * 32,
        modality=Modality.RADAR,
        origin=Origin.SIMULATED,
        software="1",
        sent_at=NIGHT,
        uptime_s=1.5,
        signature=UNSIGNED,
    )
    signed = key.sign(unsigned)
    assert signature_holds(key.public_hex, canonical(signed), signed.signature)
    assert not signature_holds(key.public_hex, canonical(signed), UNSIGNED)


def test_a_cosignature_covers_size_root_outcome_and_node(tmp_path: Path) -> None:
    key = NodeKey.open(tmp_path)
    made = key.cosign(NODE, 7, "a" * 64, CheckpointOutcome.ACCEPTED)
    covered = cosigned_bytes(NODE, 7, "a" * 64, CheckpointOutcome.ACCEPTED)
    assert signature_holds(key.public_hex, covered, made.signature)
    other = cosigned_bytes(NODE, 7, "a" * 64, CheckpointOutcome.CONFLICT)
    assert not signature_holds(key.public_hex, other, made.signature)


@pytest.mark.parametrize(("mode", "content", "says"), [(0o644, "x", "chmod 600"), (0o600, " \n", "empty")])
def test_a_password_file_that_is_open_or_empty_is_refused(tmp_path: Path, mode: int, content: str, says: str) -> None:
    path = tmp_path / "password"
    path.write_text(content)
    path.chmod(mode)
    with pytest.raises(KeyFault, match=says):
        read_secret(path)


def test_a_missing_password_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="mode 0600"):
        read_secret(tmp_path / "nothing")
