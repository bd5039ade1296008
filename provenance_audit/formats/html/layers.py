"""A small layered layout: every edge goes down, nodes of a layer do not overlap, and few edges cross.

Longest path for the layers, dummy nodes for edges that span several, the median of neighbours for the order, from several
starts that are the same each time, and a few passes that pull each node towards its neighbours. Enough for the dozens of nodes that a person can read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

SWEEPS = 8
STARTS = 24
PULLS = 12

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """Centres of nodes, and of the bends of each edge from its start to its end; the width and height of all."""

    at: Mapping[str, tuple[float, float]]
    bends: Mapping[Edge, tuple[tuple[float, float], ...]]
    width: float
    height: float


def lay_out(
    widths: Mapping[str, float], edges: Sequence[Edge], *, height: float, across: float, down: float
) -> Layout:
    """Place nodes of these widths and one height. Edges of a circle that would go up are left out of the order, and drawn up.

    across, down: the gaps between nodes and between layers.
    """
    forward = _acyclic(list(widths), list(dict.fromkeys(edges)))
    level = _levels(list(widths), forward)
    size: dict[str, float] = dict(widths)
    chains: dict[Edge, list[str]] = {}
    segments: list[Edge] = []
    for edge in forward:
        start, end = edge
        chain = [start]
        for step in range(level[start] + 1, level[end]):
            dummy = f"\x00{start}\x00{end}\x00{step}"
            level[dummy], size[dummy] = step, 8.0
            chain.append(dummy)
        chain.append(end)
        chains[edge] = chain[1:-1]
        segments += pairwise(chain)
    layers = _ordered(level, segments)
    x = _across(layers, size, segments, across)
    left = min((x[node] - size[node] / 2 for node in x), default=0.0)
    x = {node: place - left for node, place in x.items()}
    y = {node: level[node] * (height + down) + height / 2 for node in x}
    return Layout(
        at={node: (x[node], y[node]) for node in widths},
        # Straight down beside the nodes of a layer, and curved only between layers.
        bends={
            edge: tuple((x[one], y[one] + side) for one in chain for side in (-height / 2, height / 2))
            for edge, chain in chains.items()
        }
        | {edge: () for edge in edges if edge not in chains},
        width=max((x[node] + size[node] / 2 for node in x), default=0.0),
        height=len(layers) * (height + down) - down if layers else 0.0,
    )


def _acyclic(nodes: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """The edges without those that close a circle, by depth first."""
    below: dict[str, list[str]] = {}
    for start, end in edges:
        below.setdefault(start, []).append(end)
    done: set[str] = set()
    back: set[Edge] = set()
    for root in nodes:
        trail: list[tuple[str, int]] = [(root, 0)] if root not in done else []
        on_trail = {root}
        while trail:
            node, child = trail.pop()
            children = below.get(node, [])
            if child == len(children):
                done.add(node)
                on_trail.discard(node)
                continue
            trail.append((node, child + 1))
            step = children[child]
            if step in on_trail:
                back.add((node, step))
            elif step not in done:
                trail.append((step, 0))
                on_trail.add(step)
    return [edge for edge in edges if edge not in back]


def _levels(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The longest path from a root; then what hangs from one child only is pulled down beside it."""
    above: dict[str, list[str]] = {node: [] for node in nodes}
    below: dict[str, list[str]] = {node: [] for node in nodes}
    for start, end in edges:
        above[end].append(start)
        below[start].append(end)
    waiting = {node: len(above[node]) for node in nodes}
    ready = [node for node in nodes if not waiting[node]]
    order: list[str] = []
    level = dict.fromkeys(nodes, 0)
    while ready:
        node = ready.pop(0)
        order.append(node)
        for child in below[node]:
            level[child] = max(level[child], level[node] + 1)
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    for node in reversed(order):
        if below[node] and not above[node]:
            level[node] = min(level[child] for child in below[node]) - 1
    return level


def _ordered(level: Mapping[str, int], segments: Sequence[Edge]) -> list[list[str]]:
    """The order of each layer, from a few starting orders: that in which the fewest edges cross."""
    layers: list[list[str]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for node, step in level.items():
        layers[step].append(node)
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for start, end in segments:
        above.setdefault(end, []).append(start)
        below.setdefault(start, []).append(end)
    dice = Random(0)
    best, fewest = layers, _crossings(layers, below)
    for _ in range(STARTS):
        if not fewest:
            break
        tried = [list(layer) for layer in layers]
        for sweep in range(SWEEPS):
            _sweep(tried, above if sweep % 2 == 0 else below, down=sweep % 2 == 0)
            if (count := _crossings(tried, below)) < fewest:
                best, fewest = [list(layer) for layer in tried], count
        for layer in layers:
            dice.shuffle(layer)
    return best


def _sweep(layers: list[list[str]], neighbours: Mapping[str, Sequence[str]], *, down: bool) -> None:
    """Each layer by the medians of its neighbours in the layer before."""
    for layer in layers if down else reversed(layers):
        place = {node: number for one in layers for number, node in enumerate(one)}
        layer.sort(key=lambda node: _median([place[one] for one in neighbours.get(node, [])], place[node]))


def _crossings(layers: Sequence[Sequence[str]], below: Mapping[str, Sequence[str]]) -> int:
    count = 0
    for upper, lower in pairwise(layers):
        place = {node: number for number, node in enumerate(lower)}
        ends = [sorted(place[child] for child in below.get(node, ())) for node in upper]
        seen: list[int] = []
        for one in ends:
            count += sum(end < other for end in one for other in seen)
            seen += one
    return count


def _median(places: list[int], own: int) -> float:
    if not places:
        return own
    places.sort()
    return (places[(len(places) - 1) // 2] + places[len(places) // 2]) / 2


def _across(
    layers: Sequence[Sequence[str]], size: Mapping[str, float], segments: Sequence[Edge], gap: float
) -> dict[str, float]:
    """Centres: packed from the left, then each pulled to the mean of its neighbours as far as the others of its layer allow."""
    x: dict[str, float] = {}
    for layer in layers:
        at = 0.0
        for node in layer:
            x[node] = at + size[node] / 2
            at += size[node] + gap
    neighbours: dict[str, list[str]] = {}
    for start, end in segments:
        neighbours.setdefault(start, []).append(end)
        neighbours.setdefault(end, []).append(start)
    for pull in range(PULLS):
        for layer in layers if pull % 2 == 0 else list(reversed(layers)):
            wanted = {
                node: sum(x[one] for one in neighbours.get(node, [node])) / len(neighbours.get(node, [node]))
                for node in layer
            }
            # From both sides, and the mean of the two: neither edge of the page pulls harder.
            least, most = {}, {}
            edge = float("-inf")
            for node in layer:
                least[node] = max(wanted[node], edge + size[node] / 2)
                edge = least[node] + size[node] / 2 + gap
            edge = float("inf")
            for node in reversed(layer):
                most[node] = min(wanted[node], edge - size[node] / 2)
                edge = most[node] - size[node] / 2 - gap
            for node in layer:
                x[node] = (least[node] + most[node]) / 2
    return x
