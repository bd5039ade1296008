"""`paudit baseline write` and `paudit baseline prune`: what was there already, and the ratchet."""

from __future__ import annotations

from pathlib import Path

import typer

app = typer.Typer(
    help="Keep an earlier report as the baseline, and take out of it what is fixed.", no_args_is_help=True
)


@app.command("write")
def write(
    report: Path = typer.Argument(..., metavar="REPORT.json", help="A report of paudit scan -o json=…"),
    to: Path = typer.Option(Path("paudit-baseline.json"), "--to", metavar="FILE", help="Where it goes."),
    force: bool = typer.Option(False, "--force", help="Write over a baseline that is there."),
) -> int:
    """Take a report as the baseline: from then on only what is new, or worse, gates (--baseline FILE)."""
    import json

    from provenance_audit.cli.output import write_whole
    from provenance_audit.errors import UsageError
    from provenance_audit.policy.baseline import baseline_of, load

    content = load(report)
    known = baseline_of(content, str(report)).known
    if to.exists() and not force:
        raise UsageError(
            f"{to} is there already",
            remedy="paudit baseline prune lowers it; --force takes the new one as it is",
        )
    write_whole(to, json.dumps(content, indent=2, ensure_ascii=True) + "\n")
    typer.echo(f"{to}: {len(known)} finding{'' if len(known) == 1 else 's'} that will not gate again")
    return 0


@app.command("prune")
def prune(
    report: Path = typer.Argument(..., metavar="REPORT.json", help="A newer report of the same data."),
    baseline: Path = typer.Option(
        Path("paudit-baseline.json"), "--baseline", metavar="FILE", help="The baseline that is lowered."
    ),
) -> int:
    """Take out of the baseline what a newer report no longer finds. Nothing is ever added: that is the ratchet."""
    import json

    from provenance_audit.cli.output import write_whole
    from provenance_audit.formats.escape import for_terminal
    from provenance_audit.policy.baseline import baseline_of, load, pruned

    content, newer = load(baseline), load(report)
    old, new = baseline_of(content, str(baseline)), baseline_of(newer, str(report))
    kept, removed, lowered = pruned(content, newer)
    if removed or lowered:
        write_whole(baseline, json.dumps(kept, indent=2, ensure_ascii=True) + "\n")
    changed = (
        f"{removed} fixed and taken out, {lowered} lowered" if removed or lowered else "nothing is fixed"
    )
    typer.echo(f"{baseline}: {changed}, {len(kept['findings'])} left")
    if old.dataset != new.dataset and not old.digests & new.digests:
        typer.echo(for_terminal(f"  it is of {old.dataset}, and {report} of {new.dataset}"))
    return 0
