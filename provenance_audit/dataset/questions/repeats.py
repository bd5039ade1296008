"""Questions about rows that repeat others: exactly, and but for their form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from provenance_audit.dataset.census import THREAD_HASH, Group
from provenance_audit.dataset.counting import THINNING_BITS
from provenance_audit.dataset.questions.base import ALL
from provenance_audit.dataset.questions.counts import LOOKED_AT, OfCounts

# Distinct completions of more rows are counted on a part of them.
DISTINCT_ROWS = 1_000_000
# Of the files that repeat their own rows, those that repeat most.
FILES_SHOWN = 3
# What is left of a text when case, spacing and punctuation do not count. To find it costs more than anything else that is
# done to a row.
_FORM = "hash(trim(regexp_replace(lower(completion), '[^\\pL\\pN]+', ' ', 'g')))"


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows whose completion another row has too. `largest` is the rows of the commonest completion.

    across_files: duplicated rows whose completion stands in more than one file.
    """

    rows: int
    duplicated: int
    distinct: int
    largest: int
    across_files: int

    @property
    def share(self) -> float:
        """The share of rows that repeat an earlier one."""
        return (self.rows - self.distinct) / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Rows that have the form of another: its words and numbers, whatever stands between them.

    across_files: rows whose form stands in more than one file. by_file: the files that repeat most of their own, as
    (path, rows, rows that repeat an earlier one of the file).
    """

    rows: int
    distinct: int
    across_files: int
    by_file: tuple[tuple[str, int, int], ...]

    @property
    def share(self) -> float:
        """The share of rows that repeat an earlier one."""
        return (self.rows - self.distinct) / self.rows if self.rows else 0.0


class OfRepeats(OfCounts):
    """Which rows repeat others."""

    @cached_property
    def duplicates(self) -> Duplicates:
        """Duplicates among all completions, by 64-bit hash."""
        found = self._connection.execute(f"""
            SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (n > 1), 0), count(*), coalesce(max(n), 0),
                   coalesce(sum(n) FILTER (one <> other), 0)
            FROM (SELECT count(*) AS n, min(f) AS one, max(f) AS other
                  FROM (SELECT hash(file) AS f, hash(completion) AS h FROM {self.view} WHERE completion IS NOT NULL)
                  GROUP BY h)""").fetchall()[0]
        return Duplicates(*(int(value) for value in found))

    @cached_property
    def repeated_share(self) -> float:
        """The share of rows that repeat an earlier one.

        Of more than a million rows, distinct completions are counted on those whose hash is one in 2^s: within about
        0.3 %, however often the commonest repeats, because it is not rows that are estimated. `duplicates` is exact.
        """
        s = 0 if self.full else max(0, self.trained_rows // DISTINCT_ROWS).bit_length()
        if s == 0:
            return self.duplicates.share
        distinct = self._connection.execute(
            f"SELECT count(DISTINCT h) FROM (SELECT hash(completion) AS h FROM {self.view} WHERE completion IS NOT NULL) "
            f"WHERE h % {2**s} = 0"
        ).fetchall()[0][0]
        return max(0.0, 1 - int(distinct) * (1 << s) / self.trained_rows)

    @cached_property
    def near_duplicates(self) -> NearDuplicates:
        """Rows that repeat an earlier one but for case, spacing and punctuation: in all, across files, and in each file.

        Of very many rows those of one prompt in 2^s, so that what repeats across prompts is seen less often than it is.
        """
        every = Group(ALL, 0, None, None, self.trained_rows, bytes=self.census.compared_bytes)
        s = LOOKED_AT.thinning(every)
        kept = self._sampled if self.compared_rows == self.trained_rows else None
        rows = (
            kept
            or f"SELECT completion, file, {THREAD_HASH} AS h FROM {self.view} WHERE completion IS NOT NULL"
        )
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {self.view}_forms AS SELECT {_FORM} AS form, file, count(*) AS n "
            f"FROM ({rows}) WHERE (h >> {THINNING_BITS}) % {2**s} = 0 GROUP BY form, file"
        )
        seen, distinct, across = self._connection.execute(
            f"SELECT coalesce(sum(n), 0), count(*), coalesce(sum(n) FILTER (files > 1), 0) "
            f"FROM (SELECT sum(n) AS n, count(*) AS files FROM {self.view}_forms GROUP BY form)"
        ).fetchall()[0]
        files = self._connection.execute(
            f"SELECT file, sum(n), sum(n) - count(*) AS repeated FROM {self.view}_forms GROUP BY file "
            f"HAVING repeated > 0 ORDER BY repeated / sum(n) DESC, file LIMIT {FILES_SHOWN}"
        ).fetchall()
        paths = {file.read_path: file.path for file in self._files}
        return NearDuplicates(
            int(seen),
            int(distinct),
            int(across),
            tuple((paths.get(file, file), int(n), int(repeated)) for file, n, repeated in files),
        )
