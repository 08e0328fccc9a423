"""X.509 for one ward: its own authority, what it vouches for, what it takes back, and what a node asks it for."""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from broker.errors import CertificateFault
from broker.logins import write_private

AUTHORITY_LASTS = timedelta(days=3650)
LASTS = timedelta(days=397)
"""Of all that an authority vouches for: browsers refuse server certificates that last longer than 398 days."""
_CLOCKS_DIFFER = timedelta(minutes=5)
"""The clock of a tablet or of a node may be a little behind."""


@dataclass(frozen=True, slots=True)
class Issued:
    """One certificate that an authority has signed.

    Attributes:
        chain: PEM: the certificate, then the authority's.
        serial: its serial number, in hex digits.
        until: when it ends, UTC.
    """

    chain: str
    serial: str
    until: datetime


class Authority:
    """A ward's certificate authority, or one that the trust gave for this ward.

    Attributes:
        file: its certificate: what tablets, nodes and the broker trust.
    """

    def __init__(self, file: Path, key_file: Path) -> None:
        """Read it.

        Raises:
            CertificateFault: a file cannot be read, others may read the key, or the two do not belong together.
        """
        self.file = file
        self._certificate = read(file)
        self._key = read_key(key_file)
        if self._certificate.public_key() != self._key.public_key():
            raise CertificateFault(f"{key_file}: is not the key of {file}; put both back from the backup")

    @classmethod
    def open(cls, folder: Path, ward: str, now: datetime) -> Self:
        """Read `ca.pem` and `ca.key`, or make them where there is no `ca.pem` yet.

        Args:
            folder: must exist.
            ward: the ward's slug, in the authority's name.
            now: UTC-aware.

        Raises:
            CertificateFault: as above.
            OSError: the folder cannot be written.
        """
        file, key_file = folder / "ca.pem", folder / "ca.key"
        if not file.exists():
            key = new_key()
            name = _named(f"Hushward ward CA {ward}")
            builder = _builder(name, name, key.public_key(), now, now + AUTHORITY_LASTS)
            builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
            itself = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
            builder = builder.add_extension(itself, critical=False)
            write_key(key_file, key)
            write_private(file, _text(builder.sign(key, hashes.SHA256())), 0o644)
        return cls(file, key_file)

    @property
    def fingerprint(self) -> str:
        """Return SHA-256 of its certificate in pairs of hex digits, to be compared by eye."""
        return self._certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    def vouch(
        self,
        key: ec.EllipticCurvePublicKey,
        name: str,
        now: datetime,
        *,
        hosts: Sequence[str] = (),
        is_server: bool = False,
        is_client: bool = False,
    ) -> Issued:
        """Sign a certificate.

        Args:
            key: whose; P-256.
            name: its common name: at the broker, who the client is.
            now: UTC-aware.
            hosts: names and addresses under which a server is reached.
            is_server: it may answer as a server.
            is_client: it may sign in as a client.

        Raises:
            ValueError: a host is neither a name nor an address.
        """
        names = [_host(host) for host in hosts]
        until = min(now + LASTS, self._certificate.not_valid_after_utc)
        builder = _builder(_named(name), self._certificate.subject, key, now, until)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
        uses = [ExtendedKeyUsageOID.SERVER_AUTH] * is_server + [ExtendedKeyUsageOID.CLIENT_AUTH] * is_client
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        ski = self._certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        whose = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ski)
        made = builder.add_extension(whose, critical=False).sign(self._key, hashes.SHA256())
        return Issued(_text(made) + _text(self._certificate), f"{made.serial_number:x}", until)

    def taken_back(self, serials: Iterable[str], now: datetime) -> str:
        """Return the signed list of certificates that count no more, PEM; it holds as long as the authority does.

        Args:
            serials: hex digits.
            now: UTC-aware.
        """
        builder = x509.CertificateRevocationListBuilder().issuer_name(self._certificate.subject)
        builder = builder.last_update(now - _CLOCKS_DIFFER).next_update(self._certificate.not_valid_after_utc)
        for serial in serials:
            entry = x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(now)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def new_key() -> ec.EllipticCurvePrivateKey:
    """Make a key on the curve P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Write a key into a file that only its owner can read.

    Raises:
        OSError: it cannot be written.
    """
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    write_private(path, pem.decode())


def read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Read a key.

    Raises:
        CertificateFault: it is no P-256 key, or others may read it.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise CertificateFault(f"{path}: others may read this key; run: chmod 600 {path}")
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise CertificateFault(f"{path}: cannot be read as a key; put it back from the backup") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateFault(f"{path}: is not a key on the curve P-256; put the right one back from the backup")
    return key


def read(path: Path) -> x509.Certificate:
    """Read a file's first certificate.

    Raises:
        CertificateFault: there is none.
    """
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CertificateFault(
            f"{path}: cannot be read as a certificate; `hushward provision` or `hushward console cert` makes one"
        ) from error


def valid_until(path: Path) -> datetime:
    """Return when a certificate file's first certificate ends, UTC.

    Raises:
        CertificateFault: it cannot be read as a certificate.
    """
    return read(path).not_valid_after_utc


def names_of(path: Path) -> tuple[str, ...]:
    """Return the names and addresses that a certificate file's first certificate vouches for; empty when none.

    A name with a star vouches for no single name, and is left out.

    Raises:
        CertificateFault: it cannot be read as a certificate.
    """
    try:
        told = read(path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    names = [*told.get_values_for_type(x509.DNSName), *map(str, told.get_values_for_type(x509.IPAddress))]
    return tuple(name for name in names if "*" not in name)


def request(key: ec.EllipticCurvePrivateKey, name: str) -> str:
    """Return a request for a certificate (PKCS#10), signed with the key that it is for."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_named(name))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def asked_key(pem: str, name: str) -> ec.EllipticCurvePublicKey:
    """Return the key that a request is for.

    Args:
        pem: the request.
        name: the name that it must ask for.

    Raises:
        CertificateFault: it is no request, was changed on its way, asks for another name, or for another kind of key.
    """
    try:
        asked = x509.load_pem_x509_csr(pem.encode())
        is_whole = asked.is_signature_valid
        names = [str(one.value) for one in asked.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        key = asked.public_key()
    except (ValueError, InvalidSignature) as error:
        raise CertificateFault("this is no request for a certificate; make it again on the node") from error
    if not is_whole or names != [name]:
        raise CertificateFault("this request was changed on its way, or is for another node; make it again on the node")
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CertificateFault("this request is for a key of another kind than P-256; make it again on the node")
    return key


def belongs(chain: str, key: ec.EllipticCurvePrivateKey, name: str) -> str:
    """Return the serial number of a certificate that was made for this key and name.

    Raises:
        CertificateFault: it is for another one.
    """
    try:
        certificate = x509.load_pem_x509_certificate(chain.encode())
    except ValueError as error:
        raise CertificateFault("the answer holds no certificate; sign the request again") from error
    names = [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if certificate.public_key() != key.public_key() or names != [name]:
        raise CertificateFault("this answer is for another request; bring the one for this node's newest request")
    return f"{certificate.serial_number:x}"


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


def _host(host: str) -> x509.GeneralName:
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


def _text(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
