"""The time of a live sensor's frames: by its own counter from frame to frame, held to the node's clock in the long run.

A counter's steps are exact where the arrival of bytes is not, but its quartz and the node's part by seconds in a night;
and a counter that was spoilt on the way, or frames that lay in a buffer, must not pass for the present.
"""

from edge.sweeps import TICKS

MAX_APART_S = 1.5
"""[s] between the counter's time and the clock's beyond which a frame is not of now."""
FOLLOW = 0.001
"""Share of the difference made up with each frame: 50 ppm at 20 frames/s is held within 3 ms."""


class TickTime:
    """Time since the source began, from a counter that begins again at 2^32."""

    def __init__(self, ticks_per_s: float, tick: int, now_s: float) -> None:
        """Begin with a first frame.

        Args:
            ticks_per_s: of the counter.
            tick: of the frame, 0 to 2^32 - 1.
            now_s: [s] on the node's clock since the source began.
        """
        self._ticks_per_s = ticks_per_s
        self._tick = tick
        self.t_s = now_s

    def step(self, tick: int, now_s: float) -> float | None:
        """Move on to the next frame.

        Args:
            tick: of the frame.
            now_s: [s] on the node's clock since the source began.

        Returns:
            [s] by the counter since the frame before; `t_s` has moved on. None when the frame is not of now, or no
            time has passed: nothing it says may be used, and the counter is not to be followed any more.
        """
        step_s = (tick - self._tick) % TICKS / self._ticks_per_s
        late_s = now_s - (self.t_s + step_s)
        if step_s == 0 or abs(late_s) > MAX_APART_S:
            return None
        self._tick = tick
        self.t_s += max(step_s + FOLLOW * late_s, 1e-6)
        return step_s
