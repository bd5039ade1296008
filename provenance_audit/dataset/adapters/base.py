"""What an adapter yields: how the columns of one schema become the canonical row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from provenance_audit.database import identifier, literal
from provenance_audit.dataset import types
from provenance_audit.dataset.columns import DEFAULTS, SAMPLING
from provenance_audit.dataset.nomination import PLACEHOLDERS, ModelColumn

# Begins the message of a row that holds a list where its column is text.
NOT_TEXT = "paudit: "
NOTHING = "CAST(NULL AS VARCHAR)"
_NESTED_TEXT = ("prompt", "system_prompt", "completion")


@dataclass(frozen=True, slots=True)
class Reads:
    """One line of the table of formats: the columns, who writes them, and where the maker is found, at which tier."""

    columns: str
    writers: str
    maker: str
    tier: int


class SchemaError(Exception):
    """A schema that is nearly one we know: a column is there and is not what it should be."""


@dataclass(frozen=True, slots=True)
class Projection:
    """How one schema becomes the canonical row.

    columns: the source columns used, with the DuckDB type to read them as. fields: canonical name -> SQL. mapping:
    canonical name -> where it was found, to show. lets: names for SQL that several fields share, each over the columns
    and the lets before it. count: SQL of how many trained rows a record holds; fields then use `item`, from 1 (NULL for
    a record that holds none). makers_from: `log` where a tool wrote the maker as it ran, `column`, or `column name` where
    a column is called after its maker. selectors: columns that name judges and their like. unused: columns that were
    nominated, and whose values are no models. rivals: those whose values are models too, beside the maker's. ignored: columns that nothing reads. asks_only: rows that were asked, whose answers are in another file.
    rejected: SQL of whether a record is marked as one not to follow, for records of one completion. answered_in: the
    columns without which a record has no completion, where another schema may have one. late_keys: of what columns hold, keys that the
    first records need not have.
    """

    schema: str
    columns: Mapping[str, str]
    fields: Mapping[str, str]
    mapping: Mapping[str, str]
    lets: tuple[tuple[str, str], ...] = ()
    count: str | None = None
    maker: ModelColumn | None = None
    makers_from: str = "column"
    selectors: tuple[ModelColumn, ...] = ()
    unused: tuple[str, ...] = field(default=())
    rivals: tuple[str, ...] = field(default=())
    ignored: tuple[str, ...] = field(default=())
    asks_only: bool = False
    rejected: str | None = None
    answered_in: tuple[str, ...] = ()
    late_keys: tuple[str, ...] = ()

    def select(self, relation: str, *, doubt: bool = False, late: str = "false") -> str:
        """The SELECT of the canonical columns, from a relation that holds `columns` and `file`.

        `doubtful` is 1 where a text begins like a list or an object of JSON, and may be one that was read as text (with
        `doubt`), and 2 more where `late` holds, SQL over the relation.
        """
        for name, sql in self.lets:
            relation = f"(SELECT *, {sql} AS {name} FROM {relation})"
        fields = {**DEFAULTS, **self.fields}
        if self.count is not None:
            relation = (
                f"(SELECT *, unnest(CASE WHEN {self.count} > 0 THEN range(1, {self.count} + 1) "
                f"ELSE [CAST(NULL AS BIGINT)] END) AS item FROM {relation})"
            )
            fields["first"] = "item IS NULL OR item = 1"
        if self.rejected is not None:
            fields["branch"] = f"CASE WHEN {self.rejected} THEN 'rejected' ELSE {fields['branch']} END"
        own = [identifier(name) for name, kind in self.columns.items() if kind == "VARCHAR"]
        nested = any(kind.endswith((")", "]")) for kind in self.columns.values())
        texts = [*own, *((fields[name] for name in _NESTED_TEXT) if nested else ())]
        doubts = (
            " OR ".join(f"prefix({text}, '[') OR prefix({text}, '{{')" for text in texts)
            if doubt and texts
            else "false"
        )
        selected = ", ".join(f"{sql} AS {name}" for name, sql in fields.items())
        flags = f"CASE WHEN {doubts} THEN 1 ELSE 0 END + CASE WHEN {late} THEN 2 ELSE 0 END"
        return f"SELECT {selected}, {flags} AS doubtful FROM {relation}"


Adapter = Callable[[Mapping[str, str]], Projection | None]


def text(columns: Mapping[str, str], name: str) -> str:
    """The SQL of a column that must be text; refuses a list or a struct, which would be read as its JSON.

    A column that comes as JSON is looked at row by row: a list in one of them stops the read.
    """
    kind, column = columns[name], identifier(name)
    if not types.is_text(kind):
        raise SchemaError(f"column {name!r} holds {kind} where text is expected")
    if kind == "JSON":
        refusal = literal(f"{NOT_TEXT}column {name!r} holds a list or an object where text is expected")
        # By its first character: a JSON value that was read is written without space before it.
        return f"CASE WHEN left({column}, 1) IN ('[', '{{') THEN error({refusal}) ELSE {column} ->> '$' END"
    return f"CAST({column} AS VARCHAR)"


def any_text(sql: str, kind: str) -> str | None:
    """The SQL of a value as text: text as it is, of a list of parts those with a `text`; None where it is neither."""
    if kind == "JSON":
        return (
            f"CASE left({sql}, 1) WHEN '[' THEN array_to_string({sql} ->> '$[*].text', chr(10)) "
            f"ELSE {sql} ->> '$' END"
        )
    if types.is_text(kind):
        return f"CAST({sql} AS VARCHAR)"
    parts = types.fields(types.element(kind)) if types.is_list(kind) else {}
    if "text" in parts:
        part = any_text("p.text", parts["text"])
        return f"array_to_string([{part} FOR p IN {sql} IF {part} IS NOT NULL], chr(10))"
    return None


def answer(sql: str, reasoning: str = NOTHING) -> dict[str, str]:
    """The fields `completion` and `reasoning` of a text that may begin with its reasoning in `<think>`."""
    inline = f"contains({sql}, '</think>')"
    return {
        "completion": f"CASE WHEN {inline} THEN ltrim(split_part({sql}, '</think>', -1), ' ' || chr(10) || chr(13)) ELSE {sql} END",
        "reasoning": f"coalesce({reasoning}, CASE WHEN {inline} "
        f"THEN regexp_extract({sql}, '(?s)^\\s*(?:<think>)?(.*)</think>', 1) END)",
    }


def sampling(document: str, prefix: str = "") -> str:
    """SQL of the parameters of a generation, of an object in JSON that has them beside much else; NULL where it has none.

    prefix: of the names of its members.
    """
    found = ", ".join(f"'{name}', json_extract({document}, '$.\"{prefix}{name}\"')" for name in SAMPLING)
    # A merge leaves out what is null.
    merged = f"json_merge_patch('{{}}', json_object({found}))"
    return f"nullif({bare_numbers(merged)}, '{{}}')"


def bare_numbers(document: str) -> str:
    """SQL of an object in JSON as text, with numbers as numbers: values of JSON files are read as text."""
    return f"regexp_replace(CAST({document} AS VARCHAR), ':\"(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)\"', ':\\1', 'g')"


def filters(tests: Mapping[str, str]) -> str:
    """SQL of the map of filters, from the name of each to SQL of whether a row passed it."""
    return f"map([{', '.join(map(literal, tests))}], [{', '.join(tests.values())}])"


def model_name(sql: str, kind: str) -> str:
    """SQL of a value where it may be the name of a model, as `nomination` has it: one word with letters, and a digit,
    a slash or a dash somewhere. For names that are read where no election looks at their values."""
    value = types.as_text(sql, kind)
    return (
        f"CASE WHEN regexp_full_match({value}, '[A-Za-z0-9_.:/@+-]{{3,200}}') AND regexp_matches({value}, '[A-Za-z]') "
        f"AND regexp_matches({value}, '[0-9/:-]') THEN {value} END"
    )


def with_maker(
    projection: Projection, columns: Mapping[str, str], makers: Sequence[ModelColumn]
) -> Projection:
    """The same with the columns of the record that name the maker of its rows: each is asked where those before name none."""
    own = projection.fields.get("maker")
    nobody = ", ".join(literal(one) for one in sorted(PLACEHOLDERS))
    asked = [own] if own is not None else []
    asked += [scalar(columns, one.column) for one in makers]
    asked = [f"CASE WHEN lower(trim({one})) NOT IN ({nobody}) THEN {one} END" for one in asked[:-1]] + asked[
        -1:
    ]
    shown = [projection.mapping["maker"]] if "maker" in projection.mapping else []
    return replace(
        projection,
        fields={**projection.fields, "maker": f"coalesce({', '.join(asked)})"},
        mapping={**projection.mapping, "maker": ", ".join([*shown, *(one.column for one in makers)])},
        columns={**projection.columns, **{one.column: columns[one.column] for one in makers}},
        maker=makers[0],
    )


def scalar(columns: Mapping[str, str], name: str) -> str:
    """The SQL of a value of which the exact form does not matter: JSON as its text."""
    return types.as_text(identifier(name), columns[name])
