"""What the site has that this folder has not: a page for each check, as `paudit explain` prints it, and files of the project.

A hook of MkDocs (`mkdocs.yml`). Nothing is written into the repository, so nothing can grow old there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from provenance_audit.checks import CHECKS
from provenance_audit.checks.base import Check

ROOT = Path(__file__).parents[1]
OF_THE_PROJECT = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
# A link to a file of the project that is no page.
_LINK = re.compile(r"\]\((?!https?:|#)([^)\s]+)\)")


def page_of(check: Check) -> str:
    """The manual page of a check as Markdown."""
    title, _, text = check.manual.partition("\n")
    lines = [f"# {title}", ""]
    for line in text.splitlines():
        if line.startswith("    "):
            lines.append(line[4:])
        elif line.strip():
            lines += ["", f"## {line}", ""]
        else:
            lines.append("")
    lines += ["", f"Default severity: **{check.severity}**.", ""]
    fields = check.parameters.model_fields
    if fields:
        lines += ["| parameter | default |", "| --- | --- |"]
        lines += [f"| `{name.replace('_', '-')}` | `{field.default}` |" for name, field in fields.items()]
        lines += ["", f"They are set in [the policy](../policy.md): `[checks.{check.id}]`.", ""]
    lines += [f"In a terminal: `paudit explain {check.id}`. [All checks](../checks.md)."]
    return "\n".join(lines) + "\n"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Puts a line for each check, and each decision, into the navigation."""
    assert config.nav is not None
    for section in config.nav:
        if isinstance(section, dict) and "Checks" in section:
            section["Checks"] += [{f"{one.id} {one.name}": f"checks/{one.id}.md"} for one in CHECKS]
        if isinstance(section, dict) and "The project" in section:
            decisions = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
            section["The project"][-1:] = [
                {"Decisions": ["decisions/README.md", *(f"decisions/{one.name}" for one in decisions)]}
            ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages and files that lie elsewhere, or nowhere."""
    for check in CHECKS:
        files.append(File.generated(config, f"checks/{check.id}.md", content=page_of(check)))
    for name in OF_THE_PROJECT:
        files.append(File.generated(config, name, content=(ROOT / name).read_text()))
    for schema in sorted((ROOT / "schemas").glob("*.json")):
        files.append(File.generated(config, f"schemas/{schema.name}", abs_src_path=str(schema)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Turns links that are right in the repository into links that are right in the site."""
    source = page.file.src_uri
    folder = ROOT if source in OF_THE_PROJECT else ROOT / "docs" / Path(source).parent
    if source == "checks.md":
        markdown = re.sub(r"^\| (PA\d+) \|", r"| [\1](checks/\1.md) |", markdown, flags=re.M)
    up = "../" * source.count("/")

    def moved(match: re.Match[str]) -> str:
        path, hash, anchor = match[1].partition("#")
        target = (folder / path).resolve()
        if not path or source.startswith("checks/") or not target.is_relative_to(ROOT):
            return match[0]
        inside = target.relative_to(ROOT).as_posix().removeprefix("docs/")
        return f"]({up}{inside}{hash}{anchor})"

    return _LINK.sub(moved, markdown)
