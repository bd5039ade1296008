"""`paudit models show` and `paudit models search`: what the registry knows of a model, with its sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from provenance_audit.lineage.registry import Edge, Registry

LIMIT = 30
WORDS = {
    "finetune": "fine-tuned from",
    "adapter": "adapter on",
    "quantized": "quantised from",
    "merge": "merged from",
    "mirror": "copy of",
    "continued_pretrain": "continued from",
    "pruned": "pruned from",
    "expanded": "grown from",
    "unknown": "derived from",
}
ORIGINS = {
    "root": "its own random initialisation",
    "earliest-published": "earliest published: its maker names nothing that it started from",
}

app = typer.Typer(
    help="Look up what the registry knows of a model.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)
_OUTPUT = typer.Option("text", "--output", "-o", metavar="text|json", help="How to print it.")
_REGISTRY = typer.Option(
    [], "--registry", metavar="FILE", help="Add the rows of a CSV or YAML file; repeatable."
)


@app.command("show")
def show(
    model: str = typer.Argument(..., metavar="ID", help="An id, a served name, a mirror, a purl, an ft: id."),
    output: str = _OUTPUT,
    registry: list[Path] = _REGISTRY,
) -> None:
    """Show a model's root, the path to it, what is equivalent to it, and who says so."""
    import json

    from provenance_audit.formats.escape import for_terminal

    _refuse_unknown_format(output)
    seen = _look_up(model, _load(registry))
    if output == "json":
        typer.echo(json.dumps(seen, indent=2, ensure_ascii=True))
        return
    for line in _text(seen):
        typer.echo(for_terminal(line))


@app.command("search")
def search(
    text: str = typer.Argument(..., metavar="TEXT", help="Part of an id or of a name; case does not matter."),
    output: str = _OUTPUT,
    limit: int = typer.Option(LIMIT, "--limit", min=1, help="How many models to print."),
    registry: list[Path] = _REGISTRY,
) -> None:
    """List the models whose id, name or mirror holds a text."""
    import json

    from provenance_audit.formats.escape import for_terminal
    from provenance_audit.lineage.ancestry import trace

    _refuse_unknown_format(output)
    known = _load(registry)
    found = _search(text, known)
    rows = []
    for id, by in found[:limit]:
        roots = trace(id, known).roots
        rows.append({"id": id, "root": roots[0] if roots else None, "matched": by})
    if output == "json":
        typer.echo(
            json.dumps({"query": text, "found": len(found), "models": rows}, indent=2, ensure_ascii=True)
        )
        return
    width = max((len(str(row["id"])) for row in rows), default=0)
    for row in rows:
        root = "a root" if row["root"] == row["id"] else f"root {row['root'] or 'unknown'}"
        by = "" if row["matched"] == row["id"] else f"  (as {row['matched']})"
        typer.echo(for_terminal(f"{row['id']:<{width}}  {root}{by}"))
    if not found:
        typer.echo(for_terminal(f"no model, name or mirror holds {text!r}{_near(text, known)}"))
    elif len(found) > limit:
        typer.echo(f"and {len(found) - limit:,} more: --limit {len(found)}")


def _load(paths: list[Path]) -> Registry:
    from provenance_audit.lineage.registry import load

    return load(tuple(paths))


def _refuse_unknown_format(output: str) -> None:
    if output not in ("text", "json"):
        from provenance_audit.errors import UsageError

        raise UsageError(f"-o {output}: unknown format", remedy="-o text or -o json")


def _look_up(model: str, registry: Registry) -> dict[str, Any]:
    """Everything to show of one model. `root` is null when it is unknown, and `reason` then says why."""
    from provenance_audit.lineage.ancestry import equivalents, teachers, trace, why_unknown
    from provenance_audit.lineage.identity import identify

    identity = identify(model, registry)
    seen: dict[str, Any] = {
        "query": model, "id": identity.id, "root": None, "path": [], "equivalent": [], "reason": identity.reason,
        "revision": identity.revision, "moving": identity.moving, "hint": identity.hint, "how": list(identity.how),
        "roots": [], "edges": [], "taught_by": [], "known": None,
        "disagreements": [
            {"where": one.locator, "says": one.theirs, "shipped": one.shipped, "kept": one.kept}
            for one in registry.disagreements
        ],
    }  # fmt: skip
    if identity.id is None:
        return seen
    ancestry = trace(identity.id, registry)
    if ancestry.roots:
        seen["root"] = ancestry.roots[0]
        seen["path"] = [_step(edge) for edge in ancestry.path(ancestry.roots[0])]
    seen["reason"] = "; ".join(why_unknown(end, registry) for end in ancestry.dead_ends)
    seen["roots"] = list(ancestry.roots)
    seen["edges"] = [_step(edge) for edge in ancestry.edges]
    seen["equivalent"] = [
        {"id": other, "of": mine, "grade": row.grade, "source": row.source, "note": row.note}
        for other, mine, row in equivalents(ancestry, registry)
    ]
    seen["taught_by"] = [
        {"teacher": one.teacher, "grade": one.grade, "source": one.source}
        for one in teachers(identity.id, registry)
    ]
    known = registry.models.get(identity.id)
    if known is not None:
        seen["known"] = {
            "vendor": known.vendor, "origin": known.origin, "names": list(known.names), "grade": known.grade,
            "source": known.source, "date": known.date, "note": known.note,
        }  # fmt: skip
    return seen


