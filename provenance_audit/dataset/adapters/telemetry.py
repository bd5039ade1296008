"""What gateways and tracers write: LiteLLM's standard log, OpenTelemetry GenAI spans.

Attribute names of OpenTelemetry are read in their old and new spellings; its conventions are still in development.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.database import identifier
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters.base import Projection, Reads, answer
from provenance_audit.dataset.columns import first_of

_ATTRIBUTES = ("attributes", "span_attributes")

READS = (
    Reads(
        "`messages`, `response`, `litellm_call_id`",
        "LiteLLM's standard log",
        "`model`; what was asked for in `model_group`",
        2,
    ),
    Reads(
        "`gen_ai.*`, as columns or in `attributes`",
        "OpenTelemetry GenAI spans, old and new names",
        "`gen_ai.response.model`, else `gen_ai.request.model`",
        2,
    ),
)


def litellm(columns: Mapping[str, str]) -> Projection | None:
    """LiteLLM's `StandardLoggingPayload`: `messages`, `response`, `model`, and `model_group`, the alias asked for."""
    messages, response = first_of(("messages",), columns), first_of(("response",), columns)
    marks = {"litellm_call_id", "call_type", "model_group", "custom_llm_provider"} & {
        name.lower() for name in columns
    }
    if messages is None or response is None or not marks:
        return None
    asked, got = f"to_json({identifier(messages)})", f"to_json({identifier(response)})"
    texts, roles = (f"json_extract_string({asked}, '$[*].{key}')" for key in ("content", "role"))
    said = (
        f"CASE json_type({got}) WHEN 'OBJECT' THEN json_extract_string({got}, '$.choices[0].message.content') "
        f"ELSE {got} ->> '$' END"
    )
    fields = {
        "thread": f"({texts})[list_position({roles}, 'user')]",
        "prompt": f"({texts})[len({roles}) + 1 - list_position(list_reverse({roles}), 'user')]",
        "system_prompt": f"({texts})[list_position({roles}, 'system')]",
        **answer(said),
    }
    mapping = {"prompt": f"{messages}[role=user]", "completion": f"{response}.choices[0].message.content"}
    used = {messages: columns[messages], response: columns[response]}
    for canonical, name in (("maker", "model"), ("requested_model", "model_group")):
        column = first_of((name,), columns)
        if column is not None and types.is_text(columns[column]):
            fields[canonical] = f"to_json({identifier(column)}) ->> '$'"
            mapping[canonical] = column
            used[column] = columns[column]
    return Projection("LiteLLM log", used, fields, mapping, makers_from="log")


def opentelemetry(columns: Mapping[str, str]) -> Projection | None:
    """A span per row, with `gen_ai.*` as columns or in `attributes`; the model that answered before the one asked for."""
    names = {name.lower() for name in columns}
    attributes = first_of(_ATTRIBUTES, columns)
    inside = types.fields(columns[attributes]) if attributes is not None else {}
    flat = {name for name in columns if name.startswith("gen_ai.")}
    if not flat and not any(name.startswith("gen_ai.") for name in inside):
        return None

    used: dict[str, str] = {}

    def attribute(*keys: str) -> str:
        """The first of these attributes that there is, as text."""
        for key in keys:
            if key.lower() in names:
                column = next(name for name in columns if name.lower() == key.lower())
                used[column] = columns[column]
                return f"(to_json({identifier(column)}) ->> '$')"
            if attributes is not None and key in inside:
                used[attributes] = columns[attributes]
                return f"(to_json({identifier(attributes)}.{identifier(key)}) ->> '$')"
        return "CAST(NULL AS VARCHAR)"

    asked = attribute("gen_ai.input.messages", "gen_ai.prompt", "gen_ai.prompt.0.content")
    said = attribute("gen_ai.output.messages", "gen_ai.completion", "gen_ai.completion.0.content")
    fields = {
        "thread": _message(asked, "user"),
        "prompt": _message(asked, "user", last=True),
        "system_prompt": f"coalesce({_text(attribute('gen_ai.system_instructions'))}, {_message(asked, 'system', plain=False)})",
        **answer(_message(said, "assistant", last=True)),
        "maker": attribute("gen_ai.response.model", "gen_ai.request.model"),
        "requested_model": attribute("gen_ai.request.model"),
    }
    mapping = {
        "prompt": "gen_ai.input.messages",
        "completion": "gen_ai.output.messages",
        "maker": "gen_ai.response.model",
    }
    return Projection("OpenTelemetry GenAI spans", used, fields, mapping, makers_from="log")


def _message(sql: str, speaker: str, *, last: bool = False, plain: bool = True) -> str:
    """What a speaker's first or last message says, in a text that is a JSON list of messages; a plain text as it is."""
    document = f"TRY_CAST({sql} AS JSON)"
    roles = f"json_extract_string({document}, '$[*].role')"
    index = (
        f"len({roles}) + 1 - list_position(list_reverse({roles}), '{speaker}')"
        if last
        else f"list_position({roles}, '{speaker}')"
    )
    message = f"json_extract({document}, '$[*]')[{index}]"
    parts = f"json_extract_string({message}, '$.parts[*].content')"
    found = f"coalesce(nullif(array_to_string({parts}, chr(10)), ''), json_extract_string({message}, '$.content'))"
    return f"CASE WHEN json_type({document}) = 'ARRAY' THEN {found} {f'ELSE {sql} ' if plain else ''}END"


def _text(sql: str) -> str:
    """System instructions: a list of parts, or plain text."""
    document = f"TRY_CAST({sql} AS JSON)"
    parts = f"array_to_string(json_extract_string({document}, '$[*].content'), chr(10))"
    return f"CASE WHEN json_type({document}) = 'ARRAY' THEN {parts} ELSE {sql} END"


ADAPTERS = (litellm, opentelemetry)
