"""`paudit init`, `paudit policy check` and `paudit policy show`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from provenance_audit.cli.options import Options
    from provenance_audit.request import Request

app = typer.Typer(help="Check the policy, and show what counts and who says so.", no_args_is_help=True)

_POLICY = typer.Option(
    None, "--policy", metavar="FILE", help="A policy, instead of paudit.toml here or above."
)


def init(
    force: bool = typer.Option(False, "--force", help="Write over a paudit.toml that is there."),
) -> int:
    """Write a commented policy, paudit.toml, into this directory: gates, and no lineage."""
    from provenance_audit.cli.output import write_whole
    from provenance_audit.errors import UsageError
    from provenance_audit.policy.file import discover, shown
    from provenance_audit.policy.template import NAME, TEXT

    path = Path(NAME)
    if path.exists() and not force:
        raise UsageError(f"{path} is there already", remedy="paudit policy check, or paudit init --force")
    above = discover(Path.cwd())
    write_whole(path, TEXT)
    typer.echo(f"wrote {path}")
    if above is not None and above.resolve() != path.resolve():
        typer.echo(f"it now counts here instead of {shown(above)}; extends = … takes that one's values too")
    typer.echo("next: paudit policy show --origins")
    return 0


@app.command("check")
def check(
    policy: Path = typer.Argument(
        None, metavar="[FILE]", help="The policy; left out, the one that counts here."
    ),
) -> int:
    """Say whether the policy, its waivers, its baseline and every id and parameter in it are right. Exit 0 or 2."""
    from datetime import UTC

    from provenance_audit.cli.options import options, request_of
    from provenance_audit.errors import PolicyError
    from provenance_audit.ruleset import ruleset_of

    now = datetime.now(UTC)
    chosen = options({"policy": str(policy)} if policy is not None else {})
    if not chosen.chain:
        raise PolicyError("there is no policy here", remedy="paudit init writes one")
    request = request_of(chosen, (), now)
    ruleset_of(request.policy)
    _check_values(chosen, request)
    typer.echo(f"{chosen.chain[0].name} is right")
    for source in chosen.chain[1:]:
        typer.echo(f"  extends {source.name}")
    for line in _said_of_waivers(chosen, request.policy.now):
        typer.echo(f"  {line}")
    if request.policy.baseline is not None:
        baseline = request.policy.baseline
        count = len(baseline.known)
        typer.echo(f"  baseline {baseline.source}: {count} finding{'' if count == 1 else 's'}")
    return 0


def _check_values(chosen: Options, request: Request) -> None:
    """What a scan would refuse, without a dataset: values of options, and the files of lineage that are named. Raises UsageError."""
    from provenance_audit.cli.answer import seconds_of
    from provenance_audit.cli.output import parse_outputs
    from provenance_audit.errors import PolicyError, UsageError
    from provenance_audit.formats import FORMATS
    from provenance_audit.lineage.manifest_file import read_manifest
    from provenance_audit.lineage.registry import load
    from provenance_audit.request import validate_values

    settled = chosen.settled
    try:
        validate_values(request)
        seconds_of(settled["timeout"])
        parse_outputs(settled["output"], list(FORMATS), places=False)
        load(tuple(Path(path) for path in request.registry))
        if request.lineage is not None:
            read_manifest(Path(request.lineage))
    except UsageError as error:
        raise PolicyError(f"{chosen.chain[0].name}: {error.message}", remedy=error.remedy) from error


def _said_of_waivers(chosen: Options, now: datetime) -> Iterator[str]:
    """How many waivers there are, and each that has ended or ends soon."""
    from provenance_audit.formats.escape import for_terminal
    from provenance_audit.policy.file import waivers_of
    from provenance_audit.policy.waivers import days_left, ends, until

    stated = waivers_of(chosen.chain)
    if not stated:
        return
    yield f"{len(stated)} waiver{'' if len(stated) == 1 else 's'}"
    for one in stated:
        left = days_left(one.entry.expires, now)
        end = f"{until(one.entry.expires)}, {for_terminal(one.entry.owner)}"
        if now >= ends(one.entry.expires):
            yield f"{one.place} has ended ({end}): it waives nothing"
        elif left <= chosen.settled["soon-days"]:
            yield f"{one.place} ends {'today' if left == 0 else f'in {left} days'} ({end})"


@app.command("show")
def show(
    origins: bool = typer.Option(False, "--origins", help="Say of each value who states it."),
    policy: Path = _POLICY,
    profile: str = typer.Option(None, "--profile", help="As if this profile were named by a flag."),
    isolated: bool = typer.Option(False, "--isolated", help="Look for no policy."),
) -> int:
    """Print every value that counts here, as a policy: flag over variable over policy over default."""
    from datetime import UTC

    from provenance_audit.cli.options import options, request_of
    from provenance_audit.policy.settings import PROFILES
    from provenance_audit.ruleset import ruleset_of

    flags: dict[str, Any] = {}
    if policy is not None:
        flags["policy"] = str(policy)
    if profile is not None:
        from provenance_audit.errors import UsageError
        from provenance_audit.policy.document import nearest

        if profile not in PROFILES:
            raise UsageError(f"there is no profile {profile!r}", remedy=nearest(profile, list(PROFILES)))
        flags["profile"] = profile
    if isolated:
        flags["isolated"] = True
    chosen = options(flags)
    request = request_of(chosen, (), datetime.now(UTC))
    ruleset_of(request.policy)
    lines = list(_effective(chosen))
    width = max(len(line) for line, _ in lines)
    for line, origin in lines:
        typer.echo(f"{line:<{width}}  # {origin}" if origins and origin else line)
    waivers = request.policy.waivers
    if waivers:
        typer.echo("")
        for one in waivers:
            typer.echo(f"# {one.place}: {one.entry.category}, {one.entry.owner}, until {one.entry.expires}")
    return 0


def _effective(chosen: Options) -> Iterator[tuple[str, str]]:
    """(a line of TOML, who states it), in the order of a policy. What has no value is a comment."""
    from provenance_audit.policy.document import VERSION
    from provenance_audit.policy.settings import SETTINGS

    settled = chosen.settled
    yield f"version = {VERSION}", ""
    for table in ("", "severity", "checks", "limits", "scan", "waivers"):
        if table == "severity":
            if settled.severity:
                yield "", ""
                yield "[severity]", ""
            for id, one in sorted(settled.severity.items()):
                yield f"{id} = {_toml(one.value)}", one.origin
        elif table == "checks":
            for id, parameters in sorted(settled.parameters.items()):
                yield "", ""
                yield f"[checks.{id}]", ""
                for name, one in sorted(parameters.items()):
                    yield f"{name} = {_toml(one.value)}", one.origin
        else:
            if table:
                yield "", ""
                yield f"[{table}]", ""
            for setting in SETTINGS:
                if setting.table == table and setting.kind != "table":
                    value = settled[setting.name]
                    line = f"# {setting.name} = …" if value is None else f"{setting.name} = {_toml(value)}"
                    yield line, settled.origin(setting.name)


def _toml(value: Any) -> str:
    """A value as TOML: a JSON string is one too, as long as it is plain."""
    import json

    if isinstance(value, tuple | list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    return json.dumps(value, ensure_ascii=True)
