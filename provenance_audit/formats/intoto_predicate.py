"""The in-toto predicate alone, for `cosign attest-blob` and `actions/attest`, which make the statement and sign it."""

from __future__ import annotations

from provenance_audit.findings import Report
from provenance_audit.formats.document import dumped
from provenance_audit.formats.intoto import predicate
from provenance_audit.formats.look import Look


def render(report: Report, look: Look) -> str:
    """The test-result predicate; its type is https://in-toto.io/attestation/test-result/v0.1."""
    return dumped(predicate(report))
