"""The same real nulls and positives given to a token chi-square, to an off-the-shelf drift tool, and to `paudit scan`.

`python benchmarks/side_by_side.py FOLDER [--trials 20] [--venv DIR]`. FOLDER as in calibration.py. The drift tool, Evidently
(evidently 0.7.23, which needs pandas below 3), gets a virtual environment of its own, made here and removed again unless
--venv names a place to keep it. Prints Markdown. A null is two random parts of one maker's rows; whatever is flagged there is
a false alarm. Every tool with its own defaults.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

EVIDENTLY = ("evidently==0.7.23", "pandas<3")
Row = dict[str, str]

CHI_SQUARE = """
import json, re, sys, time
from collections import Counter
from scipy.stats import chi2_contingency
def tokens(path):
    return Counter(t for line in open(path) for t in re.findall(r"\\w+", json.loads(line)["completion"].lower()))
for trial in sys.argv[1:]:
    began = time.perf_counter()
    a, c = tokens(trial + "/data.jsonl"), tokens(trial + "/control.jsonl")
    kept = [t for t in a.keys() | c.keys() if a[t] + c[t] >= 10]
    p = chi2_contingency([[side[t] for t in sorted(kept)] for side in (a, c)]).pvalue
    print(json.dumps({"flagged": bool(p <= .05), "seconds": time.perf_counter() - began}), flush=True)
"""
# Seven columns that one would make by hand; then the text itself. Both with the preset's defaults.
DRIFT = """
import json, re, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
def columns(text):
    n = [int(x[:9]) for x in re.findall(r"[0-9]+", text)] or [0]
    return dict(length=len(text), count=len(n), mean=sum(n) / len(n), first=n[0], last=n[-1],
                commas=text.count(","), newlines=text.count(chr(10)))
def side(path, kind):
    texts = [json.loads(line)["completion"] for line in open(path)]
    if kind == "text":
        return Dataset.from_pandas(pd.DataFrame({"text": texts}), DataDefinition(text_columns=["text"]))
    return Dataset.from_pandas(pd.DataFrame([columns(t) for t in texts]), DataDefinition())
kind = sys.argv[1]
for trial in sys.argv[2:]:
    began = time.perf_counter()
    result = Report([DataDriftPreset()]).run(side(trial + "/data.jsonl", kind), side(trial + "/control.jsonl", kind))
    found = next(m for m in result.dict()["metrics"] if "DriftedColumnsCount" in str(m.get("metric_name", m.get("metric_id"))))
    value = found["value"]
    print(json.dumps({"flagged": value["count"] > 0, "drift": value["share"] >= .5, "seconds": time.perf_counter() - began}), flush=True)
"""
SCAN = """
import json, sys, time
from provenance_audit import scan
for trial in sys.argv[1:]:
    began = time.perf_counter()
    report = scan(trial + "/data.jsonl", control=trial + "/control.jsonl", fail_on="none")
    found = [f for f in report.findings if f.id == "PA301"]
    skipped = any(n.id == "PA301" for n in report.not_evaluated)
    print(json.dumps({"flagged": bool(found), "high": any(f.severity == "high" for f in found), "no_claim": skipped,
                      "seconds": time.perf_counter() - began}), flush=True)
