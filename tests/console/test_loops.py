"""A ward's loops: what fails keeps nothing else from its turn, and a loop that hangs is not said to go round."""

import threading

from broker.clock import SystemClock
from console.running.loops import Loops
from tests.kit.processes import eventually


def broken() -> None:
    raise RuntimeError("this piece is broken")


def short(ending: threading.Event) -> None:
    ending.wait(0.01)


def test_a_piece_that_fails_keeps_no_other_from_its_turn_and_the_loop_goes_round():
    loops, done, rounds = Loops(SystemClock()), [], []
    loops.start("ward", short, (broken, lambda: done.append(1)), rounds.append)
    eventually(lambda: len(rounds) >= 2, 10, "a second round")
    loops.end(lambda: None)
    assert len(done) >= 2 and set(rounds) == {"ward"}
    assert loops.failing()["broken"].in_a_row >= 2
    assert set(loops.failing()) == {"broken"}


def test_a_piece_that_went_well_again_is_no_longer_failing_and_its_failures_stay_counted():
    loops, left, rounds = Loops(SystemClock()), [1, 2], []

    def recovers() -> None:
        if left:
            left.pop()
            raise OSError("not now")

    loops.start("ward", short, (recovers,), rounds.append)
    eventually(lambda: len(rounds) >= 3, 10, "a third round")
    loops.end(lambda: None)
    [told] = loops.failing().values()
    assert (told.times, told.in_a_row) == (2, 0)


def test_a_piece_that_hangs_is_not_covered_by_a_word_of_life():
    loops, hangs, rounds = Loops(SystemClock()), threading.Event(), []
    entered = threading.Event()
    loops.start("ward", short, (entered.set, hangs.wait), rounds.append)
    assert entered.wait(10)
    assert rounds == []
    hangs.set()
    loops.end(lambda: None)
