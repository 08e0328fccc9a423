from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker.messages import ConsentLease, Receipt
from broker.vocabulary import Context, Lamp, LeaseState, Modality, Purpose
from console.errors import KeyFault
from console.keys.signer import DAYS, NAMES, TEXTS, UNSIGNED, Keys, is_public_key, note_text, signature_holds, verifies
from edge.trust import ConsoleKey, NodeKey, cosigned_bytes

NOW = datetime(2026, 11, 2, 22, tzinfo=UTC)
LEASE = ConsentLease(
    node_id="room1",
    lease_id="1" * 32,
    sensor=Modality.RADAR,
    serial=7,
    boot_id="2" * 32,
    state=LeaseState.OPEN,
    purposes=(Purpose.PRESENCE,),
    context=Context.DEMONSTRATION,
    opens_at=NOW,
    closes_at=NOW + timedelta(hours=9),
    issued_at=NOW,
    lamp=Lamp.ON,
    policy_version=3,
    signature=UNSIGNED,
)


def test_keys_are_made_once_and_read_again(tmp_path: Path) -> None:
    made, again = Keys.open(tmp_path / "keys"), Keys.open(tmp_path / "keys")
    assert (made.lease_key, made.audit_key) == (again.lease_key, again.audit_key)
    assert all(made.sealing(name) == again.sealing(name) for name in (NAMES, TEXTS, DAYS))
    secrets = {made.sealing(name).secret for name in (NAMES, TEXTS, DAYS)}
    assert len(secrets | {made.lease_key.encode(), made.audit_key.encode()}) == 5


def test_nobody_else_can_read_a_key(tmp_path: Path) -> None:
    Keys.open(tmp_path / "keys")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    modes = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "keys").iterdir()}
    assert {mode for name, mode in modes.items() if name.endswith(".key")} == {0o600}
    assert sorted(name for name in modes if name.endswith(".pub")) == ["audit.pub", "lease.pub"]


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    Keys.open(tmp_path / "keys")
    (tmp_path / "keys" / "lease.key").chmod(0o640)
    with pytest.raises(KeyFault, match="chmod 600"):
        Keys.open(tmp_path / "keys")


def test_a_lost_key_is_never_replaced_by_a_new_one(tmp_path: Path) -> None:
    Keys.open(tmp_path / "keys")
    (tmp_path / "keys" / "names.key").unlink()
    with pytest.raises(KeyFault, match="names are missing"):
        Keys.open(tmp_path / "keys")
    assert not (tmp_path / "keys" / "names.key").exists()


def test_a_first_start_that_was_cut_short_goes_on_making_keys(tmp_path: Path) -> None:
    made = Keys.open(tmp_path / "keys")
    for name in ("complete", "days.key", "audit.pub"):
        (tmp_path / "keys" / name).unlink()
    again = Keys.open(tmp_path / "keys")
    assert again.lease_key == made.lease_key
    assert again.sealing(DAYS) != made.sealing(DAYS)


@pytest.mark.parametrize("content", ["", "zz", "00" * 31, "not hex at all"])
def test_a_spoilt_key_file_is_one_sentence_that_does_not_repeat_it(tmp_path: Path, content: str) -> None:
    Keys.open(tmp_path / "keys")
    (tmp_path / "keys" / "audit.key").write_text(content)
    with pytest.raises(KeyFault, match="put it back from the backup") as refused:
        Keys.open(tmp_path / "keys")
    assert not content or content not in str(refused.value)


def test_a_node_believes_what_the_console_signs_and_nothing_that_was_changed(tmp_path: Path) -> None:
    keys = Keys.open(tmp_path / "keys")
    lease, node = keys.sign(LEASE), ConsoleKey(keys.lease_key)
    assert node.verifies(lease)
    assert verifies(keys.lease_key, lease)
    for change in ({"serial": 8}, {"closes_at": NOW + timedelta(hours=10)}, {"purposes": (Purpose.BED_EXIT,)}):
        assert not node.verifies(lease.model_copy(update=change))
    receipt = Receipt(node_id="room1", outbox_id="3" * 32, settled_through=9, issued_at=NOW, signature=UNSIGNED)
    assert not node.verifies(receipt)
    assert node.verifies(keys.sign(receipt))


def test_the_console_checks_what_a_node_signs(tmp_path: Path) -> None:
    node = NodeKey.open(tmp_path)
    told = node.cosign("room1", 21, "ab" * 32, "accepted")  # type: ignore[arg-type]
    content = cosigned_bytes("room1", 21, "ab" * 32, "accepted")  # type: ignore[arg-type]
    assert signature_holds(node.public_hex, content, told.signature)
    assert not signature_holds(node.public_hex, content + b" ", told.signature)
    assert not signature_holds("00" * 32, content, told.signature)
    assert not signature_holds("no key", content, "no signature")


def test_only_an_ed25519_public_key_is_one() -> None:
    assert is_public_key("ab" * 32)
    assert not any(is_public_key(told) for told in ("", "zz" * 32, "ab" * 31, "ab" * 33, "ab " * 32))


@pytest.mark.parametrize(
    "note", ["", "\n\n", "text\n", "text\n\n", "text\n\n— origin !!!\n", "text\n\n— origin AAAA\n"]
)
def test_what_is_no_signed_note_has_no_text(tmp_path: Path, note: str) -> None:
    assert note_text(note, "origin", Keys.open(tmp_path / "keys").audit_key) is None


def test_a_note_may_carry_a_witnesss_signature_as_well(tmp_path: Path) -> None:
    keys = Keys.open(tmp_path / "keys")
    note = keys.sign_note("origin", "one\ntwo\n")
    assert note_text(note + "— witness AAAAAAAA\n", "origin", keys.audit_key) == "one\ntwo\n"
