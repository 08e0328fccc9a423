"""The ward's side: the authority and its register, answers to nodes, what is taken back, and the broker's files."""

import fcntl
import getpass
import os
import pwd
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from broker import mosquitto
from broker.acl import CONSOLE
from broker.certificates import Authority, asked_key, new_key, write_key
from broker.logins import write_private
from deploy.errors import ProvisioningFault
from deploy.provisioning.papers import Answer, Asked, Register, Vouched, Wiped, read_paper, unsigned, write_paper
from edge.trust import signature_holds

BROKER = "broker"
WARN_BEFORE = timedelta(days=30)
"""How long before its end a certificate is named."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ward's broker is.

    Attributes:
        site: the hospital's slug.
        ward: the ward's slug.
        host: name or address under which nodes reach the broker; its certificate carries it.
        port: TCP port.
        listen: address that the broker listens on.
        account: account of this machine that the broker runs as; empty for `broker_account`.
    """

    site: str
    ward: str
    host: str
    port: int = 8883
    listen: str = "0.0.0.0"
    account: str = ""


class WardAuthority:
    """One folder of the ward's machine: `ca.pem`, `ca.key`, `register.json`; what mosquitto reads is in `broker/`."""

    def __init__(self, folder: Path) -> None:
        """Open the folder of a ward that `begin` has made; another who has it open is waited for.

        Raises:
            ProvisioningFault: there is no register.
            CertificateFault: the authority cannot be used.
            OSError: there is no such folder.
        """
        self._folder = folder
        # Two engineers who sign at once would each forget what the other has signed.
        self._alone = (folder / "lock").open("a")
        fcntl.flock(self._alone, fcntl.LOCK_EX)
        self._register = read_paper(folder / "register.json", Register)
        self._authority = Authority(folder / "ca.pem", folder / "ca.key")

    @classmethod
    def begin(cls, folder: Path, place: Place, now: datetime, console_key: str | None = None) -> "WardAuthority":
        """Make the ward's authority, the certificates of broker and console, and the broker's configuration.

        A trust that has an authority of its own puts an intermediate one for this ward there first, as `ca.pem` and
        `ca.key`.

        Args:
            folder: made with mode 0711 when missing.
            place: the ward and its broker.
            now: UTC-aware.
            console_key: the console's Ed25519 key, where it is known already.

        Raises:
            ProvisioningFault: the folder belongs to a ward already.
            CertificateFault, ValueError, OSError: the files cannot be made.
        """
        if (folder / "register.json").exists():
            raise ProvisioningFault(f"{folder}: a ward's authority is here already; it is kept, nothing was changed")
        # The broker is another account: it reaches its own folder in this one, and no key beside it.
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        Authority.open(folder, place.ward, now)
        register = Register(
            site=place.site,
            ward=place.ward,
            broker_host=place.host,
            broker_port=place.port,
            broker_listen=place.listen,
            broker_account=place.account or broker_account(),
            console_key=console_key,
        )
        write_paper(folder / "register.json", register, 0o600)
        made = cls(folder)
        made.renew_own(now)
        return made

    @property
    def register(self) -> Register:
        """Return what was vouched for so far."""
        return self._register

    @property
    def fingerprint(self) -> str:
        """Return the authority's fingerprint, to be compared by eye."""
        return self._authority.fingerprint

    def tell_console_key(self, key: str) -> None:
        """Write the console's key down, so that every answer from now on brings it to its node."""
        self._keep(Register.model_validate({**self._register.model_dump(), "console_key": key}))

    def answer(self, asked: Asked, now: datetime, *, is_renewal: bool = False) -> Answer:
        """Vouch for a node.

        Args:
            asked: its request.
            now: UTC-aware.
            is_renewal: the node has a certificate that counts, and this one follows it; both count until the node
                uses the new one and `take_back` ends the old.

        Raises:
            ProvisioningFault: the request is for another ward, was changed, takes a name that is not a node's, or that
                another key has.
            CertificateFault: the request holds no usable key.
        """
        if (asked.site, asked.ward) != (self._register.site, self._register.ward):
            raise ProvisioningFault(f"this request is for {asked.site}/{asked.ward}; this is another ward's authority")
        if asked.node_id in (CONSOLE, BROKER):
            raise ProvisioningFault(f"no node may be named {asked.node_id!r}; choose another name on the node")
        if not signature_holds(asked.public_key, asked.request.encode(), asked.signature):
            raise ProvisioningFault("this request was changed on its way; make it again on the node")
        self._check_name(asked, is_renewal)
        key = asked_key(asked.request, asked.node_id)
        issued = self._authority.vouch(key, asked.node_id, now, is_client=True)
        self._add(Vouched(name=asked.node_id, serial=issued.serial, since=now, until=issued.until,
                          public_key=asked.public_key))  # fmt: skip
        self._write_broker(now)
        return Answer(
            site=self._register.site,
            ward=self._register.ward,
            node_id=asked.node_id,
            certificate=issued.chain,
            authority=self._authority.file.read_text("ascii"),
            broker_host=self._register.broker_host,
            broker_port=self._register.broker_port,
            console_key=self._register.console_key,
        )

    def take_back(
        self,
        name: str,
        why: Literal["lost", "replaced", "decommissioned"],
        now: datetime,
        *,
        all_but_newest: bool = False,
    ) -> tuple[Vouched, ...]:
        """Take a node's certificates back; the broker's files say so from now on.

        Args:
            name: the node id.
            why: the reason.
            now: UTC-aware.
            all_but_newest: keep the newest one, after a renewal.

        Returns:
            Those taken back.

        Raises:
            ProvisioningFault: none counts.
        """
        counting = [one for one in self._register.vouched if one.name == name and one.ended_at is None]
        ending = counting[:-1] if all_but_newest else counting
        if not ending:
            raise ProvisioningFault(f"{name} has no certificate that could be taken back; `hushward provision list`")
        ended = {one.serial: one.model_copy(update={"ended_at": now, "ended_why": why}) for one in ending}
        self._keep(self._register.model_copy(
            update={"vouched": tuple(ended.get(one.serial, one) for one in self._register.vouched)}
        ))  # fmt: skip
        self._write_broker(now)
        return tuple(ended.values())

    def take_last_word(self, wiped: Wiped, now: datetime) -> tuple[Vouched, ...]:
        """Take a decommissioned node's last word, and its certificates back (rule N6).

        Raises:
            ProvisioningFault: it is not this ward's node that says so.
        """
        known = self._register.counting(wiped.node_id)
        is_own = (wiped.site, wiped.ward) == (self._register.site, self._register.ward)
        if known is None or known.public_key != wiped.public_key or not is_own:
            raise ProvisioningFault(f"{wiped.node_id}: no node of this ward has that key; `hushward provision list`")
        if not signature_holds(wiped.public_key, unsigned(wiped), wiped.signature):
            raise ProvisioningFault("this certificate was changed after it was signed; take it from the node again")
        return self.take_back(wiped.node_id, "decommissioned", now)

    def renew_own(self, now: datetime) -> None:
        """Make new certificates for the broker and the console, with new keys, and the broker's files."""
        host = self._register.broker_host
        self._vouch_own(BROKER, self._broker, now, hosts=tuple(dict.fromkeys((host, "localhost", "127.0.0.1"))))
        self._vouch_own(CONSOLE, self._folder, now)
        self._write_broker(now)

    def _vouch_own(self, name: str, folder: Path, now: datetime, hosts: tuple[str, ...] = ()) -> None:
        key = new_key()
        issued = self._authority.vouch(
            key.public_key(), name, now, hosts=hosts, is_server=bool(hosts), is_client=not hosts
        )
        self._add(Vouched(name=name, serial=issued.serial, since=now, until=issued.until))
        folder.mkdir(mode=0o700, exist_ok=True)
        write_key(folder / f"{name}.key", key)
        write_private(folder / f"{name}.pem", issued.chain, 0o644)

    def _check_name(self, asked: Asked, is_renewal: bool) -> None:
        known = self._register.counting(asked.node_id)
        if known is None and is_renewal:
            raise ProvisioningFault(f"{asked.node_id} has no certificate to follow; sign it without --renew")
        if known is not None and not is_renewal:
            raise ProvisioningFault(f"{asked.node_id} has a certificate already; a newer one for it needs --renew")
        ends = {one.ended_why for one in self._register.vouched if one.name == asked.node_id}
        if ends & {"lost", "decommissioned"}:
            raise ProvisioningFault(f"{asked.node_id} was lost or decommissioned; wipe the node and give it a new name")
        keys = {one.public_key for one in self._register.vouched if one.name == asked.node_id}
        if keys - {asked.public_key}:
            raise ProvisioningFault(
                f"the name {asked.node_id} belongs to another node's key; a replacement takes a new name, so that what "
                "was noted by each can be told apart"
            )
        others = {one.name for one in self._register.vouched if one.public_key == asked.public_key} - {asked.node_id}
        if others:
            raise ProvisioningFault(f"this key is known as {min(others)}; wipe the node before it takes a new name")

    def _add(self, one: Vouched) -> None:
        self._keep(self._register.model_copy(update={"vouched": (*self._register.vouched, one)}))

    def _keep(self, register: Register) -> None:
        write_paper(self._folder / "register.json", register, 0o600)
        self._register = register

    def _write_broker(self, now: datetime) -> None:
        """Write the list of what was taken back and the broker's files; the register was written before."""
        register, folder = self._register, self._broker
        ended = [one.serial for one in register.vouched if one.ended_at is not None]
        write_private(folder / "taken-back.pem", self._authority.taken_back(ended, now))
        write_private(folder / "ca.pem", self._authority.file.read_text("ascii"), 0o644)
        tls = mosquitto.Tls(
            folder / "ca.pem",
            folder / f"{BROKER}.pem",
            folder / f"{BROKER}.key",
            register.broker_listen,
            folder / "taken-back.pem",
            register.broker_account,
        )
        mosquitto.prepare(folder, register.broker_port, register.site, register.ward, register.nodes(), tls=tls)
        if os.geteuid() == 0:
            for one in (folder, *folder.rglob("*")):
                shutil.chown(one, register.broker_account)

    @property
    def _broker(self) -> Path:
        return self._folder / "broker"


def broker_account() -> str:
    """Return the account that the broker runs as: Debian's `mosquitto` where there is one, otherwise this one."""
    try:
        return pwd.getpwnam("mosquitto").pw_name if os.geteuid() == 0 else getpass.getuser()
    except KeyError:
        return getpass.getuser()


def ending_soon(register: Register, now: datetime) -> Iterable[Vouched]:
    """Return the newest certificate of each name that ends within thirty days or has ended, the soonest first."""
    names = {one.name for one in register.vouched}
    newest = [found for name in names if (found := register.counting(name)) is not None]
    return sorted((one for one in newest if one.until - now <= WARN_BEFORE), key=lambda one: one.until)
