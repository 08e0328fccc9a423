"""Named stories that a simulated room can play."""

from collections.abc import Callable, Iterator, Mapping
from itertools import cycle

from models.simulator.acts import Act, away, hold, lie, stand, turn, walk
from models.simulator.night import Fan, Scene


def _night() -> Scene:
    return Scene()


def _sleeper() -> Scene:
    return Scene(acts=cycle([lie(600.0), turn()]))


def _apnoea() -> Scene:
    return Scene(acts=cycle([lie(45.0), hold(15.0)]))


def _empty() -> Scene:
    return Scene(acts=[])


def _fan() -> Scene:
    return Scene(acts=[], fan=Fan())


def _visits() -> Iterator[Act]:
    while True:
        yield away(60.0)
        yield walk(2.4)
        yield stand(15.0)
        yield walk(4.2)


def _visited() -> Scene:
    return Scene(acts=cycle([lie(600.0)]), visitor=_visits())


SCENES: Mapping[str, Callable[[], Scene]] = {
    "night": _night,
    "sleeper": _sleeper,
    "apnoea": _apnoea,
    "empty": _empty,
    "fan": _fan,
    "visited": _visited,
}
"""night: a demonstration's life; sleeper: only sleeps; apnoea: stops breathing every minute; empty: nobody;
fan: nobody and a fan; visited: somebody looks in every minute and a half."""
