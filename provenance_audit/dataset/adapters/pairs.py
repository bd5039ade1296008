"""A prompt and a completion in two columns, under any of their usual names.

`prompt` + `completion` (subliminal-learning, TRL), `question` + `response`, `instruction` (+ `input`) + `output` or
`response` (Alpaca and its heirs), or a completion alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.dataset.adapters.base import Projection, maker_of, optional, system_of, text_column
from provenance_audit.dataset.columns import COMPLETIONS, CONTEXT, PROMPTS, first_of, is_text


def recognise(columns: Mapping[str, str]) -> Projection | None:
    """A projection if there is a column of completions."""
    completion = first_of(COMPLETIONS, columns)
    if completion is None:
        return None
    prompt = first_of(PROMPTS, columns)
    context = (
        first_of((CONTEXT,), columns) if prompt is not None and prompt.lower() == "instruction" else None
    )
    system = system_of(columns)
    maker, by_value = maker_of(columns)
    completion_sql = text_column(columns, completion)
    prompt_sql = "CAST(NULL AS VARCHAR)" if prompt is None else text_column(columns, prompt)
    if context is not None and is_text(columns[context]):
        # The context is part of what was asked, as the Alpaca template writes it.
        context_sql = text_column(columns, context)
        prompt_sql = (
            f"{prompt_sql} || CASE WHEN {context_sql} <> '' THEN chr(10) || {context_sql} ELSE '' END"
        )
        prompt_sql = (
            f"CASE WHEN {context_sql} IS NULL THEN {text_column(columns, str(prompt))} ELSE {prompt_sql} END"
        )

    def select(relation: str) -> str:
        return f"""
        SELECT file, true AS first, thread, thread AS prompt, system_prompt, completion, maker
        FROM (SELECT file, {prompt_sql} AS thread, {optional(columns, system)} AS system_prompt,
                     {completion_sql} AS completion, {optional(columns, maker)} AS maker
              FROM {relation})"""

    found = {"prompt": prompt, "system_prompt": system, "completion": completion, "maker": maker}
    mapping = {canonical: column for canonical, column in found.items() if column is not None}
    if context is not None:
        mapping["prompt"] = f"{prompt} + {context}"
    used = {
        column: columns[column]
        for column in (prompt, context, system, completion, maker)
        if column is not None
    }
    schema = f"{prompt} + {completion}" if prompt is not None else completion
    return Projection(schema, used, mapping, select, maker, by_value)
