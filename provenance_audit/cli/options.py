"""From the command line to the options that count: what was given, over the environment, over the policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from provenance_audit.policy.file import Source
    from provenance_audit.policy.precedence import Settled
    from provenance_audit.request import Request


@dataclass(frozen=True)
class Options:
    """The options of a run, the policy files that they came from, and the data beside which the policy was found."""

    settled: Settled
    chain: tuple[Source, ...]
    beside: str = ""


def given(context: typer.Context) -> dict[str, Any]:
    """The options that the command line states, by name; not those that it leaves to others."""
    found: dict[str, Any] = {}
    for name, value in context.params.items():
        source = context.get_parameter_source(name)
        if source is None or source.name != "COMMANDLINE":
            continue
        plain = getattr(value, "value", value)
        if name in ("cache", "progress", "waivers"):  # said as --no-…
            found[f"no-{name}"] = not plain
        else:
            found[name.replace("_", "-")] = str(plain) if isinstance(plain, Path) else plain
    return found


def options(flags: dict[str, Any], paths: Sequence[str] | None = None) -> Options:
    """Every option with the value that counts. paths: of the dataset, with which no policy may come; None where none is judged.

    Raises UsageError and PolicyError (exit 2).
    """
    import os

    from provenance_audit.policy.file import discover, read_chain
    from provenance_audit.policy.precedence import settle

    path, looked_for = _named_policy(flags, dict(os.environ))
    beside = ""
    if looked_for:
        path = discover(Path.cwd())
        beside = _came_with(path, paths or ())
    chain = read_chain(path) if path is not None else ()
    settled = settle(flags, os.environ, chain)
    if looked_for and path is not None and paths == () and settled["config"]:
        from provenance_audit.lineage.discover import datasets_of

        beside = _came_with(path, datasets_of(settled["config"]))
    return Options(settled, chain, beside)


def _named_policy(flags: dict[str, Any], environment: dict[str, str]) -> tuple[Path | None, bool]:
    """The policy that is named, if one is; and whether one is to be looked for."""
    from provenance_audit.errors import UsageError
    from provenance_audit.policy.precedence import from_environment

    stated = {**from_environment(environment), **flags}
    if stated.get("policy") and stated.get("isolated"):
        if "policy" in flags and "isolated" in flags:
            raise UsageError("--policy and --isolated contradict each other", remedy="give one of them")
        return (Path(flags["policy"]) if "policy" in flags else None), False
    if stated.get("policy"):
        return Path(stated["policy"]), False
    return None, not stated.get("isolated")


def _came_with(policy: Path | None, paths: Sequence[str]) -> str:
    """The data that a policy was found beside, if it may have come with it: the report says so.

    Data must not judge itself: one that lies in a directory that is scanned counts only if it is named. Raises PolicyError.
    """
    from provenance_audit.errors import PolicyError
    from provenance_audit.policy.file import shown
    from provenance_audit.policy.find import came_with

    data = came_with(policy, paths) if policy is not None else None
    if policy is None or data is None:
        return ""
    if Path(data).is_dir():
        raise PolicyError(
            f"{shown(policy)} lies in the dataset {data}, and data must not judge itself",
            remedy=f"if it is yours: --policy {shown(policy)}; if it came with the data: --isolated",
        )
    return data


def request_of(chosen: Options, paths: Sequence[str], clock: datetime) -> Request:
    """The request that the options make."""
    from provenance_audit.policy.decisions import gate_of, policy_of
    from provenance_audit.request import Request, parse_columns

    settled = chosen.settled
    return Request(
        paths=tuple(paths),
        control=settled["control"],
        student=settled["student"],
        teachers=settled["teacher"],
        teacher_prompt=settled["teacher-prompt"],
        config=settled["config"],
        lineage=settled["lineage"],
        registry=settled["registry"],
        online=settled["online"],
        columns=parse_columns(settled["column"]),
        raw=settled["raw"],
        rejects=settled["rejects"],
        positive=settled["positive"],
        margin=settled["margin"],
        sequential=settled["sequential"],
        full=settled["full"],
        traits=settled["trait"],
        seed=settled["seed"],
        gate=gate_of(settled),
        policy=policy_of(settled, chosen.chain, clock, beside=chosen.beside),
        memory=settled["memory"],
        threads=settled["threads"],
        keep_counts=settled["db"] is not None,
        started=clock.isoformat(timespec="seconds"),
    )
