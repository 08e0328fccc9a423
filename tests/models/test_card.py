import pytest

from models.card import MODELS_DIR, card_paths, digest, read_card, verify_card
from models.errors import CardError, HashMismatch

NAMES = ["blocks-v1", "movement-v1", "vitals-v1", "vitals-v2"]


def test_every_model_file_travels_with_its_card():
    assert [path.stem for path in card_paths()] == NAMES
    assert sorted(path.stem for path in MODELS_DIR.glob("*.onnx")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_card_names_the_file_beside_it_by_hash_and_says_how_it_was_judged(name):
    card = read_card(MODELS_DIR / f"{name}.toml")
    verify_card(card)
    assert card.licence == "Apache-2.0"
    assert card.limits
    assert card.judged
    assert not any("@" in str(value) for value in card.judged.values())


def test_a_changed_model_file_is_not_the_one_on_its_card(tmp_path):
    card = _copy(tmp_path, "movement-v1")
    (tmp_path / "movement-v1.onnx").write_bytes(b"something else")
    with pytest.raises(HashMismatch, match="not the one its card describes"):
        verify_card(read_card(card))


def test_a_card_without_a_hash_is_named_with_what_it_lacks(tmp_path):
    card = tmp_path / "bare-v1.toml"
    card.write_text('name = "bare-v1"\n')
    with pytest.raises(CardError, match="lacks file, sha256"):
        read_card(card)


def test_a_missing_model_file_is_said_in_a_sentence(tmp_path):
    with pytest.raises(CardError, match="cannot be read"):
        digest(tmp_path / "none.onnx")


def _copy(folder, name):
    for suffix in ("toml", "onnx"):
        (folder / f"{name}.{suffix}").write_bytes((MODELS_DIR / f"{name}.{suffix}").read_bytes())
    return folder / f"{name}.toml"
