"""Adds a waiver to a file without touching the rest of it: comments, order and spacing stay."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from provenance_audit.errors import PolicyError
from provenance_audit.policy.file import Source, shown
from provenance_audit.policy.find import PROJECT

BOM = "\ufeff"


def place_of_waivers(source: Source) -> Path:
    """The file in which a new waiver of a policy belongs: the one that it names, else the policy itself."""
    named = source.content.waivers.file
    return source.path.parent / named if named is not None else source.path


def with_waiver(
    text: str,
    path: Path,
    *,
    fingerprint: str,
    rule: str | None,
    dataset: str | None,
    category: str,
    reason: str,
    owner: str,
    expires: date,
    ticket: str,
    comment: str,
) -> str:
    """The text of the file with one waiver more, at its end; how it ends lines stays. Raises PolicyError for what is no TOML."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import AoT, Table

    waiver = tomlkit.table()
    if comment:
        waiver.add(tomlkit.comment(comment))
    waiver.add("fingerprint", fingerprint)
    for key, value in (("rule", rule), ("dataset", dataset)):
        if value is not None:
            waiver.add(key, value)
    for key, value in (("category", category), ("reason", reason), ("owner", owner)):
        waiver.add(key, value)
    waiver.add("expires", expires)
    if ticket:
        waiver.add("ticket", ticket)

    try:
        document = tomlkit.parse(text.removeprefix(BOM))
    except TOMLKitError as error:
        raise PolicyError(f"{shown(path)} is no TOML: {error}", remedy="paudit policy check") from error
    home: tomlkit.TOMLDocument | Table = document
    if path.name == PROJECT:
        tool = document.get("tool")
        table = tool.get("paudit") if tool is not None else None
        if not isinstance(table, Table):
            raise PolicyError(
                f"{shown(path)} has no table [tool.paudit]", remedy="paudit init writes a policy"
            )
        home = table
    there = home.get("waiver")
    if there is None:
        if home is document:
            home.add(tomlkit.nl())
        home.append("waiver", tomlkit.aot())
        there = home["waiver"]
    elif isinstance(there, AoT) and len(there) and home is document:
        there[-1].add(tomlkit.nl())
    if not isinstance(there, AoT):
        raise PolicyError(
            f"{shown(path)}: waiver is no list of tables", remedy="write each one as [[waiver]]"
        )
    if home is not document:  # other tables of the project may follow
        waiver.add(tomlkit.nl())
    there.append(waiver)
    made = tomlkit.dumps(document)
    if "\r\n" in text:
        made = made.replace("\r\n", "\n").replace("\n", "\r\n")
    return BOM + made if text.startswith(BOM) else made
