"""Findings of `hushward doctor`, asked in tests."""

from collections.abc import Iterable

from deploy.examining.finding import Finding


def problems(findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if one.remedy is not None]


def only(findings: Iterable[Finding]) -> Finding:
    found = list(findings)
    assert len(found) == 1, found
    return found[0]
