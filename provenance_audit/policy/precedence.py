"""Which statement of an option counts, and who makes it.

The nearest one: flag, then variable, then policy, then the policy that it extends, then the default. A profile is a set of values;
it stands where it is named, under whatever is said beside it and over whatever is further away.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance_audit.errors import PolicyError, UsageError
from provenance_audit.policy.file import Source
from provenance_audit.policy.settings import BY_NAME, LEVELS, PREFIX, PROFILES, SETTINGS, Setting

# The places that are no file, as origins call them.
FLAG, ENVIRONMENT = "flag", "environment"
# Variables that are no option of a scan.
OTHER_VARIABLES = frozenset({"PAUDIT_DEBUG"})


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
            Layer(FLAG, given, {}),
            Layer(ENVIRONMENT, from_environment(environment), {}),
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
