"""What gateways and tracers write: LiteLLM's standard log, OpenTelemetry GenAI spans.

Attribute names of OpenTelemetry are read in their old and new spellings; its conventions are still in development.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from provenance_audit.database import identifier, literal
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters.base import Projection, Reads, answer, sampling
from provenance_audit.dataset.adapters.choices import choice
from provenance_audit.dataset.adapters.conversation import from_json
from provenance_audit.dataset.columns import first_of

_ATTRIBUTES = ("attributes", "span_attributes", "spanattributes")
_EXPORTS = ("resourcespans", "resource_spans")
# What else a span has, so that attributes whose names are values are those of a span.
_SPANS = ("spanid", "span_id", "traceid", "trace_id")
_PREFIX = "gen_ai."
_NUMBER = re.compile(r"gen_ai\.(?:prompt|completion)\.(\d+)\.content$")
# Numbered messages that are looked for where the names of attributes are values.
_NUMBERED = 64

READS = (
    Reads(
        "`messages`, `response`, `litellm_call_id`",
        "LiteLLM's standard log",
        "`model`; what was asked for in `model_group`",
        2,
    ),
    Reads(
        "`gen_ai.*`, as columns or in `attributes` (struct, map, OTLP keys and values); `resourceSpans`",
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
    chat, apart = from_json("asked", "chat")
    plain = "CASE WHEN json_type(asked) = 'VARCHAR' THEN asked ->> '$' END"
    fields = {
        "thread": f"coalesce({plain}, {chat.said(chat.first('user'))})",
        "prompt": f"coalesce({plain}, {chat.said(chat.last('user'))})",
        "system_prompt": chat.system,
        **choice("(choices[item])"),
    }
    for field, sql in answer("(got ->> '$')").items():
        fields[field] = f"CASE WHEN json_type(got) = 'VARCHAR' THEN {sql} ELSE {fields[field]} END"
    lets = (
        ("asked", f"to_json({identifier(messages)})"),
        apart,
        ("got", f"to_json({identifier(response)})"),
        ("choices", "json_extract(got, '$.choices[*]')"),
    )
    count = "CASE WHEN json_type(got) = 'VARCHAR' THEN 1 ELSE coalesce(len(choices), 0) END"
    mapping = {"prompt": f"{messages}[role=user]", "completion": f"{response}.choices[].message.content"}
    used = {messages: columns[messages], response: columns[response]}
    fields["system_fingerprint"] = "json_extract_string(got, '$.system_fingerprint')"
    for canonical, name in (("maker", "model"), ("requested_model", "model_group")):
        column = first_of((name,), columns)
        if column is not None and types.is_text(columns[column]):
            fields[canonical] = f"to_json({identifier(column)}) ->> '$'"
            mapping[canonical] = column
            used[column] = columns[column]
    return Projection("LiteLLM log", used, fields, mapping, lets, count, makers_from="log")


def opentelemetry(columns: Mapping[str, str]) -> Projection | None:
    """A span per row, or an export of many in `resourceSpans`; `gen_ai.*` as columns, or in `attributes` as a struct, a
    map, or OTLP's list of keys and values. The model that answered before the one asked for."""
    found = _attributes(columns)
    if found is None:
        return None
    used, spans, indices = found
    asks = _messages("a", ("gen_ai.input.messages", "gen_ai.prompt"), "user", indices)
    says = _messages("a", ("gen_ai.output.messages", "gen_ai.completion"), "assistant", indices)
    chat, (_, apart) = from_json("d", "chat")
    answered = replace(chat, sql="says[s]")
    lets = (
        ("spans", spans),
        ("asks", f"[{apart} FOR d IN [{asks} FOR a IN spans]]"),
        ("says", f"[{apart} FOR d IN [{says} FOR a IN spans]]"),
        # Which message of which span: a span has one for each choice.
        (
            "turns",
            f"flatten([[{{'s': s, 'k': k}} FOR k IN range(1, len(says[s]) + 1) IF ({answered.roles})[k] = 'assistant'] "
            "FOR s IN range(1, len(spans) + 1)])",
        ),
    )
    asked, said, turn = (
        replace(chat, sql="asks[turns[item].s]"),
        replace(chat, sql="says[turns[item].s]"),
        "turns[item].k",
    )
    span = "spans[turns[item].s]"
    fields = {
        "thread": asked.said(asked.first("user")),
        "prompt": asked.said(asked.last("user")),
        "system_prompt": f"nullif(concat_ws(chr(10), {_text(_attribute(span, 'gen_ai.system_instructions'))}, {asked.system}), '')",
        **answer(said.spoken(turn), said.thought(turn)),
        "gen_index": turn,
        "maker": _attribute(span, "gen_ai.response.model", "gen_ai.request.model"),
        "requested_model": _attribute(span, "gen_ai.request.model"),
        "provider": _attribute(span, "gen_ai.provider.name", "gen_ai.system"),
        "system_fingerprint": _attribute(
            span, "gen_ai.response.system_fingerprint", "gen_ai.openai.response.system_fingerprint"
        ),
        "gen_params": sampling(span, "gen_ai.request."),
    }
    mapping = {
        "prompt": "gen_ai.input.messages",
        "completion": "gen_ai.output.messages",
        "maker": "gen_ai.response.model",
        "provider": "gen_ai.provider.name",
        "gen_params": "gen_ai.request.temperature, …",
    }
    return Projection(
        "OpenTelemetry GenAI spans", used, fields, mapping, lets, "len(turns)", makers_from="log"
    )


