"""Prints the page of ward nights."""

from tests.spec.nights import page, read_rows

print(page(read_rows()), end="")
