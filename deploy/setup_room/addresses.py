"""Where the page may listen: this machine itself, or the cable between the node and the engineer's own device."""

import fcntl
import socket
import struct
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path

from deploy.errors import DeployError

LOOPBACK = "127.0.0.1"
INTERFACES = Path("/sys/class/net")
_SIOCGIFADDR = 0x8915
_USB_LINK = "DEVTYPE=gadget"
"""How the Linux kernel marks the node's own end of a USB cable (drivers/usb/gadget/function/u_ether.c)."""


def checked(address: str, links: Callable[[], dict[str, str]] | None = None) -> str:
    """Return an address on which the page may listen.

    Args:
        address: as typed.
        links: the addresses of this machine's USB links, by interface; None asks the machine.

    Raises:
        DeployError: it is neither loopback nor the USB link's; what may be given instead.
    """
    try:
        is_address = str(IPv4Address(address)) == address
    except AddressValueError:
        is_address = False
    if is_address and address == LOOPBACK:
        return address
    usb = (links or usb_links)()
    if is_address and address in usb.values():
        return address
    names = " or ".join(f"{one} ({name})" for name, one in sorted(usb.items()))
    instead = f"{LOOPBACK} or {names}" if names else f"{LOOPBACK}; no USB link to an engineer's device is up here"
    raise DeployError(f"--address {address}: the page listens on no network; give {instead}")


def usb_links(interfaces: Path = INTERFACES, address_of: Callable[[str], str | None] | None = None) -> dict[str, str]:
    """Return the address of each USB link: a cable on which this machine plays the device, with one host at its end.

    A USB network adapter or a Wi-Fi stick is none: what lies behind it is a network.

    Args:
        interfaces: the kernel's folder of them.
        address_of: their IPv4 address; None asks the kernel.
    """
    found = {}
    for folder in sorted(interfaces.iterdir()) if interfaces.is_dir() else []:
        try:
            lines = (folder / "uevent").read_text("ascii", "replace").splitlines()
        except OSError:
            continue
        address = (address_of or _address_of)(folder.name) if _USB_LINK in lines else None
        if address is not None:
            found[folder.name] = address
    return found


def _address_of(interface: str) -> str | None:
    """Ask the kernel for an interface's IPv4 address; None when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            told = fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
        except OSError:
            return None
    return socket.inet_ntoa(told[20:24])
