"""Everything that may state something about models, as it is handed to those who resolve it."""

from __future__ import annotations

from dataclasses import dataclass

from provenance_audit.lineage.assertion import Assertion
from provenance_audit.lineage.makers import RowMaker
from provenance_audit.lineage.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that may state something about models. documents: what files say. local: names that are places on disk."""

    student: str | None = None
    teachers: tuple[str, ...] = ()
    teacher_prompt: str | None = None
    manifest: Manifest | None = None
    manifest_path: str = ""
    manifest_named: bool = False
    footers: tuple[tuple[str, str, str], ...] = ()
    makers: tuple[RowMaker, ...] = ()
    maker_column: str = ""
    makers_from: str = "column"
    selectors: tuple[tuple[str, str, str, int], ...] = ()
    files: tuple[str, ...] = ()
    documents: tuple[Assertion, ...] = ()
    local: tuple[tuple[str, str], ...] = ()
    trained_rows: int = 0
