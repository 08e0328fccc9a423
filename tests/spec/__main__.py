"""Prints the page of ward nights, or writes it: `python -m tests.spec [FILE]`."""

import sys
from pathlib import Path

from tests.spec.never_again import nights_page, read_nights
from tests.spec.nights import page, read_rows

whole = page(read_rows()) + nights_page(read_nights())

if len(sys.argv) > 1:
    file = Path(sys.argv[1])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(whole, "utf-8")
else:
    print(whole, end="")
