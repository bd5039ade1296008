"""Questions about models: who made the rows, under which system prompt, and who judged them."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from provenance_audit.dataset.nomination import VALUES_AT_MOST
from provenance_audit.dataset.questions.base import Rows


class OfMakers(Rows):
    """Who made and who judged the rows."""

    @cached_property
    def makers(self) -> tuple[tuple[str | None, int], ...]:
        """What rows say of their makers, verbatim, with trained rows; None for rows that say nothing. Most rows first."""
        found = self._connection.execute(
            f"SELECT maker, sum(rows) AS n FROM {self.view}_census GROUP BY maker HAVING n > 0 ORDER BY n DESC, maker"
        ).fetchall()
        return tuple((maker, int(rows)) for maker, rows in found)

    @property
    def makers_from(self) -> str:
        """Where rows say who made them, weakest first: the names of columns, a column of values, or a log."""
        found = {
            source.projection.makers_from for source in self.sources if "maker" in source.projection.mapping
        }
        return next((kind for kind in ("column name", "column", "log") if kind in found), "column")

    @property
    def maker_column(self) -> str:
        """What the rows' makers were read from, to show."""
        shown = (source.projection.mapping.get("maker") for source in self.sources)
        return next((name for name in shown if name is not None), "maker")

    @cached_property
    def selectors(self) -> tuple[tuple[str, str, str, int], ...]:
        """The models that judged, ranked or annotated rows: (column, role, value, source records)."""
        found: Counter[tuple[str, str, str]] = Counter()
        for source in self.sources:
            for one in source.projection.selectors:
                kind = source.projection.columns[one.column]
                relation = source.relation(self._connection, {one.column: kind})
                values = self._connection.execute(
                    f"SELECT value, count(*) FROM (SELECT {one.each(kind)} AS value FROM {relation}) "
                    f"WHERE value <> '' GROUP BY value ORDER BY 2 DESC, 1 LIMIT {VALUES_AT_MOST}"
                ).fetchall()
                for value, rows in values:
                    found[one.shown(kind), one.role, str(value)] += int(rows)
        return tuple((*one, rows) for one, rows in found.items())

    @cached_property
    def maker_prompts(self) -> dict[str | None, tuple[tuple[str | None, int], ...]]:
        """For each maker, the SHA-256 of its system turns -> rows; at most 64 of them each."""
        prompts: dict[str | None, list[tuple[str | None, int]]] = {}
        for group in self.census.groups:
            prompts.setdefault(group.maker, []).append((group.system_sha256, group.rows))
        return {maker: tuple(found) for maker, found in prompts.items()}

    @property
    def prompts_in_column(self) -> bool:
        """Whether system prompts stand in a column of their own, in which an empty cell says that there was none."""
        found = [source.projection.mapping.get("system_prompt") for source in self.sources]
        return all(one is not None and not one.endswith("]") for one in found)
