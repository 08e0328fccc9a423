import hashlib

import pytest

from models.card import MODELS_DIR, read_card
from models.recipes import blocks_v1, movement_v1, vitals_v1

RECIPES = [("movement-v1", movement_v1), ("vitals-v1", vitals_v1), ("blocks-v1", blocks_v1)]


@pytest.mark.parametrize(("name", "recipe"), RECIPES)
def test_a_recipe_rebuilds_its_model_byte_for_byte(name, recipe):
    card = read_card(MODELS_DIR / f"{name}.toml")
    built = recipe.build()
    assert hashlib.sha256(built).hexdigest() == card.sha256
    assert built == card.path.read_bytes()
    assert card.recipe == recipe.__name__
