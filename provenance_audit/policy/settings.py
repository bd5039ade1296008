"""Every option of a scan, once: its flag, its variable, its place in a policy, its default; and what profiles say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from provenance_audit.database import MEMORY_LIMIT

Kind = Literal["text", "list", "number", "real", "switch", "path", "paths", "table"]
PREFIX = "PAUDIT_"
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
