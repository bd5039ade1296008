"""What changed between two reports: findings that are new, worse, excused, counting again, fixed, not looked for and unchanged;
and what else differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provenance_audit.policy.baseline import Baseline, Known, baseline_of


@dataclass(frozen=True, slots=True)
class Difference:
    """Two reports, the old one first. excused: waived or ignored since; again: no longer so. unseen: its check could not look."""

    names: tuple[str, str]
    new: tuple[Known, ...]
    worse: tuple[Known, ...]
    again: tuple[Known, ...]
    excused: tuple[Known, ...]
    unchanged: tuple[Known, ...]
    fixed: tuple[Known, ...]
    unseen: tuple[Known, ...]
    inputs: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The counts in a line."""
        rare = ("again", "excused", "unseen")
        counts = ", ".join(
            f"{len(entries)} {word}" for word, entries in self._all if entries or word not in rare
        )
        return f"{self.names[0]} -> {self.names[1]}: {counts}"

    @property
    def listed(self) -> Iterator[tuple[str, tuple[Known, ...]]]:
        """(what happened, to which findings), unchanged ones last."""
        yield from self._all

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "old": self.names[0],
            "new_report": self.names[1],
            **{
                word: [
                    {
                        "id": one.id,
                        "name": one.name,
                        "fingerprint": one.fingerprint,
                        "severity": one.severity.value,
                        "confidence": one.confidence.value,
                        "message": one.message,
                    }
                    for one in entries
                ]
                for word, entries in self._all
            },
            "inputs": list(self.inputs),
        }

    @property
    def _all(self) -> tuple[tuple[str, tuple[Known, ...]], ...]:
        return (
            ("new", self.new),
            ("worse", self.worse),
            ("again", self.again),
            ("excused", self.excused),
            ("fixed", self.fixed),
            ("unseen", self.unseen),
            ("unchanged", self.unchanged),
        )


def difference(old: tuple[str, Mapping[str, Any]], new: tuple[str, Mapping[str, Any]]) -> Difference:
    """Hold a report against an earlier one. Raises PolicyError for what is no report."""
    before, after = (baseline_of(content, name) for name, content in (old, new))
    found: dict[str, list[Known]] = {"new": [], "worse": [], "again": [], "unchanged": []}
    for print, one in after.known.items():
        was = before.known.get(print)
        if was is None:
            found["again" if print in before.apart else "new"].append(one)
        else:
            found["worse" if _is_worse(one, was) else "unchanged"].append(one)
    gone = [one for print, one in before.known.items() if print not in after.known]
    lost = [one for one in gone if one.fingerprint not in after.apart]
    return Difference(
        (old[0], new[0]),
        tuple(found["new"]),
        tuple(found["worse"]),
        tuple(found["again"]),
        tuple(one for one in gone if one.fingerprint in after.apart),
        tuple(found["unchanged"]),
        tuple(one for one in lost if one.id not in after.skipped),
        tuple(one for one in lost if one.id in after.skipped),
        tuple(_conditions(before, after)),
    )


def _is_worse(one: Known, was: Known) -> bool:
    return one.severity.rank > was.severity.rank or one.confidence.rank > was.confidence.rank


def _conditions(before: Baseline, after: Baseline) -> Iterator[str]:
    """What else differs, and may be why."""
    if before.digests != after.digests:
        yield "the data differs"
    if before.student != after.student:
        yield f"the student {before.student or '(none)'} -> {after.student or '(none)'}"
    if before.version != after.version:
        yield f"paudit {before.version} -> {after.version}"
    for key in sorted({*before.gate, *after.gate}):
        if before.gate.get(key) != after.gate.get(key):
            yield f"gate: {key} {before.gate.get(key, '')} -> {after.gate.get(key, '')}"
