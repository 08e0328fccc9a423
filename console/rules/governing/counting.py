"""Counts that name nobody: a small group is not shown, nor what would give it away, and no count tells of one person.

A count that is shown is rounded (rule E2): who looks before and after one admission, or lays two months side by side,
would read that person's answer from a count that went up by one.
"""

from collections.abc import Mapping

from console.rules.policy import Policy


def shown_counts(counts: Mapping[str, int], policy: Policy) -> dict[str, int | None]:
    """Return what may be shown of how many people each group has.

    Args:
        counts: people by group, each 0 or more. A group of nobody is shown as 0.
        policy: the rule book.

    Returns:
        The count by group, rounded; None where it is withheld (see `withheld`).
    """
    hidden, step = (
        withheld(counts, policy.number("E2", "smallest_shown_count")),
        policy.number("E2", "rounded_to_count"),
    )
    return {name: None if name in hidden else int(step * round(count / step)) for name, count in counts.items()}


def withheld(counts: Mapping[str, int], smallest: float) -> frozenset[str]:
    """Return the groups whose count is not shown.

    A group that is too small is withheld. When only one is, or when those that are come to fewer people than may be
    shown, and the sum is known, the rest gives them away: so the smallest of the others are withheld too.

    Args:
        counts: people by group, each 0 or more.
        smallest: the smallest count that is shown.

    Source:
        ICO, anonymisation guidance: secondary suppression of small cells.
    """
    hidden = [name for name, count in counts.items() if 0 < count < smallest]
    others = sorted((name for name in counts if counts[name] >= smallest), key=lambda one: (counts[one], one))
    while hidden and others and (len(hidden) == 1 or sum(counts[name] for name in hidden) < smallest):
        hidden.append(others.pop(0))
    return frozenset(hidden)
