"""A lineage as a tree in a terminal: from each root down, the student and the makers marked; then the pairs, then what is open."""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.findings import Lineage, Pair, Relation, Step
from provenance_audit.formats.escape import for_terminal
from provenance_audit.formats.look import Look
from provenance_audit.formats.text.lines import Line, labelled, written
from provenance_audit.formats.words import TIER_WORDS

LINES_AT_MOST = 200


def render(lineage: Lineage, look: Look) -> str:
    """The student, the makers, the tree of weight edges, the pairs and the sources."""
    return written(
        [
            line
            for part in (
                _who(lineage, look),
                _tree(lineage, look),
                _pairs(lineage, look),
                _sources(lineage, look),
            )
            for line in part
        ],
        look,
    )


def _who(lineage: Lineage, look: Look) -> Iterator[Line]:
    yield from labelled("student", for_terminal(lineage.student or "not named"), look)
    for maker in lineage.makers:
        known = f" = {maker.id}" if maker.id not in (None, maker.maker) else ""
        unknown = "" if maker.id else " (no resolvable model)"
        rows = f", {maker.rows:,} rows" if maker.rows is not None else ""
        text = f"{maker.maker}{known}{unknown}{rows}, prompt {maker.prompt}; {maker.locators[0]}"
        yield from labelled(str(maker.role), for_terminal(text), look)
    if not lineage.makers:
        yield from labelled("makers", "none named", look)
    yield []


def _tree(lineage: Lineage, look: Look) -> Iterator[Line]:
    if not lineage.edges:
        return
    yield [("Weights, from each root down", "bold")]
    below: dict[str, dict[str, list[Step]]] = {}
    for step in lineage.edges:
        below.setdefault(step.parent, {}).setdefault(step.child, []).append(step)
    children = {step.child for step in lineage.edges}
    lines = [line for root in below if root not in children for line in _branch(root, below, lineage, look)]
    # What is in a circle hangs from no root.
    shown = {step.parent for root in below if root not in children for step in _reached(root, below)}
    lines += [
        line for start in below if start not in shown and start in children
        for line in _branch(start, below, lineage, look)
    ][: LINES_AT_MOST]  # fmt: skip
    yield from lines[:LINES_AT_MOST]
    if len(lines) > LINES_AT_MOST:
        yield [(f"  and {len(lines) - LINES_AT_MOST:,} more lines: -o json has them all", "")]
    yield []


def _reached(root: str, below: dict[str, dict[str, list[Step]]]) -> Iterator[Step]:
    seen, queue = {root}, [root]
    while queue:
        for child, steps in below.get(queue.pop(), {}).items():
            yield steps[0]
            if child not in seen:
                seen.add(child)
                queue.append(child)


def _branch(
    root: str, below: dict[str, dict[str, list[Step]]], lineage: Lineage, look: Look
) -> Iterator[Line]:
    """One root with all that hangs below it. A model met again is named, and not unfolded again."""
    fork, last, pipe = ("├─ ", "└─ ", "│  ") if look.unicode else ("|- ", "`- ", "|  ")
    marks = _marks(lineage)
    unfolded: set[str] = set()
    stack: list[tuple[str, str, str, str]] = [("  ", "", root, "")]
    while stack:
        indent, branch, model, how = stack.pop()
        again = model in unfolded and model in below
        text = f"{how}{for_terminal(model)}"
        mark = marks.get(model, "")
        yield [
            (f"{indent}{branch}", "dim"),
            (text, "bold" if mark else ""),
            (mark, "cyan"),
            ("  (see above)" if again else "", "dim"),
        ]
        if again:
            continue
        unfolded.add(model)
        deeper = indent + (pipe if branch == fork else "   " if branch else "")
        many = list(below.get(model, {}).items())
        for number, (child, steps) in reversed(list(enumerate(many))):
            sign = last if number == len(many) - 1 else fork
            stack.append(
                (deeper, sign, child, f"{' / '.join(dict.fromkeys(str(one.relation) for one in steps))}: ")
            )


def _marks(lineage: Lineage) -> dict[str, str]:
    marks: dict[str, list[str]] = {}
    if lineage.student is not None:
        marks.setdefault(lineage.student.partition("@")[0], []).append("the student")
    for maker in lineage.makers:
        marks.setdefault(maker.id or maker.maker, []).append(f"the {maker.role}")
    return {model: f"   <- {' and '.join(dict.fromkeys(words))}" for model, words in marks.items()}


def _pairs(lineage: Lineage, look: Look) -> Iterator[Line]:
    if not lineage.pairs:
        return
    yield [("Each maker and the student", "bold")]
    for pair in lineage.pairs:
        share = f"{pair.share:.1%} of rows" if pair.share is not None else "rows not told apart"
        yield from labelled(str(pair.role), for_terminal(f"{pair.maker}: {pair.relation}, {share}"), look)
        yield from labelled("", for_terminal(_how(pair)), look)
        if pair.relation is Relation.UNDETERMINED:
            yield from labelled("", for_terminal(f"to settle it: {pair.missing}"), look)
    yield []


def _how(pair: Pair) -> str:
    if pair.common_ancestor is not None and pair.depths is not None:
        up, down = pair.depths
        return (
            f"by way of {pair.common_ancestor}: {up} step{'s' * (up != 1)} up from the maker, {down} from the student; "
            f"confidence {pair.confidence}"
        )
    return pair.evidence


def _sources(lineage: Lineage, look: Look) -> Iterator[Line]:
    by_tier: dict[int, int] = {}
    for one in lineage.assertions:
        by_tier[one.tier] = by_tier.get(one.tier, 0) + 1
    if by_tier:
        said = ", ".join(
            f"{count:,} {TIER_WORDS[tier]} (tier {tier})" for tier, count in sorted(by_tier.items())
        )
        yield from labelled("statements", said, look)
    for unread in lineage.unread:
        yield from labelled("not read", for_terminal(f"{unread.path}: {unread.reason}"), look)
