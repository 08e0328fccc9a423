from pathlib import Path

import pytest
from pydantic import BaseModel

from broker.configuration import CLOSED, BrokerSettings, describe, read
from broker.errors import ConfigurationError


class Lamp(BaseModel):
    """A table for these tests."""

    model_config = CLOSED

    watts: int = 5
    """[W] how bright."""
    colour: str = "amber"
    """What colour."""
    broker: BrokerSettings = BrokerSettings()
    """How the broker is reached."""


def fault(folder: Path, text: str, **variables: str) -> str:
    path = folder / "lamp.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as raised:
        read(path, Lamp, prefix="LAMP_", whose="the lamp's", environment=variables)
    return str(raised.value).removeprefix(f"{folder}/")


def test_a_wrong_value_is_named_with_its_line_and_its_meaning(tmp_path: Path) -> None:
    said = fault(tmp_path, '\n[broker]\nhost = "b"\nport = 0\n')
    assert said.startswith(
        "lamp.toml:4: `broker.port`: Input should be greater than or equal to 1; correct it: TCP port"
    )


def test_every_other_wrong_setting_is_named_too(tmp_path: Path) -> None:
    said = fault(tmp_path, 'watts = "many"\ncolor = "red"\n')
    assert said.startswith("lamp.toml:1: `watts`")
    assert said.endswith("(also wrong: `color`)")


def test_a_file_that_ends_too_early_is_named_with_its_last_line(tmp_path: Path) -> None:
    assert fault(tmp_path, 'watts = 1\ncolour = "amb\n').startswith("lamp.toml:2: not TOML")
    assert fault(tmp_path, "watts = 1\ncolour =").startswith("lamp.toml:2: not TOML")


def test_a_variable_wins_and_is_named_when_it_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text("watts = 1")
    told = read(tmp_path / "good.toml", Lamp, prefix="LAMP_", whose="the lamp's", environment={"LAMP_WATTS": "9"})
    assert told.watts == 9
    assert fault(tmp_path, "watts = 1", LAMP_BROKER__PORT="x").startswith("LAMP_BROKER__PORT: `broker.port`")


def test_settings_are_described_with_their_meaning(tmp_path: Path) -> None:
    assert "watts = 5  # [W] how bright.\n" in describe(Lamp())
    assert "broker.port = 1883  # TCP port" in describe(Lamp())
