"""The names of the house (GLOSSARY.md): one word for one thing, and files named after a step of the walk."""

import re

import pytest

from tests.kit.house import ROOMS, identifiers, modules

BANNED = {
    "timestamp": "captured_at, received_at or recorded_at",
    "ts": "captured_at, received_at or recorded_at",
    "hr": "pulse_rate_per_min",
    "rr": "respiratory_rate_per_min",
    "bpm": "…_per_min",
    "resp": "respiratory_rate_per_min",
    "confidence": "quality",
    "score": "quality",
    "probability": "quality",
    "prediction": "estimate",
    "admission_id": "stay",
    "encounter": "stay",
    "alarm": "alert",
    "threshold": "limit",
    "resident": "patient",
    "waveform": "signal",
    "verdicts": "decision",
    "dto": "view",
    "obs": "observation",
    "mgr": "the noun of the step",
    "manager": "the noun of the step",
    "utils": "the noun of the step",
    "helper": "the noun of the step",
    "helpers": "the noun of the step",
}
ALLOWED = {
    # A role of the ward, not a class that manages.
    "manager": ("console",),
    # How well a set of recordings was estimated; never a value's quality.
    "score": ("edge.scores", "deploy.workbench"),
}
"""Where such a word is the right one."""
FILES_NEVER = {"utils", "helpers", "common", "misc", "manager", "base", "shared"}
WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?=[A-Z]|$)")


def words(identifier: str) -> set[str]:
    return {one.lower() for part in identifier.split("_") for one in WORD.findall(part)}


@pytest.mark.parametrize("room", ROOMS)
def test_no_identifier_uses_a_word_that_another_word_stands_for(room: str) -> None:
    strays = [
        f"{module.name}:{line} {name}: say {BANNED[word]}"
        for module in modules()
        if module.name.split(".")[0] == room
        for name, line in identifiers(module)
        for word in words(name) & BANNED.keys()
        if not module.name.startswith(ALLOWED.get(word, ("-",)))
    ]
    assert strays == []


def test_no_file_is_an_attic() -> None:
    assert [one.name for one in modules() if one.name.rsplit(".", 1)[-1] in FILES_NEVER] == []


def test_observation_means_a_members_of_staff_check_and_never_a_measurement() -> None:
    strays = [
        f"{module.name}:{line} {name}"
        for module in modules()
        if module.name.split(".")[0] in ("broker", "models", "edge")
        for name, line in identifiers(module)
        if "observation" in words(name)
    ]
    assert strays == []
