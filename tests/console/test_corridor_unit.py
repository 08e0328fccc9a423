"""A10: the corridor unit over a real console, and by itself when there is none."""

import pytest

from broker.clock import HandClock
from console.alerting.corridor_unit import (
    CorridorUnit,
    PlayedOutput,
    SimulatedOutput,
    Told,
    ask_console,
    samples_of,
)
from console.keys.door_tags import open_token
from console.rules.alerting.corridor import Level
from tests.kit.alerting import POLICY, RAISED
from tests.kit.served import served
from tests.kit.skin import HandWard


def test_A10_it_asks_the_console_and_sounds_what_it_says(tmp_path):
    ward, output = HandWard(), SimulatedOutput()
    with served(ward, tmp_path) as url:
        ask = ask_console(url, open_token(tmp_path / "keys"), None)
        assert ask() == Told(Level.MEDIUM, True)
        assert CorridorUnit(ask, output, HandClock(RAISED), POLICY).step() is Level.MEDIUM
        assert ask_console(url, "somebody else", None)() is None
    assert ask() is None and output.sounded == [Level.MEDIUM]
    assert ("beat", False) in ward.presses


def test_A10_when_every_tablet_and_the_console_are_gone_it_sounds_until_somebody_walks_to_it():
    clock, output = HandClock(RAISED), SimulatedOutput()
    unit = CorridorUnit(lambda: None, output, clock, POLICY)
    heard = []
    for _ in range(32):
        clock.advance(2)
        heard.append(unit.step())
    assert heard[:29] == [Level.SILENT] * 29 and heard[29:] == [Level.HIGH] * 3
    output.press()
    assert unit.step() is Level.SILENT


def test_A10_its_tones_are_given_to_a_program_that_plays_them_and_one_that_fails_stops_nothing(tmp_path):
    played = tmp_path / "played.raw"
    PlayedOutput(("tee", str(played))).sound(Level.HIGH)
    assert played.read_bytes() == samples_of(Level.HIGH) and len(samples_of(Level.HIGH)) == 2 * 8000 * 12 // 10
    PlayedOutput(("no-such-player",)).sound(Level.HIGH)
    PlayedOutput(("no-such-player",)).sound(Level.SILENT)


def test_A10_a_secret_that_others_can_read_is_refused(tmp_path):
    from console.errors import KeyFault

    first = open_token(tmp_path)
    assert open_token(tmp_path) == first
    (tmp_path / "corridor-unit.token").chmod(0o644)
    with pytest.raises(KeyFault, match="chmod 600"):
        open_token(tmp_path)
