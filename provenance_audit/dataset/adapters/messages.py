"""Chat messages: `messages` or `conversations`. Every assistant turn is a row; the system turn is kept.

As written by the OpenAI fine-tuning format, TRL, ShareGPT and most chat datasets. A message may carry its reasoning, its
tool calls and the model that wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.database import identifier, literal
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters.base import NOT_TEXT, Projection, Reads, answer
from provenance_audit.dataset.adapters.conversation import (
    Conversation,
    conversation,
    from_json,
    is_conversation,
)
from provenance_audit.dataset.adapters.pairs import prompt_of
from provenance_audit.dataset.columns import COMPLETIONS, first_of

NAMES = ("messages", "conversations", "conversation", "dialogue", "dialog")

READS = (
    Reads(
        "`messages`, `conversations`, `conversation`: {role, content} or {from, value}",
        "OpenAI fine-tuning, TRL, ShareGPT, WildChat",
        "`model` of a message, else a column of the record",
        4,
    ),
)


def recognise(columns: Mapping[str, str]) -> Projection | None:
    """A projection if there is a column of messages."""
    column = first_of(NAMES, {name: kind for name, kind in columns.items() if is_conversation(kind)})
    return _project(columns, column, conversation(column, columns[column])) if column is not None else None


def recognise_text(columns: Mapping[str, str]) -> Projection | None:
    """A projection if messages are kept as JSON in a text (CSV, some Parquet) or as bare texts (LIMA), and nothing else
    says the same: a column of this name may also be empty."""
    column = first_of(NAMES, columns)
    if column is None or _empty(columns[column]):
        return None
    kind = columns[column]
    answered = first_of((*COMPLETIONS, "text"), columns)
    if answered is not None and (types.element(kind) == "JSON" or prompt_of(columns) is not None):
        return None
    whole = identifier(column)
    if types.is_list(kind):
        return _project_json(columns, column, f"to_json({whole})")
    refusal = literal(f"{NOT_TEXT}column {column!r} holds text that is no JSON list of messages")
    document = (
        f"CASE WHEN json_type({whole}) = 'VARCHAR' THEN {whole} ->> '$' ELSE {whole} END"
        if kind == "JSON"
        else whole
    )
    parsed = f"TRY_CAST({document} AS JSON)"
    chat = (
        f"CASE WHEN nullif(trim({document}), '') IS NULL THEN NULL "
        f"WHEN json_type({parsed}) IN ('ARRAY', 'NULL') THEN {parsed} ELSE error({refusal}) END"
    )
    return _project_json(columns, column, chat)


def refuse(columns: Mapping[str, str]) -> Projection | None:
    """Nothing; raises SchemaError if a column is called as messages are, and nothing in the file can be read."""
    column = first_of(NAMES, columns)
    if column is not None:
        conversation(column, columns[column])
    return None


def _empty(kind: str) -> bool:
    """Whether a type holds nothing that could be messages."""
    return types.element(kind) not in ("VARCHAR", "JSON")


def _project_json(columns: Mapping[str, str], column: str, document: str) -> Projection:
    """Messages in SQL of a JSON document."""
    chat, apart = from_json(document, "chat")
    return _project(columns, column, chat, (apart,))


def _project(
    columns: Mapping[str, str], column: str, chat: Conversation, lets: tuple[tuple[str, str], ...] = ()
) -> Projection:
    turn = "turns[item]"
    model = chat.model(turn)
    fields = {
        "thread": chat.said("list_position(roles, 'user')"),
        "prompt": chat.said(f"{turn} - list_position(list_reverse(roles[:{turn} - 1]), 'user')"),
        "system_prompt": chat.system,
        **answer(chat.spoken(turn), chat.thought(turn)),
        "turn_index": "item",
    }
    mapping = {
        "prompt": f"{column}[role=user]",
        "system_prompt": f"{column}[role=system]",
        "completion": f"{column}[role=assistant]",
    }
    if model is not None:
        fields["maker"] = model
        mapping["maker"] = f"{column}[].model"
    return Projection(
        schema=column,
        columns={column: columns[column]},
        fields=fields,
        mapping=mapping,
        lets=(
            *lets,
            ("roles", chat.roles),
            ("turns", "list_filter(range(1, len(roles) + 1), lambda i: roles[i] = 'assistant')"),
        ),
        count="len(turns)",
        answered_in=(column,),
    )
