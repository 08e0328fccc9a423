"""List the models with their cards, or verify that each file is the one its card describes."""

import sys

from models.card import card_paths, read_card
from models.errors import ModelError
from models.runtime import Model

USAGE = "usage: python -m models list|verify"


def list_models() -> int:
    """Print each model with its hash, its accuracy and its limits."""
    for path in card_paths():
        card = read_card(path)
        print(f"{card.name}  sha256:{card.sha256[:16]}  {card.licence}")
        print(f"  made by {card.recipe}; data: {card.data}")
        for key, value in card.judged.items():
            print(f"  {key}: {value}")
        for limit in card.limits:
            print(f"  limit: {limit}")
    return 0


def verify() -> int:
    """Load each model as the edge would, and say whether it is the one on its card.

    Returns:
        0 when all are, 1 otherwise.
    """
    wrong = 0
    for path in card_paths():
        try:
            card = read_card(path)
            Model(card)
            print(f"{card.name}: as on its card")
        except ModelError as error:
            wrong += 1
            print(error, file=sys.stderr)
    return 1 if wrong else 0


VERBS = {"list": list_models, "verify": verify}


def main(arguments: list[str]) -> int:
    """Run one verb; 2 for anything else."""
    if len(arguments) != 1 or arguments[0] not in VERBS:
        print(USAGE, file=sys.stderr)
        return 2
    return VERBS[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
