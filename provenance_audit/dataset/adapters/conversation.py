"""Lists of messages, in every spelling: {role, content} (OpenAI, TRL) and {from, value} (ShareGPT)."""

from __future__ import annotations

from dataclasses import dataclass

from provenance_audit.database import identifier
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters.base import NOTHING, SchemaError, any_text
from provenance_audit.dataset.columns import REASONING, first_of

ROLE_KEYS = ("role", "from")
CONTENT_KEYS = ("content", "value", "text")
THOUGHT_KEYS = (*REASONING, "reasoningContent", "think_content")
MODEL_KEYS = ("model", "model_name", "generator")

# What the writers of chat formats call the same three speakers.
_SPEAKERS = {
    "assistant": ("assistant", "gpt", "model", "bot", "chatgpt", "bing", "bard", "ai"),
    "user": ("user", "human", "prompter"),
    "system": ("system", "developer"),
}


@dataclass(frozen=True, slots=True)
class Conversation:
    """A column that holds a list of messages. `sql` is the list; `kind` the type to read it as."""

    sql: str
    kind: str

    @property
    def roles(self) -> str:
        """SQL of the list of speakers: assistant, user, system, or as written."""
        keys = [key for key in ROLE_KEYS if key in self._members]
        role = self._text(f"t.{identifier(keys[0])}", keys[0])
        cases = " ".join(
            f"WHEN lower({role}) IN ({', '.join(repr(name) for name in names)}) THEN '{speaker}'"
            for speaker, names in _SPEAKERS.items()
        )
        return f"[CASE {cases} ELSE {role} END FOR t IN {self.sql}]"

    def first(self, speaker: str) -> str:
        """SQL of the index of a speaker's first message, from 1; NULL if there is none."""
        return f"list_position({self.roles}, '{speaker}')"

    def last(self, speaker: str) -> str:
        """SQL of the index of a speaker's last message, from 1; NULL if there is none."""
        return f"(len({self.roles}) + 1 - list_position(list_reverse({self.roles}), '{speaker}'))"

    @property
    def text_key(self) -> str:
        """The field that holds what was said."""
        return next(key for key in CONTENT_KEYS if key in self._members)

    def said(self, index: str) -> str:
        """SQL of what the message at an index (from 1) says."""
        return self._text(f"({self.sql})[{index}].{identifier(self.text_key)}", self.text_key)

    def spoken(self, index: str) -> str:
        """SQL of what an assistant's message says; the tool calls where it says nothing else."""
        said = self.said(index)
        calls = next(
            (key for key in ("tool_calls", "toolCalls", "function_call") if key in self._members), None
        )
        if calls is None:
            return said
        call = f"({self.sql})[{index}].{identifier(calls)}"
        return f"coalesce(nullif({said}, ''), CAST(to_json({call}) AS VARCHAR))"

    def thought(self, index: str) -> str:
        """SQL of the reasoning that the message at an index carries beside what it says."""
        return self._member(THOUGHT_KEYS, index)

    def model(self, index: str) -> str | None:
        """SQL of the model that the message at an index names, if messages name one."""
        found = self._member(MODEL_KEYS, index)
        return None if found == NOTHING else found

    @property
    def _members(self) -> dict[str, str]:
        return types.fields(types.element(self.kind))

    def _member(self, names: tuple[str, ...], index: str) -> str:
        name = first_of(names, self._members)
        sql = any_text(f"({self.sql})[{index}].{identifier(name)}", self._members[name]) if name else None
        return sql if sql is not None else NOTHING

    def _text(self, sql: str, key: str) -> str:
        found = any_text(sql, self._members[key])
        if found is None:
            raise SchemaError(f"the {key} of {self.sql} holds {self._members[key]} where text is expected")
        return found


def is_conversation(kind: str) -> bool:
    """Whether a column of this type holds a list of messages."""
    members = types.fields(types.element(kind)) if types.is_list(kind) else {}
    return any(key in members for key in ROLE_KEYS) and any(key in members for key in CONTENT_KEYS)


def conversation(column: str, kind: str) -> Conversation:
    """The conversation in a column."""
    if not is_conversation(kind):
        raise SchemaError(f"column {column!r} holds {kind} where a list of {{role, content}} is expected")
    return Conversation(identifier(column), kind)
