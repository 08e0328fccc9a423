"""The services' units: systemd understands them, they are tight, and their bounds are those that the rules need."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from console.running.settings_file import load as load_console
from edge.errors import SettingsError
from edge.settings import load as load_node
from tests.kit.processes import ROOT

UNITS = ROOT / "deploy" / "units"
PARTS = ("node", "console", "corridor")
LOOSEST = {"node": 15, "console": 15, "corridor": 15, "first-boot": 36}
"""Tenths of systemd's exposure level; a program without bounds has 96, a careful unit 16 (measured). A first start runs
as root, for it puts a service in place."""
pytestmark = pytest.mark.systemd


def analyse(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(("systemd-analyze", *arguments), capture_output=True, text=True, timeout=60, check=False)


def unit(part: str) -> str:
    return (UNITS / f"hushward-{part}.service").read_text("utf-8")


@pytest.mark.parametrize("part", (*PARTS, "first-boot"))
def test_systemd_understands_each_unit_without_a_warning(part: str, tmp_path: Path) -> None:
    # What it starts is not installed here, and systemd asks that it is there.
    placed = tmp_path / f"hushward-{part}.service"
    placed.write_text(re.sub(r"=/opt/hushward/\S+", "=/bin/true", unit(part)), "utf-8")
    said = analyse("verify", "--man=no", str(placed))
    assert (said.returncode, said.stderr.strip()) == (0, "")


@pytest.mark.parametrize(("part", "loosest"), LOOSEST.items())
def test_each_unit_is_as_tight_as_the_page_says(part: str, loosest: int) -> None:
    said = analyse("security", "--offline=true", f"--threshold={loosest}", str(UNITS / f"hushward-{part}.service"))
    assert said.returncode == 0, said.stdout[-400:]


def test_K2_neither_node_nor_console_can_be_swapped_out_or_dumped() -> None:
    for part in ("node", "console"):
        assert {"LimitCORE=0", "MemorySwapMax=0", "LimitMEMLOCK=infinity"} <= set(unit(part).splitlines())


def test_P4_a_node_is_given_its_sensors_and_never_a_microphone() -> None:
    lines = unit("node").splitlines()
    assert "DevicePolicy=closed" in lines
    assert not [line for line in lines if line.startswith("DeviceAllow=") and ("alsa" in line or "snd" in line)]
    assert "InaccessiblePaths=-/dev/snd -/dev/shm -/boot" in lines


def test_K1_a_node_reaches_nobody_until_its_broker_is_named_and_never_listens() -> None:
    lines = unit("node").splitlines()
    assert {"IPAddressDeny=any", "SocketBindDeny=any"} <= set(lines)
    assert not [line for line in lines if line.startswith("IPAddressAllow")]


def test_a_first_start_may_try_the_pins_and_reaches_nobody_beyond_the_hospital() -> None:
    lines = unit("first-boot").splitlines()
    assert {"IPAddressDeny=any", "SocketBindDeny=any", "NoNewPrivileges=yes"} <= set(lines)
    # Each of these would close /dev/gpiochip0 and the sensor's port as well.
    assert not [
        line for line in lines if line.startswith(("DeviceAllow=", "DevicePolicy=", "ProtectClock=", "PrivateDevices="))
    ]


def test_A10_the_sounder_waits_for_no_network() -> None:
    assert not re.search(r"^(After|Requires)=.*network", unit("corridor"), re.MULTILINE)


def test_the_examples_are_read_but_for_what_they_ask_to_be_written(tmp_path: Path) -> None:
    load_console(UNITS / "console.toml")
    with pytest.raises(SettingsError, match="console_key"):
        load_node(UNITS / "node.toml", {})
    text = (UNITS / "node.toml").read_text("utf-8")
    written = tmp_path / "node.toml"
    written.write_text(text.replace(tomllib.loads(text)["console_key"], "ab" * 32), "utf-8")
    assert load_node(written, {}).source.kind.is_live


def test_F31_N5_once_a_day_and_by_day_every_session_begins_anew(tmp_path: Path) -> None:
    for kind in ("service", "timer"):
        (tmp_path / f"hushward-broker-renew.{kind}").write_text((UNITS / f"hushward-broker-renew.{kind}").read_text())
    said = analyse("verify", "--man=no", str(tmp_path / "hushward-broker-renew.timer"))
    assert (said.returncode, said.stderr.strip()) == (0, "")
    timer = (UNITS / "hushward-broker-renew.timer").read_text("utf-8")
    (hour,) = re.findall(r"^OnCalendar=\*-\*-\* (\d\d):00$", timer, re.MULTILINE)
    assert 9 <= int(hour) < 17
    assert "try-restart mosquitto.service" in (UNITS / "hushward-broker-renew.service").read_text("utf-8")
