"""The certificate of the console's pages: the ward's own authority vouches for it, so tablets need no internet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from broker.certificates import Authority, new_key, write_key
from broker.logins import write_private


@dataclass(frozen=True, slots=True)
class Certificates:
    """What was made, as PEM files.

    Attributes:
        ca: the ward CA's certificate: what tablets trust.
        certificate: the console's, for `tls_certificate`.
        key: its key, mode 0600, for `tls_key`.
        fingerprint: SHA-256 of the CA's certificate, in pairs of hex digits, to be compared on the tablet.
        until: when the console's certificate ends.
    """

    ca: Path
    certificate: Path
    key: Path
    fingerprint: str
    until: datetime


def make(folder: Path, ward: str, hosts: Sequence[str], now: datetime) -> Certificates:
    """Make the console's certificate, and the ward's CA where there is none yet.

    Args:
        folder: where they lie; made with mode 0700 when missing.
        ward: the ward's slug, in the CA's name.
        hosts: names and addresses that tablets will type, 1 or more.
        now: UTC-aware.

    Raises:
        CertificateFault: there is a CA certificate without its key, or others may read the key.
        ValueError: no host is given, or one is neither a name nor an address.
        OSError: the folder cannot be written.
    """
    if not hosts:
        raise ValueError("give the name or address that tablets will open, with --host")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = Authority.open(folder, ward, now)
    certificate, key = folder / "console.pem", folder / "console.key"
    made = new_key()
    issued = authority.vouch(made.public_key(), hosts[0], now, hosts=hosts, is_server=True)
    write_key(key, made)
    write_private(certificate, issued.chain, 0o644)
    return Certificates(authority.file, certificate, key, authority.fingerprint, issued.until)
