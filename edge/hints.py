"""What a module with its own firmware says, followed over time: who may be there, and never a vital sign.

How far each is trusted. MR24: its word "somebody" comes once, when it changes, and its other reports only confirm that
somebody moves; a fan can say the same. MR60BHA1 and MR60BHA2: presence is repeated; a module of this kind reported a
heart at a bare wall in 98 % of its readings, so its rates are never used. LD2410: good at movement; a sleeper who lies
still may drop out, so nobody is said to be gone on its word before half a minute. TI: tracked targets, the best of
these, and still the maker's own reckoning. For none of them does "somebody moves" count as a living body seen: that is
said on evidence of our own alone.
"""

import math
from collections import deque

from broker.vocabulary import Presence
from edge.frames import Frame, Hint
from edge.occupancy import Occupancy
from edge.zones import Zones

# A word is worth this long, or as long as the module's own repetition with a third to spare.
LASTS_S = 3.0
SPARE = 1.3
# One frame never turns the answer: words agree for so long before somebody, or nobody, is said to be there.
AGREE_S = 2.0
ABSENT_AFTER_S = 30.0
COUNTED_S = 3.0


class PresenceWords:
    """Turns words of yes and no into an answer that one word cannot turn."""

    def __init__(self) -> None:
        self._word: bool | None = None
        self._since_s = self._newest_s = self._confirmed_s = -math.inf
        self._said = Presence.UNSURE

    def add(self, t_s: float, word: bool, lasts_s: float) -> None:
        """Take one word in; a run of the same words ends with another word, or with silence."""
        if word is not self._word or t_s - self._newest_s > lasts_s:
            self._word, self._since_s = word, t_s
        self._newest_s = t_s

    def answer(self, t_s: float, lasts_s: float) -> Presence:
        """Say what the words amount to now; unsure when they are old or keep changing."""
        agreed_s = self._newest_s - self._since_s
        if t_s - self._newest_s <= lasts_s and agreed_s >= AGREE_S:
            self._said = self._meant(agreed_s)
            self._confirmed_s = self._newest_s
        elif t_s - self._confirmed_s > lasts_s:
            self._said = Presence.UNSURE
        return self._said

    def _meant(self, agreed_s: float) -> Presence:
        if self._word:
            return Presence.PRESENT
        return Presence.ABSENT if agreed_s >= ABSENT_AFTER_S else Presence.UNSURE


class HintWatch:
    """Follows one module second by second."""

    def __init__(self, zones: Zones) -> None:
        self._zones = zones
        self.restart()

    def restart(self) -> None:
        """Forget everything: another recording, or a hole in it."""
        self._words = PresenceWords()
        self._counts: deque[tuple[float, int]] = deque()
        self._newest: dict[str, tuple[float, float]] = {}
        self._heard_s = -math.inf
        self._lasts_s = LASTS_S

    def add(self, frame: Frame) -> None:
        """Take one frame in; one without a hint says that nothing had come by then."""
        rate_hz = frame.layout.frame_rate_hz
        self._lasts_s = max(LASTS_S, SPARE / rate_hz) if rate_hz > 0 else LASTS_S
        if frame.hint is None:
            return
        self._heard_s = frame.t_s
        word = _presence_word(frame.hint)
        if word is not None:
            self._words.add(frame.t_s, word, self._lasts_s)
        if frame.hint.targets is not None:
            self._counts.append((frame.t_s, min(len(frame.hint.targets), 2)))
        for name, value in _values(frame.hint).items():
            self._newest[name] = (frame.t_s, value)

    def look(self, t_s: float) -> Occupancy | None:
        """Say who is where.

        Args:
            t_s: [s] frame time, rising.

        Returns:
            Occupancy; None when the module is silent, which is a fault of the sensor.
        """
        if t_s - self._heard_s > self._lasts_s:
            return None
        presence = self._words.answer(t_s, self._lasts_s)
        is_there = presence is Presence.PRESENT
        range_m = self._value("range_m", t_s) if is_there else None
        return Occupancy(
            presence=presence,
            is_moving=is_there and bool(self._value("is_moving", t_s)),
            movement=self._value("movement", t_s) or 0.0,
            people=self._people(t_s, presence),
            range_m=range_m,
            zone=None if range_m is None else self._zones.at(range_m),
        )

    def _value(self, name: str, t_s: float) -> float | None:
        """Give the newest value; None when there was none or it is too old."""
        said_s, value = self._newest.get(name, (-math.inf, 0.0))
        return value if t_s - said_s <= self._lasts_s else None

    def _people(self, t_s: float, presence: Presence) -> int | None:
        while self._counts and t_s - self._counts[0][0] > COUNTED_S:
            self._counts.popleft()
        if presence is Presence.ABSENT:
            return 0
        if presence is Presence.UNSURE or not self._counts:
            return None
        counts = sorted(count for _, count in self._counts)
        # The lower middle: a second person is said when most frames of three seconds show one.
        return counts[(len(counts) - 1) // 2] or None


def _presence_word(hint: Hint) -> bool | None:
    """Take yes, no or nothing from a hint; a module that contradicts itself says nothing."""
    follows = None if hint.targets is None else bool(hint.targets)
    if hint.presence is None or follows is None:
        return follows if hint.presence is None else hint.presence
    return hint.presence if hint.presence is follows else None


def _values(hint: Hint) -> dict[str, float]:
    """Name what a hint says in numbers; the nearest target stands for where."""
    ranges = [math.hypot(one.x_m, one.y_m, one.z_m) for one in hint.targets or ()]
    told = {"range_m": min(ranges) if ranges else hint.distance_m, "movement": hint.movement}
    told["is_moving"] = None if hint.is_moving is None else float(hint.is_moving)
    return {name: value for name, value in told.items() if value is not None and math.isfinite(value)}
