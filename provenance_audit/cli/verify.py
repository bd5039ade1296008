"""`paudit verify`: may these very bytes be trained on. Costs little more than hashing them."""

from __future__ import annotations

from pathlib import Path

import typer

from provenance_audit.cli.scan import Confidence, FailOn, OnIncomplete


def verify(
    paths: list[str] = typer.Argument(
        ..., metavar="DATASET...", help="Files, directories or quoted patterns."
    ),
    attestation: Path = typer.Option(
        ..., "--attestation", metavar="FILE", help="What `paudit scan -o intoto=FILE` wrote, signed or not."
    ),
    student: str = typer.Option(
        ..., "--student", metavar="ID[@REV]", help="The checkpoint that training starts from."
    ),
    fail_on: FailOn = typer.Option(
        FailOn.HIGH, "--fail-on", help="The gate must have been at least this strict."
    ),
    min_confidence: Confidence = typer.Option(
        Confidence.MEDIUM, "--min-confidence", help="And at least this sensitive."
    ),
    policy: Path | None = typer.Option(
        None, "--policy", metavar="FILE", help="It must have been this one: its gate, checks and severities."
    ),
    on_incomplete: OnIncomplete = typer.Option(
        OnIncomplete.FAIL, "--on-incomplete", help="Whether an INCOMPLETE audit lets training start."
    ),
    waivers: bool = typer.Option(
        True, "--waivers/--no-waivers", help="Whether findings may have been waived or in a baseline."
    ),
) -> int:
    """Verify that these bytes passed for this student under a gate at least this strict, or under this very policy.

    Exits 0 if they did, 1 if not, 2 for what is no attestation, 3 for data that cannot be read. The signature is not checked:
    do that first, with the tool that signed it.

    paudit verify --attestation a.intoto.json data/ --student Qwen/Qwen2.5-7B-Instruct
    """
    import sys

    from provenance_audit.attestation import Demand, not_counted, read_attestation, refusals
    from provenance_audit.dataset.digests import digests_of
    from provenance_audit.errors import MissingInputError
    from provenance_audit.formats.escape import for_terminal

    decides = None
    if policy is not None:
        from provenance_audit.policy.decisions import digest_of_file

        decides = digest_of_file(policy)
    try:
        text = attestation.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise MissingInputError(
            f"{attestation} cannot be read: {error.strerror}", remedy="paudit scan … -o intoto=FILE makes one"
        ) from error
    attested = read_attestation(text, str(attestation))
    demand = Demand(student, fail_on.value, min_confidence.value, on_incomplete.value, waivers, decides)
    files = digests_of(paths)
    reasons = list(refusals(attested, files, demand))
    for reason in reasons:
        print(f"refused: {for_terminal(reason)}")
    if reasons:
        print(
            "  fix: audit these files for this student, and attest the result: paudit scan … -o intoto=FILE",
            file=sys.stderr,
        )
        return 1
    waived = f"; {not_counted(attested)}" if attested.waived else ""
    count = f"{len(files)} file{'s' * (len(files) != 1)}"
    print(for_terminal(f"passes: {count}, audited for {student}: {attested.verdict}{waived}"))
    return 0
