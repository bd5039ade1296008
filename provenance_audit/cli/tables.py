"""Rows for a reader: aligned for a terminal, where nothing in them can move the cursor; as JSON; as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from provenance_audit.formats.escape import for_terminal


class Shape(StrEnum):
    """How a table is printed."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A line for the header and each row; columns are as wide as what is in them, the last one as long as it is."""
    table = [[for_terminal(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def number(value: float | None) -> str:
    """Four decimals, or a dash where there is none."""
    return "-" if value is None else f"{value:.4f}"


def printed(header: Sequence[str], rows: Sequence[Sequence[Any]], shape: Shape) -> None:
    """Write a table to stdout."""
    if shape is Shape.JSON:
        import json

        content = [dict(zip(header, row, strict=True)) for row in rows]
        print(json.dumps(content, indent=2, ensure_ascii=True, default=str))
    elif shape is Shape.CSV:
        import csv
        import sys

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([[_cell(value) for value in row] for row in rows])
    elif header:
        cells = [[number(one) if isinstance(one, float | None) else str(one) for one in row] for row in rows]
        for line in aligned(header, cells):
            print(line)


def _cell(value: Any) -> Any:
    """A spreadsheet takes text that begins like a formula for one."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