def _attributes(columns: Mapping[str, str]) -> tuple[dict[str, str], str, int] | None:
    """The columns used, SQL of the list of the attributes of each span as a JSON object, and how many messages numbered
    attributes may be of."""
    export = first_of(_EXPORTS, columns)
    if export is not None and not types.is_text(types.element(columns[export])):
        whole = f"to_json({identifier(export)})"
        each = " || ".join(
            f"json_extract({whole}, '$[*].{scopes}[*].spans[*].attributes')"
            for scopes in ("scopeSpans", "scope_spans")
        )
        return {export: columns[export]}, f"[{_object('l')} FOR l IN {each}]", _NUMBERED
    names = [name for name in columns if name.startswith(_PREFIX)]
    attributes = first_of(_ATTRIBUTES, columns)
    kind = columns[attributes] if attributes is not None else ""
    inside = [name for name in types.fields(kind) if name.startswith(_PREFIX)]
    pairs = {"key", "value"} <= types.fields(types.element(kind)).keys()
    mapped = (kind.startswith("MAP(") or pairs or kind == "JSON") and first_of(_SPANS, columns) is not None
    parts = []
    if names:
        members = ", ".join(f"{literal(name)}, to_json({identifier(name)})" for name in names)
        parts.append(f"json_object({members})")
    if attributes is not None and (inside or mapped):
        whole = f"to_json({identifier(attributes)})"
        parts.append(_object(whole) if pairs else whole)
    if not parts:
        return None
    used = {name: columns[name] for name in names}
    if attributes is not None and (inside or mapped):
        used[attributes] = kind
    numbers = [int(match[1]) for match in map(_NUMBER.match, (*names, *inside)) if match]
    indices = _NUMBERED if mapped else max(numbers, default=-1) + 1
    merged = parts[0] if len(parts) == 1 else f"json_merge_patch({', '.join(parts)})"
    return used, f"[{merged}]", min(indices, _NUMBERED)


def _object(pairs: str) -> str:
    """SQL of the JSON object of OTLP's list of keys and values, of what GenAI spans say; the first of a key counts."""
    keys = f"json_extract_string({pairs}, '$[*].key')"
    values = ", ".join(
        f"p ->> '$.value.{name}'"
        for kind in ("string", "int", "double", "bool")
        for name in (f"{kind}Value", f"{kind}_value")
    )
    value = f"coalesce({values}, CASE WHEN json_type(p, '$.value') = 'VARCHAR' THEN p ->> '$.value' END)"
    kept = f"starts_with(p ->> '$.key', '{_PREFIX}') AND list_position({keys}, p ->> '$.key') = i"
    entries = f"[{{'k': p ->> '$.key', 'v': {value}}} FOR p, i IN json_extract({pairs}, '$[*]') IF {kept}]"
    return f"to_json(map_from_entries({entries}))"


def _attribute(span: str, *keys: str) -> str:
    """SQL of the first of these attributes that a span has, as text."""
    found = ", ".join(f"json_extract_string({span}, '$.\"{key}\"')" for key in keys)
    return f"coalesce({found})" if len(keys) > 1 else found


def _messages(span: str, keys: tuple[str, str], speaker: str, indices: int) -> str:
    """SQL of a JSON list of messages: as it is, of a plain text one by this speaker, or from attributes by number
    (`gen_ai.prompt.0.role`, `gen_ai.prompt.0.content`)."""
    value = _attribute(span, *keys)
    listed = f"CASE WHEN json_type(TRY_CAST({value} AS JSON)) = 'ARRAY' THEN CAST({value} AS JSON) "
    one = f"WHEN {value} IS NOT NULL THEN to_json([{{'role': '{speaker}', 'content': {value}}}]) "

    def numbered(name: str) -> str:
        return f"json_extract_string({span}, '$.\"{keys[1]}.' || n || '.{name}\"')"

    message = f"{{'role': coalesce({numbered('role')}, '{speaker}'), 'content': {numbered('content')}}}"
    rest = f"[{message} FOR n IN range(0, {indices}) IF {numbered('content')} IS NOT NULL]"
    return f"{listed}{one}{f'ELSE to_json({rest}) ' if indices else ''}END"


def _text(sql: str) -> str:
    """System instructions: a list of parts, or plain text."""
    document = f"TRY_CAST({sql} AS JSON)"
    parts = f"array_to_string(json_extract_string({document}, '$[*].content'), chr(10))"
    return f"CASE WHEN json_type({document}) = 'ARRAY' THEN {parts} ELSE {sql} END"


ADAPTERS = (litellm, opentelemetry)
