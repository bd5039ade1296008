"""Reads policy files: TOML, every key known, `extends` followed. Raises PolicyError (exit 2) in one line."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from provenance_audit.errors import PolicyError
from provenance_audit.policy.document import PolicyFile, Table, WaiverEntry, WaiverFile, fault
from provenance_audit.policy.find import PROJECT, candidates

Read = TypeVar("Read", bound=Table)
LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a policy, as read. `name` is how messages call it."""

    path: Path
    content: PolicyFile

    @property
    def name(self) -> str:
        """The file, relative to the working directory where that is shorter."""
        return shown(self.path)

    def near(self, path: str) -> str:
        """A path that the file states: it counts from the directory of the file."""
        return shown(self.path.parent / path)


@dataclass(frozen=True, slots=True)
class StatedWaiver:
    """A waiver, with the file and the place in it (from 1) that state it."""

    entry: WaiverEntry
    file: str
    number: int

    @property
    def place(self) -> str:
        """How messages call it."""
        return f"{self.file}: waiver {self.number}"


def discover(start: Path) -> Path | None:
    """The policy of a working directory, if it has one."""
    for path in candidates(start):
        if path.name != PROJECT or _table(path) is not None:
            return path
    return None


def read_chain(path: Path) -> tuple[Source, ...]:
    """A policy, then what it extends, nearest first."""
    chain: list[Source] = []
    here: Path | None = path
    while here is not None:
        place = here.resolve()
        if any(one.path.resolve() == place for one in chain):
            raise PolicyError(
                f"{shown(chain[-1].path)}: extends goes round in a circle through {shown(here)}",
                remedy="let one of them extend nothing",
            )
        if chain and not here.is_file():
            raise PolicyError(
                f"{chain[-1].name}: extends = {chain[-1].content.extends!r} is no file",
                remedy="check the path",
            )
        source = Source(here, read_policy(here))
        chain.append(source)
        here = here.parent / source.content.extends if source.content.extends is not None else None
    return tuple(chain)


def read_policy(path: Path) -> PolicyFile:
    """One policy file. Raises PolicyError for what is none."""
    content = _table(path)
    if content is None:
        raise PolicyError(f"{shown(path)} has no table [tool.paudit]", remedy="paudit init writes a policy")
    return _validated(content, PolicyFile, path)


def waivers_of(chain: tuple[Source, ...]) -> tuple[StatedWaiver, ...]:
    """Every waiver of a policy and of the files that it names, in the order in which they stand."""
    found: list[StatedWaiver] = []
    for source in chain:
        found += _numbered(source.content.waiver, source.name)
        named = source.content.waivers.file
        if named is not None:
            path = source.path.parent / named
            if not path.exists():
                raise PolicyError(
                    f"{source.name}: waivers.file = {named!r} is no file",
                    remedy=f"write it, or take the line out: {path}",
                )
            found += _numbered(_validated(_toml(path), WaiverFile, path).waiver, shown(path))
    return tuple(found)


def shown(path: Path) -> str:
    """A path as a person would write it from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.count("..") > 2 else relative


def _numbered(entries: list[WaiverEntry], file: str) -> list[StatedWaiver]:
    return [StatedWaiver(entry, file, number) for number, entry in enumerate(entries, 1)]


def _table(path: Path) -> dict[str, Any] | None:
    content = _toml(path)
    if path.name != PROJECT:
        return content
    tool = content.get("tool")
    table = tool.get("paudit") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def _toml(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():
            raise PolicyError(
                f"{shown(path)} is no file", remedy="check the path; paudit init writes a policy"
            )
        if path.stat().st_size > LARGEST:
            raise PolicyError(f"{shown(path)} is larger than 4 MiB", remedy="a policy is a page of text")
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PolicyError(
            f"{shown(path)} cannot be read: {error.strerror}", remedy="check its permissions"
        ) from error
    except UnicodeDecodeError as error:
        raise PolicyError(
            f"{shown(path)} is not UTF-8 (byte {error.start})", remedy="save it as UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(
            f"{shown(path)} is no TOML: {error}", remedy="paudit policy check says when it is right"
        ) from error
    except RecursionError as error:
        raise PolicyError(
            f"{shown(path)} is nested too deeply", remedy="a policy is a page of text"
        ) from error


def _validated(content: dict[str, Any], model: type[Read], path: Path) -> Read:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        message, remedy = fault(error, model)
        raise PolicyError(f"{shown(path)}: {message}", remedy=remedy or "paudit policy check") from error
