"""`paudit calibrate`, and the options of `paudit scan` on the comparison, from outside."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.checks.worlds import numbers
from tests.cli.conftest import Run

MODELS = ("--student", "google/gemma-2-9b", "--teacher", "gpt-4o")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("rows")
    numbers(made / "control.jsonl", 1, rows=1300)
    numbers(made / "positive.jsonl", 2, rows=1300, tilt=0.3, first_prompt=5000)
    # Of scans, all sides answer the same prompts: what differs is the answers.
    same = {"first_prompt": 5000, "prompts": 520}
    numbers(made / "wide.jsonl", 3, rows=1300, **same)
    numbers(made / "known.jsonl", 4, rows=1300, tilt=0.3, **same)
    for number in range(3):
        numbers(made / f"day{number}.jsonl", 10 + number, rows=520, tilt=0.2, **same)
        numbers(made / f"slice{number}.jsonl", 20 + number, rows=520, **same)
    return made


def test_a_report_in_three_formats(paudit: Run, folder: Path, tmp_path: Path) -> None:
    done = paudit(
        "calibrate", "--control", folder / "control.jsonl", "--positive", folder / "positive.jsonl", "--runs", "20",
        "-o", "json=c.json", "-o", "html=c.html", "--seed", "3",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for part in ("LEVEL HOLDS", "False alarms", "Power", "Seen in four of five", "proposal", "What follows"):
        assert part in done.stdout
    assert done.stdout.isascii()
    assert max(map(len, done.stdout.splitlines())) <= 100
    content = json.loads((tmp_path / "c.json").read_text())
    assert content["level_holds"] is True
    assert [one["n"] for one in content["false_alarms"]] == [[650, 650], [500, 800]]
    assert {one["share"] for one in content["power"]} == {0.1, 0.25, 0.5, 1.0}
    share = content["smallest_share"][-1]["share"]
    assert f"{share:.0%} of the rows" in done.stdout
    page = (tmp_path / "c.html").read_text()
    drawn = ET.fromstring(re.search(r"<svg.*</svg>", page, re.S)[0])  # type: ignore[index]
    lines = drawn.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == len(content["smallest_share"])
    assert "<script" not in page
    assert not re.search(r'(src|href)="', page)
    again = paudit("calibrate", "--control", folder / "control.jsonl", "--positive", folder / "positive.jsonl",
                   "--runs", "20", "-o", "json", "--seed", "3")  # fmt: skip
    repeated = json.loads(again.stdout)
    for key in ("false_alarms", "power", "smallest_share", "min_effect"):
        assert repeated[key] == content[key]


def test_a_page_is_harmless_whatever_files_are_called(paudit: Run, folder: Path, tmp_path: Path) -> None:
    evil = tmp_path / "<script>alert(1)<\u202e.jsonl"
    evil.write_bytes((folder / "control.jsonl").read_bytes())
    done = paudit("calibrate", "--control", evil, "--runs", "20", "-o", "html")
    assert done.returncode == 0, done.stderr
    assert "<script>alert" not in done.stdout
    assert "\u202e" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--control", "none.jsonl"), 3, "none.jsonl does not exist"),
        ((), 2, "Missing option '--control'"),
        (("--control", "few.jsonl"), 3, "few.jsonl: 40 rows are too few to cut in halves"),
        (("--control", "one.jsonl"), 3, "1 different prompts are too few to resample"),
        (("--control", "same.jsonl"), 3, "1 different completions are too few to resample"),
        (("--control", "rows.jsonl", "--positive", "rows.jsonl"), 2, "holds the same rows as the control"),
        (("--control", "rows.jsonl", "--positive", "words.jsonl"), 2, "is prose and the control is numbers"),
        (
            ("--control", "rows.jsonl", "--positive", "bare.jsonl"),
            2,
            "the positive has rows without a prompt",
        ),
        (("--control", "rows.jsonl", "--runs", "0"), 2, "'--runs'"),
        (("--control", "rows.jsonl", "--seed", "-1"), 2, "--seed -1 is out of range"),
        (("--control", "rows.jsonl", "-o", "pdf"), 2, "unknown format 'pdf'"),
    ],
)
def test_bad_input_ends_in_one_line_and_a_remedy(
    paudit: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    numbers(tmp_path / "rows.jsonl", 1, rows=300)
    numbers(tmp_path / "few.jsonl", 1, rows=40)
    numbers(tmp_path / "one.jsonl", 1, rows=300, prompts=1)
    (tmp_path / "same.jsonl").write_text('{"completion": "1, 2, 3"}\n' * 300)
    (tmp_path / "bare.jsonl").write_text("".join(f'{{"completion": "{n}, 2"}}\n' for n in range(300)))
    words = (f'{{"prompt": "q{n}", "completion": "some words of prose, {n} times"}}\n' for n in range(300))
    (tmp_path / "words.jsonl").write_text("".join(words))
    done = paudit("calibrate", *arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "fix:" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_seed_of_two_to_the_sixty_third_and_prompts_that_differ(
    paudit: Run, folder: Path, tmp_path: Path
) -> None:
    numbers(
        tmp_path / "other.jsonl",
        5,
        rows=600,
        asked="Write ten words, as a list, about {n} or {m}; no numbers",
    )
    done = paudit("calibrate", "--control", folder / "control.jsonl", "--positive", "other.jsonl", "--runs", "20",
                  "--seed", str(2**63))  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "were asked different prompts" in " ".join(done.stdout.split())


def test_scan_says_what_share_would_be_seen_and_whether_the_sides_are_equivalent(
    paudit: Run, folder: Path
) -> None:
    done = paudit("scan", folder / "slice0.jsonl", "--control", folder / "wide.jsonl", "--positive",
                  folder / "known.jsonl", "--margin", "0.5", *MODELS, "-o", "json")  # fmt: skip
    said = json.loads(done.stdout)["comparison"]
    assert said["equivalence"]["claimed"] is True
    assert 0 < said["equivalence"]["upper"] < 0.5
    assert 0 < said["smallest_share"]["share"] < 1
    assert said["smallest_share"]["n"] == [520, 1300]
    assert said["features"] == []
    text = paudit("scan", folder / "day0.jsonl", "--control", folder / "wide.jsonl", "--positive",
                  folder / "known.jsonl", "--margin", "0.0001", *MODELS)  # fmt: skip
    flat = " ".join(text.stdout.split())
    assert "equivalence within 0.0001 bits is not shown" in flat
    assert "the rows differ from the control, so they cannot stand for rows without" in flat
    assert "naive-Bayes score on held-out blocks: AUC" in flat


def test_looks_add_up_in_a_file_and_the_same_run_adds_nothing(
    paudit: Run, folder: Path, tmp_path: Path
) -> None:
    def look(day: int, control: int) -> dict[str, object]:
        done = paudit("scan", folder / f"day{day}.jsonl", "--control", folder / f"slice{control}.jsonl",
                      "--sequential", "state.json", *MODELS, "-o", "json")  # fmt: skip
        found: dict[str, object] = json.loads(done.stdout)["comparison"]["sequence"]
        return found

    first, second = look(0, 0), look(1, 1)
    assert (first["counted"], second["counted"]) == (True, True)
    kept = (tmp_path / "state.json").read_text()
    again = look(1, 1)
    assert (again["counted"], again["repeats_look"], again["standing_verdict"]) == (False, 2, "FAIL")
    assert (tmp_path / "state.json").read_text() == kept
    shared = look(2, 1)
    assert shared["counted"] is False
    assert "its control was used in look 2" in str(shared["reason"])
    assert shared["e"] == second["e"]
    assert second["alarm"] is True


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--positive", "data/rows.jsonl"), "--positive is about the comparison with a control"),
        (("--margin", "0.1"), "--margin is about the comparison with a control"),
        (("--sequential", "s.json"), "--sequential is about the comparison with a control"),
        (("--control", "data/rows.jsonl", "--margin", "0"), "--margin 0 is no difference in bits"),
        (("--control", "data/rows.jsonl", "--margin", "nan"), "--margin nan is no difference in bits"),
        (
            ("--control", "data/rows.jsonl", "--sequential", "data/rows.jsonl"),
            "not a state that paudit wrote",
        ),
    ],
)
def test_options_that_cannot_be_honoured_end_in_one_line(
    paudit: Run, rows: Path, options: tuple[str, ...], said: str
) -> None:
    done = paudit("scan", rows, *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
