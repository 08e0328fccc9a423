"""What can go wrong in the broker room.

BrokerError
├── MessageRefused      a message that this end will not take; carries a `Refusal` code
├── LinkError           the link cannot do what was asked (not a lost link: that is a state)
├── OutboxError
│   ├── OutboxFull      even the reserve is used; the caller must say so, nothing was dropped
│   └── OutboxDamaged   the file cannot be read; it is kept for the engineer, never overwritten
├── ConfigurationError  a setting is missing or wrong; names file, line and remedy
├── CertificateFault    a certificate, a key or a request that cannot be used; names the file and the remedy
└── ClockError          a clock file that cannot be trusted
"""

from enum import StrEnum


class BrokerError(Exception):
    """Any error of this room."""


class Refusal(StrEnum):
    """Why a message was refused: one code each, counted and shown on the health page."""

    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    UNKNOWN_VERSION = "unknown_version"
    UNKNOWN_KIND = "unknown_kind"
    MALFORMED = "malformed"
    WRONG_TOPIC = "wrong_topic"
    WRONG_NODE = "wrong_node"
    UNKNOWN_NODE = "unknown_node"
    RETAINED = "retained"
    STALE = "stale"
    FUTURE = "future"
    REUSED_IDENTITY = "reused_identity"
    UNKNOWN_OUTBOX = "unknown_outbox"
    BAD_SIGNATURE = "bad_signature"
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    NO_CONSENT = "no_consent"
    OLD_BOOT = "old_boot"


class MessageRefused(BrokerError):
    """A message that this end does not take.

    Attributes:
        refusal: the code that is counted.
    """

    def __init__(self, refusal: Refusal, sentence: str) -> None:
        super().__init__(sentence)
        self.refusal = refusal


class LinkError(BrokerError):
    """The link cannot do what was asked."""


class OutboxError(BrokerError):
    """Any error of the outbox."""


class OutboxFull(OutboxError):
    """The outbox and its reserve are full of records that may not be dropped."""


class OutboxDamaged(OutboxError):
    """The outbox file cannot be read."""


class ConfigurationError(BrokerError):
    """A setting of either end is missing or wrong."""


class CertificateFault(BrokerError):
    """A certificate, a key or a request for one that cannot be used."""


class ClockError(BrokerError):
    """A shared clock file is missing or wrong."""
