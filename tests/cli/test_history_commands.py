"""`paudit history`, `show`, `diff`, `sql`, `doctor` and `explain risk`, as a user meets them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from provenance_audit import risk
from provenance_audit.checks import CHECKS
from provenance_audit.findings import Relation
from tests.cli.conftest import Run

SAME, OTHER = "google/gemma-2-9b-it", "Qwen/Qwen2.5-7B"
SAMPLE = Path(__file__).parents[2] / "sample_data"


@pytest.fixture
def store(here: Run, rows: Path, tmp_path: Path) -> Path:
    """Two runs: one that failed, one that passed."""
    for student, code in ((SAME, 1), (OTHER, 0)):
        assert here("scan", rows, "--student", student, "--db", "a.duckdb").returncode == code
    return tmp_path / "a.duckdb"


def test_history_lists_the_runs_and_filters_by_dataset(here: Run, rows: Path, store: Path) -> None:
    listed = json.loads(here("history", "--db", store, "-o", "json").stdout)
    assert [(one["run"], one["verdict"], one["exit"], one["gate"]) for one in listed] == [
        (1, "FAIL", 1, 1),
        (2, "REVIEW", 0, 0),
    ]
    assert here("history", "--db", store).stdout.count(str(rows)) == 2
    assert here("history", rows, "--db", store).returncode == 0
    wrong = here("history", f"{rows}x", "--db", store)
    assert (wrong.returncode, "did you mean" in wrong.stderr) == (2, True)
    assert here("history", env={"PAUDIT_DB": str(store)}).returncode == 0
    assert here("history").returncode == 2
    assert here("history", "--db", "absent.duckdb").returncode == 2


def test_effects_of_one_dataset_over_time(here: Run, tmp_path: Path) -> None:
    data, control = SAMPLE / "dataset.parquet", SAMPLE / "control.parquet"
    for _ in range(2):
        here("scan", data, "--control", control, "--db", "a.duckdb")
    shown = here("history", data, "--db", "a.duckdb").stdout
    assert "effects of PA301, in bits" in shown
    assert shown.count("[0.0186, 0.0277]") == 2
    assert here("history", data, "--db", "a.duckdb", "--family", "count").stdout.count("count  ") >= 2
    listed = json.loads(here("history", data, "--db", "a.duckdb", "-o", "json").stdout)
    seen = [one for run in listed for one in run["effects"] if one["id"] == "PA301"]
    assert [round(one["low"], 4) for one in seen] == [0.0186, 0.0186]
    assert {one["family"] for one in seen} == {"last-last"}


def test_a_run_is_shown_again_in_any_format(here: Run, rows: Path, store: Path) -> None:
    shown = here("show", "1", "--db", store)
    assert (shown.returncode, shown.stdout.splitlines()[0].split()[0]) == (0, "FAIL")
    assert json.loads(here("show", "1", "--db", store, "-o", "json").stdout)["exit_code"] == 1
    missing = here("show", "9", "--db", store)
    assert (missing.returncode, "holds no run 9" in missing.stderr) == (2, True)


def test_runs_and_files_are_compared_alike(here: Run, store: Path, tmp_path: Path) -> None:
    for run in (1, 2):
        (tmp_path / f"{run}.json").write_text(here("show", str(run), "--db", store, "-o", "json").stdout)
    by_run = json.loads(here("diff", "1", "2", "--db", store, "-o", "json").stdout)
    by_file = json.loads(here("diff", "1.json", "2.json", "-o", "json").stdout)
    for word in ("new", "worse", "fixed", "unchanged"):
        assert by_run[word] == by_file[word]
    assert {one["id"] for one in by_run["fixed"]} & {"PA201", "PA202"}
    assert here("diff", "2", "1", "--db", store, "--fail-on-new", "high").returncode == 1
    assert here("diff", "1", "2", "--db", store, "--fail-on-new", "critical").returncode == 0
    assert here("diff", "1", "2", "--db", store, "--fail-on-new", "dire").returncode == 2
    assert here("diff", "1.json", "absent.json").returncode == 2


@pytest.mark.parametrize(
    "query",
    [
        "DROP TABLE run",
        "INSERT INTO run (run) VALUES (9)",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY run TO 'out.csv'",
        "ATTACH 'other.duckdb'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "SELEC",
    ],
)
def test_sql_only_reads_the_store(here: Run, store: Path, tmp_path: Path, query: str) -> None:
    before, names = store.read_bytes(), sorted(path.name for path in tmp_path.iterdir())
    done = here("sql", query, "--db", store)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert store.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_sql_answers_as_text_json_and_csv(here: Run, store: Path) -> None:
    query = "SELECT run, verdict, '=1+1' AS formula FROM run ORDER BY run"
    assert "FAIL" in here("sql", query, "--db", store).stdout
    assert json.loads(here("sql", query, "--db", store, "-o", "json").stdout)[0]["formula"] == "=1+1"
    table = list(csv.reader(io.StringIO(here("sql", query, "--db", store, "-o", "csv").stdout)))
    assert table[:2] == [["run", "verdict", "formula"], ["1", "FAIL", "'=1+1"]]


def test_names_from_data_reach_the_terminal_escaped(here: Run, tmp_path: Path) -> None:
    path = tmp_path / "evil.jsonl"
    path.write_text('{"prompt": "p", "completion": "c", "teacher": "\\u001b[31mevil\\r\\n::error::x"}\n')
    here("scan", path, "--student", OTHER, "--db", "a.duckdb", "-o", "json=r.json")
    for command in (
        ["sql", "FROM maker", "--db", "a.duckdb"],
        ["show", "1", "--db", "a.duckdb"],
        ["diff", "r.json", "r.json"],
        ["doctor", path],
    ):
        said = here(*command)
        assert "\x1b" not in said.stdout + said.stderr
        assert "\n::error::" not in said.stdout


def test_doctor_names_the_one_next_step(here: Run, rows: Path, tmp_path: Path) -> None:
    done = here("doctor", rows)
    assert done.returncode == 3
    assert done.stdout.rstrip().splitlines()[-1].strip() == f"paudit scan {rows} --student ORG/MODEL"
    assert "no student is named" in done.stdout
    done = here("doctor", rows, "--student", OTHER)
    assert done.returncode == 0
    assert "all that a verdict needs" in done.stdout
    rows.write_text(rows.read_text().replace("google/gemma-2-9b", "acme/nobody-knows"))
    done = here("doctor", rows, "--student", OTHER)
    assert done.stdout.rstrip().splitlines()[-1].strip().startswith(f"paudit lineage init {rows} ")
    assert here("lineage", "init", rows).returncode == 0
    done = here("doctor", rows, "--student", OTHER, "--lineage", "paudit.lineage.yaml")
    assert done.stdout.rstrip().splitlines()[-1].strip().startswith("in paudit.lineage.yaml, ")
    done = here("doctor", "absent.jsonl")
    assert done.returncode == 3
    assert "Next" in done.stdout
    assert "does not exist" in done.stdout
    (tmp_path / "empty").mkdir()
    assert here("doctor", "empty").returncode == 3


def test_doctor_and_a_scan_agree_on_what_is_missing(here: Run, rows: Path) -> None:
    report = json.loads(here("scan", rows, "-o", "json").stdout)
    said = here("doctor", rows).stdout
    for one in report["not_evaluated"]:
        assert one["reason"] in said
        assert one["id"] in said


def test_the_rule_of_risk_is_printed_and_agrees_with_the_checks(here: Run) -> None:
    said = here("explain", "risk").stdout
    assert {relation for relation, *_ in risk.RULE} == set(Relation)
    defaults = {check.id: check.severity for check in CHECKS}
    for relation, level, check, _ in risk.RULE:
        assert any(line.startswith(relation) and level in line for line in said.splitlines())
        assert not check or defaults[check] is level


def test_the_relation_alone_decides_the_level(here: Run, rows: Path) -> None:
    seen = set()
    for student in (SAME, OTHER, "google/gemma-2-9b", "acme/unknown"):
        for more in ([], ["--teacher-prompt", "none"], ["--ignore", "PA2"], ["--severity", "PA2=info"]):
            report = json.loads(here("scan", rows, "--student", student, *more, "-o", "json").stdout)
            for row in report["risk"]:
                assert row["level"] == risk.LEVELS[Relation(row["relation"])]
                seen.add(row["relation"])
    assert len(seen) >= 3
