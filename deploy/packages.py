"""Which of the packages that the wheel names are missing here, so that it can be said before anything starts."""

import re
from importlib.metadata import PackageNotFoundError, distribution, requires

from deploy.errors import DeployError

REMEDY = "run `make setup`"


def missing() -> list[str]:
    """Return the names of required packages that are not installed, in the order in which they are named.

    Optional ones are left out: what needs them says so itself.
    """
    absent = []
    for requirement in requires("hushward") or ():
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        if name is None or "extra ==" in requirement:
            continue
        try:
            distribution(name[0])
        except PackageNotFoundError:
            absent.append(name[0])
    return absent


def check() -> None:
    """Raise when something is missing.

    Raises:
        DeployError: one sentence with every missing package and the remedy.
    """
    absent = missing()
    if absent:
        raise DeployError(f"missing on this machine: {', '.join(absent)}; {REMEDY}")
