"""A real mosquitto: its configuration, access file and password file, for one machine or for a ward with TLS."""

import base64
import getpass
import hashlib
import os
import resource
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from broker.acl import mosquitto_acl
from broker.embedded import BrokerMissing
from broker.logins import Login, write_private
from broker.messages import MAX_MESSAGE_BYTES

_TEMPLATES = Path(__file__).parent / "mosquitto"
_HASH_ROUNDS = 10_000
"""Iterations of PBKDF2 in the password file; the passwords are 256 random bits, so this guards nothing by itself."""


@dataclass(frozen=True, slots=True)
class Tls:
    """The ward's certificates.

    Attributes:
        ca_file: the ward's CA, which signs the console's and the nodes' certificates.
        certificate_file: the broker's own.
        key_file: its key.
        address: the address to listen on.
        taken_back_file: the authority's list of certificates that count no more; None takes every one of the CA's.
        account: the account that mosquitto changes to when root starts it; it must be able to read these files.
    """

    ca_file: Path
    certificate_file: Path
    key_file: Path
    address: str
    taken_back_file: Path | None = None
    account: str = field(default_factory=getpass.getuser)


def program() -> str:
    """Return where mosquitto is installed.

    Raises:
        BrokerMissing: nowhere.
    """
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise BrokerMissing("mosquitto is not installed; apt install mosquitto, or use --broker embedded")
    return found


def prepare(
    folder: Path,
    port: int,
    site: str,
    ward: str,
    node_ids: Iterable[str],
    logins: Iterable[Login] = (),
    tls: Tls | None = None,
) -> Path:
    """Write all that mosquitto needs.

    Args:
        folder: where the files go; made when it is missing.
        port: TCP port.
        site: the hospital's slug.
        ward: the ward's slug.
        node_ids: every node of the ward.
        logins: names and passwords, for a broker on one machine; not used with `tls`.
        tls: certificates, for a ward: the name of a client is then the name in its certificate.

    Returns:
        The configuration file.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "store").mkdir(mode=0o700, exist_ok=True)
    acl, passwords = folder / "acl", folder / "passwords"
    write_private(acl, mosquitto_acl(site, ward, node_ids))
    template = Template((_TEMPLATES / ("loopback.conf" if tls is None else "ward.conf")).read_text("utf-8"))
    places = {
        "port": str(port),
        "acl_file": str(acl),
        "store": f"{folder / 'store'}/",
        "largest_packet": str(MAX_MESSAGE_BYTES * 2),
        "password_file": str(passwords),
        "user": getpass.getuser(),
    }
    if tls is None:
        write_private(passwords, "".join(f"{password_line(login)}\n" for login in logins))
    else:
        places |= {
            "address": tls.address,
            "ca_file": str(tls.ca_file),
            "certificate_file": str(tls.certificate_file),
            "key_file": str(tls.key_file),
            "user": tls.account,
            "taken_back": f"crlfile {tls.taken_back_file}" if tls.taken_back_file else "",
        }
    config = folder / "mosquitto.conf"
    write_private(config, template.substitute(places))
    return config


def password_line(login: Login, salt: bytes | None = None) -> str:
    """Write one line of mosquitto's password file.

    Args:
        login: the name and password.
        salt: 12 bytes; random when not given.

    Source:
        mosquitto 2.0, format 7: PBKDF2-HMAC-SHA512, base64 of salt and of 64 bytes of key.
    """
    salt = os.urandom(12) if salt is None else salt
    key = hashlib.pbkdf2_hmac("sha512", login.password.encode(), salt, _HASH_ROUNDS)
    return f"{login.username}:$7${_HASH_ROUNDS}${_base64(salt)}${_base64(key)}"


def serve(config: Path) -> None:
    """Become mosquitto: this process is replaced by it.

    Raises:
        BrokerMissing: it is not installed.
    """
    path = program()
    _let_it_have_sockets()
    os.execv(path, [path, "-c", str(config)])


def _let_it_have_sockets() -> None:
    """Raise the limit of open files as far as the machine allows: each client is one, and a shell allows 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
