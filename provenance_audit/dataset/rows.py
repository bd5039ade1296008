"""`Dataset`: the named, bounded questions that may be asked of rows. Rows never come into Python; small tables do.

The questions stand in `questions/`, by what they are about.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance_audit.dataset.census import COMPARED, take_census
from provenance_audit.dataset.columns import CANONICAL
from provenance_audit.dataset.questions.base import ALL
from provenance_audit.dataset.questions.files import OfFiles
from provenance_audit.dataset.questions.makers import OfMakers
from provenance_audit.dataset.questions.repeats import OfRepeats
from provenance_audit.dataset.questions.texts import OfTexts

__all__ = ["ALL", "Dataset", "Selection"]


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows, by a SQL predicate over the canonical row, that a manifest gives to one maker."""

    predicate: str
    maker: str


class Dataset(OfMakers, OfTexts, OfRepeats, OfFiles):
    """The rows of one side: the data, or the control. Built by `open_dataset`."""

    def shared_with(self, other: Dataset) -> tuple[Dataset, Dataset]:
        """Both sides cut to the prompts they share; of each prompt as many rows as the smaller side has."""
        connection = self._connection
        rows = f"completion IS NOT NULL AND {COMPARED}"
        mine, theirs = f"{self.view}_shared", f"{other.view}_shared"
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE {mine}_prompts AS
            SELECT h, least(a.n, c.n) AS n
            FROM (SELECT hash(thread) AS h, count(*) AS n FROM {self.view} WHERE {rows} GROUP BY h) a
            JOIN (SELECT hash(thread) AS h, count(*) AS n FROM {other.view} WHERE {rows} GROUP BY h) c
            USING (h)""")
        cut = []
        for side, name in ((self, mine), (other, theirs)):
            connection.execute(f"""
                CREATE OR REPLACE TEMP VIEW {name} AS
                SELECT {", ".join(CANONICAL)}, doubtful
                FROM (SELECT *, row_number() OVER (PARTITION BY hash(thread) ORDER BY hash(completion)) AS k
                      FROM {side.view} WHERE {rows}) r
                JOIN {mine}_prompts p ON hash(r.thread) = p.h AND k <= p.n""")
            cut.append(
                Dataset(
                    connection,
                    name,
                    side.sources,
                    side.damaged,
                    take_census(connection, name),
                    full=side.full,
                )
            )
        return cut[0], cut[1]
