"""Prints the page of ward nights, or writes it: `python -m tests.spec [FILE]`."""

import sys
from pathlib import Path

from tests.spec.nights import page, read_rows

if len(sys.argv) > 1:
    file = Path(sys.argv[1])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page(read_rows()), "utf-8")
else:
    print(page(read_rows()), end="")
