"""A real server over a ward, in a thread, on a free port of this machine."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from console.app import create_app
from console.skin.server import server_config
from tests.kit.skin import HandSettings


@contextmanager
def served(ward: Any, folder: Path, *, at_port: int = 0, **settings: Any) -> Iterator[str]:
    """Serve a ward, at a port that was free before or at any; yield its address."""
    config = server_config(create_app(ward, HandSettings(folder, **settings)), host="127.0.0.1", port=at_port)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    give_up = time.monotonic() + 20
    while not server.started and time.monotonic() < give_up:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(15)
