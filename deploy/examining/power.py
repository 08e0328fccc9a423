"""A Raspberry Pi's power and temperature: has its supply sagged, has it slowed itself down."""

from collections.abc import Iterable
from pathlib import Path

from deploy.examining.finding import Finding

_THROTTLED = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")
_NOW = {
    0: (
        "its power supply is too weak now",
        "exchange supply and cable for the official one; take power from nothing else",
    ),
    1: ("its processor is held at a lower speed now", "see to its power and its cooling"),
    2: ("its processor is slowed down now", "see to its power and its cooling"),
    3: ("it is close to its temperature limit now", "give it air, a heat sink or a fan; not inside a closed box"),
}
"""By bit; bits 16 to 19 say the same of any time since it was started.

Source: Raspberry Pi documentation, `vcgencmd get_throttled`.
"""
_SINCE = 16


def power(throttled: Path = _THROTTLED) -> Iterable[Finding]:
    """Look at what the firmware of a Raspberry Pi says; other machines say nothing, and nothing is found."""
    try:
        bits = int(throttled.read_text("ascii"), 16)
    except (OSError, ValueError):
        return
    for bit, (what, remedy) in _NOW.items():
        if bits >> bit & 1:
            yield Finding(f"Raspberry Pi: {what}", remedy)
        elif bits >> (bit + _SINCE) & 1:
            then = what.replace(" now", " at some time since it was started").replace(" is ", " was ")
            yield Finding(f"Raspberry Pi: {then}", remedy, is_needed=False)
    if not bits:
        yield Finding("Raspberry Pi: power and temperature have been well since it was started")
