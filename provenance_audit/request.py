"""The request: everything that shapes a run, checked before a file is opened."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from provenance_audit.database import MEMORY_LIMIT
from provenance_audit.dataset.recognise import BY_HAND
from provenance_audit.errors import UsageError
from provenance_audit.lineage.manifest import valid_prompt
from provenance_audit.policy.decisions import Policy
from provenance_audit.policy.judge import Gate

MOST_THREADS = 1024


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that shapes a run. `columns` maps canonical columns to source columns, by hand. `documents` are read for lineage only. `started` is the clock's word, ISO 8601; `seed` feeds every resampling."""

    paths: tuple[str, ...]
    control: tuple[str, ...] = ()
    student: str | None = None
    teachers: tuple[str, ...] = ()
    teacher_prompt: str | None = None
    lineage: str | None = None
    traits: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    config: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    registry: tuple[str, ...] = ()
    online: bool = False
    raw: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()
    full: bool = False
    positive: tuple[str, ...] = ()
    margin: float | None = None
    sequential: str | None = None
    seed: int = 0
    gate: Gate = field(default_factory=Gate)
    policy: Policy = field(default_factory=Policy)
    memory: str = MEMORY_LIMIT
    threads: int | None = None
    keep_counts: bool = False
    started: str = ""

    @property
    def identity(self) -> dict[str, Any]:
        """Everything that shapes what is observed, for a cache. What judges it is left out, and so is what only costs."""
        judging = ("gate", "policy", "memory", "threads", "keep_counts", "started")
        shaping = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in judging}
        policy = self.policy
        return {
            **shaping,
            "command": self.command,  # remedies repeat it
            "select": policy.select,
            "parameters": {id: dict(values) for id, values in policy.parameters.items()},
        }

    @property
    def command(self) -> str:
        """The command line that asks for the same, to be copied and completed."""
        # What begins with a dash is a path all the same.
        words = ["paudit", "scan", *(f"./{path}" if path.startswith("-") else path for path in self.paths)]
        gate, plain = self.gate, Gate()
        fail_on = "none" if gate.fail_on is None else gate.fail_on.value
        for option, values in (
            ("--student", (self.student,)),
            ("--teacher", self.teachers),
            ("--teacher-prompt", (self.teacher_prompt,)),
            ("--config", self.config),
            ("--lineage", (self.lineage,)),
            ("--registry", self.registry),
            ("--control", self.control),
            ("--column", tuple(f"{canonical}={column}" for canonical, column in self.columns)),
            ("--raw", self.raw),
            ("--rejects", self.rejects),
            ("--positive", self.positive),
            ("--margin", (f"{self.margin:g}" if self.margin is not None else None,)),
            ("--sequential", (self.sequential,)),
            ("--trait", self.traits),
            ("--seed", (str(self.seed) if self.seed else None,)),
            ("--fail-on", (fail_on if gate.fail_on is not plain.fail_on else None,)),
            (
                "--min-confidence",
                (gate.min_confidence.value if gate.min_confidence is not plain.min_confidence else None,),
            ),
        ):
            words += [word for value in values if value is not None for word in (option, value)]
        words += [word for word, given in (("--online", self.online), ("--full", self.full)) if given]
        return shlex.join(words)


def parse_columns(values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """`NAME=COLUMN`, repeated. Raises UsageError for what is no pair."""
    pairs = tuple(value.partition("=") for value in values)
    for name, equals, column in pairs:
        if not equals or not column:
            raise UsageError(f"--column {name} is no NAME=COLUMN", remedy="--column completion=COLUMN")
    return tuple((name, column) for name, _, column in pairs)


def fault_of_columns(names: Iterable[str]) -> str | None:
    """What is wrong with the canonical columns that a user points at, with the nearest one that there is."""
    for name in names:
        if name not in BY_HAND:
            near = difflib.get_close_matches(name, BY_HAND, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(BY_HAND)}"
            return f"{name!r} is no column of the canonical row; {hint}"
    return None


def validate(request: Request, *, dataset_needed: bool = True) -> None:
    """Raises UsageError (exit 2), which names the option and the remedy."""
    if dataset_needed and not request.paths:
        raise UsageError(
            "no dataset is named", remedy="paudit scan DATASET, or paudit scan --config train.yaml"
        )
    for option, asked in (
        ("--positive", bool(request.positive)),
        ("--margin", request.margin is not None),
        ("--sequential", request.sequential is not None),
    ):
        if asked and not request.control:
            raise UsageError(
                f"{option} is about the comparison with a control, and none is given", remedy="--control PATH"
            )
    validate_values(request)


def validate_values(request: Request) -> None:
    """Each option for itself, as a policy may state it. Raises UsageError (exit 2)."""
    if request.teacher_prompt is not None and not valid_prompt(request.teacher_prompt):
        raise UsageError(
            f"--teacher-prompt {request.teacher_prompt!r} is neither `none` nor `sha256:` and 64 hexadecimal digits",
            remedy="printf '%s' \"$PROMPT\" | sha256sum",
        )
    if not re.fullmatch(r"\d+(?:\.\d+)? ?(?:[KMGT]i?)?B", request.memory, re.I):
        raise UsageError(f"--memory {request.memory!r} is no size", remedy="--memory 2GB")
    if request.margin is not None and not 0 < request.margin < 1:
        raise UsageError(
            f"--margin {request.margin:g} is no difference in bits between 0 and 1",
            remedy="--margin 0.01; docs/statistics.md says what sizes mean",
        )
    if request.threads is not None and not 1 <= request.threads <= MOST_THREADS:
        raise UsageError(
            f"--threads {request.threads} is out of range", remedy=f"give a number from 1 to {MOST_THREADS}"
        )
    if not 0 <= request.seed < 2**64:
        raise UsageError(
            f"--seed {request.seed} is out of range", remedy="give a whole number from 0 to 2^64 - 1"
        )
    fault = fault_of_columns(name for name, _ in request.columns)
    if fault is not None:
        raise UsageError(f"--column: {fault}", remedy="--column NAME=COLUMN")
    if any(not trait.strip() for trait in request.traits):
        raise UsageError("--trait is empty", remedy="--trait WORD")
    for option, names in (("--student", (request.student,)), ("--teacher", request.teachers)):
        if any(name is not None and not name.strip() for name in names):
            raise UsageError(f"{option} is empty", remedy=f"{option} ORG/MODEL")
