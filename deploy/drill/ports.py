"""Ports of a drill's ward: not those that the kernel lends to anybody, so that a restart finds them free."""

import secrets
import socket

from deploy.errors import DeployError

_FIRST, _LAST = 15000, 32000
"""Linux gives out 32768 to 60999 to connections that name no port of their own (ip_local_port_range)."""
_TRIES = 200


def own_port() -> int:
    """Return a port of this machine that is free now.

    Raises:
        DeployError: none is found.
    """
    for _ in range(_TRIES):
        port = _FIRST + secrets.randbelow(_LAST - _FIRST)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise DeployError(f"no port between {_FIRST} and {_LAST} is free; end what uses them")
