"""`paudit verify`, and guard(): these very bytes, for this student, under a gate at least this strict."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from provenance_audit import guard, scan
from provenance_audit.errors import RefusedError, UnreadableError, UsageError
from provenance_audit.formats import FORMATS, Look
from tests.cli.conftest import write_rows

Run = Callable[..., subprocess.CompletedProcess[str]]

STUDENT = "Qwen/Qwen2.5-7B-Instruct"
RELATED = "google/gemma-2-9b-it"


@pytest.fixture(scope="module")
def statement() -> str:
    """The attestation of an audit of `rows` that passed. Its bytes are the same in every test, so it is made once."""
    with TemporaryDirectory() as folder:
        report = scan(write_rows(Path(folder)), student=STUDENT)
    assert report.exit_code == 0
    return FORMATS["intoto"](report, Look())


@pytest.fixture
def attested(statement: str, tmp_path: Path) -> Path:
    """That attestation, in a file."""
    path = tmp_path / "a.intoto.json"
    path.write_text(statement)
    return path


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def conclude(path: Path, **changes: Any) -> None:
    def change(content: dict[str, Any]) -> None:
        one = next(one for one in content["predicate"]["configuration"] if one["name"] == "paudit conclusion")
        concluded = json.loads(base64.b64decode(one["content"])) | changes
        one["content"] = base64.b64encode(json.dumps(concluded).encode()).decode()

    changed(path, change)


def test_bytes_that_passed_pass(paudit: Run, attested: Path, rows: Path) -> None:
    done = paudit("verify", "--attestation", attested, rows, "--student", STUDENT)
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("passes: 1 file, audited for Qwen/Qwen2.5-7B-Instruct")


def test_one_byte_more_does_not(paudit: Run, attested: Path, rows: Path) -> None:
    with rows.open("a") as stream:
        stream.write("\n")
    done = paudit("verify", "--attestation", attested, rows, "--student", STUDENT)
    assert done.returncode == 1
    assert "is not among the files that were attested" in done.stdout


def test_a_copy_elsewhere_passes_and_a_file_beside_it_does_not(
    paudit: Run, attested: Path, rows: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.copy(rows, folder / "renamed.jsonl")
    assert paudit("verify", "--attestation", attested, folder, "--student", STUDENT).returncode == 0
    (folder / "more.jsonl").write_text('{"prompt": "a", "completion": "b"}\n')
    done = paudit("verify", "--attestation", attested, folder, "--student", STUDENT)
    assert done.returncode == 1
    assert "more.jsonl is not among" in done.stdout


def test_a_part_of_what_was_attested_does_not_pass(paudit: Run, rows: Path, tmp_path: Path) -> None:
    second, path = tmp_path / "second.jsonl", tmp_path / "a.json"
    second.write_text(rows.read_text().replace("continue", "go on with"))
    paudit("scan", rows, second, "--student", STUDENT, "-o", f"intoto={path}")
    done = paudit("verify", "--attestation", path, rows, "--student", STUDENT)
    assert done.returncode == 1
    assert "was attested and is not among the data" in done.stdout


@pytest.mark.parametrize(
    ("asked", "attested_as", "code"),
    [
        (STUDENT.lower(), STUDENT, 0),
        (f"{STUDENT}@0a1b", STUDENT, 0),
        (f"{STUDENT}@0a1b", f"{STUDENT}@0a1b", 0),
        (f"{STUDENT}@ffff", f"{STUDENT}@0a1b", 1),
        (STUDENT, f"{STUDENT}@0a1b", 1),
        ("Qwen/Qwen2.5-14B", STUDENT, 1),
        (STUDENT, None, 1),
    ],
)
def test_it_is_about_one_student(
    paudit: Run, attested: Path, rows: Path, asked: str, attested_as: str | None, code: int
) -> None:
    conclude(attested, student=attested_as)
    done = paudit("verify", "--attestation", attested, rows, "--student", asked)
    assert done.returncode == code, done.stdout
    assert code == 0 or "it is about the student" in done.stdout


@pytest.mark.parametrize(
    ("gate", "options", "code"),
    [
        ({"fail_on": "high", "min_confidence": "medium"}, [], 0),
        ({"fail_on": "low", "min_confidence": "low"}, [], 0),
        ({"fail_on": "critical", "min_confidence": "medium"}, [], 1),
        ({"fail_on": "none", "min_confidence": "medium"}, [], 1),
        ({"fail_on": "none", "min_confidence": "medium"}, ["--fail-on", "none"], 0),
        ({"fail_on": "high", "min_confidence": "high"}, [], 1),
        ({"fail_on": "high", "min_confidence": "medium"}, ["--fail-on", "medium"], 1),
        ({}, [], 1),
    ],
)
def test_a_weaker_gate_does_not_count(
    paudit: Run, attested: Path, rows: Path, gate: dict[str, str], options: list[str], code: int
) -> None:
    conclude(attested, gate=gate)
    done = paudit("verify", "--attestation", attested, rows, "--student", STUDENT, *options)
    assert done.returncode == code, done.stdout
    assert code == 0 or "its gate is weaker" in done.stdout


def test_it_may_be_asked_for_one_policy_and_no_other(paudit: Run, rows: Path, tmp_path: Path) -> None:
    """The policy is what it decides: comments, places and waivers do not count, one severity does."""
    own, same, other = tmp_path / "own.toml", tmp_path / "elsewhere.toml", tmp_path / "other.toml"
    own.write_text('version = 1\nfail-on = "critical"\nignore = ["PA104"]\n')
    same.write_text('# written otherwise\nversion = 1\nignore = ["PA104"]\nfail-on = "critical"\n')
    other.write_text('version = 1\nfail-on = "critical"\nignore = ["PA104"]\n[severity]\nPA103 = "low"\n')
    statement = tmp_path / "a.json"
    asked = ("verify", "--attestation", statement, rows, "--student", STUDENT)
    scanned = paudit("scan", rows, "--student", STUDENT, "--policy", own, "-o", f"intoto={statement}")
    assert scanned.returncode == 0, scanned.stderr
    assert paudit(*asked).returncode == 1  # weaker than the default gate
    assert paudit(*asked, "--policy", own).returncode == 0
    assert paudit(*asked, "--policy", same).returncode == 0
    refused = paudit(*asked, "--policy", other)
    assert refused.returncode == 1
    assert "under another policy" in refused.stdout
    flagged = ("scan", rows, "--student", STUDENT, "--policy", own, "--ignore", "PA103")
    assert paudit(*flagged, "-o", f"intoto={statement}").returncode == 0
    assert paudit(*asked, "--policy", own).returncode == 1


def test_an_audit_that_failed_does_not_pass(paudit: Run, rows: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    assert paudit("scan", rows, "--student", RELATED, "-o", f"intoto={path}").returncode == 1
    done = paudit("verify", "--attestation", path, rows, "--student", RELATED)
    assert done.returncode == 1
    assert "the audit ended with FAIL" in done.stdout


def test_an_incomplete_audit_passes_only_where_that_is_allowed(
    paudit: Run, attested: Path, rows: Path
) -> None:
    conclude(attested, verdict="INCOMPLETE")
    asked = ("verify", "--attestation", attested, rows, "--student", STUDENT)
    assert paudit(*asked).returncode == 1
    assert paudit(*asked, "--on-incomplete", "warn").returncode == 0


def test_waivers_are_said_and_can_be_refused(paudit: Run, attested: Path, rows: Path) -> None:
    conclude(attested, waived=["pa1:0123"])
    asked = ("verify", "--attestation", attested, rows, "--student", STUDENT)
    done = paudit(*asked)
    assert done.returncode == 0
    assert "1 finding did not count" in done.stdout
    assert paudit(*asked, "--no-waivers").returncode == 1


def test_the_envelope_of_a_signer_is_opened(paudit: Run, attested: Path, rows: Path) -> None:
    payload = base64.b64encode(attested.read_bytes()).decode()
    envelope = {"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": []}
    for content in (
        envelope,
        {"dsseEnvelope": envelope, "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"},
    ):
        attested.write_text(json.dumps(content))
        assert paudit("verify", "--attestation", attested, rows, "--student", STUDENT).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"_type": "https://in-toto.io/Statement/v1"}',
        '{"payload": "!", "payloadType": "application/vnd.in-toto+json"}',
        '{"payload": "e30=", "payloadType": "text/plain"}',
        '{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://in-toto.io/attestation/test-result/v0.1",'
        ' "predicate": {"configuration": []}, "subject": []}',
        "\x00\x01",
    ],
)
def test_what_is_no_attestation_is_a_usage_error(paudit: Run, rows: Path, tmp_path: Path, text: str) -> None:
    path = tmp_path / "no.json"
    path.write_text(text)
    done = paudit("verify", "--attestation", path, rows, "--student", STUDENT)
    assert done.returncode == 2
    assert done.stderr.startswith(f"paudit: {path} is no attestation of paudit")
    assert "Traceback" not in done.stderr


def test_an_object_in_a_store_is_refused(paudit: Run, attested: Path) -> None:
    done = paudit("verify", "--attestation", attested, "s3://bucket/rows.jsonl", "--student", STUDENT)
    assert done.returncode == 3
    assert "an ETag pins it" in done.stderr


@pytest.mark.parametrize("missing", ["attestation", "data"])
def test_what_is_not_there_exits_3(
    paudit: Run, attested: Path, rows: Path, tmp_path: Path, missing: str
) -> None:
    nowhere = tmp_path / "nowhere.jsonl"
    done = paudit(
        "verify",
        "--attestation",
        nowhere if missing == "attestation" else attested,
        nowhere if missing == "data" else rows,
        "--student",
        STUDENT,
    )
    assert done.returncode == 3


def test_verify_loads_no_engine(attested: Path, rows: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "provenance_audit", "verify", "--attestation", attested, rows,
         "--student", STUDENT],
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    loaded = {
        line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line
    }
    assert not loaded & {"duckdb", "numpy", "scipy", "pyarrow", "rich", "yaml", "jinja2"}


# guard()


def test_guard_lets_go_on_what_passes(rows: Path) -> None:
    report = guard(rows, student=STUDENT)
    assert report is not None
    assert report.exit_code == 0


def test_guard_refuses_what_does_not(rows: Path) -> None:
    with pytest.raises(RefusedError, match="FAIL: 1 active finding") as refused:
        guard(rows, student=RELATED)
    assert refused.value.exit_code == 1


def test_guard_refuses_what_could_not_be_decided(tmp_path: Path, rows: Path) -> None:
    lines = rows.read_text().splitlines()
    (tmp_path / "broken.jsonl").write_text("\n".join([*lines, "{"]))
    with pytest.raises(RefusedError, match="INCOMPLETE") as refused:
        guard([rows, tmp_path / "broken.jsonl"], student=STUDENT)
    assert refused.value.exit_code == 3


def test_guard_asks_for_a_policy(paudit: Run, rows: Path, tmp_path: Path) -> None:
    own, other, statement = tmp_path / "own.toml", tmp_path / "other.toml", tmp_path / "a.json"
    own.write_text('version = 1\nselect = ["PA2"]\n')
    other.write_text("version = 1\n")
    paudit("scan", rows, "--student", STUDENT, "--policy", own, "-o", f"intoto={statement}")
    assert guard(rows, student=STUDENT, attestation=statement, policy=own) is None
    with pytest.raises(RefusedError, match="under another policy"):
        guard(rows, student=STUDENT, attestation=statement, policy=other)


def test_guard_holds_bytes_against_an_attestation(rows: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(FORMATS["intoto"](scan(rows, student=STUDENT), Look()))
    assert guard(rows, student=STUDENT, attestation=path) is None
    with pytest.raises(RefusedError, match="it is about the student"):
        guard(rows, student=RELATED, attestation=path)
    with pytest.raises(UsageError, match="control cannot be honoured"):
        guard(rows, student=STUDENT, attestation=path, control=rows)
    with pytest.raises(UnreadableError):
        guard("s3://bucket/rows", student=STUDENT, attestation=path)
    rows.write_text(rows.read_text() + "\n")
    with pytest.raises(RefusedError, match="not among the files"):
        guard(rows, student=STUDENT, attestation=path)
