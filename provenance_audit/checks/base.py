"""What a check is: one id, one question, one manual page. It asks and yields; it does not print, filter, waive or exit."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict

from provenance_audit.checks.comparison import Comparison, compare
from provenance_audit.dataset.damage import Damage
from provenance_audit.dataset.filters import DeclaredFilter, Replayed, Rule
from provenance_audit.dataset.profile import Profile
from provenance_audit.dataset.rows import Dataset
from provenance_audit.dataset.sieve import Sieve
from provenance_audit.dataset.trail import Trail
from provenance_audit.findings import CheckRecord, Confidence, Finding, Severity, Skip, TestRecord
from provenance_audit.lineage.assertion import SELECTORS
from provenance_audit.lineage.resolved import LineageGraph


class Parameters(BaseModel):
    """The parameters of a check, which a policy may set. Most checks have none."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class StatedFile:
    """A file as a manifest states it, beside what is there. `digest` reads the file when asked; None: no such file.

    absent: nothing is there, or nothing matches where it is a pattern.
    """

    path: str
    locator: str
    sha256: str | None
    rows: int | None
    found_rows: int | None
    found_digest: Callable[[], str | None]
    absent: bool = False


@dataclass(frozen=True)
class Filtering:
    """What is known of the filters that the rows went through.

    declared: by the manifest, in order. stated: by summaries beside the data. sieve: the rows that were seen, kept or
    removed, where they are at hand. beside: files whose names say that they hold other stages. absent: what the manifest names
    of them and cannot be used. raw_rows: records and
    completions of the raw rows.
    """

    declared: tuple[DeclaredFilter, ...] = ()
    stated: tuple[DeclaredFilter, ...] = ()
    trail: Trail | None = None
    sieve: Sieve | None = None
    beside: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    raw_rows: tuple[int, int] | None = None
    reject_rows: tuple[int, int] | None = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The declared filters that can be replayed."""
        return tuple(one.rule for one in self.declared if one.rule is not None)


@dataclass(frozen=True)
class Case:
    """What a check may ask: the rows, the control, the models, the filters, and how the run was set up.

    drift: (what, as the lock has it, as it is now). control_fault: why the control that was given cannot be used. dataset_id:
    as the manifest calls the rows.
    """

    data: Dataset
    control: Dataset | Profile | None
    lineage: LineageGraph
    damaged: tuple[Damage, ...] = ()
    stated_files: tuple[StatedFile, ...] = ()
    drift: tuple[tuple[str, str, str], ...] = ()
    traits: tuple[str, ...] = ()
    control_fault: str = ""
    filtering: Filtering = field(default_factory=Filtering)
    seed: int = 0
    command: str = "paudit scan DATASET"
    dataset_id: str = ""
    comparisons: dict[Any, Comparison] = field(default_factory=dict)

    @cached_property
    def replayed(self) -> dict[str, Replayed]:
        """Every declared filter that can be replayed, by id, replayed once for the checks that ask."""
        return {one.rule.id: one for one in self.data.replay(self.filtering.rules)}

    @cached_property
    def student_named(self) -> bool:
        """Whether any source names the student."""
        return self.lineage.student is not None

    def need_student(self) -> None:
        """Skip, because nothing can be related to a student that nobody named. The verdict depends on it."""
        if not self.student_named:
            raise Skip(
                "no student is named, so no maker can be related to it",
                remedy=f"{self.command} --student ORG/MODEL",
                needed=True,
            )

    def need_maker(self) -> None:
        """Skip, because nobody is known to have generated a row: that is PA101's finding, and nothing to relate."""
        if not any(maker.role not in SELECTORS for maker in self.lineage.makers):
            raise Skip(
                "no row names who made it, and nothing else does",
                remedy=f"{self.command} --teacher ORG/MODEL",
            )

    def compare(self, *, min_effect: float, minimum_rows: int, replicates: int, alpha: float) -> Comparison:
        """The data against the control, made once for the checks that ask the same of it. Skips without a control."""
        if self.control is None and self.control_fault:
            raise Skip(f"the control cannot be used: {self.control_fault}")
        if self.control is None:
            raise Skip(
                "no control was given: rows of the declared neutral teacher on the same prompts",
                remedy=f"{self.command} --control CONTROL.jsonl",
            )
        key = (min_effect, minimum_rows, replicates, alpha)
        if key not in self.comparisons:
            self.comparisons[key] = compare(
                self.data,
                self.control,
                min_effect=min_effect,
                minimum_rows=minimum_rows,
                replicates=replicates,
                alpha=alpha,
                seed=self.seed,
            )
        return self.comparisons[key]


# What is asked is a Case, or, for the checks on waivers, what became of them.
Look = Callable[[Any, Any], Iterator[Finding | TestRecord]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `look` yields findings and tests, or raises Skip; its module's docstring is the manual page."""

    id: str
    name: str
    severity: Severity
    look: Look
    parameters: type[Parameters] = Parameters

    @property
    def manual(self) -> str:
        """The manual page."""
        return inspect.cleandoc(inspect.getmodule(self.look).__doc__ or "")

    @property
    def record(self) -> CheckRecord:
        """What a report says of the check: the first sentence under the first heading of its manual."""
        body = self.manual.split("What it checks", 1)[-1].split("Why it matters", 1)[0]
        said = " ".join(body.split())
        return CheckRecord(self.id, self.name, self.severity, said.split(". ", 1)[0].rstrip(".") + ".")

    def finding(
        self,
        message: str,
        *,
        why: str,
        fix: str,
        subject: Mapping[str, str],
        evidence: Mapping[str, Any] | None = None,
        severity: Severity | None = None,
        confidence: Confidence = Confidence.HIGH,
        gates: bool = True,
    ) -> Finding:
        """A finding of this check, at its default severity unless another is given."""
        return Finding(
            self.id,
            self.name,
            severity if severity is not None else self.severity,
            confidence,
            message,
            why,
            fix,
            subject,
            evidence or {},
            gates,
        )
