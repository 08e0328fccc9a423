"""The time of day of a machine: can it be believed, who sets it, and does it fit the certificates."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from broker.certificates import read
from broker.clock import Clock
from deploy.examining.finding import Finding

BUILT_AFTER = datetime(2026, 1, 1, tzinfo=UTC)
ENDS_BEFORE = datetime(2056, 1, 1, tzinfo=UTC)
"""No machine that this runs on lasts so long."""
_SETTERS = {
    "systemd-timesyncd": ("run/systemd/timesync/synchronized",),
    "chrony": ("run/chrony/chronyd.pid", "run/chronyd.pid"),
    "ntpd": ("run/ntpd.pid",),
}


def setter(root: Path = Path("/")) -> str | None:
    """Return the name of the service that is seen to set this machine's clock; None when none is."""
    return next((name for name, files in _SETTERS.items() if any((root / one).exists() for one in files)), None)


def time_of_day(clock: Clock, root: Path = Path("/")) -> Iterable[Finding]:
    """Look whether the clock can be believed and who sets it; a node with an untrusted time does not sense."""
    now = clock.utc_now()
    yield Finding(
        f"time of day {now:%Y-%m-%d %H:%M} UTC",
        None
        if BUILT_AFTER <= now < ENDS_BEFORE
        else "set the clock (timedatectl set-ntp true): hours and leases depend on it, and certificates too",
    )
    who = setter(root)
    yield Finding(
        f"{who} sets the clock" if who else "no time service is seen to have set the clock",
        None
        if who
        else "a node in a ward needs systemd-timesyncd or chrony, with the ward's own time server named in "
        "it; a demonstration does not",
        is_needed=False,
    )
    if who is None and not (root / "dev" / "rtc0").exists():
        yield Finding(
            "this machine has no clock of its own that goes on without power",
            "after a power cut it knows no time until a time server answers, and does not sense until then: make sure "
            "that one is on the ward's own network",
            is_needed=False,
        )


def against_certificate(certificate: Path, clock: Clock) -> Iterable[Finding]:
    """Look whether a certificate counts already, counts still, and for how long (fault F31).

    Raises:
        CertificateFault: it cannot be read as a certificate.
    """
    now, told = clock.utc_now(), read(certificate)
    since, until = told.not_valid_before_utc, told.not_valid_after_utc
    days = (until - now).days
    if now < since:
        yield Finding(
            f"{certificate} counts from {since:%Y-%m-%d %H:%M} UTC, and this clock says {now:%Y-%m-%d %H:%M}",
            "this machine's clock, or that of the machine that signed, is wrong: set it right (timedatectl)",
        )
    elif now >= until:
        yield Finding(f"{certificate} ended on {until:%Y-%m-%d}", renewal(certificate))
    else:
        soon = days < 30
        yield Finding(f"{certificate} counts for {days} more days", renewal(certificate) if soon else None, not soon)


def renewal(certificate: Path) -> str:
    """Return how a certificate is renewed; who made it is told by its name."""
    if certificate.name == "node.pem":
        return "renew it: hushward provision ask here, sign --renew on the ward's machine, take here"
    return "renew it on the ward's machine: hushward provision renew-own (or hushward console cert for the screens)"
