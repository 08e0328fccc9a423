"""The month's audit as one CSV table: a line for each cell, numbered by row, so that a spreadsheet can filter it."""

import csv
import io

from console.assurance.pack import Pack

_HEAD = ("ward", "month", "section", "row", "column", "value")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_of(pack: Pack) -> bytes:
    """Return the table, UTF-8 with CRLF line ends (RFC 4180); its last line names the audit it was made from."""
    told = io.StringIO(newline="")
    lines = csv.writer(told)
    lines.writerow(_HEAD)
    for section in pack.sections:
        for number, row in enumerate(section.rows, start=1):
            for column, value in zip(section.head, row, strict=True):
                lines.writerow(_cells(pack.ward, pack.month, section.code, str(number), column, value))
    lines.writerow(_cells(pack.ward, pack.month, "pack", "1", "sha256", pack.digest))
    return told.getvalue().encode()


def _cells(*texts: str) -> list[str]:
    """Return cells that no spreadsheet takes for a formula."""
    return [f"'{one}" if one.startswith(_FORMULA) else one for one in texts]
