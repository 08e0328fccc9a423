import datetime as dt
import ipaddress
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import PolicyBuilder, Store

from broker.certificates import names_of, valid_until
from broker.errors import CertificateFault
from console.__main__ import main
from console.keys import certificates

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
HOSTS = ["console.ward.example", "192.0.2.10", "localhost"]


def chain(made: certificates.Certificates) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(made.certificate.read_bytes())


@pytest.mark.parametrize("subject", [x509.DNSName(HOSTS[0]), x509.IPAddress(ipaddress.ip_address(HOSTS[1]))])
def test_a_tablet_that_trusts_the_wards_ca_trusts_the_console(
    tmp_path: Path, subject: x509.DNSName | x509.IPAddress
) -> None:
    made = certificates.make(tmp_path, "willow", HOSTS, NOW)
    leaf, ca = chain(made)
    verifier = PolicyBuilder().store(Store([ca])).time(NOW).build_server_verifier(subject)
    assert verifier.verify(leaf, []) == [leaf, ca]


def test_another_name_or_another_ca_is_not_trusted(tmp_path: Path) -> None:
    leaf, ca = chain(certificates.make(tmp_path / "a", "willow", HOSTS, NOW))
    _, other = chain(certificates.make(tmp_path / "b", "willow", HOSTS, NOW))
    for store, name in ((ca, "other.example"), (other, HOSTS[0])):
        verifier = PolicyBuilder().store(Store([store])).time(NOW).build_server_verifier(x509.DNSName(name))
        with pytest.raises(x509.verification.VerificationError):
            verifier.verify(leaf, [])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
def test_openssl_agrees(tmp_path: Path) -> None:
    made = certificates.make(tmp_path, "willow", HOSTS, dt.datetime.now(dt.UTC))
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", made.ca, made.certificate]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_a_server_can_load_them_and_only_the_owner_can_read_the_keys(tmp_path: Path) -> None:
    made = certificates.make(tmp_path / "certs", "willow", HOSTS, NOW)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(made.certificate, made.key)
    for key in (made.key, tmp_path / "certs" / "ca.key"):
        assert key.stat().st_mode & 0o777 == 0o600


def test_a_second_call_keeps_the_ca_that_the_tablets_trust(tmp_path: Path) -> None:
    first = certificates.make(tmp_path, "willow", HOSTS, NOW)
    leaf = chain(first)[0]
    second = certificates.make(tmp_path, "willow", ["other.example"], NOW + dt.timedelta(days=300))
    assert (first.fingerprint, chain(second)[1]) == (second.fingerprint, chain(first)[1])
    assert chain(second)[0] != leaf


def test_the_certificate_lasts_no_longer_than_browsers_take_nor_than_its_ca(tmp_path: Path) -> None:
    made = certificates.make(tmp_path, "willow", HOSTS, NOW)
    leaf, ca = chain(made)
    assert made.until == leaf.not_valid_after_utc == valid_until(made.certificate)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= dt.timedelta(days=398)
    late = certificates.make(tmp_path, "willow", HOSTS, NOW + dt.timedelta(days=3600))
    assert late.until == ca.not_valid_after_utc


def test_T43_a_certificate_tells_the_names_it_vouches_for(tmp_path: Path) -> None:
    made = certificates.make(tmp_path, "willow", ["console.ward.example", "192.0.2.10"], NOW)
    assert names_of(made.certificate) == ("console.ward.example", "192.0.2.10")
    assert names_of(made.ca) == ()


def test_a_ca_without_its_key_makes_nothing(tmp_path: Path) -> None:
    certificates.make(tmp_path, "willow", HOSTS, NOW)
    (tmp_path / "ca.key").chmod(0o644)
    with pytest.raises(CertificateFault, match="chmod 600"):
        certificates.make(tmp_path, "willow", HOSTS, NOW)
    (tmp_path / "ca.key").unlink()
    with pytest.raises(CertificateFault, match="backup"):
        certificates.make(tmp_path, "willow", HOSTS, NOW)


@pytest.mark.parametrize("host", ["", "a b", "https://x", "x/y", "ä.example"])
def test_what_is_no_host_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(ValueError, match="neither a host name nor an address"):
        certificates.make(tmp_path, "willow", [host], NOW)


def test_the_command_says_how_tablets_trust_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cert", "--host", "console.ward.example", "--out", str(tmp_path / "certs")]) == 0
    told = capsys.readouterr().out
    ca = x509.load_pem_x509_certificate((tmp_path / "certs" / "ca.pem").read_bytes())
    assert ca.fingerprint(SHA256()).hex(":").upper() in told
    assert 'tls_key = "' in told
    assert main(["cert", "--host", "a b", "--out", str(tmp_path / "certs")]) == 1
    assert "neither a host name" in capsys.readouterr().err
