"""`paudit lineage`: what is known of the models, and how it is known. Judges nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from provenance_audit.request import Request

app = typer.Typer(
    help="Show who made a dataset and what each model came from; write it down; lock it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

PATHS: Any = typer.Argument(
    None,
    metavar="[PATH]...",
    help="Datasets, documents (configs, cards, BOMs, weights), and directories that hold either.",
)
STUDENT: Any = typer.Option(
    None, "--student", metavar="ID[@REV]", help="The checkpoint that training starts from."
)
TEACHER: Any = typer.Option([], "--teacher", metavar="ID[@REV]", help="Who generated the rows; repeatable.")
CONFIG: Any = typer.Option(
    [], "--config", metavar="FILE", help="A training configuration or job; repeatable."
)
LINEAGE: Any = typer.Option(None, "--lineage", metavar="FILE", help="A lineage manifest, or a lock.")
REGISTRY: Any = typer.Option(
    [], "--registry", metavar="FILE", help="More cited facts of which model came from which; repeatable."
)
ONLINE: Any = typer.Option(
    False, "--online", help="Ask the Hugging Face Hub for bases that nothing here states."
)


@app.command("show")
def show(
    paths: list[str] = PATHS,
    student: str = STUDENT,
    teacher: list[str] = TEACHER,
    config: list[str] = CONFIG,
    lineage: str = LINEAGE,
    registry: list[str] = REGISTRY,
    online: bool = ONLINE,
    output: str = typer.Option(
        "text", "--output", "-o", metavar="text|json|mermaid|dot", help="How to print it."
    ),
) -> int:
    """Show the models, the tree of what their weights came from, and each maker beside the student.

    paudit lineage show data/ --config train.yaml
    """
    from provenance_audit.cli.output import look
    from provenance_audit.errors import UsageError
    from provenance_audit.formats.lineage import LINEAGE_FORMATS
    from provenance_audit.resolve import resolved

    if output not in LINEAGE_FORMATS:
        raise UsageError(f"-o {output}: unknown format", remedy=f"one of: {', '.join(LINEAGE_FORMATS)}")
    with resolved(_request(paths, student, teacher, config, lineage, registry, online=online)) as found:
        text = LINEAGE_FORMATS[output](found.record(), look())
    typer.echo(text, nl=False)
    return 0


@app.command("why")
def why(
    maker: str = typer.Argument(..., metavar="MAKER", help="A model that made rows."),
    student: str = typer.Argument(..., metavar="STUDENT", help="The checkpoint that training starts from."),
    paths: list[str] = PATHS,
    config: list[str] = CONFIG,
    lineage: str = LINEAGE,
    registry: list[str] = REGISTRY,
    online: bool = ONLINE,
) -> int:
    """Prove how a maker is related to a student: every path, every statement, and what would settle what is open.

    paudit lineage why acme/qwen-owl Qwen/Qwen2.5-7B-Instruct
    """
    from provenance_audit.cli.output import look
    from provenance_audit.formats.lineage import proof
    from provenance_audit.resolve import resolved

    with resolved(_request(paths, student, [maker], config, lineage, registry, online=online)) as found:
        text = proof.render(found.lineage.proof(maker), look())
    typer.echo(text, nl=False)
    return 0


@app.command("init")
def init(
    paths: list[str] = PATHS,
    student: str = STUDENT,
    teacher: list[str] = TEACHER,
    config: list[str] = CONFIG,
    registry: list[str] = REGISTRY,
    online: bool = ONLINE,
    to: Path = typer.Option(
        Path("paudit.lineage.yaml"), "--to", metavar="FILE", help="The manifest to write; - prints it."
    ),
    force: bool = typer.Option(False, "--force", help="Replace a manifest that is there."),
) -> int:
    """Write a lineage manifest from what is found, with a comment that says where.

    paudit lineage init data/ --config train.yaml
    """
    from provenance_audit.lineage.manifest_text import manifest_text
    from provenance_audit.resolve import resolved

    with resolved(_request(paths, student, teacher, config, None, registry, online=online)) as found:
        text = manifest_text(found.record())
    return _write(to, text, force=force, what="manifest")


@app.command("lock")
def lock(
    paths: list[str] = PATHS,
    student: str = STUDENT,
    teacher: list[str] = TEACHER,
    config: list[str] = CONFIG,
    lineage: str = LINEAGE,
    registry: list[str] = REGISTRY,
    online: bool = ONLINE,
    to: Path = typer.Option(
        Path("paudit.lineage.lock.json"), "--to", metavar="FILE", help="The lock to write; - prints it."
    ),
    check: bool = typer.Option(
        False, "--check", help="Write nothing; exit 1 if the lock is not what is found now."
    ),
) -> int:
    """Lock what is resolved now, bound to digests, so that CI decides the same without the documents.

    paudit lineage lock data/ --config train.yaml
    """
    from provenance_audit.dataset.files import Digests
    from provenance_audit.lineage.lock import make_lock, render_lock
    from provenance_audit.resolve import locked_files, resolved

    with resolved(_request(paths, student, teacher, config, lineage, registry, online=online)) as found:
        named = found.lineage.student.pinned if found.lineage.student is not None else None
        with Digests(found.files) as digests:
            files = locked_files(found, digests, to.parent)
        text = render_lock(make_lock(named, files, found.lineage.assertions, found.lineage.pairs))
    if check:
        return _compare(to, text)
    return _write(to, text, force=True, what="lock")


def _request(
    paths: list[str] | None,
    student: str | None,
    teachers: list[str],
    config: list[str],
    lineage: str | None,
    registry: list[str],
    *,
    online: bool,
) -> Request:
    from provenance_audit.errors import UsageError
    from provenance_audit.request import Request

    if not (paths or student or teachers or config or lineage):
        raise UsageError("nothing is named", remedy="name a dataset, a document, a --student or a --teacher")
    return Request(
        paths=tuple(paths or ()),
        student=student,
        teachers=tuple(teachers),
        config=tuple(config),
        lineage=lineage,
        registry=tuple(registry),
        online=online,
    )


def _write(to: Path, text: str, *, force: bool, what: str) -> int:
    import sys

    from provenance_audit.cli.output import write_whole
    from provenance_audit.errors import UsageError

    if str(to) == "-":
        typer.echo(text, nl=False)
        return 0
    if to.exists() and not force:
        raise UsageError(f"{to} is there already", remedy="--force replaces it; --to writes another")
    write_whole(to, text)
    print(f"wrote the {what} {to}", file=sys.stderr)
    return 0


def _compare(to: Path, text: str) -> int:
    """The lock beside what it would be now, as a diff."""
    import difflib

    from provenance_audit.errors import UsageError
    from provenance_audit.formats.escape import for_terminal

    if not to.is_file():
        raise UsageError(f"{to} is not there", remedy="write it first: paudit lineage lock DATASET")
    before = to.read_text(encoding="utf-8", errors="replace")
    if before == text:
        typer.echo(f"{to} is what is found now")
        return 0
    for line in difflib.unified_diff(
        before.splitlines(), text.splitlines(), str(to), "now", lineterm="", n=1
    ):
        typer.echo(for_terminal(line))
    return 1
