"""On what authority somebody else says yes: documents seen, their scope, the assessment (rules C8, C12, C13)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class ChildView(StrEnum):
    """What a child who is not competent to decide says all the same (rule C13)."""

    AGREES = "agrees"
    UNSURE = "unsure"
    OBJECTS = "objects"
    CANNOT_SAY = "cannot_say"


class CourtOrder(StrEnum):
    """Whether an order or a looked-after status bears on a parent's word (rule C13)."""

    NONE = "none"
    ALLOWS = "allows"
    FORBIDS = "forbids"


@dataclass(frozen=True, slots=True)
class Authority:
    """The authority of an attorney, a deputy or a parent, or the making of a best-interests decision.

    Attributes:
        seen: the documents were seen, not described.
        registered: an attorney's or a deputy's document is registered.
        reference: number of the document, or of the parent's evidence.
        in_scope: its written scope covers this decision.
        assessed_at: when capacity (a child's competence) for this decision was assessed; None when it was not.
        child_view: what the child says; None when nobody asked, or when it is not about a child.
        court_order: whether an order bears on a parent's word; None when nobody asked.
        parents_consulted: the parents of somebody of 16 or 17 were consulted.
    """

    seen: bool = False
    registered: bool = False
    reference: str = ""
    in_scope: bool = False
    assessed_at: datetime | None = None
    child_view: ChildView | None = None
    court_order: CourtOrder | None = None
    parents_consulted: bool = False

    def told(self) -> dict[str, Any]:
        """Return it as codes."""
        return {
            "seen": self.seen,
            "registered": self.registered,
            "reference": self.reference,
            "in_scope": self.in_scope,
            "assessed_at": self.assessed_at.isoformat() if self.assessed_at else None,
            "child_view": self.child_view.value if self.child_view else None,
            "court_order": self.court_order.value if self.court_order else None,
            "parents_consulted": self.parents_consulted,
        }

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Authority":
        """Read it back.

        Raises:
            KeyError, TypeError, ValueError: it is not whole.
        """
        at, view, order = told["assessed_at"], told["child_view"], told["court_order"]
        return cls(
            bool(told["seen"]),
            bool(told["registered"]),
            str(told["reference"]),
            bool(told["in_scope"]),
            datetime.fromisoformat(at) if at else None,
            ChildView(view) if view else None,
            CourtOrder(order) if order else None,
            bool(told["parents_consulted"]),
        )
