"""From the columns of a file to its projection: which schema it is, and which of its columns name models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from provenance_audit.dataset.adapters import (
    ADAPTERS,
    Projection,
    SchemaError,
    pairs,
    with_maker,
    with_maker_in_text,
    with_record_columns,
)
from provenance_audit.dataset.columns import RECORD_COLUMNS
from provenance_audit.dataset.metadata import IN_TEXT, in_text, path_to_maker
from provenance_audit.dataset.nomination import OVERLOADED, ModelColumn, elected, nominate

# The columns of the canonical row that a user may point at.
BY_HAND = ("prompt", "completion", "reasoning", "system_prompt", "maker", "kept", *RECORD_COLUMNS)
SHOWN_COLUMNS = 20

# Of each nominated column: value -> rows, over a sample.
Values = Mapping[ModelColumn, Mapping[str | None, int]]


def recognise(columns: Mapping[str, str], by_hand: Mapping[str, str]) -> Projection:
    """The projection of the first adapter that knows these columns. by_hand: canonical name -> column, the user's word.

    Raises SchemaError, which names what is there and what would be read.
    """
    for canonical, column in by_hand.items():
        if column not in columns:
            raise SchemaError(
                f"no schema matches the mapping {canonical}={column}: the columns are {_shown(columns)}"
            )
    if "completion" in by_hand:
        prompt = by_hand.get("prompt") or pairs.prompt_of(columns)
        projection = pairs.project(columns, prompt, by_hand["completion"], by_hand.get("reasoning"))
        return with_record_columns(projection, columns, by_hand)
    for adapter in ADAPTERS:
        found = adapter(columns)
        if found is not None:
            return with_record_columns(found, columns, by_hand)
    raise SchemaError(f"no schema matches its columns: {_shown(columns)}")


def nominees(columns: Mapping[str, str], by_hand: Mapping[str, str]) -> tuple[ModelColumn, ...]:
    """The columns whose values must be looked at to know which models made and judged the rows."""
    if "maker" in by_hand:
        return (ModelColumn(by_hand["maker"], "generator", certain=True), *_judges(columns))
    return (*nominate(columns), *in_text(columns))


def with_models(
    projection: Projection, columns: Mapping[str, str], nominated: tuple[ModelColumn, ...], values: Values
) -> Projection:
    """The projection with its maker column, the columns of its judges, and what was nominated in vain."""
    chosen = [one for one in nominated if one.role != IN_TEXT and elected(one, values.get(one, {}))]
    makers = [one for one in chosen if one.role == "generator" and _may_make(one, projection)]
    selectors = tuple(one for one in chosen if one.role != "generator")
    in_vain = tuple(
        one.column
        for one in nominated
        if one not in chosen
        and one.role == "generator"
        and one.column.lower() not in OVERLOADED
        and values.get(one)
    )
    projection = replace(projection, selectors=selectors, unused=in_vain)
    used = dict(projection.columns) | {one.column: columns[one.column] for one in selectors}
    projection = replace(projection, columns=used)
    judge = next((one for one in selectors if one.role == "judge"), None)
    if judge is not None:
        kind = columns[judge.column]
        projection = replace(
            projection,
            fields={**projection.fields, "judge_id": judge.first(kind)},
            mapping={**projection.mapping, "judge_id": judge.shown(kind)},
        )
    if not {"maker", "branch"} & projection.fields.keys():
        for one in nominated:
            path = path_to_maker(values.get(one, {})) if one.role == IN_TEXT else None
            if path is not None:
                return with_maker_in_text(projection, columns, one.column, path)
    projection = replace(projection, rivals=tuple(one.column for one in makers[1:]))
    return with_maker(projection, columns, makers) if makers else projection


def _may_make(column: ModelColumn, projection: Projection) -> bool:
    """One model column of a record speaks for its only completion; of several, only if it says that it does."""
    several = "branch" in projection.fields
    return column.certain if several and "maker" not in projection.fields else not several


def _judges(columns: Mapping[str, str]) -> tuple[ModelColumn, ...]:
    return tuple(one for one in nominate(columns) if one.role != "generator")


def _shown(columns: Mapping[str, str]) -> str:
    more = len(columns) - SHOWN_COLUMNS
    return ", ".join(list(columns)[:SHOWN_COLUMNS]) + (f" and {more:,} more" if more > 0 else "")
