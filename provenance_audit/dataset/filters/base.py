"""What a declared filter becomes: predicates in the engine's SQL, one for each parameter that a row can break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# The texts of a row that a rule may be about, as the canonical row calls them.
TEXTS = ("completion", "prompt", "reasoning")


@dataclass(frozen=True, slots=True)
class Rule:
    """One filter as SQL over the canonical row.

    lets: (name, SQL), each over the row and the lets before it. breaks: (parameter, SQL that is true for a row that breaks
    it). text: the canonical column that the rule reads. names: the feature families that the rule is about; those of a
    row that it removed differ from the others by construction. None: all of them. column: a column of the files that the
    canonical row does not have; the SQL is then over `value`, its text.
    """

    id: str
    kind: str
    breaks: tuple[tuple[str, str], ...]
    lets: tuple[tuple[str, str], ...] = ()
    text: str | None = None
    names: frozenset[str] | None = frozenset()
    column: str | None = None

    def over(self, relation: str, prefix: str) -> tuple[str, tuple[str, ...]]:
        """The relation with one more column for each parameter, true where a row breaks it, and the names of these."""
        for name, sql in self.lets:
            relation = f"(SELECT *, {sql} AS {name} FROM {relation})"
        columns = tuple(f"{prefix}{number}" for number in range(len(self.breaks)))
        broken = ", ".join(
            f"coalesce({sql}, false) AS {name}" for name, (_, sql) in zip(columns, self.breaks, strict=True)
        )
        without = f" EXCLUDE ({', '.join(name for name, _ in self.lets)})" if self.lets else ""
        return f"(SELECT *{without}, {broken} FROM {relation})", columns


@dataclass(frozen=True, slots=True)
class DeclaredFilter:
    """One filter as it was declared, or stated by a file beside the data.

    source: `manifest` or the name of the document. rule: how to replay it; None where it cannot be, and reason says why.
    rows_in, rows_out, rejects: as stated. model: the model that decided, if one did. banned: numbers that the rule bans.
    """

    id: str
    kind: str
    source: str
    locator: str
    rule: Rule | None = None
    reason: str = ""
    rows_in: int | None = None
    rows_out: int | None = None
    rejects: int | None = None
    model: str | None = None
    banned: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A row, by its file and the number of its record there, from 1."""

    file: str
    record: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of replaying one rule. broken: by any parameter. by_parameter: a row may break several.

    rows: those looked at. first: where the first broken ones stand, in the first file that has some.
    """

    rule: Rule
    rows: int
    broken: int
    by_parameter: tuple[tuple[str, int], ...]
    first: tuple[Place, ...] = ()

    @property
    def share(self) -> float:
        """The share of rows that break the rule."""
        return self.broken / self.rows if self.rows else 0.0


def passing(rules: Sequence[Rule], relation: str) -> tuple[str, str]:
    """A relation and a predicate over it that is true for the rows that every rule lets through."""
    predicates: list[str] = []
    for number, rule in enumerate(rules):
        relation, broken = rule.over(relation, f"r{number}_")
        predicates += broken
    return relation, " AND ".join(f"NOT {one}" for one in predicates) or "true"
