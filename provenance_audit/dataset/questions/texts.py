"""Questions about what is written in rows: what they mention, how they are numbered, how sequences are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from provenance_audit.database import literal
from provenance_audit.dataset.filters.channels import Channels, count_channels
from provenance_audit.dataset.questions.base import Rows
from provenance_audit.dataset.sketch import sketch

# The lowest number of a random selection is about the mean gap; this many times that is no selection from 0.
NEAR_THE_START = 10


@dataclass(frozen=True, slots=True)
class Mentions:
    """Rows that mention something, and how many do in the system turn, the prompt, and the answer with its reasoning."""

    rows: int
    system_prompt: int
    prompt: int
    answer: int


@dataclass(frozen=True, slots=True)
class Numbering:
    """Records that are numbered: how many there are, and the highest number."""

    records: int
    highest: int

    @property
    def missing(self) -> int:
        """Numbers that no record has; it is not known whether counting began at 0 or 1."""
        return max(self.highest - self.records, 0)


@dataclass(frozen=True, slots=True)
class SystemPrompts:
    """System turns that match a pattern: in how many rows, and how many different ones."""

    rows: int
    distinct: int


class OfTexts(Rows):
    """What the texts of rows hold."""

    def system_prompts(self, pattern: str, *, ignoring: str = "") -> SystemPrompts:
        """System turns that match a regular expression (RE2), after what `ignoring` matches is taken out."""
        if not self.census.instructed_rows:
            return SystemPrompts(0, 0)
        text = "lower(system_prompt)"
        if ignoring:
            text = f"regexp_replace({text}, {literal(ignoring)}, ' ', 'g')"
        rows, distinct = self._connection.execute(f"""
            SELECT coalesce(sum(rows), 0), count(DISTINCT system_prompt) FROM {self.view}_census
            WHERE regexp_matches({text}, {literal(pattern)})""").fetchall()[0]
        return SystemPrompts(int(rows), int(distinct))

    def mentions(self, pattern: str) -> Mentions:
        """Trained rows some text of which, in lower case, matches a regular expression (RE2), and in which text."""

        def found(text: str) -> str:
            text = f"lower({text})" if pattern.isascii() else f"nfc_normalize(lower({text}))"
            return f"coalesce(regexp_matches({text}, {literal(pattern)}), false)"

        counts = self._connection.execute(f"""
            SELECT count_if(s OR p OR a), count_if(s), count_if(p), count_if(a)
            FROM (SELECT {found("system_prompt")} AS s, {found("prompt")} AS p,
                         {found("concat_ws(chr(10), reasoning, completion)")} AS a
                  FROM {self.view} WHERE completion IS NOT NULL)""").fetchall()[0]
        return Mentions(*(int(value) for value in counts))

    def numbering(self) -> Numbering | None:
        """How records are numbered, if by whole numbers, each once, from about 0. None: their ids are something else."""
        if not self.has_sample_ids:
            return None
        n, whole, distinct, low, up = self._connection.execute(f"""
            SELECT count(*), count(i), count(DISTINCT i), min(i), max(i)
            FROM (SELECT TRY_CAST(sample_id AS BIGINT) AS i FROM {self.view} WHERE first)""").fetchall()[0]
        if not n or whole < n or distinct < n or low < 0 or low > NEAR_THE_START * up / n:
            return None
        return Numbering(int(n), int(up))

    def channels(self) -> Channels:
        """How number sequences are written, as shares of the rows that are nothing but a sequence."""
        return count_channels(self._connection, self.view, self.trained_rows)

    @cached_property
    def sketch(self) -> tuple[int, ...]:
        """The smallest hashes of rows: what tells later whether another side holds the same ones."""
        return sketch(self._connection, self.view)
