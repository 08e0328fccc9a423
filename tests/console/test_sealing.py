import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update

from console.errors import KeyDestroyed, SealBroken
from console.keys.signer import SealingKey
from console.store.database import Tx
from console.store.sealing import DaySeals, NameSeals, TextSeals, seal, unseal
from console.store.tables import free_texts, names, patients
from tests.kit.console_store import MARKER, START, Bench, open_bench

KEY = SealingKey.of(bytes(range(32)))
ADA, BEN = "a" * 32, "b" * 32
DAY = date(2026, 11, 2)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = open_bench(tmp_path)
    made.store.write(
        lambda tx: tx.execute(insert(patients), [{"patient_id": one, "created_at": START} for one in (ADA, BEN)])
    )
    yield made
    made.store.close()


def on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())


@given(st.binary(max_size=200))
def test_what_was_sealed_for_a_row_opens_for_that_row(content: bytes) -> None:
    sealed = seal(KEY, content, "names:a")
    assert unseal(KEY, sealed, "names:a") == content
    assert seal(KEY, content, "names:a") != sealed


@pytest.mark.parametrize("position", [0, 1, 12, 13, -1])
def test_a_changed_seal_does_not_open(position: int) -> None:
    sealed = bytearray(seal(KEY, b"content", "names:a"))
    sealed[position] ^= 1
    with pytest.raises(SealBroken):
        unseal(KEY, bytes(sealed), "names:a")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(12)])
def test_something_that_is_no_seal_does_not_open(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, sealed, "names:a")


def test_a_seal_does_not_open_under_another_key() -> None:
    with pytest.raises(SealBroken):
        unseal(SealingKey.of(bytes(32)), seal(KEY, b"content", "names:a"), "names:a")


def test_a_key_shows_its_name_and_never_itself() -> None:
    assert KEY.secret.hex() not in repr(KEY)
    assert repr(KEY) == f"SealingKey({KEY.key_id})"
    assert repr(KEY.secret) not in repr(KEY)


def test_X5_a_name_is_read_back_and_stands_nowhere_on_the_disk(bench: Bench) -> None:
    seals = NameSeals(bench.keys)
    bench.store.write(lambda tx: seals.put(tx, ADA, MARKER))
    assert bench.store.read(lambda tx: seals.open(tx, ADA)) == MARKER
    assert bench.store.read(lambda tx: seals.open(tx, BEN)) is None
    assert MARKER.encode() not in on_disk(bench.folder)


def test_a_corrected_name_takes_the_place_of_the_earlier_one(bench: Bench) -> None:
    seals = NameSeals(bench.keys)
    bench.store.write(lambda tx: seals.put(tx, ADA, "Ada"))
    bench.store.write(lambda tx: seals.put(tx, ADA, "Ada L."))
    assert bench.store.read(lambda tx: seals.open(tx, ADA)) == "Ada L."


def test_a_name_moved_to_another_patient_does_not_open(bench: Bench) -> None:
    seals = NameSeals(bench.keys)

    def move(tx: Tx) -> None:
        seals.put(tx, ADA, MARKER)
        seals.put(tx, BEN, "Ben")
        stolen = tx.execute(select(names.c.sealed).where(names.c.patient_id == ADA)).scalar_one()
        tx.execute(update(names).where(names.c.patient_id == BEN).values(sealed=stolen))

    bench.store.write(move)
    with pytest.raises(SealBroken) as broken:
        bench.store.read(lambda tx: seals.open(tx, BEN))
    assert MARKER not in str(broken.value)


def test_X5_a_free_text_is_known_by_a_digest_that_tells_nothing_once_it_is_erased(bench: Bench) -> None:
    seals = TextSeals(bench.store)
    ref = bench.store.write(lambda tx: seals.put(tx, MARKER))
    again = bench.store.write(lambda tx: seals.put(tx, MARKER))

    assert bench.store.read(lambda tx: seals.open(tx, ref.text_id)) == MARKER
    assert ref.digest != again.digest
    assert ref.digest != hashlib.sha256(MARKER.encode()).hexdigest()

    assert bench.store.write(lambda tx: seals.erase(tx, ref.text_id))
    assert not bench.store.write(lambda tx: seals.erase(tx, ref.text_id))
    assert bench.store.read(lambda tx: seals.open(tx, ref.text_id)) is None
    kept = select(free_texts.c.digest).where(free_texts.c.text_id == ref.text_id)
    assert bench.store.read(lambda tx: tx.execute(kept).scalar_one()) == ref.digest


def test_a_text_that_is_not_the_one_its_digest_tells_of_is_refused(bench: Bench) -> None:
    seals = TextSeals(bench.store)
    ref = bench.store.write(lambda tx: seals.put(tx, MARKER))
    bench.store.write(lambda tx: tx.execute(update(free_texts).values(digest="0" * 64)))
    with pytest.raises(SealBroken):
        bench.store.read(lambda tx: seals.open(tx, ref.text_id))


def test_R1_a_day_has_one_key_which_lasts_over_a_restart(bench: Bench) -> None:
    days = DaySeals(bench.store)
    key = bench.store.write(lambda tx: days.key_of(tx, DAY))
    assert bench.store.write(lambda tx: days.key_of(tx, DAY)) == key
    assert bench.store.write(lambda tx: days.key_of(tx, date(2026, 11, 3))) != key
    assert bench.store.read(lambda tx: DaySeals(bench.store).key(tx, key.key_id)) == key
    assert key.secret not in on_disk(bench.folder)


def test_R1_to_destroy_a_days_key_is_to_lose_that_day_and_no_other(bench: Bench) -> None:
    days = DaySeals(bench.store)
    key = bench.store.write(lambda tx: days.key_of(tx, DAY))
    other = bench.store.write(lambda tx: days.key_of(tx, date(2026, 11, 3)))
    wrapped = bench.store.read(
        lambda tx: tx.execute(text("SELECT wrapped FROM day_keys WHERE day = '2026-11-02'")).scalar_one()
    )

    assert bench.store.write(lambda tx: days.destroy(tx, DAY)) == key.key_id
    assert bench.store.flush_deleted()

    assert wrapped not in on_disk(bench.folder)
    with pytest.raises(KeyDestroyed):
        bench.store.read(lambda tx: days.key(tx, key.key_id))
    with pytest.raises(KeyDestroyed):
        bench.store.write(lambda tx: days.key_of(tx, DAY))
    assert bench.store.read(lambda tx: days.key(tx, other.key_id)) == other
    assert bench.store.write(lambda tx: days.destroy(tx, DAY)) is None


def test_R1_what_a_long_read_still_needs_is_said_not_to_be_gone_yet(bench: Bench) -> None:
    days = DaySeals(bench.store)
    bench.store.write(lambda tx: days.key_of(tx, DAY))
    bench.store.flush_deleted()

    def read(tx: Tx) -> bool:
        tx.execute(text("SELECT * FROM day_keys")).all()
        bench.store.write(lambda other: days.destroy(other, DAY))
        return bench.store.flush_deleted()

    assert not bench.store.read(read)
    assert bench.store.flush_deleted()


def test_R1_a_destruction_that_is_undone_leaves_the_key(bench: Bench) -> None:
    days = DaySeals(bench.store)
    key = bench.store.write(lambda tx: days.key_of(tx, DAY))

    def regret(tx: Tx) -> None:
        days.destroy(tx, DAY)
        raise ValueError

    with pytest.raises(ValueError):
        bench.store.write(regret)
    assert bench.store.read(lambda tx: days.key(tx, key.key_id)) == key
