"""A ward's own certificate authority and the console's certificate: tablets trust them without the internet."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from console.errors import KeyFault
from console.signer import write_durably

CA_LASTS = timedelta(days=3650)
SERVER_LASTS = timedelta(days=397)
"""Browsers refuse server certificates that last longer than 398 days."""
_CLOCKS_DIFFER = timedelta(minutes=5)
"""A tablet's clock may be a little behind."""


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
        KeyFault: there is a CA certificate without its key, or others may read the key.
        ValueError: no host is given, or one is neither a name nor an address.
        OSError: the folder cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = [_name(host) for host in hosts]
    if not names:
        raise ValueError("give the name or address that tablets will open, with --host")
    ca_file, ca_key = _authority(folder, ward, now)
    ca = x509.load_pem_x509_certificate(ca_file.read_bytes())
    key = ec.generate_private_key(ec.SECP256R1())
    until = min(now + SERVER_LASTS, ca.not_valid_after_utc)
    builder = _builder(_named(hosts[0]), ca.subject, key.public_key(), now, until)
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(_authority_key_id(ca), critical=False)
    certificate_file, key_file = folder / "console.pem", folder / "console.key"
    certificate = builder.sign(ca_key, hashes.SHA256())
    write_durably(key_file, _pem(key), 0o600)
    write_durably(certificate_file, _text(certificate) + _text(ca), 0o644)
    return Certificates(ca_file, certificate_file, key_file, ca.fingerprint(hashes.SHA256()).hex(":").upper(), until)


def valid_until(certificate: Path) -> datetime:
    """Return when a certificate file's first certificate ends, UTC.

    Raises:
        KeyFault: it cannot be read as a certificate.
    """
    return _read(certificate).not_valid_after_utc


def names_of(certificate: Path) -> tuple[str, ...]:
    """Return the names and addresses that a certificate file's first certificate vouches for; empty when none.

    A name with a star vouches for no single name, and is left out.

    Raises:
        KeyFault: it cannot be read as a certificate.
    """
    try:
        told = _read(certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    names = [*told.get_values_for_type(x509.DNSName), *map(str, told.get_values_for_type(x509.IPAddress))]
    return tuple(name for name in names if "*" not in name)


def _read(certificate: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError) as error:
        raise KeyFault(
            f"{certificate}: cannot be read as a certificate; make one with `hushward console cert`"
        ) from error


def _authority(folder: Path, ward: str, now: datetime) -> tuple[Path, ec.EllipticCurvePrivateKey]:
    """Return the ward CA's certificate file and key, made at the first call."""
    ca_file, key_file = folder / "ca.pem", folder / "ca.key"
    if ca_file.exists():
        return ca_file, _read_key(key_file)
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named(f"Hushward ward CA {ward}")
    builder = _builder(name, name, key.public_key(), now, now + CA_LASTS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
    )
    write_durably(key_file, _pem(key), 0o600)
    write_durably(ca_file, _text(builder.sign(key, hashes.SHA256())), 0o644)
    return ca_file, key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _authority_key_id(ca: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    ski = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ski)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    labels = host.split(".")
    if len(host) > 253 or not all(label.replace("-", "a").isalnum() and label.isascii() for label in labels):
        raise ValueError(f"{host!r} is neither a host name nor an address")
    return x509.DNSName(host)


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def _text(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFault(f"{path}: others may read the ward CA's key; run: chmod 600 {path}")
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyFault(f"{path}: cannot be read as the ward CA's key; put it back from the backup") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyFault(f"{path}: is not the key that the ward's CA was made with; put it back from the backup")
    return key
