"""Brings a console up quickly: a process that has loaded everything, and forks one each time that it is asked to."""

from pathlib import Path
from typing import Any

from console.running import settings_file
from console.running.serve import serve
from deploy.drill.nursery import fork_for_each_line


def _live_as_console(told: list[Any]) -> int:
    config, _log = told
    serve(settings_file.load(Path(config)))
    return 0


if __name__ == "__main__":
    fork_for_each_line(_live_as_console)
