"""What a policy file may hold: the keys, their types, and what is wrong with a file, in one line.

A policy holds gates and options. Who made the data is lineage, and stands in the lineage manifest.
"""

from __future__ import annotations

import difflib
import re
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from provenance_audit.findings import FINGERPRINT_VERSION, Confidence, Severity

VERSION = 1
FINGERPRINT = re.compile(rf"{FINGERPRINT_VERSION}:[0-9a-f]{{32}}")
Level = Literal["none", "info", "low", "medium", "high", "critical"]


def _kebab(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


class Table(BaseModel):
    """A table of the file. An unknown key is an error."""

    # Built when there is a policy to check: most runs have none.
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=_kebab, defer_build=True)


class Category(StrEnum):
    """Why a finding may be waived."""

    ACCEPTED_RISK = "accepted-risk"
    FALSE_POSITIVE = "false-positive"
    MITIGATED = "mitigated"
    NOT_APPLICABLE = "not-applicable"
    TEST_DATA = "test-data"


class WaiverEntry(Table):
    """One waiver: of one finding by its fingerprint, or of a check and the subjects that fit.

    subject: key of a finding's subject -> what it must be; `*` and `?` stand for anything. dataset: as it is named in the
    command. expires: the last day on which it holds, in UTC, or a moment with its offset.
    """

    fingerprint: str | None = None
    rule: str | None = None
    subject: dict[str, str] = Field(default_factory=dict)
    dataset: str | None = None
    category: Category
    reason: str
    owner: str
    expires: date | datetime
    ticket: str = ""

    @field_validator("expires", mode="before")
    @classmethod
    def _is_a_date(cls, value: Any) -> Any:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("a time needs its offset: 2027-02-01T18:00:00Z; or give the date alone")
            return value.astimezone(UTC)
        if isinstance(value, date):
            return value
        raise ValueError("is no date; write it without quotes: expires = 2027-02-01")

    @field_validator("reason", "owner")
    @classmethod
    def _is_said(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("is empty")
        return value.strip()

    @field_validator("fingerprint")
    @classmethod
    def _is_a_fingerprint(cls, value: str | None) -> str | None:
        if value is not None and not FINGERPRINT.fullmatch(value):
            raise ValueError(
                f"{value!r} is no fingerprint: {FINGERPRINT_VERSION}: and 32 hexadecimal digits, as in the JSON report"
            )
        return value

    @model_validator(mode="after")
    def _says_what(self) -> WaiverEntry:
        if self.fingerprint is None and (self.rule is None or not self.subject):
            raise ValueError("needs a fingerprint, or a rule and a subject")
        return self


class Limits(Table):
    """What a run may use."""

    memory: str | None = None
    threads: int | None = Field(default=None, ge=1)
    timeout: str | None = None


class Scan(Table):
    """Options of `paudit scan` that are the same for every run in this repository."""

    student: str | None = None
    teacher: list[str] | None = None
    teacher_prompt: str | None = None
    control: list[str] | None = None
    column: list[str] | None = None
    raw: list[str] | None = None
    rejects: list[str] | None = None
    config: list[str] | None = None
    lineage: str | None = None
    registry: list[str] | None = None
    trait: list[str] | None = None
    positive: list[str] | None = None
    margin: float | None = None
    sequential: str | None = None
    full: bool | None = None
    online: bool | None = None
    seed: int | None = Field(default=None, ge=0, lt=2**64)
    output: list[str] | None = None
    db: str | None = None


class WaiverRules(Table):
    """Where further waivers stand, how far ahead one may end, and how long before its end it is announced."""

    file: str | None = None
    max_days: int | None = Field(default=None, ge=1)
    soon_days: int | None = Field(default=None, ge=0)


class PolicyFile(Table):
    """A policy."""

    version: Literal[1]
    extends: str | None = None
    profile: Literal["default", "strict", "audit"] | None = None
    fail_on: Level | None = None
    min_confidence: Confidence | None = None
    on_incomplete: Literal["fail", "warn"] | None = None
    select: list[str] | None = None
    ignore: list[str] | None = None
    baseline: str | None = None
    severity: dict[str, Severity] = Field(default_factory=dict)
    checks: dict[str, dict[str, Any]] = Field(default_factory=dict)
    limits: Limits = Field(default_factory=Limits)
    scan: Scan = Field(default_factory=Scan)
    waivers: WaiverRules = Field(default_factory=WaiverRules)
    waiver: list[WaiverEntry] = Field(default_factory=list)


class WaiverFile(Table):
    """A file of waivers alone, which a policy names."""

    version: Literal[1]
    waiver: list[WaiverEntry] = Field(default_factory=list)


def policy_schema() -> dict[str, Any]:
    """The JSON Schema of a policy."""
    return _schema(PolicyFile, "paudit policy, version 1")


def waivers_schema() -> dict[str, Any]:
    """The JSON Schema of a file of waivers."""
    return _schema(WaiverFile, "paudit waivers, version 1")


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    content = model.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **content, "title": title}


