"""The sensor's true state over time, as it is recorded and said: closed means that its process has ended."""

from datetime import datetime
from typing import Literal

from broker.clock import Clock
from broker.messages import Sensor, SensorChange
from broker.vocabulary import CloseReason, Lamp, Modality, SensorState
from edge.gate import Gate, Verdict
from edge.memory import GateMemory
from edge.recorder import Recorder
from edge.supervisor import SensingProcess, SensorClosed, SensorFailed, SensorOpened

_Recorded = Literal[SensorState.OPEN, SensorState.CLOSED, SensorState.FAULT]


class SensorTruth:
    """Follows one sensor.

    Attributes:
        lamp: what the room's lamp shows with it.
    """

    def __init__(
        self,
        modality: Modality,
        sensing: SensingProcess,
        gate: Gate,
        memory: GateMemory,
        recorder: Recorder,
        clock: Clock,
    ) -> None:
        self._modality = modality
        self._sensing = sensing
        self._gate = gate
        self._memory = memory
        self._recorder = recorder
        self._clock = clock
        self._state = SensorState.CLOSED
        self._since: datetime = clock.utc_now()
        self._recorded = SensorState.CLOSED
        self._closing_for: CloseReason | None = None
        self.lamp = Lamp.OFF

    def record_what_a_crash_left_open(self) -> None:
        """Record that the sensor closed when the node was killed: its sensing process went with it."""
        left_open = self._memory.kept.open_under
        if left_open is not None:
            self._record(SensorState.CLOSED, left_open, CloseReason.NODE_STOPPED)
            self._memory.keep_open_under(None)

    def record_opened(self, opened: SensorOpened) -> None:
        """Record that the sensor is open."""
        self._closing_for = None
        self._record(SensorState.OPEN, opened.lease_id, None)

    def record_end(self, ended: SensorClosed | SensorFailed, verdict: Verdict) -> None:
        """Record that the sensor is closed, and why; a failure under an open lease is a fault.

        A "yes" that comes while the process is still being ended does not change why it was ended; one that took the
        place of a "no" before the loop heard it neither.
        """
        reason = verdict.reason
        if reason is None and isinstance(ended, SensorClosed):
            reason = self._closing_for or CloseReason.LEASE_CLOSED
        if reason is None:
            self._record(SensorState.FAULT, ended.lease_id, CloseReason.SENSOR_FAULT)
        else:
            self._record(SensorState.CLOSED, ended.lease_id, reason)

    def note(self, verdict: Verdict) -> None:
        """Take the present state in, after each step."""
        state = self._sensing.state
        if state is not self._state:
            self._state, self._since = state, self._clock.utc_now()
        if verdict.reason is not None:
            self._closing_for = verdict.reason
        if state is SensorState.CLOSED:
            self._memory.keep_open_under(None)
            if self._recorded is SensorState.FAULT and verdict.reason is not None:
                # It rested after a fault, and now it is closed on purpose: whoever said no is answered.
                lease_id = verdict.lease.lease_id if verdict.lease is not None else None
                self._record(SensorState.CLOSED, lease_id, verdict.reason)

    def told(self, verdict: Verdict) -> Sensor:
        """Return the state in the words of the wire."""
        is_running = self._state in (SensorState.OPEN, SensorState.OPENING)
        reason = verdict.reason
        if reason is None and self._state is SensorState.CLOSING:
            reason = self._closing_for
        return Sensor(
            modality=self._modality,
            state=self._state,
            since=self._since,
            lease_id=verdict.lease.lease_id if is_running and verdict.lease is not None else None,
            lease_serial=self._gate.highest_serial,
            reason=None if is_running else reason or CloseReason.SENSOR_FAULT,
            lamp=self.lamp,
        )

    def _record(self, state: _Recorded, lease_id: str | None, reason: CloseReason | None) -> None:
        serial = self._gate.highest_serial
        self._recorder.record(
            SensorChange(state=state, lease_id=lease_id, lease_serial=serial, reason=reason, lamp=self.lamp)
        )
        self._recorded = state
