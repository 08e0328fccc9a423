"""The ward's console on this machine: its certificate, its keys, and whether it says that it is ready."""

import http.client
import ssl
import stat
from collections.abc import Callable, Iterable

from broker.clock import Clock
from console.running.settings import ConsoleSettings
from deploy.examining.clocks import against_certificate
from deploy.examining.finding import Finding

PATIENCE_S = 5
READY = "/readyz"


def ask(settings: ConsoleSettings, path: str) -> int:
    """Return the status with which the console of this machine answers.

    Raises:
        OSError, http.client.HTTPException: it does not.
    """
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    if settings.tls_certificate is None:
        line: http.client.HTTPConnection = http.client.HTTPConnection(host, settings.port, timeout=PATIENCE_S)
    else:
        # Whose certificate it is, is looked at in its file; here it is asked whether it answers.
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        line = http.client.HTTPSConnection(host, settings.port, timeout=PATIENCE_S, context=trusting)
    try:
        line.request("GET", path)
        return line.getresponse().status
    finally:
        line.close()


def answers(settings: ConsoleSettings, get: Callable[[ConsoleSettings, str], int] = ask) -> Iterable[Finding]:
    """Look whether the console is ready: its database, its broker and its disk are well.

    Args:
        settings: the console's.
        get: asks it.
    """
    try:
        status = get(settings, READY)
    except (OSError, http.client.HTTPException) as error:
        yield Finding(
            f"the console does not answer on port {settings.port} ({error})",
            "systemctl status hushward-console, and journalctl -u hushward-console -n 20, say why",
        )
        return
    is_ready = status == 200
    yield Finding(
        f"the console {'is ready' if is_ready else f'answers, and is not ready ({status})'}",
        None
        if is_ready
        else "its health page, and journalctl -u hushward-console, say which of database, broker and disk",
    )


def files(settings: ConsoleSettings, clock: Clock) -> Iterable[Finding]:
    """Look at the certificates of console and broker, and at who may read the keys."""
    for certificate in (settings.tls_certificate, settings.broker.certificate_file, settings.broker.ca_file):
        if certificate is not None:
            yield from against_certificate(certificate, clock)
    keys = [one for one in (settings.tls_key, settings.broker.key_file) if one is not None]
    kept = settings.data_dir / "keys"
    keys += sorted(one for one in kept.glob("*") if one.is_file() and one.suffix not in (".pub", ".pem"))
    for key in keys:
        if stat.S_IMODE(key.stat().st_mode) & 0o077:
            yield Finding(f"others may read {key}", f"chmod 600 {key}; and make a new one, for it may be known")
