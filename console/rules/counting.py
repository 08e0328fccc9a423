"""Counts that name nobody: a small group is not shown, and cannot be worked out from the others (rule E2)."""

from collections.abc import Mapping

from console.rules.policy import Policy


def shown_counts(counts: Mapping[str, int], policy: Policy) -> dict[str, int | None]:
    """Return what may be shown of how many people each group has.

    A group that is too small is withheld. When only one is, and the sum is known, its size is the difference: so the
    smallest of the others is withheld too.

    Args:
        counts: people by group, each 0 or more. A group of nobody is shown as 0.
        policy: the rule book.

    Returns:
        The count by group; None where it is withheld.

    Source:
        ICO, anonymisation guidance: secondary suppression of small cells.
    """
    smallest = policy.number("E2", "smallest_shown_count")
    withheld = {name for name, count in counts.items() if 0 < count < smallest}
    others = [name for name in sorted(counts, key=lambda one: counts[one]) if name not in withheld and counts[name] > 0]
    if len(withheld) == 1 and others:
        withheld.add(others[0])
    return {name: None if name in withheld else count for name, count in counts.items()}
