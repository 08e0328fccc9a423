"""What an A121 is told to do: the session for a bed, or one from a file, in the words of its protocol."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge.errors import SourceError

BASE_STEP_M = 0.0025
"""[m] between two range points (A121 data sheet: 2.5 mm, the exact value is each sensor's own)."""
FRAME_RATE_HZ = 20.0
SWEEPS = 8
"""In each frame: enough for their scatter to show the noise (`edge.sweeps`)."""

# From 0.3 m, where the direct leakage of profile 3 has passed, to 4.6 m. Points lie closer together than the pulse is
# wide (full width 0.14 m for profile 3, 0.19 m for profile 4), so that no chest lies between two. An echo weakens with
# the fourth power of range: averages (HWAAS) grow outward as far as the frame has time. 1,648 averages of 1.08 us
# (measured from the sweep rates that recordings state), 8 sweeps: 14 ms of each 50 ms. PRF 15.6 MHz reaches 5.1 m.
# Source: Acconeer A121 data sheet and handbook, tables of profiles and of pulse repetition frequencies.
_STRETCHES = (
    # from point, points, step, profile, averages
    (120, 10, 48, 3, 16),
    (600, 13, 48, 3, 48),
    (1224, 9, 72, 4, 96),
)


def bed_session(sensor_id: int) -> dict[str, Any]:
    """Return the session for a bed and the room around it: 32 range points from 0.3 to 4.6 m, 20 frames/s."""
    config = {
        "sweeps_per_frame": SWEEPS,
        "sweep_rate": 0.0,
        "frame_rate": FRAME_RATE_HZ,
        "continuous_sweep_mode": False,
        "double_buffering": False,
        "inter_frame_idle_state": "ready",
        "inter_sweep_idle_state": "ready",
        "subsweeps": [
            {
                "start_point": start,
                "num_points": points,
                "step_length": step,
                "profile": profile,
                "hwaas": averages,
                "receiver_gain": 16,
                "enable_tx": True,
                "enable_loopback": False,
                "phase_enhancement": False,
                "prf": "15_6_MHz",
            }
            for start, points, step, profile, averages in _STRETCHES
        ],
    }
    return {"groups": [[{"sensor_id": sensor_id, "config": config}]]}


def read_session(path: Path) -> dict[str, Any]:
    """Read a session from a JSON or TOML file, in the maker's own form or in the protocol's.

    Raises:
        SourceError: it cannot be read, or is no session.
    """
    try:
        text = path.read_text("utf-8")
        told = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        return wire_session(told)
    except OSError as error:
        raise SourceError(f"The session {path} cannot be read ({error.strerror}); check [source] session.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"{path} is no A121 session ({type(error).__name__}: {str(error)[:60]}); it holds `groups` of sensors, "
            "each with its configuration."
        ) from error


def wire_session(told: Mapping[str, Any]) -> dict[str, Any]:
    """Put a session into the words of the protocol.

    Args:
        told: as the maker's tools keep it in files (`groups` of `{"1": configuration}`, names of enums in capitals),
            or as it goes over the wire already.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is no session.
    """
    session: dict[str, Any] = {"groups": [_group(one) for one in told["groups"]]}
    if not session["groups"] or not all(session["groups"]):
        raise ValueError("there is no sensor in it")
    if told.get("update_rate"):
        session["update_rate"] = float(told["update_rate"])
    return session


def _group(told: Any) -> list[dict[str, Any]]:
    if isinstance(told, Mapping):
        told = [{"sensor_id": key, "config": config.get("config", config)} for key, config in told.items()]
    return [{"sensor_id": int(one["sensor_id"]), "config": _config(one["config"])} for one in told]


def _config(told: Mapping[str, Any]) -> dict[str, Any]:
    config = dict(told)
    for name in ("sweep_rate", "frame_rate"):
        # The protocol's word for "as fast as it can" is 0.
        config[name] = float(config.get(name) or 0.0)
    for name in ("inter_frame_idle_state", "inter_sweep_idle_state"):
        if name in config:
            config[name] = str(config[name]).lower()
    config["sweeps_per_frame"] = int(config["sweeps_per_frame"])
    config["subsweeps"] = [_subsweep(one) for one in config["subsweeps"]]
    return config


def _subsweep(told: Mapping[str, Any]) -> dict[str, Any]:
    sub = dict(told)
    for name in ("start_point", "num_points", "step_length"):
        sub[name] = int(sub[name])
    if "profile" in sub:
        sub["profile"] = int(str(sub["profile"]).removeprefix("PROFILE_"))
    if "prf" in sub:
        sub["prf"] = str(sub["prf"]).removeprefix("PRF_")
    if not sub.get("iq_imbalance_compensation", True):
        # Sensors before software 1.6 do not know the word, and take it for an error.
        del sub["iq_imbalance_compensation"]
    return sub
