"""A console's database in a process of its own: `python -m tests.kit.disk_console FOLDER`, then one word a line."""

import sys
from pathlib import Path

from console.errors import StoreError
from tests.kit.console_store import Bench, open_bench


def _answer(bench: Bench, word: str) -> str:
    try:
        if word == "write":
            bench.append_many(1)
    except StoreError as error:
        return f"{type(error).__name__} {bench.audit.size}"
    return f"well {bench.audit.size}"


def main() -> None:
    """Do what each line asks for and answer with its outcome and the size of the audit log."""
    bench = open_bench(Path(sys.argv[1]))
    print(_answer(bench, "write"), flush=True)
    for line in sys.stdin:
        print(_answer(bench, line.strip()), flush=True)


if __name__ == "__main__":
    main()
