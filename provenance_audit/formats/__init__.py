"""Formats: each a pure function from a report to text, and one explicit list of them. Nothing here writes a file.

A new format: a file beside this one with `render(report, look) -> str`, and a line in FORMATS.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from provenance_audit.formats.look import Look

if TYPE_CHECKING:
    from provenance_audit.findings import Report


@dataclass(frozen=True, slots=True)
class Format:
    """One format: the module that renders it, which is loaded only when it is wanted, and what it is for."""

    module: str
    what: str

    def __call__(self, report: Report, look: Look) -> str:
        """The report in this format."""
        text: str = import_module(f"{__name__}.{self.module}").render(report, look)
        return text


FORMATS: dict[str, Format] = {
    "text": Format("text", "for people, in a terminal or a pipe"),
    "json": Format("json_v1", "everything, for programs; paudit report reads it again"),
    "html": Format("html", "one page to look at and to send"),
    "markdown": Format("markdown", "a job summary, or a comment on a pull request"),
    "sarif": Format("sarif", "SARIF 2.1.0, for code scanning"),
    "junit": Format("junit", "JUnit XML, for test reports"),
    "github": Format("github", "annotations of GitHub Actions"),
    "gitlab": Format("gitlab", "GitLab code quality"),
    "csv": Format("csv", "one line for each finding, for a spreadsheet"),
    "mermaid": Format("mermaid", "the lineage as a diagram"),
    "cyclonedx": Format("cyclonedx", "CycloneDX 1.6 ML-BOM"),
    "cyclonedx-1.7": Format("cyclonedx_1_7", "CycloneDX 1.7 ML-BOM"),
    "croissant": Format("croissant", "Croissant 1.1 with PROV"),
    "intoto": Format("intoto", "in-toto statement on the files, unsigned; paudit verify asks for it"),
    "intoto-predicate": Format(
        "intoto_predicate", "its predicate alone, for signers that make the statement"
    ),
    "openlineage": Format("openlineage", "OpenLineage run event"),
    "eu": Format("eu", "sections 1.2 and 2.5 of the EU template on training content"),
}

__all__ = ["FORMATS", "Format", "Look"]
