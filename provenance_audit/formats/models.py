"""The models of a report, each once, with its package URL and what its weights came from: for the formats that list models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from provenance_audit.findings import Report

_HUB = re.compile(r"[\w.-]+/[\w.-]+")
_COLUMN = re.compile(r"column (?P<name>[^:]+): ")


@dataclass(frozen=True, slots=True)
class Model:
    """One model, and what it did to the rows."""

    name: str
    revision: str | None
    roles: tuple[str, ...]
    rows: int | None

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


@dataclass(frozen=True, slots=True)
class Models:
    """The student and the makers of a report. parents: of every model, (relation, model) of each weight edge up."""

    student: Model | None
    makers: tuple[Model, ...]
    parents: Mapping[str, tuple[tuple[str, str], ...]]

    def ancestors(self, model: str) -> list[tuple[str, str, str]]:
        """(child, relation, parent) of every weight edge above a model, nearest first; a circle is walked once."""
        found: list[tuple[str, str, str]] = []
        seen, queue = {model}, [model]
        while queue:
            child = queue.pop(0)
            for relation, parent in self.parents.get(child, ()):
                found.append((child, relation, parent))
                if parent not in seen:
                    seen.add(parent)
                    queue.append(parent)
        return found


def models_of(report: Report) -> Models:
    """Every model that made, changed or judged rows, the student, and what their weights came from."""
    lineage = report.lineage
    above: dict[str, dict[tuple[str, str], None]] = {}
    for step in (*lineage.edges, *(step for pair in lineage.pairs for step in pair.path)):
        above.setdefault(step.child, {})[str(step.relation), step.parent] = None
    makers: dict[str, Model] = {}
    for maker in lineage.makers:
        name = maker.id or maker.maker
        before = makers.get(name)
        roles = dict.fromkeys((*(before.roles if before else ()), maker.role))
        rows = maker.rows if before is None or maker.rows is None else (before.rows or 0) + maker.rows
        makers[name] = Model(name, maker.revision, tuple(roles), rows)
    student = None
    if lineage.student is not None:
        name, _, revision = lineage.student.partition("@")
        student = Model(name, revision or None, ("student",), None)
    return Models(student, tuple(makers.values()), {child: tuple(one) for child, one in above.items()})


def maker_column(report: Report) -> str | None:
    """The column that names the maker of each row, if one does."""
    for maker in report.lineage.makers:
        for locator in maker.locators:
            match = _COLUMN.match(locator)
            if match is not None:
                return match["name"]
    return None
