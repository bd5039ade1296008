"""The lineage as a drawing: from each root down, through the rows, into the training run; the shared base cannot be missed.

Weight edges are drawn through, what wrote rows and what trains on them dashed. The steps that prove a relation are heavy.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from provenance_audit.findings import RELATED, Pair, Relation, Report
from provenance_audit.formats import words
from provenance_audit.formats.html.layers import Layout, lay_out
from provenance_audit.formats.html.svg import element, picture

if TYPE_CHECKING:
    from markupsafe import Markup

MAKERS_AT_MOST = 12
NODE_HEIGHT = 46.0
ACROSS, DOWN, MARGIN = 34.0, 64.0, 16.0
CHARACTER, SMALLEST, LONGEST = 7.4, 96.0, 30
ROWS, TRAINING, OTHERS = "\x01rows", "\x01training", "\x01others"
LABELS = {
    Relation.SAME_CHECKPOINT: "SAME CHECKPOINT",
    Relation.SHARED_BASE: "SHARED BASE",
    Relation.SHARED_ANCESTOR: "SHARED ANCESTOR",
}


@dataclass(slots=True)
class _Node:
    """One box: two lines, and the label that stands over it."""

    small: str
    name: str
    kind: str
    label: str = ""

    @property
    def width(self) -> float:
        longest = max(len(self.small), len(_cut(self.name)), len(self.label))
        return max(SMALLEST, longest * CHARACTER + 24)


@dataclass(slots=True)
class _Edge:
    label: str
    kind: str


def draw(report: Report) -> Markup | None:
    """The drawing, or None where nothing is known of any model."""
    nodes, edges = _graph(report)
    if len(nodes) < 2:
        return None
    layout = lay_out(
        {id: node.width for id, node in nodes.items()},
        list(edges),
        height=NODE_HEIGHT,
        across=ACROSS,
        down=DOWN,
    )
    lines = [_line(edge, style, layout) for edge, style in edges.items()]
    boxes = [_box(node, *layout.at[id]) for id, node in nodes.items()]
    into = Counter(end for _, end in edges)
    marks = [
        _label(edge, style, layout, by_start=into[edge[1]] > 1)
        for edge, style in edges.items()
        if style.label
    ]
    body = element("g", *lines, *boxes, *marks, transform=f"translate({MARGIN:g} {MARGIN + 10:g})")
    return picture(
        _title(report), layout.width + 2 * MARGIN, layout.height + 2 * MARGIN + 10, body, kind="lineage"
    )


def _title(report: Report) -> str:
    met = [
        f"{pair.role} {pair.maker} and the student meet at {pair.common_ancestor}, {words.MEETS[pair.relation]}"
        for pair in report.lineage.pairs[:MAKERS_AT_MOST]
        if pair.relation in words.MEETS and pair.common_ancestor
    ]
    return "; ".join(met) or "no maker is known to share a base with the student"


def _graph(report: Report) -> tuple[dict[str, _Node], dict[tuple[str, str], _Edge]]:
    lineage = report.lineage
    order = {relation: number for number, relation in enumerate(Relation)}
    pairs = sorted(lineage.pairs, key=lambda pair: (order[pair.relation], -(pair.rows or 0)))
    shown = pairs[:MAKERS_AT_MOST]
    student = (lineage.student or "").partition("@")[0]
    makers: dict[str, Pair | None] = {pair.maker: pair for pair in shown}
    if not pairs:
        makers = dict.fromkeys([one.id or one.maker for one in lineage.makers][:MAKERS_AT_MOST])
    nodes: dict[str, _Node] = {}
    edges: dict[tuple[str, str], _Edge] = {}
    proving = {(step.parent, step.child) for pair in shown if pair.relation in RELATED for step in pair.path}

    def add(model: str) -> None:
        organisation, slash, name = model.rpartition("/")
        nodes.setdefault(model, _Node(organisation + slash, name, "model"))

    wanted = [model for model in (*makers, student) if model]
    parents: dict[str, list[tuple[str, str]]] = {}
    for step in (*lineage.edges, *(step for pair in shown for step in pair.path)):
        parents.setdefault(step.child, []).append((step.parent, str(step.relation)))
    queue = list(wanted)
    while queue:
        child = queue.pop(0)
        if child in nodes:
            continue
        add(child)
        for parent, relation in dict.fromkeys(parents.get(child, [])):
            if (parent, child) in edges:
                continue
            kind = "weights proving" if (parent, child) in proving else "weights"
            edges[parent, child] = _Edge(relation, kind)
            queue.append(parent)
    for one in shown:
        if one.relation in LABELS and one.common_ancestor in nodes:
            meeting = nodes[one.common_ancestor]
            meeting.label, meeting.kind = meeting.label or LABELS[one.relation], "shared"
    if makers:
        nodes[ROWS] = _Node("the rows", f"{report.dataset.trained_rows:,}", "rows")
    for model, pair in makers.items():
        role = pair.role if pair is not None else "maker"
        share = f", {_share(pair.share)}" if pair is not None and pair.share is not None else ""
        related = pair is not None and pair.relation in RELATED
        edges[model, ROWS] = _Edge(f"{role}{share}", "data proving" if related else "data")
        nodes[model].small = nodes[model].small or "model"
        if nodes[model].kind == "model":
            nodes[model].kind = "maker related" if related else "maker"
    if len(pairs) > len(shown):
        nodes[OTHERS] = _Node("and", f"{len(pairs) - len(shown):,} more makers", "maker")
        edges[OTHERS, ROWS] = _Edge("", "data")
    if student:
        shared = nodes[student].label
        nodes[student].label = f"{shared}: THE STUDENT" if shared else "STUDENT"
        nodes[student].kind = "shared" if nodes[student].kind == "shared" else "student"
        nodes[TRAINING] = _Node("what the gate decides on", "the training run", "training")
        proved = any(pair.relation in RELATED for pair in shown)
        edges[student, TRAINING] = _Edge("starts from", "weights proving" if proved else "weights")
        if makers:
            edges[ROWS, TRAINING] = _Edge("trains on", "data proving" if proved else "data")
    return nodes, edges


def _box(node: _Node, x: float, y: float) -> str:
    left, top = x - node.width / 2, y - NODE_HEIGHT / 2
    parts = [
        element("title", text=f"{node.small}{node.name}{f' ({node.label.lower()})' if node.label else ''}"),
        element("rect", x=left, y=top, width=node.width, height=NODE_HEIGHT, rx=6.0, _class="box"),
        element("text", x=x, y=y - 5, text_anchor="middle", _class="small", text=_cut(node.small)),
        element("text", x=x, y=y + 13, text_anchor="middle", _class="name", text=_cut(node.name)),
    ]
    if node.kind == "shared":
        parts.insert(
            1,
            element(
                "rect",
                x=left - 5,
                y=top - 5,
                width=node.width + 10,
                height=NODE_HEIGHT + 10,
                rx=9.0,
                _class="ring",
            ),
        )
    if node.label:
        wide = len(node.label) * 7.2 + 14
        parts.append(
            element("rect", x=x - wide / 2, y=top - 13, width=wide, height=16.0, rx=3.0, _class="tag")
        )
        parts.append(
            element("text", x=x, y=top - 1.5, text_anchor="middle", _class="tag-text", text=node.label)
        )
    return element("g", *parts, _class=f"node {node.kind}")


def _points(edge: tuple[str, str], layout: Layout) -> list[tuple[float, float]]:
    (x1, y1), (x2, y2) = layout.at[edge[0]], layout.at[edge[1]]
    half = NODE_HEIGHT / 2
    return [(x1, y1 + half), *layout.bends.get(edge, ()), (x2, y2 - half - 7)]


def _line(edge: tuple[str, str], style: _Edge, layout: Layout) -> str:
    points = _points(edge, layout)
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        bend = (y1 + y2) / 2
        path += f"C{x1:.1f} {bend:.1f} {x2:.1f} {bend:.1f} {x2:.1f} {y2:.1f}"
    x, y = points[-1]
    head = f"M{x - 4.5:.1f} {y - 1:.1f}L{x:.1f} {y + 6:.1f}L{x + 4.5:.1f} {y - 1:.1f}Z"
    return element(
        "g",
        element("path", d=path, _class="line"),
        element("path", d=head, _class="head"),
        _class=f"edge {style.kind}",
    )


def _label(edge: tuple[str, str], style: _Edge, layout: Layout, *, by_start: bool) -> str:
    """The word of an edge, by that end at which the fewest meet."""
    points = _points(edge, layout)
    (x1, y1), (x2, y2) = points[:2] if by_start else points[-2:]
    t = 0.24 if by_start else 0.62
    # The curve is cubic with upright ends.
    x = x1 + (x2 - x1) * (3 * t**2 - 2 * t**3)
    bend = (y1 + y2) / 2
    y = (1 - t) ** 3 * y1 + 3 * (1 - t) ** 2 * t * bend + 3 * (1 - t) * t**2 * bend + t**3 * y2 + 4
    wide = len(style.label) * 6.3 + 6
    return element(
        "g",
        element("rect", x=x - wide / 2, y=y - 11, width=wide, height=14.0, _class="under"),
        element("text", x=x, y=y, text_anchor="middle", text=style.label),
        _class="edge-label",
    )


def _share(share: float) -> str:
    return "under 1%" if 0 < share < 0.01 else f"{share:.0%}"


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
