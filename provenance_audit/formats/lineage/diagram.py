"""A lineage as a diagram: Mermaid for Markdown, DOT for Graphviz. Names of models are data, and cannot break out of a label."""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.findings import Lineage
from provenance_audit.formats.escape import for_mermaid, for_terminal
from provenance_audit.formats.look import Look

DATASET = "the dataset"


def mermaid(lineage: Lineage, look: Look) -> str:
    """A flowchart: weight edges drawn through, what wrote and what trains on the rows dotted."""
    number = {name: f"n{place}" for place, name in enumerate(_models(lineage))}
    lines = ["flowchart TD"]
    for name, id in number.items():
        lines.append(f'  {id}["{for_mermaid(name)}"]')
    for step, count in _edges(lineage):
        lines.append(
            f'  {number[step[0]]} -->|"{for_mermaid(step[2])}{f" x{count}" if count > 1 else ""}"| {number[step[1]]}'
        )
    for source, target, word in _rows(lineage):
        lines.append(f'  {number[source]} -. "{for_mermaid(word)}" .-> {number[target]}')
    if lineage.student is not None:
        lines.append(f"  style {number[_student(lineage)]} stroke-width:3px")
    return "\n".join(lines) + "\n"


def dot(lineage: Lineage, look: Look) -> str:
    """A directed graph, from ancestors to descendants."""
    lines = ["digraph lineage {", "  node [shape=box];"]
    for name in _models(lineage):
        student = lineage.student is not None and name == _student(lineage)
        lines.append(f"  {_for_dot(name)}{' [penwidth=3]' if student else ''};")
    for (parent, child, relation), _ in _edges(lineage):
        lines.append(f"  {_for_dot(parent)} -> {_for_dot(child)} [label={_for_dot(relation)}];")
    for source, target, word in _rows(lineage):
        lines.append(f"  {_for_dot(source)} -> {_for_dot(target)} [style=dashed, label={_for_dot(word)}];")
    return "\n".join([*lines, "}"]) + "\n"


def _models(lineage: Lineage) -> list[str]:
    names = [end for step in lineage.edges for end in (step.parent, step.child)]
    names += [maker.id or maker.maker for maker in lineage.makers]
    if lineage.student is not None:
        names.append(_student(lineage))
    if lineage.makers:
        names.append(DATASET)
    return list(dict.fromkeys(names))


def _edges(lineage: Lineage) -> Iterator[tuple[tuple[str, str, str], int]]:
    """(parent, child, relation), and how many statements make it."""
    counted: dict[tuple[str, str, str], int] = {}
    for step in lineage.edges:
        key = (step.parent, step.child, str(step.relation))
        counted[key] = counted.get(key, 0) + 1
    yield from counted.items()


def _rows(lineage: Lineage) -> Iterator[tuple[str, str, str]]:
    for maker in lineage.makers:
        yield maker.id or maker.maker, DATASET, str(maker.role)
    if lineage.student is not None and lineage.makers:
        yield DATASET, _student(lineage), "trains"


def _student(lineage: Lineage) -> str:
    return (lineage.student or "").partition("@")[0]


def _for_dot(text: str) -> str:
    return '"' + for_terminal(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
