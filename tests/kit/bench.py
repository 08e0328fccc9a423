"""Timing two ways of doing a thing in the same run, so that the ratio holds on any machine."""

from collections.abc import Callable

from broker.clock import SystemClock

_CLOCK = SystemClock()
_ROUNDS = 3


def seconds(work: Callable[[], None]) -> float:
    """Return the best of three runs [s]."""
    best = float("inf")
    for _ in range(_ROUNDS):
        started_s = _CLOCK.elapsed_s()
        work()
        best = min(best, _CLOCK.elapsed_s() - started_s)
    return best


def compare(name: str, ours: Callable[[], None], baseline: str, theirs: Callable[[], None], count: int) -> float:
    """Print both rates and return how many times slower ours is.

    Args:
        name: what is measured.
        ours: does it `count` times.
        baseline: what it is measured against.
        theirs: does that `count` times.
        count: how often.
    """
    ours_s, theirs_s = seconds(ours), seconds(theirs)
    ratio = ours_s / theirs_s
    print(
        f"\nbench {name}: {count / ours_s:,.0f}/s, {1e6 * ours_s / count:.1f} us each; "
        f"{baseline}: {count / theirs_s:,.0f}/s; ratio {ratio:.2f}"
    )
    return ratio
