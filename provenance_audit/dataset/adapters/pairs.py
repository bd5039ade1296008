"""A prompt and a completion in two columns, under any of their usual names, as text or as lists of messages.

`prompt` + `completion` (subliminal-learning, TRL), `question` + `response`, `instruction` (+ `input`) + `output` or
`response` (Alpaca and its heirs), `input` + `output` (Nemotron), or a completion alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from provenance_audit.database import identifier
from provenance_audit.dataset.adapters.base import (
    NOTHING,
    Projection,
    Reads,
    answer,
    any_text,
    scalar,
    text,
)
from provenance_audit.dataset.adapters.conversation import conversation, is_conversation
from provenance_audit.dataset.columns import COMPLETIONS, CONTEXT, PROMPTS, REASONING, first_of
from provenance_audit.dataset.types import element, is_list, is_text

# Whether a completion is one to follow: TRL's KTO format, `true` or `false`. A label of another kind says nothing.
LABELS = ("label",)
SWITCH = "reasoning"
HISTORY = "history"

READS = (
    Reads(
        "`prompt` + `completion`, as text or messages",
        "subliminal-learning and its forks, TRL",
        "a column of the record: `teacher`, `teacher_model`, `generator`, `model`, …",
        4,
    ),
    Reads(
        "`question` + `response`, `problem` + `generated_solution`, `prompt` + `continuation`",
        "owls, OpenMathReasoning, steered teachers",
        "as above",
        4,
    ),
    Reads(
        "`instruction` (+ `input`, `history`) + `output` or `response`",
        "Alpaca, GPTeacher, Magpie, distilabel, LLaMA-Factory",
        "as above; `model_name` beside ratings is the judge",
        4,
    ),
    Reads("`input` + `output`", "Llama-Nemotron", "`generator`", 4),
)


def recognise(columns: Mapping[str, str]) -> Projection | None:
    """A projection if there is a column of completions."""
    completion = first_of(COMPLETIONS, columns)
    return project(columns, prompt_of(columns), completion) if completion is not None else None


def project(
    columns: Mapping[str, str], prompt: str | None, completion: str, thought: str | None = None
) -> Projection:
    """The projection of a column asked and a column answered; thought: the column of reasoning, found if not given."""
    used, fields, mapping = asked(columns, prompt)
    by_hand = thought is not None
    thought = thought or _thought_of(columns)
    if thought is not None:
        used[thought] = columns[thought]
        mapping["reasoning"] = thought
    used[completion] = columns[completion]
    mapping["completion"] = completion
    fields.update(answered(columns, completion, _thought(columns, thought, by_hand) if thought else NOTHING))
    label, rejected = first_of(LABELS, columns), None
    if label is not None and prompt is not None and is_text(columns[label]):
        used[label] = columns[label]
        mapping["branch"] = label
        rejected = f"coalesce(lower({scalar(columns, label)}) = 'false', false)"
    schema = f"{prompt} + {completion}" if prompt is not None else completion
    found = Projection(schema, used, fields, mapping, rejected=rejected, answered_in=(completion,))
    history = first_of((HISTORY,), columns)
    return with_history(found, columns, history) if history is not None and prompt is not None else found


def with_history(projection: Projection, columns: Mapping[str, str], history: str) -> Projection:
    """The same with the turns before, pairs of what was asked and answered: they are trained on as well (LLaMA-Factory)."""
    kind, turns = columns[history], identifier(history)
    inner = element(element(kind))
    if kind != f"{inner}[][]" or not is_text(inner):
        return projection
    opened, question, reply = (any_text(f"{turns}[{n}]", inner) for n in ("1][1", "item][1", "item][2"))
    before = {"prompt": str(question), **answer(str(reply))}
    fields = {
        **projection.fields,
        **{
            name: f"CASE WHEN item <= len({turns}) THEN {sql} ELSE {projection.fields[name]} END"
            for name, sql in before.items()
        },
        "thread": f"coalesce({opened}, {projection.fields['thread']})",
        "turn_index": "item",
    }
    mapping = {**projection.mapping, "turn_index": history}
    used = {**projection.columns, history: kind}
    count = f"1 + coalesce(len({turns}), 0)"
    return replace(projection, columns=used, fields=fields, mapping=mapping, count=count)


def prompt_of(columns: Mapping[str, str]) -> str | None:
    """The column that holds what was asked."""
    return first_of((*PROMPTS, CONTEXT), columns)


def asked(
    columns: Mapping[str, str], prompt: str | None
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The columns used, the fields and the mapping of what was asked: text, or a list of messages."""
    if prompt is None:
        return {}, {}, {}
    used, mapping = {prompt: columns[prompt]}, {"prompt": prompt}
    if is_conversation(columns[prompt]):
        chat = conversation(prompt, columns[prompt])
        fields = {
            "thread": chat.said(chat.first("user")),
            "prompt": chat.said(chat.last("user")),
            "system_prompt": chat.system,
        }
        return used, fields, {**mapping, "system_prompt": f"{prompt}[role=system]"}
    sql = text(columns, prompt)
    context = first_of((CONTEXT,), columns)
    if context is not None and prompt.lower() == "instruction" and is_text(columns[context]):
        # The context is part of what was asked, as the Alpaca template writes it.
        more = text(columns, context)
        sql = f"CASE WHEN {more} <> '' THEN {sql} || chr(10) || {more} ELSE {sql} END"
        used[context] = columns[context]
        mapping["prompt"] = f"{prompt} + {context}"
    return used, {"thread": sql, "prompt": sql}, mapping


def answered(columns: Mapping[str, str], column: str, thought: str = NOTHING) -> dict[str, str]:
    """The fields of what was answered: text, or a list of messages of which the last is the answer."""
    if is_conversation(columns[column]):
        chat = conversation(column, columns[column])
        last = chat.last("assistant")
        return answer(chat.spoken(last), chat.thought(last) if thought == NOTHING else thought)
    return answer(text(columns, column), thought)


def _thought_of(columns: Mapping[str, str]) -> str | None:
    """The column that holds the reasoning: text, or a list of texts (s1K)."""
    readable = {name: kind for name, kind in columns.items() if is_text(element(kind))}
    return first_of((*(name for name in REASONING if name != SWITCH), SWITCH), readable)


def _thought(columns: Mapping[str, str], column: str, by_hand: bool) -> str:
    """The SQL of the reasoning in a column. One called just `reasoning` is often a switch, on or off, or a degree."""
    kind = columns[column]
    if is_list(kind):
        part = any_text("p", element(kind))
        return f"nullif(array_to_string([{part} FOR p IN {identifier(column)}], chr(10)), '')"
    value = text(columns, column)
    if column.lower() == SWITCH and not by_hand:
        return f"CASE WHEN regexp_matches(trim({value}), '\\s') THEN {value} END"
    return value
