"""Ends a run of the benches with one table."""

import pytest

from tests.kit.bench import FIGURES, table


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured."""
    if FIGURES:
        terminalreporter.section("measured")
        terminalreporter.write_line(table())
