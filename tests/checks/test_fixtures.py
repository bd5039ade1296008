"""Every check, on data that it should flag and on data that it should not: `fixtures/<id>/{flagged,unflagged}*/case.yaml`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

import provenance_audit
from provenance_audit.checks import CHECKS
from provenance_audit.findings import Finding, Report
from tests.checks import selection_worlds, worlds

FIXTURES = Path(__file__).parent / "fixtures"
CASES = sorted(FIXTURES.glob("*/*/case.yaml"))


def audited(case: dict[str, Any], folder: Path) -> Report:
    """The case as a user would have it: files in a folder, scanned with these options."""
    options = {
        name: value.format(folder=folder) if isinstance(value, str) else value
        for name, value in case.get("scan", {}).items()
    }
    for name, content in case.get("tree", {}).items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
    data = folder / "data"
    data.mkdir()
    if "world" in case:
        path, control = worlds.data_and_control(folder, **case["world"])
        options["control"] = control
    elif "selection" in case:
        path, options["raw"] = selection_worlds.raw_and_kept(folder, **case["selection"])
    elif "files" in case:
        path = data / case.get("scanned", "")
        for name, content in case["files"].items():
            (data / name).write_text(content)
    else:
        path = data / "data.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in case["rows"]))
    for stage in ("raw", "rejects"):
        if stage in case:
            options[stage] = folder / f"{stage}.jsonl"
            options[stage].write_text("".join(json.dumps(row) + "\n" for row in case[stage]))
    if "manifest" in case:
        manifest = data / "paudit.lineage.yaml"
        manifest.write_text(yaml.safe_dump(case["manifest"]))
        if not case.get("manifest_beside_the_data"):
            options["lineage"] = manifest
    if "policy" in case:
        options["policy"] = folder / "paudit.toml"
        options["policy"].write_text(case["policy"])
    return provenance_audit.scan(path, **options)


def is_as_expected(finding: Finding, expected: dict[str, Any]) -> bool:
    return (
        expected["says"] in finding.message
        and finding.severity == expected["severity"]
        and expected.get("confidence", finding.confidence) == finding.confidence
        and expected.get("subject", {}).items() <= dict(finding.subject).items()
    )


# One of these says whose rows, or which model, a finding is about; `makers` is there even where nobody is known.
WHO = {"maker", "makers", "model", "child", "cycle", "of", "stated", "waiver"}


def check_subjects(report: Report, folder: Path) -> None:
    """No finding is the same for every dataset, and none changes when files move."""
    for one in report.findings:
        assert WHO & one.subject.keys(), (one.id, one.subject)
        assert all(one.subject.values()), (one.id, one.subject)
        # A model that is a directory has no other name than its place.
        named = [value.replace(f"file:{folder}", "file:") for value in one.subject.values()]
        assert not any(str(folder) in value for value in named), (one.id, one.subject)


@pytest.mark.parametrize("path", CASES, ids=lambda path: "-".join(path.parent.parts[-2:]))
def test_the_check_finds_what_it_should_and_no_more(path: Path, tmp_path: Path) -> None:
    case, id = yaml.safe_load(path.read_text()), path.parent.parent.name
    report = audited(case, tmp_path)
    check_subjects(report, tmp_path)
    found = [finding for finding in report.findings if finding.id == id]
    assert bool(case["finds"]) == path.parent.name.startswith("flagged")
    shown = [(one.severity, one.confidence, one.message, dict(one.subject)) for one in found]
    if not case["finds"]:
        assert shown == []
    for expected in case["finds"]:
        assert any(is_as_expected(finding, expected) for finding in found), shown
    skipped = {one.id: one.reason for one in report.not_evaluated}
    if "not_evaluated" in case:
        assert case["not_evaluated"] in skipped[id]
    elif not case["finds"]:
        assert id not in skipped


def test_every_check_has_both_kinds_of_fixture() -> None:
    ids = {check.id for check in CHECKS}
    for kind in ("flagged", "unflagged"):
        assert {path.parent.parent.name for path in CASES if path.parent.name.startswith(kind)} == ids
