"""`paudit report`: a saved result in other formats, without a scan."""

from __future__ import annotations

from pathlib import Path

import typer


def report(
    result: Path = typer.Argument(
        ..., metavar="RESULT", help="A report of `-o json=FILE`, or of html; - reads stdin."
    ),
    output: list[str] = typer.Option(
        [],
        "--output",
        "-o",
        metavar="FORMAT[=PATH]",
        help="A format, and the file it goes to; repeatable, one on stdout at most.",
    ),
    plain: bool = typer.Option(False, "--plain", help="Whole sentences, nothing drawn: for screen readers."),
) -> int:
    """Render a saved JSON report again, in any format. Exits 0 whatever the verdict: it decides nothing.

    paudit report result.json -o html=report.html -o sarif=report.sarif
    """
    import sys

    from provenance_audit.cli.output import parse_outputs, write_report
    from provenance_audit.errors import MissingInputError
    from provenance_audit.formats import FORMATS
    from provenance_audit.formats.html.embedded import extract
    from provenance_audit.formats.json_v1 import read

    outputs = parse_outputs(output, list(FORMATS))
    try:
        text = (
            sys.stdin.read() if str(result) == "-" else result.read_text(encoding="utf-8", errors="replace")
        )
    except OSError as error:
        raise MissingInputError(
            f"{result} cannot be read: {error.strerror}", remedy="give a report of -o json=FILE"
        ) from error
    if text.lstrip()[:9].lower() == "<!doctype":
        text = extract(text) or text
    write_report(read(text, str(result)), outputs, plain=plain)
    return 0