def _step(edge: Edge) -> dict[str, str]:
    return {
        "child": edge.child,
        "parent": edge.parent,
        "relation": str(edge.relation),
        "grade": edge.grade,
        "source": edge.source,
        "date": edge.date,
        "note": edge.note,
    }


def _text(seen: dict[str, Any]) -> Iterator[str]:
    if seen["id"] is None:
        yield f"{seen['query']}: no resolvable model"
        yield f"  {seen['reason']}"
        return
    sources: list[str] = []
    yield seen["id"]
    for how in seen["how"]:
        yield f"  {how}"
    if seen["moving"]:
        yield "  undated: the weights behind this name may change; name a dated snapshot to pin it"
    known = seen["known"]
    for line in _tree(seen, sources):
        yield f"  {line}"
    if seen["reason"]:
        yield f"  unknown: {seen['reason']}"
    if known and seen["root"] == seen["id"]:
        yield f"  root: {ORIGINS[known['origin']]} {_cite(known, sources)}"
    elif seen["roots"]:
        yield f"  {'root' if len(seen['roots']) == 1 else 'roots'}: {', '.join(seen['roots'])}"
    if known and known["note"]:
        yield f"  note: {known['note']}"
    for one in seen["equivalent"]:
        of = "" if one["of"] == seen["id"] else f", of {one['of']}"
        yield f"  equivalent: {one['id']}{of} {_cite(one, sources)}"
    for one in seen["taught_by"]:
        yield f"  trained on outputs of {one['teacher']} (no weights) {_cite(one, sources)}"
    if known and known["names"]:
        yield f"  also called: {', '.join(known['names'][:8])}" + (" …" if len(known["names"]) > 8 else "")
    for one in seen["disagreements"]:
        yield f"  disagrees: {one['where']}: {one['says']}; shipped: {one['shipped']}; kept: {one['kept']}"
    for number, source in enumerate(sources, 1):
        yield f"  [{number}] {source}"


def _tree(seen: dict[str, Any], sources: list[str]) -> Iterator[str]:
    """The edges above a model, as a tree; what was drawn already is not drawn again."""
    above: dict[str, list[dict[str, str]]] = {}
    for edge in seen["edges"]:
        above.setdefault(edge["child"], []).append(edge)
    drawn: set[str] = set()

    def draw(node: str, indent: str) -> Iterator[str]:
        edges = above.get(node, []) if node not in drawn else []
        drawn.add(node)
        for edge in edges:
            last = edge is edges[-1]
            yield f"{indent}{'└─' if last else '├─'} {WORDS[edge['relation']]} {edge['parent']} {_cite(edge, sources)}"
            yield from draw(edge["parent"], indent + ("   " if last else "│  "))

    yield from draw(seen["id"], "")


def _cite(row: dict[str, Any], sources: list[str]) -> str:
    """`(author-stated [2])`, with the source put on the list that stands below."""
    if row["source"] not in sources:
        sources.append(row["source"])
    return f"({row['grade']} [{sources.index(row['source']) + 1}])"


def _search(text: str, registry: Registry) -> list[tuple[str, str]]:
    """Each model once, with the spelling that holds the text: ids before names, short before long."""
    from provenance_audit.lineage.spelling import fold

    wanted = fold(text.strip())
    found: dict[str, str] = {}
    spellings = (
        *((id, id) for id in registry.models),
        *((name, id) for id, model in registry.models.items() for name in model.names),
        *((mirror, id) for mirror, (id, _) in registry.mirrors.items()),
    )
    for spelling, id in spellings:
        if wanted and wanted in fold(spelling):
            found.setdefault(id, spelling)
    return sorted(found.items(), key=lambda one: (one[1] != one[0], len(one[0]), one[0].casefold()))


def _near(text: str, registry: Registry) -> str:
    import difflib

    near = difflib.get_close_matches(text.casefold(), registry.names, n=1, cutoff=0.7)
    return f"; did you mean {registry.names[near[0]]}?" if near else ""
