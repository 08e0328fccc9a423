"""What a hand-made ward shows on the governance lead's desk."""

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from broker.vocabulary import Modality, Purpose
from console.assurance.pack import canonical, pack_of
from console.assurance.public import purposes_here
from console.assurance.views import BenefitView, DocumentRow, MonthRow, PackView, PapersView, PublicView, TalkRow
from console.rules.consenting.grants import Basis, CarePlanReason
from console.rules.consenting.register import Restriction
from console.rules.governing.benefit import BenefitAnswer, BenefitReview, Measure
from console.rules.governing.documents import NAMES, DocumentKind
from console.rules.governing.freezing import days_of
from console.rules.governing.listening import VisitReason
from console.store.assurance import FrozenDay
from tests.kit.skin_facts import NIGHT

GROUP = {"people": 9, "offered": 9, "yes": 6, "no": None, "stopped": None, "best_interests": 0}
A_DAY = {
    "v": 1,
    "policy_version": 11,
    "smallest_shown": 5,
    "people": {"yes": 11, "no": 5, "not_asked": 0, "other": 2},
    "asked": {"offered": 1, "given": 1, "refused": 0, "withdrawn": 0, "relayed_no": 0, "paused": 2},
    "groups": {"age": {"adult": GROUP, "under_16": dict.fromkeys(GROUP)}, "language": {"en": GROUP}},
    "checks": {"general": {"off": 120, "off_on_time": 114, "on": 260, "on_on_time": 251}},
    "quiet": {"saw_breathed": 300, "saw_breathing_by_sensor": 3, "woke_no": 280, "woke_yes": 23},
    "alerts": {"ensuite": {"raised": 2, "priority_high": 2, "door_within_60_s": 1, "door_within_180_s": 1}},
    "access": {"nurse|room:reading:viewed|direct_care": 3, "governance_lead|ward:audit:viewed|": 1},
    "denied": {"nurse|governance:month:viewed|X1": 1},
    "sights": {"medical_emergency": 1},
    "training": {"staff": 20, "consent": 17, "board": 12, "release": 4},
    "retention": [{"days": 1, "rows": 11840, "kept": 0, "proof": "ab" * 32}],
    "nodes": {"in_use": 18, "starts": 1, "records_taken": 9000, "records_late": 2, "records_refused": 0},
    "flags": {"raised_break_glass": 1, "review_explained": 1},
    "disclosures": {"police": 1},
}


def frozen(day: date, **changes) -> FrozenDay:
    """A day as it would be frozen."""
    text = canonical({**A_DAY, "day": day.isoformat(), **changes})
    assert json.loads(text)["day"] == day.isoformat()
    return FrozenDay(day, text.decode(), sha256(text).hexdigest(), NIGHT)


PACK = pack_of("st-elsewhere", "willow", "2026-10", [frozen(day) for day in days_of("2026-10")[1:]])
_ROW = MonthRow("2026-10", 30, 31, True, PACK.digest, None, "", NIGHT, True, VisitReason.HIGH, None)
MONTHS = (
    MonthRow("2026-11", 19, 30, False, "", None, "", NIGHT + timedelta(days=20), False, None, None),
    _ROW,
    MonthRow("2026-09", 30, 30, True, "ab" * 32, NIGHT, "ab" * 32, NIGHT, False, None, NIGHT),
)
PACK_VIEW = PackView(PACK, _ROW)
DOCUMENTS = (
    DocumentRow(DocumentKind.DPIA, NAMES[DocumentKind.DPIA], "3.1", NIGHT, ("Lee A.", "Kim B."), True, True, NIGHT),
    DocumentRow(DocumentKind.EQIA, NAMES[DocumentKind.EQIA], "2", NIGHT + timedelta(20), ("Kim B.",), False, True,
                None),
    DocumentRow(DocumentKind.SAFETY_CASE, NAMES[DocumentKind.SAFETY_CASE], "", None, (), False, True, None),
    DocumentRow(DocumentKind.RULE_BOOK, NAMES[DocumentKind.RULE_BOOK], "11", NIGHT + timedelta(200), ("Lee A.",),
                False, False, None),
)  # fmt: skip
PAPERS = PapersView(DOCUMENTS, (("d" * 32, "Kim B."), ("e" * 32, "Lee A.")))
TALKS = (
    TalkRow(NIGHT, "A camera in two rooms", "the patients' panel, five people", "We do not want cameras in bedrooms.",
            "No camera is hung. Radar only, where somebody asks for it.", True),
    TalkRow(NIGHT - timedelta(30), "The lamp is dimmer", "three patients", "It was too bright to sleep.", "", False),
)  # fmt: skip
BENEFIT = BenefitView(
    "2026-Q4",
    (BenefitReview("2026-Q3", BenefitAnswer.GO_ON, {one.value: "better" for one in Measure}, NIGHT, "a" * 32),),
    None,
    TALKS,
    (Restriction(Purpose.PRESENCE, Basis.CAPACITY_CONSENT, CarePlanReason.FEELING_SAFER, NIGHT, None, ""),),
)
_RADAR = (Modality.RADAR,)
_FIGURES = {"yes": "61 %", "off_on_time": "95 %", "on_on_time": "96 %", "at_the_door": "not shown"}
PUBLIC = PublicView("Willow", NIGHT, _RADAR, purposes_here(_RADAR), False, _FIGURES, "2026-09", DOCUMENTS, TALKS)


class HandAssurance:
    """The desk of a hand-made ward: it shows these facts, and takes every press."""

    def __init__(self, presses: Callable[[Mapping[str, Any]], Any]) -> None:
        self.packs = presses({"months": MONTHS, "view": PACK_VIEW})
        self.documents, self.benefit = presses({"for_deputy": ()}), presses({})
        self.benefit_view, self.public_view = BENEFIT, PUBLIC

    def papers(self, _actor: Any) -> PapersView:
        return PAPERS

    def reviews(self, _actor: Any) -> BenefitView:
        return self.benefit_view

    def public(self) -> PublicView:
        return self.public_view
