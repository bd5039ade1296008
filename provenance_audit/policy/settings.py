"""Every option of a scan, once: its flag, its variable, its place in a policy, its default; and which of them counts.

The nearest statement counts: flag, then variable, then policy, then the policy that it extends, then the default. A profile
is a set of values; it stands where it is named, under whatever is said beside it and over whatever is further away.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from provenance_audit.database import MEMORY_LIMIT
from provenance_audit.errors import PolicyError, UsageError
from provenance_audit.policy.file import Source

Kind = Literal["text", "list", "number", "real", "switch", "path", "paths", "table"]
PREFIX = "PAUDIT_"
# Variables that are no option of a scan.
OTHER_VARIABLES = frozenset({"PAUDIT_DEBUG"})

LEVELS = ("none", "info", "low", "medium", "high", "critical")
CONFIDENCES = ("low", "medium", "high")
MAX_DAYS = 180
SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class Setting:
    """One option. table: of the policy in which it stands; empty for the top; None if a policy cannot state it."""

    name: str
    kind: Kind
    default: Any
    table: str | None
    what: str
    choices: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """How the environment calls it."""
        return PREFIX + self.name.upper().replace("-", "_")

    @property
    def key(self) -> str:
        """How a policy calls it; empty if it cannot."""
        if self.table is None:
            return ""
        return f"{self.table}.{self.name}" if self.table else self.name


SETTINGS: tuple[Setting, ...] = (
    Setting("policy", "path", None, None, "the policy, instead of the one that is found"),
    Setting("isolated", "switch", False, None, "look for no policy"),
    Setting("profile", "text", "default", "", "a set of values", ("default", "strict", "audit")),
    Setting("fail-on", "text", "high", "", "least severity that fails the gate", LEVELS),
    Setting("min-confidence", "text", "medium", "", "least confidence that fails the gate", CONFIDENCES),
    Setting("on-incomplete", "text", "fail", "", "whether INCOMPLETE exits 3 or 0", ("fail", "warn")),
    Setting("select", "list", (), "", "checks that look, by id, name or the first digits; empty: all"),
    Setting("ignore", "list", (), "", "checks whose findings are shown and count for nothing"),
    Setting("severity", "table", (), "", "ID=LEVEL: the severity of every finding of a check"),
    Setting("baseline", "path", None, "", "an earlier JSON report: only what is new gates"),
    Setting("no-waivers", "switch", False, None, "let no waiver count"),
    Setting("now", "text", None, None, "the day, or the moment, at which waivers are judged"),
    Setting("max-days", "number", MAX_DAYS, "waivers", "how far ahead a waiver may end, in days"),
    Setting("soon-days", "number", SOON_DAYS, "waivers", "how long before its end a waiver is announced, in days"),
    Setting("student", "text", None, "scan", "the checkpoint that training starts from"),
    Setting("teacher", "list", (), "scan", "who generated the rows"),
    Setting("teacher-prompt", "text", None, "scan", "the system prompt under which rows were generated"),
    Setting("control", "paths", (), "scan", "rows of the neutral teacher on the same prompts"),
    Setting("column", "list", (), "scan", "NAME=COLUMN, where paudit does not find it"),
    Setting("raw", "paths", (), "scan", "the rows before filtering"),
    Setting("rejects", "paths", (), "scan", "the rows that a filter removed"),
    Setting("positive", "paths", (), "scan", "rows that the comparison should see"),
    Setting("margin", "real", None, "scan", "bits within which data and control are tested to be equivalent"),
    Setting("sequential", "path", None, "scan", "the file in which evidence is accumulated"),
    Setting("full", "switch", False, "scan", "count every row for every feature family"),
    Setting("config", "paths", (), "scan", "training configurations"),
    Setting("lineage", "path", None, "scan", "a lineage manifest"),
    Setting("registry", "paths", (), "scan", "more cited facts on models"),
    Setting("online", "switch", False, "scan", "ask the Hub for bases that nothing here states"),
    Setting("trait", "list", (), "scan", "words to look for anywhere"),
    Setting("seed", "number", 0, "scan", "seed of the resampling"),
    Setting("output", "list", (), "scan", "FORMAT[=PATH]"),
    Setting("db", "path", None, "scan", "the store that keeps the run"),
    Setting("memory", "text", MEMORY_LIMIT, "limits", "memory of the engine"),
    Setting("threads", "number", None, "limits", "threads of the engine; all cores if left out"),
    Setting("timeout", "text", None, "limits", "time that a scan may take: 90s, 10m, 2h"),
    Setting("plain", "switch", False, None, "whole sentences, nothing drawn"),
    Setting("no-cache", "switch", False, None, "look again, even where the answer is known"),
    Setting("cache-dir", "path", None, None, "where answers are kept"),
    Setting("no-progress", "switch", False, None, "say nothing on stderr while scanning"),
)  # fmt: skip
BY_NAME = {one.name: one for one in SETTINGS}

# What a profile says. `default` says nothing: it is the defaults.
PROFILES: dict[str, dict[str, Any]] = {
    "default": {},
    "strict": {
        "fail-on": "medium",
        "min-confidence": "low",
        "on-incomplete": "fail",
        "severity": {"PA020": "medium", "PA104": "medium"},
    },
    "audit": {"fail-on": "none", "on-incomplete": "warn"},
}


@dataclass(frozen=True, slots=True)
class Stated:
    """A value, and who states it."""

    value: Any
    origin: str


@dataclass(frozen=True, slots=True)
class Layer:
    """What one place states: values of options, and parameters of checks. `name` is how it is called."""

    name: str
    values: Mapping[str, Any]
    checks: Mapping[str, Mapping[str, Any]]


class Settled:
    """Every option with the value that counts, and its origin."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        expanded = list(_expanded(layers))
        self._stated = {
            setting.name: next(
                (
                    Stated(layer.values[setting.name], layer.name)
                    for layer in expanded
                    if setting.name in layer.values
                ),
                Stated(setting.default, "default"),
            )
            for setting in SETTINGS
        }
        self.severity: dict[str, Stated] = {}
        self.parameters: dict[str, dict[str, Stated]] = {}
        for layer in reversed(expanded):
            for id, level in dict(layer.values.get("severity", {})).items():
                self.severity[id] = Stated(level, layer.name)
            for id, parameters in layer.checks.items():
                for name, value in parameters.items():
                    self.parameters.setdefault(id, {})[name] = Stated(value, layer.name)

    def __getitem__(self, name: str) -> Any:
        """The value that counts; lists as tuples."""
        value = self._stated[name].value
        return tuple(value) if BY_NAME[name].kind in ("list", "paths") else value

    def origin(self, name: str) -> str:
        """Who states it."""
        return self._stated[name].origin


