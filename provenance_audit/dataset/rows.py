"""`Dataset`: the named, bounded questions that may be asked of rows. Rows never come into Python; small tables do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from provenance_audit.database import Connection, glob_escape, identifier, literal
from provenance_audit.dataset.census import (
    BLOCKS,
    COMPARED,
    GROUPS_AT_MOST,
    THREAD_HASH,
    Census,
    Group,
    take_census,
)
from provenance_audit.dataset.columns import CANONICAL
from provenance_audit.dataset.containers import READERS, arrow
from provenance_audit.dataset.counting import (
    FEWEST_BLOCKS,
    KEPT_BYTES,
    OTHER,
    THINNING_BITS,
    Cap,
    blocks_within,
    count_blocks,
    keep,
    rows_of,
    units_within,
)
from provenance_audit.dataset.damage import Damage
from provenance_audit.dataset.features import BY_MODALITY, PROMPTS, FeatureSet
from provenance_audit.dataset.files import Container, DataFile
from provenance_audit.dataset.filters.base import Replayed, Rule
from provenance_audit.dataset.filters.channels import Channels, count_channels
from provenance_audit.dataset.filters.replay import replay
from provenance_audit.dataset.nomination import VALUES_AT_MOST
from provenance_audit.dataset.sketch import sketch
from provenance_audit.dataset.slices import Slicer, Slicing
from provenance_audit.dataset.source import Source
from provenance_audit.dataset.units import count_units
from provenance_audit.stats.counts import BlockCounts
from provenance_audit.stats.units import UnitCounts

GROUP_ROWS = 500
ALL = "all"
# What costly feature families see of a group, about; a larger one is thinned by prompt. `--full` lifts it.
COSTLY = Cap(rows=1_000_000, bytes=100_000_000)
# Of slices, the dataset as a whole.
SLICED = Cap(rows=131_072, bytes=32_000_000)
PROMPTED = Cap(rows=131_072, bytes=1_000_000_000_000)
# What is compared but for its form, which costs more than anything else that is done to a row.
FORMED = Cap(rows=262_144, bytes=32_000_000)
# Slices are compared by families of at most this many features; prompts by all of theirs.
SLICED_FEATURES = 128
# Distinct completions of more rows are counted on a part of them.
DISTINCT_ROWS = 1_000_000
FOOTER_BYTES = 1024 * 1024
# The lowest number of a random selection is about the mean gap; this many times that is no selection from 0.
NEAR_THE_START = 10


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows, by a SQL predicate over the canonical row, that a manifest gives to one maker."""

    predicate: str
    maker: str


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


# Of the files that repeat their own rows, those that repeat most.
FILES_SHOWN = 3
# What is left of a text when case, spacing and punctuation do not count.
_FORM = "hash(trim(regexp_replace(lower(completion), '[^\\pL\\pN]+', ' ', 'g')))"