def fault(error: ValidationError, model: type[BaseModel]) -> tuple[str, str]:
    """What is wrong, and what to do about it: the first fault, with the nearest key where one is unknown."""
    first = error.errors(include_url=False)[0]
    where = [part for part in first["loc"] if part not in ("date", "datetime")]
    place, name = _place(where[:-1]), str(where[-1]) if where else ""
    prefix = f"{place}: " if place else ""
    match first["type"]:
        case "extra_forbidden":
            known = [_kebab(field) for field in (_model_at(model, where[:-1]) or model).model_fields]
            return f"{prefix}{name!r} is no key here", nearest(name, known)
        case "missing":
            return f"{prefix}{name} is missing", _MISSING.get(name, f"add {name} = …")
        case "value_error":
            place = _place(where)
            return (f"{place}: " if place else "") + first["msg"].removeprefix("Value error, "), ""
        case "enum" | "literal_error":
            words = str(first.get("ctx", {}).get("expected", "")).replace(" or ", ", ").replace("'", "")
            choices = [word.strip() for word in words.split(",") if word.strip()]
            return f"{prefix}{name} = {first['input']!r} is none of the choices", nearest(
                str(first["input"]), choices
            )
        case _:
            return f"{_place(where)}: {first['msg'][:1].lower()}{first['msg'][1:]}", ""


_MISSING = {
    "version": f"begin the file with: version = {VERSION}",
    "reason": 'a waiver says why: reason = "…"',
    "owner": 'a waiver has an owner: owner = "team@example.com"',
    "expires": "a waiver ends: expires = 2027-02-01",
    "category": f"one of {', '.join(Category)}",
}


def nearest(word: str, known: list[str]) -> str:
    """The nearest of what is known, as a remedy; all of them, if they are few and none is near."""
    near = difflib.get_close_matches(word.lower().replace("_", "-"), known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(known)}"


def _place(where: list[Any]) -> str:
    """`waiver 2`, `limits`, `severity.PA301`: a place in the file, for people (counted from 1)."""
    words: list[str] = []
    for part in where:
        if isinstance(part, int):
            words[-1] += f" {part + 1}"
        else:
            words.append(str(part))
    return ".".join(words)


def _model_at(model: type[BaseModel], where: list[Any]) -> type[BaseModel] | None:
    """The table that stands at a place of a file."""
    here: Any = model
    for part in where:
        if isinstance(part, int):
            continue
        field = {_kebab(name): one for name, one in here.model_fields.items()}.get(str(part))
        if field is None:
            return None
        inner = [field.annotation, *get_args(field.annotation)]
        tables = [one for one in inner if isinstance(one, type) and issubclass(one, BaseModel)]
        if not tables:
            return None
        here = tables[0]
    return here if isinstance(here, type) else None
