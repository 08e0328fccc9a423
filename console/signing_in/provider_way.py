"""Put the hospital's own sign-in together from its settings and its secret."""

from dataclasses import dataclass, field
from pathlib import Path

from broker.clock import Clock
from console.errors import SettingsError
from console.signing_in.federation import Federation
from console.signing_in.provider import Provider
from console.signing_in.provider_settings import ProviderSettings
from console.signing_in.register import Register
from console.signing_in.sessions import Sessions


@dataclass(frozen=True, slots=True)
class ProviderWay:
    """The hospital's sign-in, as it will be one of the ways in.

    Attributes:
        settings: of the provider.
        provider: speaks with it.
        ward: whose grants count here.
    """

    settings: ProviderSettings
    provider: Provider = field(repr=False)
    ward: str

    def federation(self, register: Register, sessions: Sessions) -> Federation:
        """Return the way in over a register and its sessions."""
        return Federation(register, sessions, self.settings, self.provider, self.ward)


def way_of(settings: ProviderSettings | None, ward: str, clock: Clock) -> ProviderWay | None:
    """Return the way in of these settings; None without any.

    Raises:
        SettingsError: the secret cannot be read, or others may read it.
    """
    if settings is None:
        return None
    file = settings.client_secret_file
    return ProviderWay(settings, Provider(settings, None if file is None else _secret(file), clock), ward)


def _secret(file: Path) -> str:
    try:
        if file.stat().st_mode & 0o077:
            raise SettingsError(f"{file}: others may read the provider's secret; run: chmod 600 {file}")
        secret = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: the provider's secret cannot be read; write it there with mode 0600") from error
    if not secret:
        raise SettingsError(f"{file}: the provider's secret is empty; write it there with mode 0600")
    return secret
