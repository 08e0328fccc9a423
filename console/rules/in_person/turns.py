"""Turns beside a person who is never left alone: both at the door, both press, and a gap is counted (rule O3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from console.rules.decision import Decision, Obligation
from console.rules.policy import Policy
from console.showing.views import Words


class TurnKind(StrEnum):
    """How a turn began, or that one ended with nobody there."""

    TAKEN = "taken"
    HANDED_OVER = "handed_over"
    TAKEN_ALONE = "taken_alone"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Turn:
    """One entry about who stays with a person.

    Attributes:
        stay_id: with whom.
        room_id: where.
        kind: how.
        at: when.
        actor_id: who began their turn; for `left`, who went.
        giver_id: who handed over, or was there before; empty for nobody.
        place_proven: the door's code fits.
        gap_s: [s] for which nobody was there, as far as it is known.
    """

    stay_id: str
    room_id: str
    kind: TurnKind
    at: datetime
    actor_id: str
    giver_id: str = ""
    place_proven: bool = False
    gap_s: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """How it stands beside one person.

    Attributes:
        with_id: who stays with them; empty for nobody.
        since: since when, or since when nobody does.
    """

    with_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """One half of a hand-over: somebody stands at the door and has pressed.

    Attributes:
        actor_id: who.
        at: when.
    """

    actor_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press at the door came to.

    Attributes:
        decision: the answer.
        kind: how a turn begins by it; None while the other half is waited for, or when it is refused.
        taker_id: whose turn begins; empty when none does.
        giver_id: who was there before; empty for nobody.
        gap_s: [s] for which nobody was there, as far as it is known.
    """

    decision: Decision
    kind: TurnKind | None = None
    taker_id: str = ""
    giver_id: str = ""
    gap_s: int = 0


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """What a stretch of time came to.

    Attributes:
        handed_over: turns that changed with both there.
        alone: turns that one person began where another had gone without handing over.
        gaps: how often nobody was there.
        gap_s: [s] in all.
        longest_gap_s: [s]
        unproven: of all entries, those without the door's code.
    """

    handed_over: int = 0
    alone: int = 0
    gaps: int = 0
    gap_s: int = 0
    longest_gap_s: int = 0
    unproven: int = 0


NO_TURNS = TurnFigures()


def watch_of(turns: Sequence[Turn], level_since: datetime) -> Watch:
    """Return how it stands beside one person.

    Args:
        turns: of this stay, oldest first.
        level_since: since when they are never left; turns before that say nothing.
    """
    told = [one for one in turns if one.at >= level_since]
    if not told:
        return Watch("", level_since)
    newest = told[-1]
    return Watch("" if newest.kind is TurnKind.LEFT else newest.actor_id, newest.at)


def lasts(offer: Offer, now: datetime, policy: Policy) -> bool:
    """Return whether the other half of a handing over may still come; a clock that was set back ends it too."""
    return abs(now - offer.at) <= policy.duration("O3", "hand_over_within_s")


def decide_turn(
    actor_id: str,
    watch: Watch,
    offer: Offer | None,
    now: datetime,
    policy: Policy,
    *,
    is_proven: bool,
    elsewhere: Collection[str] = (),
) -> Pressed:
    """Decide what a press at the door comes to.

    Two people make a hand-over: who stays there and who comes both press, both with the code that the door shows, in
    either order; the first stays until the second has pressed. Where nobody is written down, one press begins a turn,
    and is marked when no code proves the place. Whoever has asked at the door and got no answer may begin alone. Nobody
    is in two rooms: who stays with somebody else takes over from nobody, and may only come to a person who is alone.

    Args:
        actor_id: who presses.
        watch: how it stands.
        offer: the newest press that still waits for its other half; None when none does.
        now: on the console's clock.
        policy: the rule book.
        is_proven: the door's code fits.
        elsewhere: those who are written down as being with somebody else.
    """
    if not watch.with_id:
        gap = max(timedelta(0), now - watch.since)
        words = Words("You are with them from now on. Nobody was written down for {gap}.", {"gap": gap})
        told = () if is_proven else (Obligation.TELL_NURSE_IN_CHARGE,)
        return Pressed(policy.allow("O3", reason=words, obligations=told), TurnKind.TAKEN, actor_id, "", _seconds(gap))
    if not is_proven:
        words = Words("Both stand at the door: type the code that it shows now. Nothing has changed yet.")
        return Pressed(policy.deny("O3", reason=words))
    is_giver, is_other = watch.with_id == actor_id, offer is not None and offer.actor_id != actor_id
    if offer is not None and is_other and (is_giver or offer.actor_id == watch.with_id):
        taker = offer.actor_id if is_giver else actor_id
        if taker in elsewhere:
            return Pressed(policy.deny("O3", reason=_WITH_ANOTHER))
        words = Words("Handed over. You are free.") if is_giver else Words("You are with them from now on.")
        return Pressed(policy.allow("O3", reason=words), TurnKind.HANDED_OVER, taker, watch.with_id)
    if is_giver:
        words = Words("Now they press, here at the door. You stay with them until they have.")
        return Pressed(policy.allow("O3", reason=words))
    if actor_id in elsewhere:
        return Pressed(policy.deny("O3", reason=_WITH_ANOTHER))
    waited = now - offer.at if offer is not None and not is_other else timedelta(0)
    if waited >= policy.duration("O3", "alone_after_s"):
        words = Words("You are with them from now on. The nurse in charge sees that nobody handed over.")
        told = (Obligation.TELL_NURSE_IN_CHARGE,)
        decision = policy.allow("O3", reason=words, obligations=told)
        return Pressed(decision, TurnKind.TAKEN_ALONE, actor_id, watch.with_id, _seconds(waited))
    words = Words("Now whoever stays there presses too. Is nobody there? Stay with them, and press again in a minute.")
    return Pressed(policy.allow("O3", reason=words))


_WITH_ANOTHER = Words("Whoever comes is with somebody else: first hand over there, or say there that you must go.")


def is_long(watch: Watch, now: datetime, policy: Policy) -> bool:
    """Return whether somebody has stayed with one person for so long that they are to be relieved."""
    return bool(watch.with_id) and now - watch.since >= policy.duration("O3", "longest_turn_min")


def figures_of(turns: Sequence[Turn]) -> TurnFigures:
    """Return what a stretch of turns came to."""
    gaps = [one.gap_s for one in turns if one.gap_s]
    return TurnFigures(
        sum(one.kind is TurnKind.HANDED_OVER for one in turns),
        sum(one.kind is TurnKind.TAKEN_ALONE for one in turns),
        len(gaps),
        sum(gaps),
        max(gaps, default=0),
        sum(not one.place_proven for one in turns if one.kind is not TurnKind.LEFT),
    )


def _seconds(gap: timedelta) -> int:
    return int(gap.total_seconds())
