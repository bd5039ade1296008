"""Writes the tables that the code knows best into the pages beside this file. `make docs`; a test compares them.

A table stands between `<!-- table: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from provenance_audit import risk
from provenance_audit.checks import CHECKS
from provenance_audit.dataset import catalogue, columns
from provenance_audit.policy.settings import PROFILES, SETTINGS
from provenance_audit.store import TABLES

ROOT = Path(__file__).parents[1]
PAGES = ("checks.md", "formats-read.md", "store.md", "policy.md", "risk.md", "howto/github.md")


def checks() -> Iterator[str]:
    """One line for each check, from its manual page."""
    yield "| id | name | default | what it checks |"
    yield "| --- | --- | --- | --- |"
    for check in CHECKS:
        paragraph = check.manual.split("What it checks\n")[1].split("\nWhy it matters")[0]
        sentence = re.split(r"\.(?: |$)", " ".join(paragraph.split()))[0]
        yield f"| {check.id} | {check.name} | {check.severity} | {sentence} |"


def store() -> Iterator[str]:
    """For each table of the store, what a row of it is, and its columns."""
    for table in TABLES:
        yield f"**`{table.name}`**: {table.row}"
        yield ""
        yield "| column | type | what it holds |"
        yield "| --- | --- | --- |"
        yield from (f"| `{name}` | {kind} | {what} |" for name, kind, what in table.columns)
        yield ""


def options() -> Iterator[str]:
    """One line for each option of a scan: its flag, its variable, its place in a policy, its default."""
    yield "| flag | variable | policy | default | what it is |"
    yield "| --- | --- | --- | --- | --- |"
    for one in SETTINGS:
        key = f"`{one.key}`" if one.key else ""
        default = "" if one.default in (None, (), False) else f"`{one.default}`"
        choices = f": {', '.join(one.choices)}" if one.choices else ""
        yield f"| `--{one.name}` | `{one.variable}` | {key} | {default} | {one.what}{choices} |"


def profiles() -> Iterator[str]:
    """One line for each profile: what it states."""
    yield "| profile | what it states |"
    yield "| --- | --- |"
    for name, values in PROFILES.items():
        said = []
        for key, value in values.items():
            if isinstance(value, dict):
                said += [f'`{key}.{id} = "{level}"`' for id, level in value.items()]
            else:
                said.append(f'`{key} = "{value}"`')
        yield f"| `{name}` | {', '.join(said) or 'nothing: the defaults'} |"


def risks() -> Iterator[str]:
    """The rule of the risk matrix."""
    yield "| relation | level | check | why |"
    yield "| --- | --- | --- | --- |"
    yield from (
        f"| `{relation}` | {level} | {check} | {why} |" for relation, level, check, why in risk.table()
    )


def action_inputs() -> Iterator[str]:
    """One line for each input of the GitHub action."""
    yield from _of_action("input", "inputs")


def action_outputs() -> Iterator[str]:
    """One line for each output of the GitHub action."""
    yield from _of_action("output", "outputs")


def _of_action(one: str, many: str) -> Iterator[str]:
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
    yield f"| {one} | what it is |"
    yield "| --- | --- |"
    yield from (f"| `{name}` | {about['description']} |" for name, about in action[many].items())


def canonical_row() -> Iterator[str]:
    """The canonical row, as its module describes it."""
    assert columns.__doc__ is not None
    yield "```"
    yield from (line[4:] for line in columns.__doc__.splitlines() if line.startswith("    "))
    yield "```"


TABLES_OF: dict[str, Callable[[], Iterator[str]]] = {
    "action inputs": action_inputs,
    "action outputs": action_outputs,
    "checks": checks,
    "formats": catalogue.markdown,
    "store": store,
    "options": options,
    "profiles": profiles,
    "risk": risks,
    "canonical row": canonical_row,
}


def filled(page: str) -> str:
    """A page with every table as the code has it now."""

    def table(match: re.Match[str]) -> str:
        return f"{match[1]}\n\n" + "\n".join(TABLES_OF[match[2]]()) + "\n\n<!-- end -->"

    return re.sub(r"(<!-- table: ([\w ]+) -->).*?<!-- end -->", table, page, flags=re.S)


def main(folder: Path) -> None:
    """Write every page of a folder anew."""
    for name in PAGES:
        page = folder / name
        page.write_text(filled(page.read_text()))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
