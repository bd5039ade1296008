"""What a policy decides, as a run carries it: from the options that count, with the files that they name read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provenance_audit.findings import Confidence, Severity
from provenance_audit.policy.baseline import Baseline, read_baseline
from provenance_audit.policy.file import Source, StatedWaiver, waivers_of
from provenance_audit.policy.judge import Gate, OnIncomplete
from provenance_audit.policy.precedence import ENVIRONMENT, FLAG, Settled
from provenance_audit.policy.settings import BY_NAME, SOON_DAYS
from provenance_audit.policy.waivers import check_length, parse_now

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that a policy decides but the gate. Ids are as written; `ruleset` knows the checks.

    parameters: id, or first digits of ids -> parameter -> value. places: `select`, `severity.PA103`, `checks.PA301.alpha` -> who states
    it, as messages call it. now: the moment at which waivers are judged. beside: the data that the policy lies beside, if it may
    have come with it.
    """

    source: str = ""
    profile: str = "default"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    waivers: tuple[StatedWaiver, ...] = ()
    baseline: Baseline | None = None
    now: datetime = EPOCH
    soon_days: int = SOON_DAYS
    beside: str = ""

    def place(self, key: str) -> str:
        """Who states a value, as messages call it."""
        return self.places.get(key, key)


def gate_of(settled: Settled) -> Gate:
    """The gate that the options ask for."""
    fail_on = settled["fail-on"]
    return Gate(
        None if fail_on == "none" else Severity(fail_on),
        Confidence(settled["min-confidence"]),
        OnIncomplete(settled["on-incomplete"]),
    )


def policy_of(settled: Settled, chain: Sequence[Source], clock: datetime, *, beside: str = "") -> Policy:
    """The policy of a run. beside: the data, as it is named, that it lies beside. Raises PolicyError for a waiver or a baseline that is none."""
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
        places=dict(_places(settled)),
        waivers=waivers,
        baseline=read_baseline(Path(baseline)) if baseline is not None else None,
        now=now,
        soon_days=settled["soon-days"],
        beside=beside,
    )


def _places(settled: Settled) -> Iterator[tuple[str, str]]:
    """What names checks, and who states it."""
    for name in ("select", "ignore"):
        yield name, _called(settled.origin(name), name, name)
    for id, one in settled.severity.items():
        yield f"severity.{id}", _called(one.origin, "severity", f"severity.{id}")
    for id, parameters in settled.parameters.items():
        for parameter, one in parameters.items():
            yield f"checks.{id}.{parameter}", f"{one.origin}: checks.{id}.{parameter}"


def _called(origin: str, name: str, key: str) -> str:
    """The flag, the variable, or the place in a file."""
    if origin == FLAG:
        return f"--{name}"
    return BY_NAME[name].variable if origin == ENVIRONMENT else f"{origin}: {key}"
