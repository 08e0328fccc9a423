"""How old the newest live message may be before its room counts as not monitored (rule A9)."""

from enum import StrEnum

from console.rules.policy import Policy
from console.showing.views import Words


class Loss(StrEnum):
    """Why a room that should be monitored is not."""

    NEVER_HEARD = "never_heard"
    SILENT = "silent"
    LINK_DOWN = "link_down"
    CLOCK = "clock"


def loss_of(age_s: float | None, *, node_lost: bool, link_up: bool, clock_ahead: bool, policy: Policy) -> Loss | None:
    """Decide whether a node's last live message still says anything.

    Args:
        age_s: on the console's own elapsed clock [s]; None when nothing was ever heard.
        node_lost: the broker has said that the node's link broke.
        link_up: the console's own link to the broker.
        clock_ahead: the node's last message came from more than 30 s in the future.
        policy: the rule book.

    Returns:
        None while it is fresh; otherwise why it is not.
    """
    if clock_ahead:
        return Loss.CLOCK
    if age_s is not None and age_s <= policy.number("A9", "stale_after_s") and not node_lost:
        return None
    if not link_up:
        return Loss.LINK_DOWN
    return Loss.NEVER_HEARD if age_s is None else Loss.SILENT


def sentence_of(loss: Loss) -> Words:
    """Return the cause in plain words."""
    return _SENTENCES[loss]


_SENTENCES = {
    Loss.NEVER_HEARD: Words("The sensor's node has not been heard yet."),
    Loss.SILENT: Words("Nothing heard from the sensor's node."),
    Loss.LINK_DOWN: Words("The ward's network is down."),
    Loss.CLOCK: Words("The node's clock is wrong."),
}
