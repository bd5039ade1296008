"""Traces of agents: an event per line, of which those with a `message` are turns, in order. A row for each answer.

As in the session traces of the Hub (`type`, `message`), and as Claude Code leaves its sessions. What was asked is in the
lines before; the model is in the message, written by the tool as it ran.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.database import identifier
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
)


def recognise(columns: Mapping[str, str]) -> Projection | None:
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