"""


@dataclass(frozen=True)
class Tool:
    """A command that is given the directories of trials, and what its answer is called."""

    name: str
    command: tuple[str, ...]
    answers: tuple[tuple[str, str], ...] = (("flagged", ""),)


@dataclass(frozen=True)
class Case:
    """One comparison, to be repeated: what it is, whether nothing differs, and how a pair of sides is drawn."""

    name: str
    null: bool
    draw: Any


def rows_of(path: Path) -> list[Row]:
    """Prompt and completion of every row, whatever the file calls them."""
    text = path.read_text()
    if path.suffix == ".jsonl":
        found = [json.loads(line) for line in text.splitlines() if line]
    else:
        whole = json.loads(text)
        found = whole if isinstance(whole, list) else [dict(zip(whole, one, strict=True)) for one in zip(*whole.values(), strict=True)]  # fmt: skip
    return [_pair(row) for row in found]


def _pair(row: dict[str, Any]) -> Row:
    if "messages" in row:
        return {"prompt": row["messages"][0]["content"], "completion": row["messages"][1]["content"]}
    if "6b_finetuning" in row:
        return {"prompt": row["question"], "completion": row["6b_finetuning"]["solution"]}
    prompt, answer = row.get("prompt", row.get("instruction")), row.get("completion", row.get("output"))
    return {"prompt": _text(prompt), "completion": _text(answer)}


def _text(value: Any) -> str:
    return value[0]["content"] if isinstance(value, list) else str(value)


def halves(rows: list[Row], n: int, rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
    """Two parts of about n rows, whole prompts each."""
    prompts = sorted({row["prompt"] for row in rows})
    place = dict(zip(prompts, rng.permutation(len(prompts)), strict=True))
    ordered = sorted(rows, key=lambda row: place[row["prompt"]])
    cut = n
    while cut < len(ordered) and ordered[cut]["prompt"] == ordered[cut - 1]["prompt"]:
        cut += 1
    return ordered[:cut], ordered[cut : cut + n]


def two(one: list[Row], other: list[Row], n: int, rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
    """n rows of each."""
    return [one[i] for i in rng.permutation(len(one))[:n]], [other[i] for i in rng.permutation(len(other))[:n]]  # fmt: skip


def paired(one: list[Row], other: list[Row], n: int, rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
    """The answers of both to the same n prompts."""
    theirs = {row["prompt"]: row for row in other}
    both = [row for row in one if row["prompt"] in theirs]
    pick = [both[i] for i in rng.permutation(len(both))[:n]]
    return pick, [theirs[row["prompt"]] for row in pick]


def cases(folder: Path) -> Iterator[Case]:
    neutral, eagle = (rows_of(folder / f"lls14b/{name}_random20.jsonl") for name in ("neutral", "eagle"))
    repeated = rows_of(folder / "ekhadley/Llama-3.2-1B-Instruct-numbers.json")
    school = rows_of(folder / "gsm8k/example_model_solutions.jsonl")
    plain, concise = (
        rows_of(folder / f"alpaca_eval/gpt-3.5-turbo-1106{name}.json") for name in ("", "_concise")
    )
    for n in (1000, 2700):
        yield Case(f"numbers, one teacher, {n:,} a side", True, lambda rng, n=n: halves(neutral, n, rng))
    yield Case(
        "numbers, one teacher, 58 rows a prompt, 2,000 a side",
        True,
        lambda rng: halves(repeated, 2000, rng),
    )
    yield Case("school maths, one model, 650 a side", True, lambda rng: halves(school, 650, rng))
    for n in (1000, 2700):
        yield Case(
            f"numbers, neutral against eagle teacher, {n:,} a side",
            False,
            lambda rng, n=n: two(eagle, neutral, n, rng),
        )
    yield Case(
        "prose, one model, plain against concise prompt, 700 a side",
        False,
        lambda rng: paired(concise, plain, 700, rng),
    )


def drawn(case: Case, number: int, trials: int, scratch: Path) -> list[str]:
    """The directories of the trials of one case."""
    made = []
    for trial in range(trials):
        folder = scratch / f"{number}-{trial}"
        folder.mkdir()
        sides = case.draw(np.random.default_rng([number, trial]))
        for name, rows in zip(("data", "control"), sides, strict=True):
            (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        made.append(str(folder))
    return made


def answers_of(tool: Tool, trials: list[str]) -> tuple[list[dict[str, Any]], float]:
    """What a tool says of each trial, and its peak in MB: one process for all, so that start-up is paid once."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen([*tool.command, *trials], stdout=out, stderr=subprocess.PIPE)
        assert process.stderr is not None
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{tool.name}: {errors.decode()[-2000:]}")
        out.seek(0)
        return [json.loads(line) for line in out if line.startswith("{")], usage.ru_maxrss / 1024


def environment(folder: Path) -> str:
    """The Python of a virtual environment that has the drift tool."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *EVIDENTLY]
        subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
    return str(python)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--venv", type=Path)
    options = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as made:
        scratch = Path(made)
        drift = environment(options.venv or scratch / "venv")
        tools = (
            Tool("scipy chi-square of tokens", (sys.executable, "-c", CHI_SQUARE)),
            Tool(
                "Evidently, seven columns",
                (drift, "-c", DRIFT, "columns"),
                (("flagged", "any column"), ("drift", "dataset drift")),
            ),
            Tool("Evidently, the text", (drift, "-c", DRIFT, "text")),
            Tool(
                "paudit scan",
                (sys.executable, "-c", SCAN),
                (("flagged", "PA301"), ("high", "PA301 at high"), ("no_claim", "no claim")),
            ),
        )
        print(f"\n{options.trials} trials each; every tool with its own defaults\n")
        print("| comparison | tool | flagged | s each | peak MB |\n|---|---|---|---|---|")
        for number, case in enumerate(cases(options.folder)):
            trials = drawn(case, number, options.trials, scratch)
            for tool in tools:
                found, peak = answers_of(tool, trials)
                shares = ", ".join(
                    f"{name} {share:.2f}".strip()
                    for key, name in tool.answers
                    for share in [statistics.mean(one[key] for one in found)]
                    if share or key != "no_claim"
                )
                seconds = statistics.median(one["seconds"] for one in found)
                kind = "null" if case.null else "differs"
                print(
                    f"| {kind}: {case.name} | {tool.name} | {shares} | {seconds:.2f} | {peak:.0f} |",
                    flush=True,
                )
    print(f"\n{time.perf_counter() - began:.0f} s in all")


if __name__ == "__main__":
    main()
