"""The node's part in trying its room: takes a request, tries it under a commissioning lease, keeps the outcome (N3)."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from broker.clock import Clock
from broker.durable import replace_durably
from broker.vocabulary import LeaseKind, Modality, SensorState
from edge.commissioning.draw_step import DrawStep, RoomDrawing, known_of
from edge.commissioning.installation import InstallationBook, TriedStep
from edge.commissioning.requests import Progress, Request, RequestDesk, Standing, Step
from edge.commissioning.steps import (
    NEIGHBOUR_S,
    PHANTOM_GIVES_UP_S,
    WALK_GIVES_UP_S,
    Outcome,
    Watched,
    watched,
)
from edge.gate import Verdict
from edge.noise_profile import NoiseFile, digest_of, encoded
from edge.trials import Grid, Profiled, ProfilePart, Trial, TrialKind, TrialRefused, TrialSaid, Tried

log = logging.getLogger(__name__)

SPARE_S = 30.0
"""[s] of the lease that must be left beyond what a step needs."""
NO_LEASE = (
    "no commissioning is open: ask for it at the console and have a second person confirm it in the room; the lamp "
    "then blinks"
)
SOMEBODYS_LEASE = "the sensor is on because a patient said yes to it; nothing is tried while somebody stays here"
ZONES_OF_A_RADAR = (
    "this room has a radar: its zones are set in `[zones]` of the node's settings and tried by room-check"
)


@dataclass
class _Running:
    """What is being tried.

    Attributes:
        request: what the engineer asked for.
        trial: what the sensing process is told.
        step: judges it second by second; None for a survey.
        lease_id: the lease it began under.
        began_at: UTC.
        parts: of a noise profile, as they come.
    """

    request: Request
    trial: Trial
    step: Watched | None
    lease_id: str
    began_at: datetime
    parts: list[ProfilePart] = field(default_factory=list)


class RoomCheck:
    """Tries one step at a time; without a commissioning lease it tries nothing."""

    def __init__(
        self, desk: RequestDesk, book: InstallationBook, drawing: RoomDrawing, profile: Path, clock: Clock
    ) -> None:
        """Take what is needed.

        Args:
            desk: where requests come and answers go.
            book: the record of what was tried.
            drawing: of a camera's room.
            profile: the file of the room's noise profile.
            clock: the node's.
        """
        self._desk = desk
        self._book = book
        self._drawing = drawing
        self._profile = profile
        self._clock = clock
        self._running: _Running | None = None
        self._number = 0

    @property
    def trial(self) -> Trial | None:
        """Return what the sensing process is to try; None when nothing is."""
        return None if self._running is None else self._running.trial

    def look(self, verdict: Verdict, state: SensorState) -> None:
        """Take a request that has come, and end what can no longer go on; never waits.

        Args:
            verdict: what the gate says now.
            state: of the sensor.
        """
        if self._running is not None and not _is_commissioning(verdict):
            self.break_off("the commissioning ended before this was done; ask for another at the console")
        try:
            request = self._desk.take()
        except (ValueError, OSError) as error:
            log.warning("room check: a request was not taken", extra={"sentence": str(error)})
            return
        if request is None:
            return
        if request.step is Step.STOP:
            self.break_off("stopped by the engineer")
            self._tell(request, Standing.STOPPED, "stopped")
            return
        standing, sentence = self._objection(request, verdict, state)
        if standing is not None:
            log.info("room check: refused", extra={"step": str(request.step), "sentence": sentence})
            self._tell(request, standing, sentence)
        elif verdict.lease is not None:
            self._begin(request, verdict.lease.lease_id)

    def hear(self, line: TrialSaid) -> None:
        """Take in what the sensing process says of the trial; what is of an earlier one is left out."""
        running = self._running
        if running is None or line.number != running.trial.number:
            return
        if isinstance(line, TrialRefused):
            self._end(running, Outcome(False, line.sentence))
        elif isinstance(line, ProfilePart):
            running.parts.append(line)
        elif isinstance(line, Grid):
            self._drawing.show(line)
        elif isinstance(line, Profiled):
            self._end(running, self._keep_profile(running, line))
        else:
            self._judge(running, line)

    def break_off(self, sentence: str) -> None:
        """End what is being tried without an outcome: nothing was found, so nothing is recorded.

        A drawing has no other end, and is recorded: what the engineer kept until then is kept.
        """
        running, self._running = self._running, None
        if running is not None and running.request.step is Step.DRAW:
            self._end(running, self._outcome_of_drawing(sentence))
        elif running is not None:
            log.info("room check: broken off", extra={"step": str(running.request.step), "sentence": sentence})
            self._tell(running.request, Standing.STOPPED, sentence)

    def _objection(self, request: Request, verdict: Verdict, state: SensorState) -> tuple[Standing | None, str]:
        """Say why a request is not begun; None and no words when nothing speaks against it."""
        lease = verdict.lease
        if verdict.is_open and lease is not None and lease.lease_kind is not LeaseKind.COMMISSIONING:
            return Standing.REFUSED, SOMEBODYS_LEASE
        if not _is_commissioning(verdict) or lease is None:
            return Standing.REFUSED, NO_LEASE
        if state is not SensorState.OPEN:
            return Standing.REFUSED, f"the sensor is {state}; wait until it is open, or see to its fault"
        if self._running is not None:
            return Standing.REFUSED, "another step is being tried; stop it, or wait until it is done"
        if self._book.fault is not None:
            return Standing.REFUSED, self._book.fault
        if request.step is Step.DRAW and self._book.kept.modality is not Modality.CAMERA:
            return Standing.NOT_HERE, ZONES_OF_A_RADAR
        if request.zone is not None and request.zone not in self._book.kept.zones:
            return Standing.NOT_HERE, f"this room has no {request.zone} among its zones"
        left_s = (lease.closes_at - self._clock.utc_now()).total_seconds()
        wanted_s = _longest_s(request) + SPARE_S
        if left_s < wanted_s:
            return Standing.REFUSED, (
                f"the commissioning ends in {max(0.0, left_s) / 60:.0f} min and this may take {wanted_s / 60:.0f}; "
                "let it end and ask for another at the console"
            )
        return None, ""

    def _begin(self, request: Request, lease_id: str) -> None:
        self._number += 1
        step = watched(request)
        if request.step is Step.DRAW:
            step = DrawStep()
            self._drawing.begin()
        kind, seconds = (TrialKind.SURVEY, request.seconds) if step is None else (step.kind, 0.0)
        trial = Trial(kind, self._number, seconds)
        self._running = _Running(request, trial, step, lease_id, self._clock.utc_now())
        log.info("room check: begun", extra={"step": str(request.step), "of": _of(request), "lease_id": lease_id})
        self._tell(request, Standing.RUNNING, "begun")

    def _judge(self, running: _Running, second: Tried) -> None:
        if running.step is None:
            share = min(1.0, second.passed_s / running.request.seconds)
            words = f"listening to the empty room, {second.passed_s:.0f} of {running.request.seconds:.0f} s"
            self._tell(running.request, Standing.RUNNING, words, share)
            return
        outcome = running.step.see(second)
        if outcome is not None:
            self._end(running, outcome)
        else:
            words, share = running.step.told()
            self._tell(running.request, Standing.RUNNING, words, share)

    def _keep_profile(self, running: _Running, told: Profiled) -> Outcome:
        """Put the profile together and keep it; what its parts do not make whole is no profile."""
        parts = running.parts
        try:
            found = NoiseFile(
                measured_at=self._clock.utc_now(),
                seconds=told.seconds,
                range_m=tuple(one for part in parts for one in part.range_m),
                noise_power=tuple(one for part in parts for one in part.noise_power),
                slow_median=tuple(one for part in parts for one in part.slow_median),
                slow_high=tuple(one for part in parts for one in part.slow_high),
                lines=told.lines,
            )
            raw = encoded(found)
            replace_durably(self._profile, raw)
        except (ValidationError, OSError) as error:
            return Outcome(False, f"the noise profile could not be kept ({type(error).__name__}); try again")
        self._book.know_profile(digest_of(raw))
        lines = ", ".join(f"{line.rate_per_min:.1f} a minute at {line.range_m:.1f} m" for line in found.lines)
        words = f"moves by itself: {lines}" if lines else "nothing moves in it"
        figures = {"seconds": told.seconds, "bins": len(found.range_m), "lines": len(found.lines)}
        return Outcome(True, f"the empty room is known; {words}", figures | {"noisiest": max(found.slow_high)})

    def _outcome_of_drawing(self, why: str) -> Outcome:
        """Say what was drawn, and know it from now on: what was tried with another drawing is to be tried again."""
        found, view = self._drawing.end(), self._drawing.view()
        if view is not None:
            self._book.know_zones(*known_of(view))
        return Outcome(found.passed, f"{found.sentence} ({why})", found.figures)

    def _end(self, running: _Running, outcome: Outcome) -> None:
        """Keep what was found, and say it."""
        self._running = None
        tried = TriedStep(
            step=running.request.step,
            of=_of(running.request),
            began_at=running.began_at,
            ended_at=self._clock.utc_now(),
            lease_id=running.lease_id,
            passed=outcome.passed,
            sentence=outcome.sentence,
            figures=dict(outcome.figures),
            setup=self._book.kept.setup,
        )
        standing, sentence = (Standing.PASSED if outcome.passed else Standing.FAILED), outcome.sentence
        try:
            self._book.add(tried)
        except OSError as error:
            standing, sentence = Standing.FAILED, f"{sentence}; but the record could not be written ({error.strerror})"
        log.info(
            "room check: done",
            extra={"step": str(tried.step), "of": tried.of, "passed": outcome.passed, "lease_id": running.lease_id},
        )
        self._tell(running.request, standing, sentence, 1.0)

    def _tell(self, request: Request, standing: Standing, sentence: str, share: float = 0.0) -> None:
        at = self._clock.utc_now()
        progress = Progress(
            request_id=request.request_id, at=at, standing=standing, sentence=sentence[:400], share=share
        )
        try:
            self._desk.tell(progress)
        except OSError as error:
            log.warning("room check: an answer could not be written", extra={"sentence": str(error)})


def _is_commissioning(verdict: Verdict) -> bool:
    return verdict.is_open and verdict.lease is not None and verdict.lease.lease_kind is LeaseKind.COMMISSIONING


def _longest_s(request: Request) -> float:
    """Return how long a step takes when all goes well, or until it gives up if that is sooner [s]."""
    needs_s = {Step.PHANTOM: PHANTOM_GIVES_UP_S, Step.NEIGHBOUR: NEIGHBOUR_S, Step.WALK: WALK_GIVES_UP_S}
    return needs_s.get(request.step, request.seconds)


def _of(request: Request) -> str:
    """Name which one of its kind a step is."""
    if request.rate_per_min is not None:
        return f"{request.rate_per_min:g} a minute"
    if request.space is not None:
        return f"{request.space}, {request.doing}"
    return "" if request.zone is None else str(request.zone)