class Dataset:
    """The rows of one side: the data, or the control. Built by `open_dataset`."""

    def __init__(
        self,
        connection: Connection,
        view: str,
        sources: tuple[Source, ...],
        damaged: tuple[Damage, ...],
        census: Census,
        *,
        full: bool = False,
    ) -> None:
        self._connection = connection
        self.view = view
        self.sources = sources
        self.damaged = damaged
        self.census = census
        self.full = full
        self._counted: dict[tuple[str, bool, bool], dict[str, BlockCounts]] = {}
        self._tables: dict[str, str] = {}

    @property
    def rows(self) -> int:
        """Source records."""
        return self.census.rows

    @property
    def trained_rows(self) -> int:
        """Completions that a student would be trained on."""
        return self.census.trained_rows

    @property
    def has_prompts(self) -> bool:
        """Whether every trained row has a prompt, so that blocks are prompts."""
        return self.trained_rows > 0 and self.census.prompted_rows == self.trained_rows

    @property
    def has_sample_ids(self) -> bool:
        """Whether every trained row says what the file calls its record."""
        return self.trained_rows > 0 and self.census.identified_rows == self.trained_rows

    @property
    def compared_rows(self) -> int:
        """Completions that may be held against a control: those that neither a judge nor a filter rejected."""
        return self.census.compared_rows

    @cached_property
    def makers(self) -> tuple[tuple[str | None, int], ...]:
        """What rows say of their makers, verbatim, with trained rows; None for rows that say nothing. Most rows first."""
        found = self._connection.execute(
            f"SELECT maker, sum(rows) AS n FROM {self.view}_census GROUP BY maker HAVING n > 0 ORDER BY n DESC, maker"
        ).fetchall()
        return tuple((maker, int(rows)) for maker, rows in found)

    @cached_property
    def tested_groups(self) -> tuple[Group, ...]:
        """The groups large enough to be tested alone; the rest are together in *other*."""
        most = min(GROUPS_AT_MOST, units_within(self.features)) - 1
        large = tuple(one for one in self.census.groups if one.compared and one.rows >= GROUP_ROWS)[:most]
        others = self.compared_rows - sum(group.rows for group in large)
        size = self.census.compared_bytes - sum(group.bytes for group in large)
        return (*large, Group(OTHER, 0, None, None, others, bytes=size)) if others else large

    @property
    def reductions(self) -> tuple[str, ...]:
        """What was made smaller so that counts stay within their bound, in words."""
        said = []
        large = [one for one in self.census.groups if one.compared and one.rows >= GROUP_ROWS]
        alone = [one for one in self.tested_groups if one.name != OTHER]
        if len(large) > len(alone):
            said.append(
                f"{len(large) - len(alone)} smaller groups of {GROUP_ROWS} rows or more are tested together, as other"
            )
        if blocks_within(len(self.tested_groups), self.features) < BLOCKS:
            said.append(
                f"{FEWEST_BLOCKS} blocks instead of {BLOCKS}, because there are {len(self.tested_groups)} groups"
            )
        return tuple(said)

    @property
    def features(self) -> FeatureSet:
        """The feature families of this modality."""
        return BY_MODALITY[self.census.modality]

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
        s = 0 if self.full else FORMED.thinning(every)
        kept = self._sampled if self.compared_rows == self.trained_rows else None
        rows = (
            kept or f"SELECT completion, file, {THREAD_HASH} AS h FROM {self.view} WHERE completion IS NOT NULL"
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

    def system_prompts(self, pattern: str, *, ignoring: str = "") -> SystemPrompts:
        """System turns that match a regular expression (RE2), after what `ignoring` matches is taken out."""
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

    def response_counts(
        self, features: FeatureSet, *, whole: bool = False, distinct: bool = False
    ) -> dict[str, BlockCounts]:
        """Block counts of the completions, by tested group. whole: all rows as one group, named *all*.

        distinct: identical completions count once.
        """
        key = (features.name, whole, distinct)
        if key not in self._counted:
            self._counted[key] = self._count(
                features, self._text, whole, None if self.full else COSTLY, distinct=distinct
            )
        return self._counted[key]

    def unit_counts(self, features: FeatureSet) -> UnitCounts:
        """Counts of the completions by prompt (by completion without prompts), to be dealt out in trials."""
        return count_units(self._connection, self.view, features, self._text, clustered=self.has_prompts)

    @cached_property
    def sketch(self) -> tuple[int, ...]:
        """The smallest hashes of rows: what tells later whether another side holds the same ones."""
        return sketch(self._connection, self.view)

    def prompt_counts(self, *, whole: bool = False, sampled: bool = True) -> dict[str, BlockCounts]:
        """Block counts of the prompts, by tested group. whole: all rows as one group, named *all*.

        sampled: of a large group the rows of one prompt in 2^s, nested by hash, so that some 131,072 rows are left: it
        takes few to see that two sides were asked different things.
        """
        return self._count(PROMPTS, "prompt", whole, PROMPTED if sampled else None)

    def _count(
        self, features: FeatureSet, column: str, whole: bool, cap: Cap | None, *, distinct: bool = False
    ) -> dict[str, BlockCounts]:
        groups = self._groups(whole)
        rows = rows_of(self.view, groups, cap, distinct=distinct)
        if cap is not None and not distinct:
            rows = replace(rows, kept=self._kept(whole, groups))
        counted = count_blocks(
            self._connection,
            rows,
            features,
            column,
            blocks=blocks_within(len(groups), features),
            clustered=self.has_prompts,
            every_thinned=distinct,
        )
        return {group.name: counts for group, counts in zip(groups, counted, strict=True)}

    def _kept(self, whole: bool, groups: Sequence[Group]) -> str | None:
        """SQL of the rows under the caps, kept once for answers and prompts; None where that would keep too much."""
        rows = rows_of(self.view, groups, COSTLY)
        asked = rows_of(self.view, groups, PROMPTED)
        rows = replace(rows, thinning=tuple(map(min, rows.thinning, asked.thinning)))
        if self.full or min(rows.thinning, default=0) == 0 or rows.bytes > KEPT_BYTES:
            return None
        name = self._kept_name(whole=whole)
        if name not in self._tables:
            self._tables[name] = keep(self._connection, name, rows)
        return self._tables[name]

    @property
    def _sampled(self) -> str | None:
        """SQL of the rows of all groups under the caps, if they were kept: samples are nested, so it holds every smaller one."""
        return self._tables.get(self._kept_name(whole=False))

    def _kept_name(self, *, whole: bool) -> str:
        return f"{self.view}_kept_{ALL if whole else 'groups'}"

    @property
    def _text(self) -> str:
        """SQL of what is counted: reasoning is trained on like the answer that follows it."""
        return (
            "concat_ws(chr(10), nullif(reasoning, ''), completion)"
            if self.census.reasoned_rows
            else "completion"
        )

    @cached_property
    def slicings(self) -> tuple[Slicing, ...]:
        """Each group cut by order (with its shards and splits) and by time, with the counts of every piece.

        Prompts are counted on the same rows as answers. Of groups beyond the bound on cells, the smallest are left out.
        """
        features = self.features.narrow(SLICED_FEATURES)
        within = units_within(features)
        groups = [one for one in self.tested_groups if one.name != OTHER]
        every = Group(ALL, 0, None, None, self.compared_rows, bytes=self.census.compared_bytes)
        s = SLICED.thinning(every)
        slicer = Slicer(self._connection, self.view, groups, self._shards, self.rows, s)
        slicer.keep(self._text, self._sampled)
        found = []
        for kind in ("order", "time") if self._dated else ("order",):
            atoms = slicer.atoms(kind)
            while len(atoms) > within:
                atoms = [atom for atom in atoms if atom.group != atoms[-1].group]
            if not atoms:
                continue
            rows = slicer.rows(atoms, kind)
            answers, prompts = (
                count_blocks(
                    self._connection, rows, counted, column, blocks=FEWEST_BLOCKS, clustered=self.has_prompts
                )
                for counted, column in ((features, "text"), (PROMPTS, "prompt"))
            )
            found.append(Slicing(kind, tuple(atoms), answers, prompts))
        return tuple(found)

    @property
    def _dated(self) -> bool:
        return any("generated_at" in source.projection.mapping for source in self.sources)

    @property
    def _shards(self) -> tuple[str, ...]:
        """The files, in the order of their names as the user knows them."""
        return tuple(file.read_path for file in sorted(self._files, key=lambda file: file.path))

    @property
    def _files(self) -> tuple[DataFile, ...]:
        """Every file once, also those that hold records of several schemas."""
        return tuple(dict.fromkeys(file for source in self.sources for file in source.files))

    def has_column(self, name: str) -> bool:
        """Whether the canonical row, or some file, has a column of this name."""
        return name in CANONICAL or any(name in columns for _, columns in self._file_columns)

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

    def replay(self, rules: Sequence[Rule]) -> tuple[Replayed, ...]:
        """Every rule on every row that no filter of the file rejected, in one scan, but for rules on other columns."""
        own = [rule for rule in rules if rule.column is None]
        found = dict(zip(own, replay(self._connection, self.view, own), strict=True))
        for rule in rules:
            if rule.column is not None:
                found[rule] = replay(self._connection, self._rows_with(rule.column), [rule])[0]
        return tuple(found[rule] for rule in rules)

    def _rows_with(self, column: str) -> str:
        """The canonical row with `value`: a column of the files that it does not have. NULL where a file has none."""
        selects = []
        for source, columns in self._file_columns:
            if source.projection.asks_only:
                continue
            kind, name = columns.get(column), identifier(column)
            value = (
                "CAST(NULL AS VARCHAR)"
                if kind is None
                else f"{name} ->> '$'"
                if kind == "JSON"
                else f"CAST({name} AS VARCHAR)"
            )
            used = {**source.projection.columns, **({column: kind} if kind is not None else {})}
            projection = replace(
                source.projection, columns=used, fields={**source.projection.fields, "value": value}
            )
            selects.append(f"({projection.select(source.relation(self._connection, used))})")
        return f"({' UNION ALL '.join(selects)})"

    @cached_property
    def _file_columns(self) -> tuple[tuple[Source, Mapping[str, str]], ...]:
        """The columns that the first file of each source has, whether or not they are read."""
        return tuple(
            (source, READERS[source.files[0].container].columns(self._connection, source.files[0]))
            for source in self.sources
        )

    def footers(self) -> tuple[tuple[str, str, str], ...]:
        """The key-value metadata of Parquet footers and Arrow schemas: (file, key, value), long values left out."""
        files = self._files
        found = self._parquet_footers([file for file in files if file.container is Container.PARQUET])
        for file in files:
            if file.container is Container.ARROW:
                found += [(file.path, key, value) for key, value in arrow.metadata(file).items()]
        return tuple(
            (file, key, value)
            for file, key, value in found
            if key not in ("ARROW:schema", "pandas") and len(value) <= FOOTER_BYTES
        )

    def _parquet_footers(self, files: Sequence[DataFile]) -> list[tuple[str, str, str]]:
        if not files:
            return []
        names = {file.read_path: file.path for file in files}
        paths = ", ".join(literal(glob_escape(file.read_path)) for file in files)
        found = self._connection.execute(
            f"SELECT file_name, key, value FROM parquet_kv_metadata([{paths}]) "
            f"WHERE octet_length(value) <= {FOOTER_BYTES} ORDER BY ALL"
        ).fetchall()
        return [(names.get(file, file), _decoded(key), _decoded(value)) for file, key, value in found]

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
                name = identifier(one.column)
                text = f"{name} ->> '$'" if kind == "JSON" else f"CAST({name} AS VARCHAR)"
                values = self._connection.execute(
                    f"SELECT value, count(*) FROM (SELECT {text} AS value FROM {relation}) WHERE value <> '' "
                    f"GROUP BY value ORDER BY 2 DESC, 1 LIMIT {VALUES_AT_MOST}"
                ).fetchall()
                for value, rows in values:
                    found[one.column, one.role, str(value)] += int(rows)
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

    def _groups(self, whole: bool) -> tuple[Group, ...]:
        size = self.census.compared_bytes
        return (Group(ALL, 0, None, None, self.compared_rows, bytes=size),) if whole else self.tested_groups

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


def _decoded(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
