"""What every test run does: leave out what this machine has no tool for, name it, and not let CI do so quietly."""

import gc
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

TOOLS = {
    "mosquitto": ("mosquitto",),
    "systemd": ("systemd-analyze",),
    "strace": ("strace",),
    "browser": ("chromium", "chromium-browser", "google-chrome"),
}
PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
CHROMIUM = "/usr/bin/chromium"
OPTIONAL = ("recording:", "kernel:")
"""Skip reasons that begin so are allowed in CI, and named there: recordings are large, of others, and not part of this
project; and no package brings a loop device or a network of one's own to a kernel that lends none."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One real headless browser for the whole run: its driver does not bear a second one beside it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def pytest_collection_finish() -> None:
    """Look less often for what nobody refers to any more: a run holds a million objects that stay, a test makes few."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a test out whose real part is not installed."""
    for marker, programs in TOOLS.items():
        if item.get_closest_marker(marker) and not any(shutil.which(one, path=PLACES) for one in programs):
            pytest.skip(f"tool: {programs[0]} is not installed; run `make tools`")


class LeftOut:
    """Counts the tests that were left out and why."""

    def __init__(self) -> None:
        self.tests: list[tuple[str, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a skip; an expected failure is none."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self.tests.append((report.nodeid, _reason(report)))

    @property
    def missing(self) -> list[tuple[str, str]]:
        """Return what may not be left out in CI."""
        return [(test, why) for test, why in self.tests if not why.startswith(OPTIONAL)]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name each test that was left out."""
        if self.tests:
            terminalreporter.section("left out")
        for test, why in self.tests:
            terminalreporter.write_line(f"{test}: {why}")
        if self.missing and _is_ci():
            terminalreporter.write_line(f"CI=true: {len(self.missing)} left-out tests are failures", red=True)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Turn a quiet omission into a failure, in CI."""
        if self.missing and _is_ci() and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_configure(config: pytest.Config) -> None:
    """Register the count where the reports come together: not in the workers of xdist."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(LeftOut(), "left-out")


def _reason(report: pytest.TestReport) -> str:
    told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return told.removeprefix("Skipped: ")


def _is_ci() -> bool:
    return os.environ.get("CI", "").lower() == "true"
