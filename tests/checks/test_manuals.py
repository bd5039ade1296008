"""The manual page of each check: what a user reads when a finding is new to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import provenance_audit
from provenance_audit.checks import CHECKS, Check

HEADINGS = ("What it checks", "Why it matters", "What it cannot tell you", "How to fix")
NEVER = re.compile(
    r"\bis (?:clean|safe)\b|contaminated|guarantee|no subliminal|probability of transfer|therefore safe|\bverified\b",
    re.I,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_manual_says_what_why_what_not_and_how(check: Check) -> None:
    lines = check.manual.splitlines()
    assert lines[0] == f"{check.id} {check.name}"
    assert [line for line in lines if line in HEADINGS] == list(HEADINGS)
    severities = re.findall(r"\b(critical|high|medium|low|info)\b", check.manual)
    assert "Severity" not in lines or check.severity in severities


def test_checks_are_listed_once_and_in_order() -> None:
    ids = [check.id for check in CHECKS]
    assert ids == sorted(set(ids))


def test_nothing_in_the_package_claims_what_nobody_can_know() -> None:
    for path in Path(provenance_audit.__file__).parent.rglob("*.py"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert not NEVER.search(line), f"{path.name}:{number}: {line.strip()}"
