"""What staff see before they talk with a person about the sensor: their wish first, then what is due (chapter C)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from console.consenting.care_views import RestrictionRow, TalkView
from console.rules.consenting.dues import dues_of
from console.rules.consenting.grants import is_own_word
from console.rules.consenting.history import Standing
from console.rules.consenting.person import Advance
from console.rules.consenting.register import Restriction, restrictions_of
from console.rules.consenting.sedation import next_check_at
from console.rules.policy import Policy
from console.showing.views import Words


def talk_view(standing: Standing, now: datetime, policy: Policy, zone: ZoneInfo) -> TalkView:
    """Return the facts of a talk."""
    grant, needs = standing.grant, standing.adjustments
    return TalkView(
        dues=tuple(one.words for one in dues_of(standing, now, policy, zone)),
        wish=_wish(standing.advance),
        age=standing.age.value if standing.age else "",
        needs=needs,
        needs_met=standing.adjustments_met,
        is_renewal=grant is not None,
        is_own_word=grant is None or is_own_word(grant.basis),
        is_away=standing.away is not None,
        is_sedated=standing.sedation is not None,
        check_at=next_check_at(standing.sedation, policy) if standing.sedation else None,
        has_died=standing.has_died,
        information=(grant.information.version, grant.information.language) if grant else None,
        restrictions=tuple(_row(one) for one in restrictions_of(standing, now, policy, zone)),
        asks_after_no=standing.asks_after_no,
        is_offered=_is_offered(standing),
        was_explained=standing.was_explained,
    )


def _is_offered(standing: Standing) -> bool:
    at = standing.offered_at
    return at is not None and all(one is None or one < at for one in (standing.given_at, standing.refused_at))


def _wish(advance: Advance | None) -> Words | None:
    if advance is None:
        return None
    if advance.says_no and advance.is_written:
        return Words("When they were well they refused this in writing. Nobody can override that.")
    if advance.says_no:
        return Words("When they were well they said no to this.")
    return Words("When they were well they wished for it. That is not a yes: ask them.")


def _row(one: Restriction) -> RestrictionRow:
    less = one.less.value if one.less else ""
    return RestrictionRow(one.purpose, one.reason.value, one.basis.value, one.ends_at, less, one.safety_plan)
