"""The sides of an audit, opened: the data, its control, and rows beside them, with what a manifest says of columns and makers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from provenance_audit.database import Connection, Error, literal
from provenance_audit.dataset.columns import CANONICAL
from provenance_audit.dataset.damage import Damage
from provenance_audit.dataset.files import DataFile
from provenance_audit.dataset.locate import Located
from provenance_audit.dataset.open import open_dataset
from provenance_audit.dataset.profile import Profile, ProfileError
from provenance_audit.dataset.rows import Dataset, Selection
from provenance_audit.errors import ManifestError, MissingInputError, UnreadableError
from provenance_audit.lineage.manifest import Manifest, Select
from provenance_audit.profiling import profile_among
from provenance_audit.request import Request, fault_of_columns
from provenance_audit.resolve import Declared


def open_data(
    connection: Connection,
    located: Located,
    columns: Mapping[str, str],
    manifest: Manifest | None,
    path: str,
    *,
    full: bool,
) -> Dataset:
    """The rows to be audited. Raises ManifestError for a `where` that cannot be evaluated, InputError where no row can be read."""
    files = located.files
    selections = _selections(manifest, path, files)
    try:
        data = open_dataset(
            connection,
            files,
            view="data",
            selections=selections,
            mapping=columns,
            damaged=located.damaged,
            full=full,
        )
    except Error as error:
        if not selections:
            raise
        raise ManifestError(
            f"{path}: /generations: a `where` cannot be evaluated: {str(error).splitlines()[0]}",
            remedy=f"it may use these columns: {', '.join(CANONICAL)}",
        ) from error
    if data.trained_rows == 0:
        raise MissingInputError(
            f"{', '.join(file.path for file in files[:3])}: no row holds a completion",
            remedy="check that the files are what was meant",
        )
    return data


def open_beside(
    connection: Connection,
    located: Located,
    columns: Mapping[str, str],
    view: str,
    *,
    full: bool = False,
) -> tuple[Dataset | None, tuple[Damage, ...]]:
    """Rows beside the data, if they can be read; a control that cannot be read hides no finding about the data."""
    files = located.files
    if not files:
        return None, located.damaged
    try:
        opened = open_dataset(
            connection,
            files,
            view=view,
            mapping=columns,
            mapping_optional=True,
            damaged=located.damaged,
            full=full,
        )
    except UnreadableError as error:
        file = next(file for file in files if file.path == error.file)
        reason = error.message.split(": ", 1)[-1]
        return None, (Damage(file, reason, error.row, error.remedy),)
    return opened, opened.damaged


def open_control(
    connection: Connection, located: Located, columns: Mapping[str, str], *, full: bool
) -> tuple[Dataset | Profile | None, tuple[Damage, ...]]:
    """The control: its rows, or a profile of them."""
    try:
        profile = profile_among(connection, located.files)
    except ProfileError as error:
        file = located.files[0]
        reason = error.message.removeprefix(f"{file.read_path}: ")
        return None, (*located.damaged, Damage(file, reason, None, error.remedy))
    if profile is not None:
        return profile, located.damaged
    return open_beside(connection, located, columns, "control", full=full)


def columns_by_hand(request: Request, stated: Declared) -> dict[str, str]:
    """The columns named by hand: the command line's over those of a manifest that the user named.

    A manifest that merely lies beside the data cannot say which column to look at.
    """
    manifest, path = stated.manifest, stated.path
    columns = manifest.dataset.columns if manifest is not None and manifest.dataset is not None else {}
    fault = fault_of_columns(columns)
    if fault is not None:
        raise ManifestError(f"{path}: /dataset/columns: {fault}", remedy="NAME: COLUMN")
    return {**(columns if stated.named else {}), **dict(request.columns)}


def _selections(manifest: Manifest | None, path: str, files: Sequence[DataFile]) -> list[Selection]:
    """Which rows the manifest gives to which maker, as predicates over the canonical row."""
    found = []
    for number, generation in enumerate(manifest.generations if manifest is not None else ()):
        if isinstance(generation.select, Select):
            found.append(
                Selection(
                    _predicate(generation.select, f"{path}: /generations/{number}/select", files),
                    generation.model,
                )
            )
    return found


def _predicate(select: Select, where: str, files: Sequence[DataFile]) -> str:
    if select.where is not None:
        return f"({select.where})"
    if select.column is not None and select.equals is not None:
        if select.column not in CANONICAL:
            raise ManifestError(
                f"{where}/column: {select.column!r} is no column of the canonical row",
                remedy=f"use one of {', '.join(CANONICAL)}",
            )
        return f"{select.column} = {literal(select.equals)}"
    chosen = [file for file in files if any(Path(file.path).match(pattern) for pattern in select.files)]
    if not chosen:
        raise ManifestError(
            f"{where}/files: no file matches {', '.join(select.files)}", remedy="check the names"
        )
    return f"file IN ({', '.join(literal(file.read_path) for file in chosen)})"
