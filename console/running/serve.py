"""Run the console of one ward until a signal ends it: the only place where its real parts are put together."""

import contextlib
import os
import socket
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import structlog
import uvicorn

from broker.certificates import names_of, valid_until
from broker.clock import Clock, SystemClock, clock_from
from broker.logins import write_private
from broker.paho_link import Address, PahoLink
from broker.service import Service
from broker.topics import upward_filters
from console.app import create_app
from console.assurance.safety_case import require_signature
from console.assurance.trust_policy import policy_of
from console.errors import SettingsError
from console.rules.policy import shipped_policy
from console.running.logs import log_to_stderr
from console.running.opening import open_ward
from console.running.settings import ConsoleSettings
from console.running.work import LOOPS
from console.skin.server import server_config
from console.tracing.spans import NO_SPANS, Spans
from console.ward import Ward

LINK_FILE = "first-administrator.link"
_WEB = "web"
"""Name of the web server's loop."""

_log = structlog.get_logger(__name__)


def serve(settings: ConsoleSettings) -> None:
    """Serve until a signal comes, then end in order.

    Raises:
        SettingsError: the context of rule A11 does not hold today, or the broker's password cannot be read.
        ConsoleError: keys, database or audit log cannot be used.
        OSError: the address is taken or the folder cannot be written.
    """
    log_to_stderr()
    clock = clock_from(settings.clock_file)
    fault = settings.context_fault(clock.utc_now().astimezone(settings.zone).date())
    if fault is not None:
        raise SettingsError(fault)
    require_signature(settings, policy_of(settings) if settings.clinical is not None else shipped_policy())
    settings = _named(settings)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.closing(_bound(settings)) as place, _spans(settings) as spans:
        ward = open_ward(settings, clock, _link(settings), spans=spans)
        service = Service.of(os.environ, (*LOOPS, _WEB), SystemClock())
        try:
            ward.start(service.gone_round)
            _offer_first_administrator(settings, ward)
            _run(settings, ward, clock, place, service, spans)
        finally:
            ward.stop()


@contextlib.contextmanager
def _spans(settings: ConsoleSettings) -> Iterator[Spans]:
    """Open the way to a collector of traces where the settings name one; close it last."""
    told = settings.tracing
    if told is None:
        yield NO_SPANS
        return
    # The library that sends them is loaded by those consoles alone that have a collector.
    from console.tracing.sending import open_spans

    with contextlib.closing(open_spans(told.endpoint, f"{settings.site}/{settings.ward}", told.ca_file)) as spans:
        yield spans


def _run(
    settings: ConsoleSettings, ward: Ward, clock: Clock, place: socket.socket, service: Service, spans: Spans
) -> None:
    certificate = None if settings.tls_certificate is None else str(settings.tls_certificate)
    key = None if settings.tls_key is None else str(settings.tls_key)
    app = create_app(ward, settings, _ends(settings), spans)
    is_told = False

    async def gone_round() -> None:
        nonlocal is_told
        if not is_told:
            is_told = True
            service.ready()
        service.gone_round(_WEB)

    config = server_config(
        app, host=settings.host, port=settings.port, certificate=certificate, key=key, gone_round=gone_round
    )
    _log.info("console_serves", url=_url(settings), context=str(settings.context), at=clock.utc_now().isoformat())
    try:
        uvicorn.Server(config).run(sockets=[place])
    finally:
        service.ending()


def _ends(settings: ConsoleSettings) -> dict[str, datetime]:
    """Return when each certificate of this console ends.

    Raises:
        CertificateFault: one cannot be read.
    """
    files = {"pages": settings.tls_certificate, "broker": settings.broker.certificate_file}
    return {name: valid_until(file) for name, file in files.items() if file is not None}


def _named(settings: ConsoleSettings) -> ConsoleSettings:
    """Take the names of the certificate where the settings name none.

    Raises:
        CertificateFault: the certificate cannot be read.
    """
    if settings.public_names or settings.tls_certificate is None:
        return settings
    return settings.model_copy(update={"public_names": names_of(settings.tls_certificate)})


def _bound(settings: ConsoleSettings) -> socket.socket:
    """Take the address before anything else is opened; nobody is answered until the web server listens on it.

    Raises:
        SettingsError: it is taken, or is not this machine's.
    """
    try:
        family, kind, number, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        place = socket.socket(family, kind, number)
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(address)
    except OSError as error:
        raise SettingsError(
            f"{settings.host} port {settings.port} cannot be served on ({error.strerror}): "
            "stop what uses it, or choose another `port`"
        ) from error
    return place


def _offer_first_administrator(settings: ConsoleSettings, ward: Ward) -> None:
    """Write and print the one-time link while there is no account; take the file away once there is one."""
    file = settings.data_dir / LINK_FILE
    token = ward.identity.first_administrator_link()
    if token is None:
        with contextlib.suppress(FileNotFoundError):
            file.unlink()
        return
    link = f"{_url(settings)}/enrol/{token}"
    write_private(file, f"{link}\n")
    print(f"No account exists yet. For the first administrator, once, within 60 minutes:\n  {link}", flush=True)


def _link(settings: ConsoleSettings) -> PahoLink:
    told = settings.broker
    address = Address(
        told.host,
        told.port,
        told.username,
        None if settings.password_path is None else _password(settings.password_path),
        told.ca_file,
        told.certificate_file,
        told.key_file,
    )
    client_id = f"console-{settings.site}-{settings.ward}" if told.username is None else told.username
    return PahoLink(address, client_id, upward_filters(settings.site, settings.ward))


def _password(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise SettingsError(f"{path}: others may read this password; run: chmod 600 {path}")
        password = path.read_text("utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{path}: the broker's password cannot be read ({error.strerror})") from error
    if not password:
        raise SettingsError(f"{path}: the broker's password is empty; write it there with mode 0600")
    return password


def _url(settings: ConsoleSettings) -> str:
    return f"{'https' if settings.is_secure else 'http'}://{settings.names[0]}:{settings.port}"
