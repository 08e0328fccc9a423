from pathlib import Path

import pytest

from deploy.errors import DeployError
from deploy.setup_room.addresses import checked, usb_links

USB = {"usb0": "10.55.0.1"}


def interface(folder: Path, name: str, uevent: str) -> None:
    (folder / name).mkdir()
    (folder / name / "uevent").write_text(uevent)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.55.0.1"])
def test_the_page_may_listen_on_loopback_and_on_the_usb_link(address: str) -> None:
    assert checked(address, lambda: USB) == address


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "", "::", "::1", "192.168.1.20", "10.55.0.2", "localhost", "127.0.0.1 ", "127.0.0.2", "room-6.local"],
)
def test_N3_the_page_listens_on_no_other_address(address: str) -> None:
    with pytest.raises(DeployError, match=r"listens on no network; give 127\.0\.0\.1 or 10\.55\.0\.1 \(usb0\)"):
        checked(address, lambda: USB)


def test_without_a_usb_link_only_loopback_is_offered() -> None:
    with pytest.raises(DeployError, match="no USB link to an engineer's device is up here"):
        checked("10.55.0.1", dict)


def test_a_usb_link_is_a_cable_and_neither_an_adapter_nor_a_radio(tmp_path: Path) -> None:
    interface(tmp_path, "usb0", "DEVTYPE=gadget\nINTERFACE=usb0\n")
    interface(tmp_path, "usb1", "DEVTYPE=gadget\nINTERFACE=usb1\n")
    interface(tmp_path, "eth1", "INTERFACE=eth1\n")
    interface(tmp_path, "wlan0", "DEVTYPE=wlan\nINTERFACE=wlan0\n")
    addresses = {"usb0": "10.55.0.1", "eth1": "192.168.1.20", "wlan0": "192.168.1.21"}
    assert usb_links(tmp_path, addresses.get) == USB


def test_this_machine_is_asked_and_loopback_is_no_usb_link() -> None:
    assert "127.0.0.1" not in usb_links().values()
    assert usb_links(Path("/nowhere")) == {}
