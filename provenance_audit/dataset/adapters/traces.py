"""Traces of agents: an event per line, of which those with a `message` are turns, in order. A row for each answer.

As in the session traces of the Hub (`type`, `message`), and as Claude Code and Codex leave their sessions. What was asked is
in the lines before; the model is in the message, or in a line before, written by the tool as it ran.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.database import identifier
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters.base import Projection, Reads, answer
from provenance_audit.dataset.adapters.conversation import from_json, is_message
from provenance_audit.dataset.columns import first_of

SESSIONS = ("sessionId", "session_id", "session")

READS = (
    Reads(
        "`type`, `message`: {role, content, model}, an event per line",
        "session traces of the Hub, Claude Code",
        "`message.model`",
        2,
    ),
    Reads(
        "`type`, `payload`: {type, role, content}, an event per line",
        "session files of Codex",
        "`payload.model` of the `turn_context` before",
        2,
    ),
)


def sessions(columns: Mapping[str, str]) -> Projection | None:
    """Lines of `type` and `message`: {role, content, model}."""
    event, message = first_of(("type",), columns), first_of(("message",), columns)
    if event is None or message is None or not is_message(columns[message]):
        return None
    chat, taken_apart = from_json(f"to_json([{identifier(message)}])", "chat")
    session = first_of(tuple(name.lower() for name in SESSIONS), columns)
    used = {message: columns[message], **({session: columns[session]} if session is not None else {})}
    apart = ", ".join(["file", *([identifier(session)] if session is not None else [])])
    order = f"OVER (PARTITION BY {apart} ORDER BY paudit_position)"

    def turn(value: str, speaker: str) -> str:
        """SQL of one of the turns of a speaker so far; what a tool returned has no text, and is none."""
        return f"{value}(CASE WHEN speaker = '{speaker}' THEN nullif({chat.said('1')}, '') END IGNORE NULLS) {order}"

    lets = (
        taken_apart,
        ("speaker", f"({chat.roles})[1]"),
        ("opened", turn("first_value", "user")),
        ("asked", turn("last_value", "user")),
        ("told", turn("last_value", "system")),
    )
    fields = {
        "thread": "opened",
        "prompt": "asked",
        "system_prompt": "told",
        **answer(f"CASE WHEN item = 1 THEN {chat.spoken('1')} END", chat.thought("1")),
        "maker": chat.model("1") or "NULL",
    }
    mapping = {
        "prompt": f"{message}[role=user] of a line before",
        "completion": f"{message}[role=assistant]",
        "maker": f"{message}.model",
    }
    return Projection(
        "agent trace",
        used,
        fields,
        mapping,
        lets,
        "CASE WHEN speaker = 'assistant' THEN 1 ELSE 0 END",
        makers_from="log",
    )


def codex(columns: Mapping[str, str]) -> Projection | None:
    """Lines of `type` and `payload`, as Codex keeps its sessions: what was said, thought and called are items of their own.

    The model is in the context of each turn. A file is a session.
    """
    event, payload = first_of(("type",), columns), first_of(("payload",), columns)
    members = types.fields(columns[payload]) if payload is not None else {}
    if (
        event is None
        or payload is None
        or not ({"role", "content"} <= members.keys() or columns[payload] == "JSON")
    ):
        return None
    order = "OVER (PARTITION BY file ORDER BY paudit_position)"
    item = f"({identifier(event)} ->> '$')" if columns[event] == "JSON" else identifier(event)
    texts = "nullif(array_to_string(json_extract_string(item_of, '$.{}[*].text'), chr(10)), '')"

    def latest(value: str, what: str) -> str:
        """SQL of the latest of these values in the session so far."""
        return f"last_value(CASE WHEN {what} THEN {value} END IGNORE NULLS) {order}"

    said, user = texts.format("content"), "kind = 'message' AND item_of ->> '$.role' = 'user'"
    called = "(item_of ->> '$.name') || '(' || coalesce(item_of ->> '$.arguments', item_of ->> '$.input', '') || ')'"
    lets = (
        ("item_of", f"to_json({identifier(payload)})"),
        ("kind", f"CASE WHEN {item} = 'response_item' THEN item_of ->> '$.type' ELSE {item} END"),
        ("opened", f"first_value(CASE WHEN {user} THEN {said} END IGNORE NULLS) {order}"),
        ("asked", latest(said, user)),
        (
            "told",
            latest(
                "coalesce(item_of ->> '$.instructions', item_of ->> '$.base_instructions.text')",
                "kind = 'session_meta'",
            ),
        ),
        ("served", latest("item_of ->> '$.model_provider'", "kind = 'session_meta'")),
        ("answering", latest("item_of ->> '$.model'", "kind = 'turn_context'")),
        # What was thought just before; other events may lie between.
        (
            "spoken",
            f"kind IN ('message', 'function_call', 'custom_tool_call') AND NOT coalesce({user}, false)",
        ),
        ("thought", f"CASE WHEN kind = 'reasoning' THEN {texts.format('summary')} WHEN spoken THEN '' END"),
        (
            "before",
            "last_value(thought IGNORE NULLS) OVER (PARTITION BY file ORDER BY paudit_position "
            "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)",
        ),
        ("answers", "spoken AND (kind <> 'message' OR item_of ->> '$.role' = 'assistant')"),
    )
    fields = {
        "thread": "opened",
        "prompt": "asked",
        "system_prompt": "told",
        **answer(
            f"CASE WHEN item = 1 THEN CASE kind WHEN 'message' THEN {said} ELSE {called} END END",
            "nullif(before, '')",
        ),
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
    )


ADAPTERS = (sessions, codex)
