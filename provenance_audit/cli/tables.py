"""Rows of text, aligned, for a terminal: nothing in them can move the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provenance_audit.formats.escape import for_terminal


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A line for the header and each row; columns are as wide as what is in them, the last one as long as it is."""
    table = [[for_terminal(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def number(value: float | None) -> str:
    """Four decimals, or a dash where there is none."""
    return "-" if value is None else f"{value:.4f}"
