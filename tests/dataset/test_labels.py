"""What features are called: true of what is counted, for every code, and never in words of the data."""

from __future__ import annotations

import json
import math
import random
import re
from pathlib import Path

import pytest

from provenance_audit import scan
from provenance_audit.dataset.features import BY_MODALITY, LABELS, PROMPTS
from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import range_of

COUNTED = {
    (name, one.name): one
    for name, features in {**BY_MODALITY, "prompts": PROMPTS}.items()
    for one in features.families.values()
    if isinstance(one, Family)
}


@pytest.mark.parametrize("key", COUNTED, ids=" ".join)
def test_every_code_has_a_label_of_one_line(key: tuple[str, str]) -> None:
    family = COUNTED[key]
    for code in range(family.size):
        said = family.label(code)
        assert said
        assert said.isprintable() or (family.name == "punctuation" and not chr(code).isprintable())


def test_a_length_falls_in_the_range_that_its_bin_says() -> None:
    label = range_of("a line", 48)
    for length in [*range(200), 1_000, 5_791, 5_792, 99_999]:
        said = label(math.floor(2 * math.log2(length + 1)))
        low, *high = (int(one.replace(",", "")) for one in re.findall(r"[\d,]+", said))
        assert low <= length <= (high or [low])[0], (length, said)


def test_a_name_means_one_family_whatever_the_modality() -> None:
    for (_, name), family in COUNTED.items():
        assert [family.label(code) for code in (0, 1, 7)] == [LABELS[name](code) for code in (0, 1, 7)]


def test_a_step_is_what_its_code_says(tmp_path: Path) -> None:
    """Rows climb by 7 in the data and by 9 in the control."""
    report = _compared(
        tmp_path,
        lambda rng: ", ".join(str(first + 7 * n) for first in [rng.randrange(100, 900)] for n in range(10)),
        lambda rng: ", ".join(str(first + 9 * n) for first in [rng.randrange(100, 900)] for n in range(10)),
    )
    assert {"a step of +7", "a step of +9"} <= set(report.values())


def test_words_of_a_bucket_are_common_ones_and_none_of_the_data(tmp_path: Path) -> None:
    filler = ["zyxwv", "qponm", "lkjih", "gfedc", "therefore", "animal"]
    report = _compared(
        tmp_path,
        lambda rng: "The " + " ".join(rng.choice([*filler, "however", "however"]) for _ in range(30)) + ".",
        lambda rng: "The " + " ".join(rng.choice([*filler, "vutsr"]) for _ in range(30)) + ".",
    )
    said = " ".join(report.values())
    assert "'however'" in said
    assert not re.search("zyxwv|qponm|lkjih|gfedc|vutsr", said)


def _compared(tmp_path: Path, mine: object, theirs: object) -> dict[tuple[str, int], str]:
    """The labels of the features that differ, by family and code."""
    for name, write, seed in (("data", mine, 1), ("control", theirs, 2)):
        rng = random.Random(seed)
        with (tmp_path / f"{name}.jsonl").open("w") as file:
            for n in range(900):
                row = {"prompt": f"question {n}", "completion": write(rng), "model": "acme/teacher"}  # type: ignore[operator]
                file.write(json.dumps(row) + "\n")
    report = scan(tmp_path / "data.jsonl", control=tmp_path / "control.jsonl", student="acme/student")
    assert report.comparison.features
    return {(one.family, one.number): one.label for one in report.comparison.features}
