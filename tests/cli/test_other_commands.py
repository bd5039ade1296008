"""inspect, checks, explain, schema, version, help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provenance_audit import __version__
from provenance_audit.checks import CHECKS
from tests.cli.conftest import Run


def test_inspect_says_what_was_recognised(paudit: Run, rows: Path) -> None:
    done = paudit("inspect", rows)
    assert done.returncode == 0
    for expected in (
        "60 completions",
        "numbers",
        "completion     from completion",
        "google/gemma-2-9b: 60 rows (100.0%)",
    ):
        assert expected in done.stdout


def test_inspect_as_json_counts_records_and_trained_rows(paudit: Run, tmp_path: Path) -> None:
    turns = [
        {"role": r, "content": c}
        for r, c in (("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"))
    ]
    (tmp_path / "chat.jsonl").write_text(
        json.dumps({"messages": turns}) + "\n" + json.dumps({"messages": turns[:1]}) + "\n"
    )
    seen = json.loads(paudit("inspect", "chat.jsonl", "-o", "json").stdout)
    assert (seen["rows"], seen["trained_rows"]) == (2, 2)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_is_listed_and_explained(paudit: Run, check) -> None:  # type: ignore[no-untyped-def]
    if check is CHECKS[0]:
        listed = paudit("checks").stdout
        assert all(f"{one.id}  {one.name}" in listed for one in CHECKS)
        assert paudit("explain", check.name).stdout == paudit("explain", check.id.lower()).stdout
        assert (
            "did you mean PA202?" in paudit("explain", "PA20").stderr
            or paudit("explain", "PA20").returncode == 2
        )
    assert check.manual.startswith(f"{check.id} {check.name}")


def test_an_unknown_check_exits_2(paudit: Run) -> None:
    done = paudit("explain", "shared-bsae")
    assert done.returncode == 2
    assert "did you mean shared-base?" in done.stderr


@pytest.mark.parametrize("name", ["report", "manifest", "registry", "policy", "waivers"])
def test_schemas_are_printed(paudit: Run, name: str) -> None:
    published = Path(__file__).parents[2] / "schemas" / f"{name}.v1.schema.json"
    assert paudit("schema", name).stdout == published.read_text()


def test_version_and_help(paudit: Run) -> None:
    assert paudit("--version").stdout == f"paudit {__version__}\n"
    done = paudit("--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in ("scan", "inspect", "checks", "explain", "schema"))
