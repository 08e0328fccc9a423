"""What `hushward safety release` does: hold every model's card to rule E3."""

from collections.abc import Iterator

from console.rules.policy import Policy
from models.card import card_paths, read_card
from models.release import unfairness_in


def blocked(policy: Policy) -> Iterator[str]:
    """Say of each shipped model which groups it serves too unlike each other.

    Args:
        policy: in force; it may be stricter than the one that ships.

    Yields:
        One sentence for each kind of group that blocks, with the models that were judged so.

    Raises:
        CardError: a card cannot be read.
    """
    error, withheld = policy.number("E3", "most_error_times"), policy.number("E3", "most_withheld_times")
    names: dict[str, list[str]] = {}
    for card in map(read_card, card_paths()):
        for one in unfairness_in(card.judged, most_error=error, most_withheld=withheld):
            names.setdefault(str(one), []).append(card.name)
    for sentence, cards in names.items():
        yield f"{sentence} ({', '.join(cards)})"
