"""A policy held against the checks that there are: which look, with which parameters, and what ids mean.

An unknown id or parameter is an error with the nearest match (PolicyError, exit 2).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from provenance_audit.checks import CHECKS
from provenance_audit.checks.base import Check, Parameters
from provenance_audit.errors import PolicyError
from provenance_audit.findings import Severity
from provenance_audit.policy.decisions import Policy
from provenance_audit.policy.waivers import Waiver


@dataclass(frozen=True, slots=True)
class Ruleset:
    """What a policy means for the checks. parameters: of every check, by id."""

    selected: frozenset[str]
    ignored: frozenset[str]
    severity: Mapping[str, Severity]
    parameters: Mapping[str, Parameters]
    waivers: tuple[Waiver, ...]


def ruleset_of(policy: Policy, checks: Sequence[Check] = CHECKS) -> Ruleset:
    """Resolve every id of a policy and validate every parameter. Raises PolicyError."""
    every = frozenset(check.id for check in checks)
    chosen = [id for name in policy.select for id in _ids(name, checks, policy.place("select"))]
    return Ruleset(
        selected=frozenset(chosen) if policy.select else every,
        ignored=frozenset(id for name in policy.ignore for id in _ids(name, checks, policy.place("ignore"))),
        severity=_severity(policy, checks),
        parameters=_parameters(policy, checks),
        waivers=tuple(
            Waiver(one, _one(one.entry.rule, checks, one.place) if one.entry.rule is not None else None)
            for one in policy.waivers
        ),
    )


def _severity(policy: Policy, checks: Sequence[Check]) -> dict[str, Severity]:
    """The shorter, wider name first, so that the id of one check counts over the first digits of several."""
    found = {}
    for name, level in sorted(policy.severity.items(), key=lambda item: len(item[0])):
        for id in _ids(name, checks, policy.place(f"severity.{name}")):
            found[id] = level
    return found


def _parameters(policy: Policy, checks: Sequence[Check]) -> dict[str, Parameters]:
    stated: dict[str, dict[str, Any]] = {check.id: {} for check in checks}
    places: dict[str, dict[str, str]] = {check.id: {} for check in checks}
    by_id = {check.id: check for check in checks}
    for name, values in sorted(policy.parameters.items(), key=lambda item: len(item[0])):
        for key, value in values.items():
            where = policy.place(f"checks.{name}.{key}")
            ids = _ids(name, checks, where)
            field = key.replace("-", "_")
            taking = [id for id in ids if field in by_id[id].parameters.model_fields]
            if not taking:
                known = sorted({one for id in ids for one in by_id[id].parameters.model_fields})
                raise PolicyError(
                    f"{where}: {key!r} is no parameter of it",
                    remedy=_nearest(field, known) if known else f"{name} has no parameters",
                )
            for id in taking:
                stated[id][field], places[id][field] = value, where
    return {id: _model(by_id[id], values, places[id]) for id, values in stated.items()}


def _model(check: Check, values: Mapping[str, Any], places: Mapping[str, str]) -> Parameters:
    try:
        return check.parameters.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        raise PolicyError(
            f"{places.get(field, f'checks.{check.id}.{field}')} = {first['input']!r}: {first['msg'][:1].lower()}{first['msg'][1:]}",
            remedy=f"paudit explain {check.id}",
        ) from error


def _ids(name: str, checks: Sequence[Check], where: str) -> list[str]:
    """The ids that a name stands for: an id, the name of a check, or the first digits of ids (PA2)."""
    wanted = name.strip()
    exact = [check.id for check in checks if wanted.lower() in (check.id.lower(), check.name)]
    if exact:
        return exact
    upper = wanted.upper()
    if upper.startswith("PA") and upper[2:].isdigit():
        found = [check.id for check in checks if check.id.startswith(upper)]
        if found and len(upper) < len("PA000"):
            return found
    known = [one for check in checks for one in (check.id, check.name)]
    raise PolicyError(
        f"{where}: there is no check {name!r}", remedy=_nearest(wanted, known) or "see paudit checks"
    )


def _one(name: str, checks: Sequence[Check], where: str) -> str:
    found = _ids(name, checks, where)
    if len(found) > 1:
        raise PolicyError(
            f"{where}: {name!r} is more than one check", remedy="a waiver is of one: give its id"
        )
    return found[0]


def _nearest(word: str, known: Sequence[str]) -> str:
    """`did you mean …?`, whatever the case; empty where nothing is near."""
    folded = {one.lower(): one for one in known}
    near = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.5)
    return f"did you mean {folded[near[0]]}?" if near else ""
