"""Profiles from files and back: what `paudit profile` does, and how a control given as a profile is read."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from provenance_audit.database import MEMORY_LIMIT, Connection
from provenance_audit.dataset import profile
from provenance_audit.dataset.files import Container, DataFile
from provenance_audit.dataset.locate import engine_for, locate
from provenance_audit.dataset.open import open_dataset
from provenance_audit.dataset.profile import Profile
from provenance_audit.errors import UnreadableError
from provenance_audit.findings import DatasetFacts


def make_profile(
    paths: Sequence[str],
    *,
    columns: Mapping[str, str] | None = None,
    memory: str = MEMORY_LIMIT,
    threads: int | None = None,
) -> Profile:
    """The profile of a dataset. Raises UnreadableError if any of its files cannot be read: half a control is none."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paudit-")))
        located = locate(paths, scratch)
        files = located.files
        connection = stack.enter_context(engine_for(files, memory=memory, threads=threads))
        data = open_dataset(connection, files, view="data", mapping=columns, damaged=located.damaged)
        if data.damaged:
            first = data.damaged[0]
            raise UnreadableError(first.message, file=first.file.path, row=first.row, remedy=first.remedy)
        return profile.make(connection, data)


def read_profiles(paths: Sequence[str]) -> list[Profile]:
    """Each file as a profile. Raises ProfileError."""
    with tempfile.TemporaryDirectory(prefix="paudit-") as scratch:
        files = locate(paths, Path(scratch)).files
        with engine_for(files) as connection:
            return [profile.read(connection, file.read_path) for file in files]


def profile_among(connection: Connection, files: Sequence[DataFile]) -> Profile | None:
    """The control, if it is given as profiles; several are merged. None if no file is one.

    Raises ProfileError where one cannot be used, or where rows stand beside it.
    """
    found = [
        file
        for file in files
        if file.container is Container.PARQUET and profile.is_profile(connection, file.read_path)
    ]
    if not found:
        return None
    if len(found) < len(files):
        raise profile.ProfileError(
            "a control is rows or a profile, not both",
            remedy="paudit profile make ROWS, and merge the profiles",
        )
    return profile.merge([profile.read(connection, file.read_path) for file in found])


def facts_of_profile(one: Profile, paths: Sequence[str]) -> DatasetFacts:
    """A profile in a line, as the report shows its control."""
    return DatasetFacts(
        name=", ".join(paths),
        rows=one.compared_rows,
        trained_rows=one.compared_rows,
        modality=one.modality,
        groups=len(one.makers),
        notes=("a profile: counts by block, no rows",),
    )


def describe_profile(one: Profile) -> dict[str, Any]:
    """What a profile holds, as plain values."""
    return {
        "rows": one.compared_rows,
        "modality": one.modality,
        "prompts": one.has_prompts,
        "blocks": one.responses.blocks,
        "occupied_blocks": one.responses.occupied,
        "sampling_rate": 1.0,
        "makers": [
            {"maker": maker.maker, "system_sha256": maker.system_sha256, "rows": maker.rows}
            for maker in one.makers
        ],
        "families": [
            {
                "part": part,
                "family": name,
                "version": one.versions[name],
                "features": table.shape[1],
                "count": int(table.sum()),
            }
            for part, counts in (("response", one.responses), ("prompt", one.prompts))
            for name, table in counts.families.items()
        ],
        "versions": dict(one.versions),
        "hash_self_test": list(one.self_test),
    }