def settle(flags: Mapping[str, Any], environment: Mapping[str, str], chain: Sequence[Source]) -> Settled:
    """The options of a run. flags: those that the command line states, by name. Raises UsageError (exit 2)."""
    given = dict(flags)
    if "severity" in given:
        given["severity"] = _severities(given["severity"], "--severity")
    return Settled(
        (
            Layer("flag", given, {}),
            Layer("environment", from_environment(environment), {}),
            *(Layer(source.name, _values(source), source.content.checks) for source in chain),
        )
    )


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """What `PAUDIT_*` variables state; lists are separated by commas. An empty variable states nothing.

    A variable that nearly names an option is an error, since it would otherwise be passed over in silence.
    """
    known = {one.variable: one for one in SETTINGS}
    found: dict[str, Any] = {}
    for variable in sorted(name for name in environment if name.startswith(PREFIX)):
        setting = known.get(variable)
        if setting is None:
            near = difflib.get_close_matches(variable, known, n=1, cutoff=0.85)
            if near and variable not in OTHER_VARIABLES:
                raise UsageError(
                    f"the variable {variable} names no option", remedy=f"did you mean {near[0]}?"
                )
            continue
        text = environment[variable].strip()
        if text:
            found[setting.name] = _parsed(setting, text)
    return found


def _parsed(setting: Setting, text: str) -> Any:
    if setting.kind in ("list", "paths"):
        return tuple(one.strip() for one in text.split(",") if one.strip())
    if setting.kind == "table":
        return _severities(text.split(","), setting.variable)
    if setting.kind == "switch":
        if text.lower() not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
            raise UsageError(
                f"{setting.variable}={text} is neither yes nor no", remedy=f"{setting.variable}=1"
            )
        return text.lower() in ("1", "true", "yes", "on")
    if setting.kind == "real":
        try:
            return float(text)
        except ValueError as error:
            raise UsageError(
                f"{setting.variable}={text} is no number", remedy=f"{setting.variable}=0.01"
            ) from error
    if setting.kind == "number":
        if not text.isascii() or not text.isdigit():
            raise UsageError(f"{setting.variable}={text} is no whole number", remedy=f"{setting.variable}=8")
        return int(text)
    if setting.choices and text not in setting.choices:
        near = difflib.get_close_matches(text, setting.choices, n=1)
        raise UsageError(
            f"{setting.variable}={text} is none of the choices",
            remedy=f"did you mean {near[0]}?" if near else f"one of: {', '.join(setting.choices)}",
        )
    return text


def _severities(pairs: Sequence[str], where: str) -> dict[str, str]:
    found = {}
    for pair in pairs:
        id, equals, level = (part.strip() for part in pair.partition("="))
        if not equals or level not in LEVELS[1:]:
            raise UsageError(
                f"{where} {pair} is no ID=LEVEL",
                remedy=f"{where} PA103=high; levels: {', '.join(LEVELS[1:])}",
            )
        found[id] = level
    return found


def _values(source: Source) -> dict[str, Any]:
    """What a policy file states; its paths count from its directory."""
    found: dict[str, Any] = {}
    for setting in SETTINGS:
        if setting.table is None:
            continue
        table: Any = getattr(source.content, setting.table) if setting.table else source.content
        value = getattr(table, setting.name.replace("-", "_"))
        if setting.kind == "table":
            value = {id: level.value for id, level in value.items()} or None
        elif value is not None and setting.kind == "path":
            value = source.near(value)
        elif value is not None and setting.kind == "paths":
            value = tuple(one if "://" in one else source.near(one) for one in value)
        if value is not None:
            found[setting.name] = str(value) if setting.choices else value
    return found


def _expanded(layers: Sequence[Layer]) -> Iterator[Layer]:
    """Each layer, then the profile that it names."""
    for layer in layers:
        yield layer
        profile = layer.values.get("profile")
        if profile is not None:
            if profile not in PROFILES:
                raise PolicyError(f"there is no profile {profile!r}", remedy=f"one of: {', '.join(PROFILES)}")
            yield Layer(f"profile {profile}, by {layer.name}", PROFILES[profile], {})
