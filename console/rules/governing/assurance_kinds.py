"""What the governance lead's desk keeps: kinds of entries that are only ever added (chapter G)."""

from enum import StrEnum


class Kept(StrEnum):
    """A kind of entry."""

    DOCUMENT = "document"
    NOTICE = "notice"
    PACK_BUILT = "pack_built"
    PACK_SIGNED = "pack_signed"
    PACK_OVERDUE = "pack_overdue"
    BENEFIT_REVIEW = "benefit_review"
    CO_PRODUCTION = "co_production"
    LISTENING_VISIT = "listening_visit"
