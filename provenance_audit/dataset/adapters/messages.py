"""Chat messages: `messages` or `conversations`. Every assistant turn is a row; the system turn is kept.

As written by the OpenAI fine-tuning format, TRL, ShareGPT and most chat datasets. A message may carry its reasoning, its
tool calls and the model that wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.dataset.adapters.base import Projection, Reads, answer
from provenance_audit.dataset.adapters.conversation import conversation
from provenance_audit.dataset.columns import first_of

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
    column = first_of(NAMES, columns)
    if column is None:
        return None
    chat = conversation(column, columns[column])
    turn = "turns[item]"
    model = chat.model(turn)
    fields = {
        "thread": chat.said("list_position(roles, 'user')"),
        "prompt": chat.said(f"{turn} - list_position(list_reverse(roles[:{turn} - 1]), 'user')"),
        "system_prompt": chat.said("list_position(roles, 'system')"),
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
        columns={column: chat.kind},
        fields=fields,
        mapping=mapping,
        lets=(
            ("roles", chat.roles),
            ("turns", "list_filter(range(1, len(roles) + 1), lambda i: roles[i] = 'assistant')"),
        ),
        count="len(turns)",
    )
