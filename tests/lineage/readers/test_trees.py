"""Each reader over a directory as its tool leaves it: exactly what is stated, of whom, where, and how much it is worth.

`trees/NAME/` holds the files, `trees/NAME.tsv` the statements. `@` stands for the directory of the tree.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from provenance_audit.lineage.assertion import Assertion
from provenance_audit.lineage.reading import READERS, read_documents

TREES = Path(__file__).parents[1] / "trees"
NAMES = sorted(path.stem for path in TREES.glob("*.tsv"))
COLUMNS = ("tier", "source", "subject", "predicate", "object", "relation", "derived_from", "locator")


def row(one: Assertion, tree: Path) -> dict[str, str]:
    kind = one.relation or one.role or ""
    values = (
        str(int(one.tier)),
        one.source,
        one.subject,
        one.predicate,
        one.object,
        kind,
        one.derived_from,
        one.locator,
    )
    return {name: str(value).replace(str(tree), "@") for name, value in zip(COLUMNS, values, strict=True)}


@pytest.mark.parametrize("name", NAMES)
def test_a_tree_states_what_its_table_says(name: str) -> None:
    tree = TREES / name
    stated, unread = read_documents([str(tree)])
    with (TREES / f"{name}.tsv").open(newline="", encoding="utf-8") as stream:
        expected = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [row(one, tree) for one in stated] == expected
    assert unread == []


def test_every_tree_has_a_table() -> None:
    assert sorted(path.name for path in TREES.iterdir() if path.is_dir()) == NAMES


def test_every_reader_of_text_has_a_tree() -> None:
    sources = {
        line.split("\t")[1]
        for name in NAMES
        for line in (TREES / f"{name}.tsv").read_text("utf-8").splitlines()[1:]
    }
    binary = {"GGUF header", "safetensors header", "Hub cache"}
    readers = {getattr(reader, "SOURCE") for reader in READERS}  # noqa: B009
    assert readers - binary <= sources
