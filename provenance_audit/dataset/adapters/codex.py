"""Sessions of Codex, as it keeps them: an event per line, in which what was said, thought and called are items of their own.

Who answers is in the context of each turn, written by the tool as it ran. A file is a session. A row for each answer.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.database import identifier
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters.base import Projection, Reads, answer, scalar
from provenance_audit.dataset.columns import COMPLETIONS, first_of

READS = (
    Reads(
        "`type`, `payload`: {type, role, content}, an event per line",
        "session files of Codex",
        "`payload.model` of the `turn_context` before",
        2,
    ),
)
_IN_ORDER = "OVER (PARTITION BY file ORDER BY paudit_position"
# In brackets: to DuckDB 1.5, AND binds tighter than an arrow.
_ROLE = "(payload_json ->> '$.role')"
_MESSAGE_OF_USER = f"kind = 'message' AND {_ROLE} = 'user'"
_ANSWERS = f"kind IN ('function_call', 'custom_tool_call') OR (kind = 'message' AND {_ROLE} = 'assistant')"
_CALLED = "(payload_json ->> '$.name') || '(' || coalesce(payload_json ->> '$.arguments', payload_json ->> '$.input', '') || ')'"


def recognise(columns: Mapping[str, str]) -> Projection | None:
    """A projection if lines are events with a payload that may be a message."""
    event, payload = first_of(("type",), columns), first_of(("payload",), columns)
    if event is None or payload is None or not _may_be_message(columns[payload]):
        return None
    if first_of(COMPLETIONS, columns) is not None:
        return None
    item, said = scalar(columns, event), _texts("content")
    lets = (
        ("payload_json", f"to_json({identifier(payload)})"),
        ("kind", f"CASE {item} WHEN 'response_item' THEN payload_json ->> '$.type' ELSE {item} END"),
        ("opened", f"first_value(CASE WHEN {_MESSAGE_OF_USER} THEN {said} END IGNORE NULLS) {_IN_ORDER})"),
        ("asked", _latest(said, _MESSAGE_OF_USER)),
        ("told", _latest(_text_of("instructions", "base_instructions.text"), "kind = 'session_meta'")),
        ("served", _latest(_text_of("model_provider"), "kind = 'session_meta'")),
        ("answering", _latest(_text_of("model"), "kind = 'turn_context'")),
        ("answers", _ANSWERS),
        # What was thought since the last answer; other events may lie between.
        ("thought", f"CASE WHEN kind = 'reasoning' THEN {_texts('summary')} WHEN answers THEN '' END"),
        (
            "before",
            f"last_value(thought IGNORE NULLS) {_IN_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)",
        ),
    )
    spoken = f"CASE WHEN item = 1 THEN CASE kind WHEN 'message' THEN {said} ELSE {_CALLED} END END"
    fields = {
        "thread": "opened",
        "prompt": "asked",
        "system_prompt": "told",
        **answer(spoken, "nullif(before, '')"),
        "maker": "answering",
        "provider": "served",
    }
    mapping = {
        "prompt": f"{payload}[role=user] of a line before",
        "system_prompt": f"{payload}.instructions of session_meta",
        "completion": f"{payload}[role=assistant], function_call",
        "maker": f"{payload}.model of turn_context",
        "provider": f"{payload}.model_provider of session_meta",
    }
    return Projection(
        "Codex session",
        {event: columns[event], payload: columns[payload]},
        fields,
        mapping,
        lets,
        "CASE WHEN answers THEN 1 ELSE 0 END",
        makers_from="log",
        late_keys=("arguments", "input", "summary"),
    )


def _may_be_message(kind: str) -> bool:
    return kind == "JSON" or {"role", "content"} <= types.fields(kind).keys()


def _text_of(*paths: str) -> str:
    """SQL of the first of these members that the payload has."""
    found = (f"payload_json ->> '$.{path}'" for path in paths)
    return f"coalesce({', '.join(found)})"


def _texts(member: str) -> str:
    """SQL of the texts of a list that the payload has; NULL where they say nothing."""
    return f"nullif(array_to_string(json_extract_string(payload_json, '$.{member}[*].text'), chr(10)), '')"


def _latest(value: str, where: str) -> str:
    """SQL of the latest of these values in the session so far."""
    return f"last_value(CASE WHEN {where} THEN {value} END IGNORE NULLS) {_IN_ORDER})"
