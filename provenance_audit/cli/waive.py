"""`paudit waive`: a finding is accepted, for a reason, by an owner, until a day; written into the policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

# What a subject holds that is about a model or a pair. All others are about rows: a waiver of them is held to the data that it
# was made for, since one maker may write many datasets for one student.
_ABOUT_MODELS = frozenset({"role", "model", "child", "cycle", "of"})


def waive(
    fingerprint: str = typer.Argument(..., metavar="FINGERPRINT", help="pa1:…, from the JSON report."),
    reason: str = typer.Option(..., "--reason", help="Why it is accepted."),
    owner: str = typer.Option(..., "--owner", help="Who answers for it."),
    expires: str = typer.Option(
        ..., "--expires", metavar="DATE|DAYS", help="Its last day in UTC: 2027-02-01, or 90d."
    ),
    category: str = typer.Option(
        "accepted-risk",
        "--category",
        help="accepted-risk, false-positive, mitigated, not-applicable or test-data.",
    ),
    ticket: str = typer.Option("", "--ticket", help="Where it was decided."),
    report: Path = typer.Option(
        None,
        "--report",
        metavar="JSON",
        help="The report that holds the finding: its rule and subject are noted.",
    ),
    dataset: str = typer.Option(
        None, "--dataset", metavar="PATTERN", help="Only for data that the command names so."
    ),
    policy: Path = typer.Option(
        None, "--policy", metavar="FILE", help="The policy, instead of paudit.toml here or above."
    ),
) -> int:
    """Write a waiver of one finding into the policy, or into the file of waivers that it names. Comments stay."""
    from datetime import UTC, datetime

    from provenance_audit.cli.options import options
    from provenance_audit.cli.output import alone, write_whole
    from provenance_audit.errors import PolicyError, UsageError
    from provenance_audit.policy.document import FINGERPRINT, Category, nearest
    from provenance_audit.policy.edit import place_of_waivers, with_waiver
    from provenance_audit.policy.file import shown, waivers_of
    from provenance_audit.policy.waivers import ends

    if not FINGERPRINT.fullmatch(fingerprint):
        raise UsageError(
            f"{fingerprint!r} is no fingerprint", remedy="pa1: and 32 hexadecimal digits, as in -o json"
        )
    if category not in list(Category):
        raise UsageError(f"--category {category} is none", remedy=nearest(category, list(Category)))
    for option, text in (("--reason", reason), ("--owner", owner)):
        if not text.strip():
            raise UsageError(f"{option} is empty", remedy="a waiver says why, and whose it is")
    chosen = options({"policy": str(policy)} if policy is not None else {})
    if not chosen.chain:
        raise PolicyError("there is no policy that could hold a waiver", remedy="paudit init writes one")
    today = datetime.now(UTC)
    last = _last_day(expires, today.date(), chosen.settled["max-days"])
    path = place_of_waivers(chosen.chain[0])
    for one in waivers_of(chosen.chain) if path.exists() else ():
        if one.entry.fingerprint == fingerprint and today < ends(one.entry.expires):
            raise UsageError(
                f"{one.place} waives it already, until {one.entry.expires}", remedy="change that one"
            )
    finding = _finding(report, fingerprint) if report is not None else None
    if finding is not None and "waiver" in finding["subject"]:
        raise UsageError(
            f"{finding['id']} is about a waiver, which is not waived", remedy=str(finding["fix"])
        )
    if dataset is None and finding is not None and not _ABOUT_MODELS & finding["subject"].keys():
        dataset = finding["dataset"]
    with alone(path):
        text = with_waiver(
            path.read_bytes().decode() if path.exists() else "version = 1\n",
            path,
            fingerprint=fingerprint,
            rule=finding["id"] if finding is not None else None,
            dataset=dataset,
            category=category,
            reason=reason.strip(),
            owner=owner.strip(),
            expires=last,
            ticket=ticket,
            comment=_comment(finding),
        )
        write_whole(path, text)
    of = f" of {finding['id']} {finding['name']}" if finding is not None else ""
    typer.echo(
        f"{shown(path)}: a waiver{of}, until {last} ({(last - today.date()).days} days), {owner.strip()}"
    )
    if report is None:
        typer.echo(
            "  no --report says what it is a waiver of: a scan shows it as unused (PA021) if no finding has this fingerprint"
        )
    if dataset is not None:
        typer.echo(f"  only for data that is named {dataset}")
    return 0


def _last_day(text: str, today: Any, most: int) -> Any:
    """The day that was meant. Raises UsageError for one that is past, or too far ahead."""
    from datetime import date, timedelta

    from provenance_audit.errors import UsageError

    days = text.removesuffix("d")
    try:
        last = today + timedelta(days=int(days)) if text.endswith("d") else date.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"--expires {text} is no day", remedy="--expires 2027-02-01, or --expires 90d"
        ) from error
    if last < today:
        raise UsageError(f"--expires {text} is past", remedy="a waiver ends, but not before it begins")
    if (last - today).days > most:
        raise UsageError(
            f"--expires {text} is {(last - today).days:,} days ahead, and {most} is the most",
            remedy=f"--expires {today + timedelta(days=most)}, or another waivers.max-days in the policy",
        )
    return last


def _finding(report: Path, fingerprint: str) -> dict[str, Any]:
    from provenance_audit.errors import UsageError
    from provenance_audit.policy.baseline import load

    content = load(report)
    for one in content["findings"]:
        if isinstance(one, dict) and one.get("fingerprint") == fingerprint:
            data = content.get("inputs", {}).get("data", {})
            return {**one, "dataset": data.get("name")}
    near = [one for one in content["findings"] if isinstance(one, dict)]
    raise UsageError(
        f"{report} has no finding {fingerprint}",
        remedy="; ".join(f"{one.get('id')} is {one.get('fingerprint')}" for one in near[:5])
        or "it has none at all",
    )


def _comment(finding: dict[str, Any] | None) -> str:
    """What is waived, for whoever reads the file: the name of the check and the subject, as plain text in one line."""
    if finding is None:
        return ""
    from provenance_audit.formats.escape import for_terminal

    subject = ", ".join(f"{key} {value}" for key, value in finding["subject"].items())
    return for_terminal(f"{finding['name']}: {subject}")[:200]
