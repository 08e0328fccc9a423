"""What a screen shows that visitors or patients can see: the clock alone, until a badge is near (rule K10)."""

from console.rules.policy import Policy


def shows_names(badge_ago_s: float | None, policy: Policy, *, is_overlooked: bool) -> bool:
    """Return whether a screen may show anything of a person, or of a room, now.

    Args:
        badge_ago_s: [s] since somebody's badge, PIN or press was here; None when none was since this screen began.
        policy: the rule book.
        is_overlooked: people who do not work here can see it.
    """
    if not is_overlooked:
        return True
    return badge_ago_s is not None and 0 <= badge_ago_s < policy.number("K10", "badge_near_s")
