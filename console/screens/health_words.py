"""What was refused and what is wrong, in words for whoever stands before the health page; the code stays beside it."""

from broker.errors import Refusal
from broker.vocabulary import HealthFlag
from console.words import N_

REFUSED = {
    Refusal.TOO_LARGE: N_("too large"),
    Refusal.NOT_JSON: N_("unreadable"),
    Refusal.UNKNOWN_VERSION: N_("of a version that this console does not know"),
    Refusal.UNKNOWN_KIND: N_("of a kind that this console does not know"),
    Refusal.MALFORMED: N_("not well formed"),
    Refusal.WRONG_TOPIC: N_("sent to the wrong place"),
    Refusal.WRONG_NODE: N_("in another node's name"),
    Refusal.UNKNOWN_NODE: N_("from a node that belongs to no room"),
    Refusal.RETAINED: N_("kept by the broker: nothing may be"),
    Refusal.STALE: N_("too old when it came"),
    Refusal.FUTURE: N_("from the future: that node's clock is wrong"),
    Refusal.REUSED_IDENTITY: N_("a number that was used before"),
    Refusal.UNKNOWN_OUTBOX: N_("from an outbox that was not announced"),
    Refusal.BAD_SIGNATURE: N_("signature does not match"),
    Refusal.ORIGIN_NOT_ALLOWED: N_("simulated or recorded where only a sensor may speak"),
    Refusal.NO_CONSENT: N_("not covered by a yes: thrown away unread"),
    Refusal.OLD_BOOT: N_("from before the node's last start"),
}
WRONG = {
    HealthFlag.CLOCK_UNTRUSTED: N_("its clock cannot be trusted"),
    HealthFlag.DISK_LOW: N_("little room on its disk"),
    HealthFlag.STORAGE_FAULT: N_("it cannot write to its disk"),
    HealthFlag.OUTBOX_FULL: N_("its outbox is full"),
    HealthFlag.HOT: N_("it is too hot"),
    HealthFlag.SENSOR_LOST: N_("its sensor does not answer"),
    HealthFlag.CRASH_LOOP: N_("it starts again and again"),
    HealthFlag.AUDIT_CONFLICT: N_("it remembers another history of the audit log"),
    "waits_for_second_person": N_("a second person has not confirmed it in its room yet"),
}


def worded(code: str) -> str:
    """Return the words for a code; empty for one that has none."""
    told: dict[str, str] = {
        **{str(one): text for one, text in REFUSED.items()},
        **{str(k): v for k, v in WRONG.items()},
    }
    return told.get(code, "")
