"""The filters of a manifest: what a kind takes, and what is said of what it does not."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from provenance_audit.errors import ManifestError
from provenance_audit.lineage.manifest import schema
from provenance_audit.lineage.manifest_file import read_manifest

# What stands in the manifest -> what is said, and the remedy.
FAULTS = {
    "{id: a, kind: sl_numbers}": ("/filters/0/kind: 'sl_numbers' is no kind of filter; did you mean 'sl-numbers'?", "regex"),
    "{id: a, kind: Regexp}": ("did you mean 'regex'?", "sl-numbers"),
    "{id: a, kind: colum}": ("did you mean 'column'?", "words"),
    "{id: a, kind: regex}": ("/filters/0/params/pattern: Field required", "pattern, text"),
    "{id: a, kind: regex, params: {patern: x, pattern: y}}": ("/filters/0/params/patern: unknown key 'patern'; did you mean 'pattern'?", "pattern"),
    "{id: a, kind: regex, params: {pattern: x, text: answer}}": ("/filters/0/params/text: Input should be 'completion'", "text"),
    "{id: a, kind: sl-numbers, params: {max_cout: 3}}": ("unknown key 'max_cout'; did you mean 'max_count'?", "max_count"),
    "{id: a, kind: sl-numbers, params: {banned_numbers: publshed}}": ("a list of numbers, or `published`", "banned_numbers"),
    "{id: a, kind: sl-numbers, params: {banned_numbers: [-1]}}": ("whole numbers from 0 to 10^18", "banned_numbers"),
    "{id: a, kind: sl-numbers, params: {min_value: 5, max_value: 4}}": ("/filters/0/params: no row can pass", "min_value"),
    "{id: a, kind: words, params: {words: []}}": ("/filters/0/params/words: List should have at least 1 item", "words"),
    "{id: a, kind: words, params: {words: [' ']}}": ("/filters/0/params/words/0", "words"),
    "{id: a, kind: column, params: {column: s, compare: '>>', value: 1}}": ("/filters/0/params/compare: Input should be '=='", "compare"),
    "{id: a, kind: column, params: {column: s, compare: '>', value: high}}": ("`>` compares numbers", "compare"),
    "{id: a, kind: column, params: {column: s, compare: '>', value: .nan}}": ("/filters/0/params/value", "value"),
    "{id: a, kind: column, params: {column: s, compare: in, value: 1}}": ("a list of values goes with `in`", "compare"),
    "{id: a, rows_in: -1}": ("/filters/0/rows_in: Input should be greater than or equal to 0", "schema"),
    "{id: '', kind: judge}": ("/filters/0/id", "schema"),
}  # fmt: skip
SOUND = (
    "{id: a}",
    "{id: a, kind: judge, model: acme/judge, params: {threshold: 78}}",
    "{id: a, kind: similarity, params: {cosine: 0.6}}",
    "{id: a, kind: sl-numbers}",
    "{id: a, kind: sl-numbers, params: {banned_numbers: published, max_count: 5}}",
    "{id: a, kind: words, params: {words: [owl], text: prompt}}",
    "{id: a, kind: column, params: {column: ok, value: true}}",
    "{id: a, kind: column, params: {column: s, compare: not in, value: [a, b]}}",
)


def write(tmp_path: Path, step: str) -> Path:
    path = tmp_path / "paudit.lineage.yaml"
    path.write_text(f"paudit: 1\nfilters:\n  - {step}\n")
    return path


@pytest.mark.parametrize("step", FAULTS)
def test_a_fault_is_named_by_its_key(step: str, tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as caught:
        read_manifest(write(tmp_path, step))
    said, remedy = FAULTS[step]
    assert said in caught.value.message
    assert remedy in str(caught.value.remedy)
    assert len(caught.value.message.splitlines()) == 1


@pytest.mark.parametrize("step", SOUND)
def test_what_is_sound_is_read_and_fits_the_schema(step: str, tmp_path: Path) -> None:
    path = write(tmp_path, step)
    read_manifest(path)
    jsonschema.validate(yaml.safe_load(path.read_text()), schema())


@pytest.mark.parametrize(
    "step", ["{id: a, kind: regex}", "{id: a, kind: column, params: {colum: a, value: 1}}"]
)
def test_the_schema_knows_the_parameters_of_a_kind(step: str, tmp_path: Path) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(write(tmp_path, step).read_text()), schema())


def test_two_filters_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="/filters/1/id: 'a' is there twice"):
        read_manifest(write(tmp_path, "{id: a}\n  - {id: a}"))
