"""The lock `paudit.lineage.lock.json`: what was resolved, and from what, bound to digests, so that a CI without the documents
decides the same and every drift shows in a diff.

What it replays is the user's word (tier 3), whatever it was read from at the time: it was not read now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from provenance_audit.errors import ManifestError
from provenance_audit.findings import Confidence, Pair, Relation
from provenance_audit.lineage.assertion import Assertion, Predicate, Role, Tier, WeightRelation

NAME = "paudit.lineage.lock.json"
SOURCE = "lock"
SIZE_LIMIT = 64 * 1024 * 1024


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class LockedFile(_Strict):
    """One file of the dataset as it was; its path counts from the lock's directory."""

    path: str
    sha256: str | None
    rows: int | None


class LockedAssertion(_Strict):
    """One statement, and the SHA-256 of the document that made it, where it was one."""

    subject: str
    predicate: Predicate
    object: str
    object_id: str | None
    tier: int
    source: str
    locator: str
    relation: WeightRelation | None = None
    role: Role | None = None
    document_sha256: str | None = None


class LockedPair(_Strict):
    """How a maker was related to the student, and by which path."""

    maker: str
    role: str
    student: str
    relation: Relation
    common_ancestor: str | None
    confidence: Confidence
    path: list[str]


class Lock(_Strict):
    """The whole lock."""

    paudit_lock: Literal[1]
    student: str | None
    files: list[LockedFile]
    assertions: list[LockedAssertion]
    pairs: list[LockedPair]

    def statements(self, path: str, *, named: bool) -> Iterator[Assertion]:
        """What the lock replays. named: whether the user pointed at it."""
        for number, one in enumerate(self.assertions):
            yield Assertion(
                one.subject, one.predicate, one.object, one.object_id,
                Tier(max(one.tier, Tier.DECLARED)), SOURCE, f"{path}:/assertions/{number} (from {one.locator})",
                relation=one.relation, role=one.role, named=named,
            )  # fmt: skip


def is_lock(path: Path) -> bool:
    """Whether a file is a lock, and no manifest: by its ending."""
    return path.name.endswith(".lock.json")


def read_lock(path: Path) -> Lock:
    """Parse and validate a lock. Raises ManifestError (exit 2)."""
    remedy = "write it anew: paudit lineage lock DATASET"
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise ManifestError(f"{path} is over {SIZE_LIMIT // 2**20} MiB", remedy=remedy)
        return Lock.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}", remedy="check the path") from error
    except ValidationError as error:
        fault = error.errors()[0]
        pointer = "/" + "/".join(str(part) for part in fault["loc"])
        raise ManifestError(f"{path}: {pointer}: {fault['msg']}", remedy=remedy) from error
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{path} is no JSON: {str(error).splitlines()[0]}", remedy=remedy) from error


def make_lock(
    student: str | None,
    files: Sequence[tuple[str, str | None, int | None]],
    assertions: Sequence[Assertion],
    pairs: Sequence[Pair],
) -> Lock:
    """The lock of a resolution. files: (path from the lock's directory, SHA-256, rows). The order of sources is irrelevant."""
    return Lock(
        paudit_lock=1,
        student=student,
        files=[LockedFile(path=path, sha256=digest, rows=rows) for path, digest, rows in sorted(files)],
        assertions=sorted(
            (
                LockedAssertion(
                    subject=one.subject, predicate=one.predicate, object=one.object, object_id=one.object_id,
                    tier=int(one.tier), source=one.source, locator=one.locator, relation=one.relation, role=one.role,
                    document_sha256=_digest_of(one.locator),
                )
                for one in assertions
                if one.source != SOURCE
            ),
            key=lambda one: (one.subject, one.predicate, one.object, one.tier, one.locator),
        ),
        pairs=sorted(
            (
                LockedPair(
                    maker=f"{one.maker}@{one.revision}" if one.revision else one.maker, role=one.role,
                    student=one.student, relation=one.relation, common_ancestor=one.common_ancestor,
                    confidence=one.confidence,
                    path=[f"{step.child} <- {step.parent} ({step.relation})" for step in one.path],
                )
                for one in pairs
            ),
            key=lambda one: (one.maker, one.role),
        ),
    )  # fmt: skip


def render_lock(one: Lock) -> str:
    """The lock as text: sorted, one fact a line, with nothing that changes from run to run."""
    content: dict[str, Any] = one.model_dump(mode="json")
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def drift(before: Lock, pairs: Sequence[Pair]) -> Iterator[tuple[str, str, str]]:
    """(what, as it was, as it is) for each pair whose relation is not the locked one."""
    now = {
        (f"{one.maker}@{one.revision}" if one.revision else one.maker, str(one.role)): one for one in pairs
    }
    locked = {(one.maker, one.role): one for one in before.pairs}
    for key in sorted({*now, *locked}):
        was = locked[key].relation.value if key in locked else "no such pair"
        found = now[key].relation.value if key in now else "no such pair"
        if was != found:
            yield f"the relation of {key[1]} {key[0]} to the student", was, found


def _digest_of(locator: str) -> str | None:
    """The SHA-256 of the document that a locator (`PATH:POINTER`) names, if it is a file here."""
    place = Path(locator.partition(":/")[0])
    try:
        return hashlib.sha256(place.read_bytes()).hexdigest() if place.is_file() else None
    except (OSError, ValueError):
        return None
