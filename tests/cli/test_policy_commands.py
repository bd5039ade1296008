"""`paudit init`, `policy check`, `policy show`, `waive`, `baseline` and the policy of a scan, as a user meets them."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provenance_audit.policy.settings import BY_NAME, SETTINGS
from tests.cli.conftest import Run

SAME, OTHER = "google/gemma-2-9b-it", "Qwen/Qwen2.5-7B"
TODAY = datetime.now(UTC).date()


def policy(tmp_path: Path, text: str = "") -> Path:
    path = tmp_path / "paudit.toml"
    path.write_text("version = 1\n" + text)
    return path


@pytest.fixture
def report(here: Run, rows: Path, tmp_path: Path) -> Path:
    """A report with one finding that gates, PA202 of a shared base."""
    assert here("scan", rows, "--student", SAME, "-o", "json=report.json").returncode == 1
    return tmp_path / "report.json"


def gating(report: Path) -> list[dict[str, str]]:
    return [one for one in json.loads(report.read_text())["findings"] if one["gating"]]


def test_init_writes_a_policy_that_is_right_and_writes_over_none(here: Run, tmp_path: Path) -> None:
    assert here("policy", "check").returncode == 2
    assert here("init").returncode == 0
    checked = here("policy", "check")
    assert (checked.returncode, checked.stdout) == (0, "paudit.toml is right\n")
    (tmp_path / "paudit.toml").write_text("version = 1 # mine\n")
    assert here("init").returncode == 2
    assert (tmp_path / "paudit.toml").read_text() == "version = 1 # mine\n"
    assert here("init", "--force").returncode == 0


def test_show_says_what_counts_and_who_says_so(here: Run, tmp_path: Path) -> None:
    (tmp_path / "org.toml").write_text('version = 1\nfail-on = "critical"\n[severity]\nPA103 = "high"\n')
    policy(tmp_path, 'extends = "org.toml"\nprofile = "strict"\n[checks.PA301]\nmin-effect = 0.01\n')
    shown = here("policy", "show", "--origins", env={"PAUDIT_MIN_CONFIDENCE": "high"})
    assert shown.returncode == 0, shown.stderr
    lines = {
        line.split("#")[0].strip(): line.split("#")[1].strip()
        for line in shown.stdout.splitlines()
        if " # " in line[1:] and line[0] != "#"
    }
    assert lines['fail-on = "medium"'] == "profile strict, by paudit.toml"
    assert lines['min-confidence = "high"'] == "environment"
    assert lines['PA103 = "high"'] == "org.toml"
    assert lines["min-effect = 0.01"] == "paudit.toml"
    assert lines["max-days = 180"] == "default"


def test_what_show_prints_is_a_policy_that_says_the_same(here: Run, tmp_path: Path) -> None:
    policy(
        tmp_path,
        'profile = "strict"\nignore = ["PA304"]\n[checks.PA30]\nreplicates = 999\n[scan]\nteacher = ["a/b"]\n',
    )
    first = here("policy", "show").stdout
    (tmp_path / "again.toml").write_text(first)
    assert here("policy", "show", "--policy", "again.toml").stdout == first


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('ignore = ["PA3O4"]', "there is no check 'PA3O4'"),
        ('select = ["shared-bsae"]', "did you mean shared-base?"),
        ('[severity]\nPA999 = "low"', "there is no check 'PA999'"),
        ("[checks.PA301]\nalhpa = 0.1", "did you mean alpha?"),
        ("[checks.PA301]\nalpha = 7", "checks.PA301.alpha = 7"),
        ("[checks.PA202]\nalpha = 0.1", "PA202 has no parameters"),
        ('baseline = "absent.json"', "absent.json cannot be read"),
        ('[waivers]\nfile = "absent.toml"', "is no file"),
        ('[scan]\nlineage = "absent.yaml"', "absent.yaml"),
    ],
)
def test_check_finds_what_is_wrong_with_ids_parameters_and_files(
    here: Run, rows: Path, tmp_path: Path, text: str, says: str
) -> None:
    policy(tmp_path, text)
    for command in (["policy", "check"], ["scan", rows, "--student", OTHER]):
        done = here(*command)
        assert done.returncode == 2, done.stdout
        assert says in done.stderr
        assert "Traceback" not in done.stderr


def test_a_scan_follows_the_policy_of_the_working_directory(here: Run, rows: Path, tmp_path: Path) -> None:
    policy(
        tmp_path,
        f'fail-on = "critical"\n[scan]\nstudent = "{SAME}"\nseed = 7\n[checks.PA304]\nmax-share = 0.9\n',
    )
    done = here("scan", rows, "-o", "json")
    said = json.loads(done.stdout)
    assert said["exit_code"] == 0
    assert said["run"]["gate"]["policy"] == "paudit.toml"
    assert (said["run"]["seed"], said["lineage"]["student"]) == (7, SAME)
    assert here("scan", rows, "--isolated").returncode == 3
    assert here("scan", rows, "--fail-on", "high").returncode == 1
    assert here("scan", rows, env={"PAUDIT_FAIL_ON": "high"}).returncode == 1
    assert here("scan", rows, env={"PAUDIT_ISOLATED": "1"}).returncode == 3


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('limits.memory = "lots"', "is no size"),
        ('limits.timeout = "soon"', "is no time"),
        ('scan.output = ["htlm"]', "did you mean 'html'"),
        ('scan.column = ["cmpletion=x"]', "did you mean 'completion'"),
        ('scan.teacher-prompt = "abc"', "--teacher-prompt"),
        ("scan.margin = 7.0", "--margin"),
        ('scan.registry = ["absent.csv"]', "absent.csv"),
        ('scan.lineage = "absent.yaml"', "absent.yaml"),
        ('scan.student = ""', "--student is empty"),
        ('baseline = "absent.json"', "absent.json"),
        ('scan.output = ["html=later/report.html"]', ""),  # a directory that CI makes
        ("scan.margin = 0.01", ""),  # the command names the control
        ('scan.config = ["absent.yaml"]', ""),
    ],
)
def test_a_check_of_the_policy_refuses_what_every_scan_would(
    here: Run, tmp_path: Path, line: str, says: str
) -> None:
    policy(tmp_path, line + "\n")
    done = here("policy", "check")
    assert done.returncode == (2 if says else 0), done.stderr
    assert says in done.stderr


def test_a_mistake_is_said_to_be_where_it_is(here: Run, rows: Path, tmp_path: Path) -> None:
    policy(tmp_path, 'extends = "org.toml"\n')
    (tmp_path / "org.toml").write_text("version = 1\n")
    cases: list[tuple[list[str], dict[str, str], str, str]] = [
        (["--select", "PA999"], {}, "", "paudit: --select: there is no check 'PA999'"),
        (["--severity", "PA999=low"], {}, "", "paudit: --severity: there is no check"),
        ([], {"PAUDIT_IGNORE": "PA999"}, "", "paudit: PAUDIT_IGNORE: there is no check"),
        ([], {"PAUDIT_THREADS": "0"}, "", "paudit: --threads 0 is out of range"),
        ([], {}, 'ignore = ["PA999"]', "paudit: org.toml: ignore: there is no check"),
        ([], {}, '[severity]\nPA999 = "low"', "paudit: org.toml: severity.PA999: there is no check"),
        ([], {}, "[checks.PA301]\nalfa = 1", "paudit: org.toml: checks.PA301.alfa"),
        ([], {}, "[checks.PA301]\nalpha = 7", "paudit: org.toml: checks.PA301.alpha = 7"),
    ]
    for options, env, text, says in cases:
        (tmp_path / "org.toml").write_text(f"version = 1\n{text}\n")
        done = here("scan", rows, *options, env=env)
        assert done.returncode == 2
        assert done.stderr.startswith(says), done.stderr


LAX = 'version = 1\nprofile = "audit"\n'


def test_a_policy_that_came_with_the_data_is_not_read(here: Run, rows: Path, tmp_path: Path) -> None:
    (tmp_path / "data" / "paudit.toml").write_text(LAX)
    assert here("scan", "data", "--student", SAME).returncode == 1
    assert here("scan", "data/rows.jsonl", "--student", SAME).returncode == 1


NAMES = pytest.mark.parametrize("name", ["paudit.toml", ".paudit.toml", "pyproject.toml"])


def lax(folder: Path, name: str) -> None:
    """A policy under which nothing fails, in a clone with a root of its own."""
    (folder / ".git").mkdir()
    (folder / name).write_text(
        LAX if name != "pyproject.toml" else LAX.replace("version", "[tool.paudit]\nversion")
    )


@pytest.mark.parametrize("named", [".", "../data", "{absolute}"])
@NAMES
def test_a_policy_in_the_scanned_directory_counts_only_if_it_is_named(
    here: Run, rows: Path, tmp_path: Path, named: str, name: str
) -> None:
    """Somebody goes into a dataset that was downloaded, and scans all of it from there."""
    data = tmp_path / "data"
    lax(data, name)
    scanned = named.format(absolute=data)
    refused = here("scan", scanned, "--student", SAME, cwd=data)
    assert refused.returncode == 2
    assert "data must not judge itself" in refused.stderr
    assert f"--policy {name}" in refused.stderr
    assert here("scan", scanned, "--student", SAME, "--isolated", cwd=data).returncode == 1
    assert here("scan", scanned, "--student", SAME, "--policy", name, cwd=data).returncode == 0
    assert here("scan", scanned, "--student", SAME, cwd=data, env={"PAUDIT_POLICY": name}).returncode == 0


@pytest.mark.parametrize(
    "named", ["rows.jsonl", "./rows.jsonl", "../data/rows.jsonl", "*.jsonl", "**/*.jsonl", "{absolute}"]
)
@NAMES
def test_a_policy_of_the_working_directory_beside_the_data_counts_and_the_report_says_so(
    here: Run, rows: Path, tmp_path: Path, named: str, name: str
) -> None:
    data = tmp_path / "data"
    lax(data, name)
    scanned = named.format(absolute=rows)
    found = here("scan", scanned, "--student", SAME, "-o", "json", cwd=data)
    assert found.returncode == 0
    (notice,) = json.loads(found.stdout)["run"]["notices"]
    assert f"{name} lies beside {scanned}" in notice
    assert "--isolated" in notice
    assert here("scan", scanned, "--student", SAME, "--isolated", cwd=data).returncode == 1
    named_one = here("scan", scanned, "--student", SAME, "--policy", name, "-o", "json", cwd=data)
    assert not json.loads(named_one.stdout)["run"]["notices"]


def test_a_link_hides_neither_the_data_nor_the_policy(here: Run, rows: Path, tmp_path: Path) -> None:
    """As in the cache of the Hub, where every file of a snapshot is a link."""
    snapshot, blobs = tmp_path / "snapshot", tmp_path / "blobs"
    snapshot.mkdir()
    blobs.mkdir()
    (snapshot / "rows.jsonl").symlink_to(rows)
    (snapshot / "paudit.toml").write_text(LAX)

    def said() -> None:
        assert here("scan", ".", "--student", SAME, cwd=snapshot).returncode == 2
        assert "lies beside rows.jsonl" in here("scan", "rows.jsonl", "--student", SAME, cwd=snapshot).stdout

    said()
    (snapshot / "paudit.toml").rename(blobs / "1")
    (snapshot / "paudit.toml").symlink_to(blobs / "1")
    said()


def test_data_that_a_configuration_names_is_data(here: Run, rows: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "train.yaml").write_text(
        f"base_model: {SAME}\ndatasets:\n  - path: rows.jsonl\n    type: completion\n"
    )
    assert here("scan", "--config", "train.yaml", cwd=data).returncode == 1
    (data / "paudit.toml").write_text(LAX)
    assert "lies beside" in here("scan", "--config", "train.yaml", cwd=data).stdout
    (data / "paudit.toml").write_text(LAX + '[scan]\nconfig = ["train.yaml"]\n')
    assert "lies beside" in here("scan", cwd=data).stdout
    assert "lies beside" not in here("scan", "--policy", "paudit.toml", cwd=data).stdout


def test_the_policy_of_a_repository_counts_in_the_directory_of_its_data(
    here: Run, rows: Path, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    policy(tmp_path, 'profile = "audit"')
    for scanned in ("rows.jsonl", "."):
        assert here("scan", scanned, "--student", SAME, cwd=tmp_path / "data").returncode == 0
    assert here("doctor", "rows.jsonl", "--student", SAME, cwd=tmp_path / "data").returncode == 0


def test_waive_writes_a_waiver_keeps_comments_and_the_gate_opens(
    here: Run, rows: Path, report: Path, tmp_path: Path
) -> None:
    (found,) = gating(report)
    policy(
        tmp_path, "# why we are strict\nprofile = 'default' # for now\n\n[severity] # ours\nPA304 = 'low'\n"
    )
    before = (tmp_path / "paudit.toml").read_text()
    done = here("waive", found["fingerprint"], "--reason", "control arm", "--owner", "safety@acme", "--expires", "30d", "--report", report)  # fmt: skip
    assert done.returncode == 0, done.stderr
    after = (tmp_path / "paudit.toml").read_text()
    assert after.startswith(before)
    assert f'rule = "{found["id"]}"' in after
    accept = f"paudit waive {found['fingerprint']}"
    assert accept in here("scan", rows, "--student", SAME, "--no-waivers").stdout
    assert accept not in here("scan", rows, "--student", SAME).stdout
    scanned = here("scan", rows, "--student", SAME, "-o", "json")
    assert scanned.returncode == 0
    (waived,) = [one for one in json.loads(scanned.stdout)["findings"] if one["state"] == "waived"]
    assert waived["fingerprint"] == found["fingerprint"]
    assert waived["waiver"]["owner"] == "safety@acme"
    assert here("scan", rows, "--student", SAME, "--no-waivers").returncode == 1
    again = here("waive", found["fingerprint"], "--reason", "r", "--owner", "o", "--expires", "3d")
    assert (again.returncode, "waives it already" in again.stderr) == (2, True)


def test_a_waiver_ends_at_midnight_utc_and_is_announced_before(
    here: Run, rows: Path, report: Path, tmp_path: Path
) -> None:
    (found,) = gating(report)
    policy(tmp_path)
    last = TODAY + timedelta(days=20)
    here("waive", found["fingerprint"], "--reason", "r", "--owner", "o", "--expires", str(last))
    today = json.loads(here("scan", rows, "--student", SAME, "-o", "json").stdout)
    assert not any("as of" in notice for notice in today["run"]["notices"])
    cases = {
        f"{last - timedelta(days=15)}T12:00:00Z": (0, False, False),
        f"{last - timedelta(days=14)}T00:00:00Z": (0, True, False),
        f"{last}T23:59:59Z": (0, True, False),
        f"{last + timedelta(days=1)}T00:00:00Z": (1, False, True),
        f"{last + timedelta(days=1)}T01:59:59+02:00": (0, True, False),
        f"{last}T19:00:00-05:00": (1, False, True),
    }
    for now, (code, soon, expired) in cases.items():
        done = here("scan", rows, "--student", SAME, "--now", now, "-o", "json")
        said = json.loads(done.stdout)
        assert done.returncode == code, now
        assert any("ends" in notice for notice in said["run"]["notices"]) is soon, now
        assert any("as of" in notice for notice in said["run"]["notices"]), now
        assert any(one["id"] == "PA020" for one in said["findings"]) is expired, now


def test_a_waiver_of_what_names_no_model_is_held_to_its_data(here: Run, rows: Path, tmp_path: Path) -> None:
    policy(tmp_path)
    assert here("scan", rows, "--trait", "continue", "--student", OTHER, "-o", "json=r.json").returncode == 0
    found = next(
        one for one in json.loads((tmp_path / "r.json").read_text())["findings"] if one["id"] == "PA404"
    )
    done = here(
        "waive",
        found["fingerprint"],
        "--reason",
        "r",
        "--owner",
        "o",
        "--expires",
        "3d",
        "--report",
        "r.json",
    )
    assert done.returncode == 0
    assert f'dataset = "{rows}"' in (tmp_path / "paudit.toml").read_text()
    trait = ["--trait", "continue", "--student", OTHER, "-o", "json"]
    assert '"waived"' in here("scan", rows, *trait).stdout
    otherwise = json.loads(here("scan", "data/rows.jsonl", *trait).stdout)
    assert [one["state"] for one in otherwise["findings"] if one["id"] == "PA404"] == ["active"]
    assert any("only for data that is named" in one for one in otherwise["run"]["notices"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"--expires": "2020-01-01"}, "is past"),
        ({"--expires": "soon"}, "is no day"),
        ({"--expires": "181d"}, "180 is the most"),
        ({"--expires": "99999999999d"}, "is no day"),
        ({"--reason": " "}, "--reason is empty"),
        ({"--owner": ""}, "--owner is empty"),
        ({"--category": "because"}, "accepted-risk"),
        ({"--report": "absent.json"}, "cannot be read"),
    ],
)
def test_a_wrong_waiver_is_refused_and_nothing_is_written(
    here: Run, tmp_path: Path, change: dict[str, str], says: str
) -> None:
    path = policy(tmp_path)
    options = {"--reason": "r", "--owner": "o", "--expires": "30d", **change}
    done = here("waive", "pa1:" + "0" * 32, *(word for pair in options.items() for word in pair))
    assert done.returncode == 2
    assert says in done.stderr
    assert path.read_text() == "version = 1\n"


def test_a_waiver_that_has_ended_is_not_waived(here: Run, rows: Path, report: Path, tmp_path: Path) -> None:
    (found,) = gating(report)
    policy(tmp_path, 'profile = "strict"')
    words = ["--reason", "r", "--owner", "o", "--expires", "3d"]
    here("waive", found["fingerprint"], *words)
    later = str(TODAY + timedelta(days=9))
    assert here("scan", rows, "--student", SAME, "--now", later, "-o", "json=later.json").returncode == 1
    ended = next(one for one in gating(tmp_path / "later.json") if one["id"] == "PA020")
    refused = here("waive", ended["fingerprint"], *words, "--report", "later.json")
    assert (refused.returncode, "not waived" in refused.stderr) == (2, True)
    assert ended["fingerprint"] not in here("scan", rows, "--student", SAME, "--now", later).stdout


def test_waive_keeps_how_an_editor_of_windows_writes(here: Run, tmp_path: Path) -> None:
    path = tmp_path / "paudit.toml"
    before = b"\xef\xbb\xbf# ours\r\nversion = 1 # one\r\n\r\n[severity] # s\r\nPA304 = 'low'\r\n"
    path.write_bytes(before)
    for number in range(2):
        done = here(
            "waive", f"pa1:{number}" + "0" * 31, "--reason", "two\nlines, \x1b and a \"", "--owner", "o", "--expires", "3d",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert path.read_bytes().startswith(before)
    assert b"\n" not in path.read_bytes().replace(b"\r\n", b"")
    assert "2 waivers" in here("policy", "check").stdout


def test_waive_needs_a_policy_a_reason_and_a_fingerprint(here: Run, tmp_path: Path) -> None:
    words = ["--reason", "r", "--owner", "o", "--expires", "3d"]
    assert "paudit init" in here("waive", "pa1:" + "0" * 32, *words).stderr
    policy(tmp_path)
    assert here("waive", "pa1:short", *words).returncode == 2
    assert here("waive", "pa1:" + "0" * 32, *words[2:]).returncode == 2


def test_waivers_go_into_the_file_that_the_policy_names(here: Run, tmp_path: Path) -> None:
    path = policy(tmp_path, '[waivers]\nfile = "waivers.toml"\n')
    before = path.read_text()
    for number in range(2):
        done = here("waive", f"pa1:{number}" + "0" * 31, "--reason", "r", "--owner", "o", "--expires", "3d")
        assert done.returncode == 0, done.stderr
    assert path.read_text() == before
    assert (tmp_path / "waivers.toml").read_text().count("[[waiver]]") == 2
    assert "2 waivers" in here("policy", "check").stdout


def test_a_project_keeps_its_other_tables(here: Run, tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text(
        "[project]\nname = 'x' # mine\n\n[tool.paudit]\nversion = 1\n\n[tool.ruff]\nline-length = 100 # wide\n"
    )
    for number in range(2):
        done = here("waive", f"pa1:{number}" + "0" * 31, "--reason", "r", "--owner", "o", "--expires", "3d")
        assert done.returncode == 0, done.stderr
    text = project.read_text()
    assert text.count("[[tool.paudit.waiver]]") == 2
    assert "name = 'x' # mine" in text
    assert "line-length = 100 # wide" in text
    assert "2 waivers" in here("policy", "check").stdout


def test_a_baseline_lets_the_old_pass_and_not_the_new(
    here: Run, rows: Path, report: Path, tmp_path: Path
) -> None:
    assert here("baseline", "write", report).returncode == 0
    done = here("scan", rows, "--student", SAME, "--baseline", "paudit-baseline.json")
    assert done.returncode == 0
    assert "0 new" in done.stdout
    assert "unchanged" in done.stdout
    rows.write_text(rows.read_text().replace("google/gemma-2-9b", "google/gemma-2-9b-it"))
    done = here("scan", rows, "--student", SAME, "--baseline", "paudit-baseline.json")
    assert done.returncode == 1
    assert "fixed" in done.stdout


def test_prune_is_a_ratchet(here: Run, rows: Path, report: Path, tmp_path: Path) -> None:
    assert here("baseline", "write", report).returncode == 0
    assert here("baseline", "write", report).returncode == 2
    assert here("scan", rows, "--student", OTHER, "-o", "json=later.json").returncode == 0
    done = here("baseline", "prune", "later.json")
    assert done.returncode == 0
    left = {
        one["fingerprint"] for one in json.loads((tmp_path / "paudit-baseline.json").read_text())["findings"]
    }
    later = {one["fingerprint"] for one in json.loads((tmp_path / "later.json").read_text())["findings"]}
    assert left < later | left
    assert gating(report)[0]["fingerprint"] not in left
    assert here("scan", rows, "--student", SAME, "--baseline", "paudit-baseline.json").returncode == 1


def test_every_option_of_a_scan_has_its_flag_and_its_variable() -> None:
    """A new option is a line in SETTINGS, or it could not be set by a variable."""
    from provenance_audit.cli.scan import scan

    flags = set()
    for name, parameter in inspect.signature(scan).parameters.items():
        for declared in getattr(parameter.default, "param_decls", None) or ():
            flags |= {one for one in declared.split("/") if one.startswith("--")}
        assert name in ("context", "paths") or getattr(parameter.default, "param_decls", None), name
    negative = {flag for flag in flags if flag.startswith("--no-")}
    positive = {flag for flag in flags if f"--no-{flag[2:]}" not in negative}
    assert {flag[2:] for flag in positive} == set(BY_NAME)
    assert len({setting.variable for setting in SETTINGS}) == len(SETTINGS)


def test_waivers_written_at_once_are_all_kept(tmp_path: Path) -> None:
    written = policy(tmp_path)
    stated = ("--reason", "r", "--owner", "o", "--expires", "9d")
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "provenance_audit", "waive", f"pa1:{number:032x}", *stated],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
        )
        for number in range(6)
    ]
    assert [one.wait(timeout=120) for one in running] == [0] * 6
    assert written.read_text().count("fingerprint = ") == 6
