"""Reading the console's settings from TOML and environment, with errors that name file, line and remedy."""

import re
from collections.abc import Mapping
from pathlib import Path

from broker import configuration
from broker.errors import ConfigurationError
from console.errors import SettingsError
from console.running.settings import ConsoleSettings

ENVIRONMENT = "HUSHWARD_CONSOLE_"
_PASSWORD_IN_ADDRESS = re.compile(r"(?<=:)[^:/@]+(?=@)")


def load(path: Path, environment: Mapping[str, str] | None = None) -> ConsoleSettings:
    """Read a console's settings.

    Args:
        path: the TOML file; relative paths inside it are relative to its folder.
        environment: variables `HUSHWARD_CONSOLE_NAME`, or `HUSHWARD_CONSOLE_TABLE__NAME` inside a table, win over the
            file; None means the process's own.

    Raises:
        SettingsError: one sentence with file, line and remedy.
    """
    try:
        settings = configuration.read(
            path, ConsoleSettings, prefix=ENVIRONMENT, whose="the console's", environment=environment
        )
    except ConfigurationError as error:
        raise SettingsError(str(error)) from error
    paths = ("data_dir", "tls_certificate", "tls_key", "clock_file")
    anchored: dict[str, object] = {name: configuration.under(path.parent, getattr(settings, name)) for name in paths}
    if settings.policy is not None:
        file = configuration.under(path.parent, settings.policy.file)
        anchored["policy"] = settings.policy.model_copy(update={"file": file})
    if settings.tracing is not None:
        file = configuration.under(path.parent, settings.tracing.ca_file)
        anchored["tracing"] = settings.tracing.model_copy(update={"ca_file": file})
    if settings.provider is not None:
        names = ("client_secret_file", "ca_file")
        files = {name: configuration.under(path.parent, getattr(settings.provider, name)) for name in names}
        anchored["provider"] = settings.provider.model_copy(update=files)
    return settings.model_copy(update={**anchored, "broker": settings.broker.anchored(path.parent)})


def describe(settings: ConsoleSettings) -> str:
    """Return every setting as TOML-like lines, each with what it means; no secret is among them."""
    return configuration.describe(settings, hide=_PASSWORD_IN_ADDRESS)
