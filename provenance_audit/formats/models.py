"""The models of a report, each once, with its package URL and what its weights came from: for the formats that list models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from provenance_audit.findings import Report

_HUB = re.compile(r"[\w.-]+/[\w.-]+")
_COLUMN = re.compile(r"column (?P<name>[^:]+): ")


@dataclass(frozen=True, slots=True)
class Model:
    """One model. parents: (relation, model) of each weight edge up, once each."""

    name: str
    revision: str | None
    roles: tuple[str, ...]
    rows: int | None
    prompt: str
    parents: tuple[tuple[str, str], ...]

    @property
    def purl(self) -> str | None:
        """Its package URL, if the name is one of the Hub."""
        return hub_purl(self.name, self.revision)


def hub_purl(name: str, revision: str | None = None) -> str | None:
    """`pkg:huggingface/org/name@revision`, or None for a name that is no id of the Hub."""
    if not _HUB.fullmatch(name):
        return None
    from packageurl import PackageURL

    organisation, _, model = name.partition("/")
    return PackageURL("huggingface", organisation, model, revision).to_string()


def makers_of(report: Report) -> list[Model]:
    """Every model that made, changed or judged rows."""
    found: dict[str, Model] = {}
    for maker in report.lineage.makers:
        name = maker.id or maker.maker
        before = found.get(name)
        roles = (*(before.roles if before else ()), maker.role)
        rows = maker.rows if before is None or maker.rows is None else (before.rows or 0) + maker.rows
        found[name] = Model(
            name, maker.revision, tuple(dict.fromkeys(roles)), rows, maker.prompt, _parents(report, name)
        )
    return list(found.values())


def student_of(report: Report) -> Model | None:
    """The student, if one is named."""
    if report.lineage.student is None:
        return None
    name, _, revision = report.lineage.student.partition("@")
    return Model(name, revision or None, ("student",), None, "", _parents(report, name))


def ancestors(report: Report, model: str) -> list[tuple[str, str, str]]:
    """(child, relation, parent) of every weight edge above a model, nearest first; a circle is walked once."""
    found: list[tuple[str, str, str]] = []
    seen, queue = {model}, [model]
    while queue:
        child = queue.pop(0)
        for relation, parent in _parents(report, child):
            found.append((child, relation, parent))
            if parent not in seen:
                seen.add(parent)
                queue.append(parent)
    return found


def maker_column(report: Report) -> str | None:
    """The column that names the maker of each row, if one does."""
    for maker in report.lineage.makers:
        for locator in maker.locators:
            match = _COLUMN.match(locator)
            if match is not None:
                return match["name"]
    return None


def _parents(report: Report, name: str) -> tuple[tuple[str, str], ...]:
    steps: Sequence[tuple[str, str, str]] = [
        (step.child, str(step.relation), step.parent)
        for step in (*report.lineage.edges, *(step for pair in report.lineage.pairs for step in pair.path))
    ]
    return tuple(dict.fromkeys((relation, parent) for child, relation, parent in steps if child == name))
