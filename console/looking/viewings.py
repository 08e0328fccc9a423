"""Glances at the night board: logged before the first byte, when they end, or when their heartbeat stops (rule X1)."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from console.errors import StoreError
from console.logbook.audit import Entry
from console.office import Office
from console.roles import Actor
from console.rules.decision import Decision
from console.showing.board import Board
from console.showing.views import BoardView
from console.store import viewings as rows
from console.store.database import Tx
from console.store.viewings import ViewingRow

_log = structlog.get_logger(__name__)
_BEAT_EVERY_S = 15.0


@dataclass(frozen=True, slots=True)
class _Open:
    """A viewing that lasts.

    Attributes:
        actor: whose eyes.
        row: as stored.
        beat_s: last heartbeat, on the elapsed clock [s].
        written_s: last heartbeat that was written down [s].
        is_logged: its beginning is in the log.
        decision: what allowed it.
    """

    actor: Actor
    row: ViewingRow
    beat_s: float
    written_s: float
    is_logged: bool
    decision: Decision


class Viewing:
    """One actor's glance at the board on one device."""

    def __init__(self, desk: "Viewings", viewing_id: str, board: Board) -> None:
        self._desk = desk
        self._board = board
        self.viewing_id = viewing_id

    def board(self) -> BoardView:
        """Return the board now."""
        return self._board.view()

    def heartbeat(self) -> None:
        """Say that the screen still shows it."""
        self._desk.beat(self.viewing_id)

    def close(self, reason: str) -> None:
        """Say that the screen no longer shows it; `reason` is a code."""
        self._desk.close(self.viewing_id, reason)


class Viewings:
    """Every glance that lasts."""

    def __init__(self, office: Office, board: Board) -> None:
        self._office = office
        self._board = board
        self._lock = threading.RLock()
        self._lasting: dict[str, _Open] = {}
        self._cannot_write = False

    def open(self, actor: Actor, device: str, decision: Decision) -> Viewing:
        """Begin a glance; without a durable log it goes on from memory and is logged late, as such."""
        now, now_s = self._office.now(), self._office.clock.elapsed_s()
        row = ViewingRow(secrets.token_hex(16), actor.actor_id, device, now, now)
        with self._lock:
            self._lasting[row.viewing_id] = _Open(actor, row, now_s, now_s, False, decision)
            self._log_opening(row.viewing_id, late=False)
        return Viewing(self, row.viewing_id, self._board)

    def beat(self, viewing_id: str) -> None:
        """Take a heartbeat; the next step writes it down where it is due."""
        with self._lock:
            lasting = self._lasting.get(viewing_id)
            if lasting is not None:
                self._lasting[viewing_id] = replace(lasting, beat_s=self._office.clock.elapsed_s())

    def close(self, viewing_id: str, reason: str) -> None:
        """End a glance."""
        with self._lock:
            lasting = self._lasting.get(viewing_id)
            if lasting is None:
                return
            if not lasting.is_logged:
                self._log_opening(viewing_id, late=True)
                lasting = self._lasting[viewing_id]
            if lasting.is_logged and self._write(lambda tx: self._end(tx, lasting, self._office.now(), reason)):
                del self._lasting[viewing_id]

    def step(self) -> None:
        """Log late what could not be logged, write heartbeats down, and end what has fallen silent."""
        self._write_beats()
        silent_s = self._office.policy.number("X1", "viewing_silent_after_s")
        now_s = self._office.clock.elapsed_s()
        with self._lock:
            for viewing_id, lasting in list(self._lasting.items()):
                if not lasting.is_logged:
                    self._log_opening(viewing_id, late=True)
                if now_s - lasting.beat_s >= silent_s:
                    self.close(viewing_id, "silent")

    def _write_beats(self) -> None:
        """Write every heartbeat that is due down, all in one write: each alone would flush the disk once."""
        now, now_s = self._office.now(), self._office.clock.elapsed_s()
        beats: dict[str, datetime] = {}
        with self._lock:
            for viewing_id, one in self._lasting.items():
                if one.is_logged and one.beat_s > one.written_s and now_s - one.written_s >= _BEAT_EVERY_S:
                    beats[viewing_id] = now - timedelta(seconds=now_s - one.beat_s)
                    self._lasting[viewing_id] = replace(one, written_s=now_s)
        if beats:
            self._write(lambda tx: rows.beat(tx, beats))

    def end_all(self, reason: str) -> None:
        """End every glance, as the console stops."""
        for viewing_id in list(self._lasting):
            self.close(viewing_id, reason)

    def end_left_over(self) -> None:
        """End what a killed console left open, at its last heartbeat."""
        for row in self._office.store.read(rows.lasting):
            if row.viewing_id not in self._lasting:
                self._write(_closing(row))

    def _log_opening(self, viewing_id: str, *, late: bool) -> None:
        lasting = self._lasting[viewing_id]

        def write(tx: Tx) -> None:
            rows.add(tx, lasting.row)
            reason = "logged_late" if late else ""
            self._enter(tx, lasting, "board:viewing:opened", reason, lasting.row.opened_at if late else None)

        if self._write(write):
            self._lasting[viewing_id] = replace(lasting, is_logged=True)

    def _end(self, tx: Tx, lasting: _Open, at: datetime, reason: str) -> None:
        if rows.close(tx, lasting.row.viewing_id, at, reason):
            self._enter(tx, lasting, "board:viewing:closed", reason, lasting.row.opened_at)

    def _enter(self, tx: Tx, lasting: _Open, action: str, reason: str, since: datetime | None) -> None:
        decision = lasting.decision
        self._office.audit.append(
            tx,
            Entry(
                action=action,
                actor=lasting.actor.actor_id,
                role=lasting.actor.role,
                rules=decision.rules,
                policy_version=decision.policy_version,
                subject=f"viewing:{lasting.row.viewing_id}",
                reason=reason,
                since=since,
            ),
        )

    def _write(self, write: Callable[[Tx], object]) -> bool:
        try:
            self._office.store.write(write)
        except StoreError as error:
            if not self._cannot_write:
                _log.error("viewings_not_written", error=type(error).__name__)
            self._cannot_write = True
            return False
        if self._cannot_write:
            _log.info("viewings_written_again")
        self._cannot_write = False
        return True


def _closing(row: ViewingRow) -> Callable[[Tx], object]:
    return lambda tx: rows.close(tx, row.viewing_id, row.heartbeat_at, "console_ended")
