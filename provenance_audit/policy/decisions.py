"""What a policy decides, as a run carries it: from the options that count, with the files that they name read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provenance_audit.findings import Confidence, Severity
from provenance_audit.policy.baseline import Baseline, read_baseline
from provenance_audit.policy.file import Source, StatedWaiver, waivers_of
from provenance_audit.policy.judge import Gate, OnIncomplete
from provenance_audit.policy.precedence import Settled
from provenance_audit.policy.settings import SOON_DAYS
from provenance_audit.policy.waivers import check_length, parse_now

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that a policy decides but the gate. Ids are as written; `ruleset` knows the checks.

    parameters: id, or first digits of ids -> parameter -> value. now: the moment at which waivers are judged.
    """

    source: str = ""
    profile: str = "default"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    waivers: tuple[StatedWaiver, ...] = ()
    baseline: Baseline | None = None
    now: datetime = EPOCH
    soon_days: int = SOON_DAYS


def gate_of(settled: Settled) -> Gate:
    """The gate that the options ask for."""
    fail_on = settled["fail-on"]
    return Gate(
        None if fail_on == "none" else Severity(fail_on),
        Confidence(settled["min-confidence"]),
        OnIncomplete(settled["on-incomplete"]),
    )


def policy_of(settled: Settled, chain: Sequence[Source], clock: datetime) -> Policy:
    """The policy of a run. Raises PolicyError for a waiver or a baseline that is none."""
    now = parse_now(settled["now"]) if settled["now"] else clock
    waivers = () if settled["no-waivers"] else waivers_of(tuple(chain))
    check_length(waivers, now, settled["max-days"])
    baseline = settled["baseline"]
    return Policy(
        source=chain[0].name if chain else "",
        profile=settled["profile"],
        select=settled["select"],
        ignore=settled["ignore"],
        severity={id: Severity(one.value) for id, one in settled.severity.items()},
        parameters={
            id: {name: one.value for name, one in parameters.items()}
            for id, parameters in settled.parameters.items()
        },
        waivers=waivers,
        baseline=read_baseline(Path(baseline)) if baseline is not None else None,
        now=now,
        soon_days=settled["soon-days"],
    )
