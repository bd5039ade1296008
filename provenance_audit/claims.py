"""What a manifest and a lock state of files, held beside the files that are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from provenance_audit.checks.base import StatedFile
from provenance_audit.dataset.files import DataFile, Digests, digest
from provenance_audit.dataset.rows import Dataset
from provenance_audit.lineage.lock import LockedFile
from provenance_audit.lineage.manifest import File, Select
from provenance_audit.resolve import Declared


def stated_files(
    stated: Declared, files: Sequence[DataFile], data: Dataset, digests: Digests
) -> Iterator[StatedFile]:
    """What a manifest and a lock state of files, beside what is there; a path counts from the directory of who states it."""
    rows = {one.path: one.rows for one in data.census.files}
    by_place = {str(Path(file.path).resolve()): file for file in files}
    manifest = stated.manifest.dataset if stated.manifest is not None else None
    claims: list[tuple[str, str, File | LockedFile]] = [
        *(
            (stated.path, f"/dataset/files/{n}", one)
            for n, one in enumerate(manifest.files if manifest else ())
        ),
        *(
            (stated.lock_path, f"/files/{n}", one)
            for n, one in enumerate(stated.lock.files if stated.lock else ())
        ),
    ]
    for path, pointer, one in claims:
        place = Path(path).parent / one.path
        file = by_place.get(str(place.resolve()))
        yield StatedFile(
            path=one.path,
            locator=f"{path}:{pointer}",
            sha256=one.sha256,
            rows=one.rows if file is not None else None,
            found_rows=rows.get(file.read_path) if file is not None else None,
            found_digest=partial(digests.of, file) if file is not None else partial(_digest_of, place),
            absent=file is None and not place.exists(),
        )
    for number, generation in enumerate(stated.manifest.generations if stated.manifest is not None else ()):
        patterns = generation.select.files if isinstance(generation.select, Select) else ()
        for place_in_list, pattern in enumerate(patterns):
            locator = f"{stated.path}:/generations/{number}/select/files/{place_in_list}"
            absent = not any(Path(file.path).match(pattern) for file in files)
            yield StatedFile(pattern, locator, None, None, None, lambda: None, absent)


def _digest_of(place: Path) -> str | None:
    return digest(str(place)) if place.is_file() else None
