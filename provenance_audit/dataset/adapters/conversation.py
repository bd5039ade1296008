"""Lists of messages, in every spelling: {role, content} (OpenAI, TRL) and {from, value} (ShareGPT).

Also a struct of lists, which is how `datasets` keeps a `Sequence` of messages, and the JSON of a list, as logs have it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provenance_audit.database import identifier, literal
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters.base import NOTHING, SchemaError, any_text
from provenance_audit.dataset.columns import REASONING, first_of

ROLE_KEYS = ("role", "from")
CONTENT_KEYS = ("content", "value", "text")
THOUGHT_KEYS = (*REASONING, "reasoningContent", "think_content")
MODEL_KEYS = ("model", "model_name", "generator")
CALL_KEYS = ("tool_calls", "toolCalls", "function_call")

# What the writers of chat formats call the same three speakers.
_SPEAKERS = {
    # A call of a function is what the model wrote (ShareGPT's tool format); what it returned is an `observation`.
    "assistant": ("assistant", "gpt", "model", "bot", "chatgpt", "bing", "bard", "ai", "function_call"),
    "user": ("user", "human", "prompter"),
    "system": ("system", "developer"),
}
# Messages of an assistant that are no answers: what it thought in a channel of its own (harmony), and what a
# fine-tuning job is told not to train on (OpenAI's `weight: 0`).
ANALYSIS = "analysis"
UNTRAINED = "untrained"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A column that holds a list of messages. `sql` is the list; `kind` the type to read it as."""

    sql: str
    kind: str

    @property
    def roles(self) -> str:
        """SQL of the list of speakers: assistant, user, system, or as written."""
        role = self._text(f"t.{identifier(self._role_key)}", self._role_key)
        cases = " ".join(
            f"WHEN lower({role}) IN ({', '.join(repr(name) for name in names)}) THEN '{speaker}'"
            for speaker, names in _SPEAKERS.items()
        )
        return f"[CASE {self._apart} {cases} ELSE {role} END FOR t IN {self.sql}]"

    @property
    def _apart(self) -> str:
        """SQL of the cases of an assistant's messages that are no answers: harmony's analysis, and what has no weight."""
        members, cases = self._members, ""
        channel = any_text("t.channel", members["channel"]) if "channel" in members else None
        if channel is not None:
            cases += f"WHEN lower({channel}) = 'analysis' THEN '{ANALYSIS}' "
        weight = any_text("t.weight", members["weight"]) if "weight" in members else None
        if weight is not None:
            role = self._text(f"t.{identifier(self._role_key)}", self._role_key)
            spoken = ", ".join(repr(name) for name in _SPEAKERS["assistant"])
            cases += (
                f"WHEN TRY_CAST({weight} AS DOUBLE) = 0 AND lower({role}) IN ({spoken}) THEN '{UNTRAINED}' "
            )
        return cases

    @property
    def _role_key(self) -> str:
        return next(key for key in ROLE_KEYS if key in self._members)

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

    @property
    def system(self) -> str:
        """SQL of what every system turn says, a line after another; NULL if there is none."""
        roles, said = self.roles, self.said("i")
        texts = f"[{said} FOR i IN range(1, len({roles}) + 1) IF ({roles})[i] = 'system']"
        return f"nullif(array_to_string({texts}, chr(10)), '')"

    def spoken(self, index: str) -> str:
        """SQL of what an assistant's message says; the tool calls where it says nothing else."""
        said = self.said(index)
        calls = next((key for key in CALL_KEYS if key in self._members), None)
        if calls is None:
            return said
        call = f"CAST(to_json(({self.sql})[{index}].{identifier(calls)}) AS VARCHAR)"
        made = f"CASE WHEN {call} NOT IN ('null', '[]', '{{}}') THEN {call} END"
        return f"coalesce(nullif({said}, ''), {made}, {said})"

    def thought(self, index: str) -> str:
        """SQL of the reasoning that the message at an index carries beside what it says, or that the one before it is."""
        own = self._member(THOUGHT_KEYS, index)
        if "channel" not in self._members:
            return own
        before = f"CASE WHEN ({self.roles})[{index} - 1] = '{ANALYSIS}' THEN {self.said(f'{index} - 1')} END"
        return f"coalesce({own}, {before})"

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
    """Whether a column of this type holds a list of messages, or the lists of a struct that are one."""
    members = types.fields(types.element(kind)) if types.is_list(kind) else _lists(kind)
    return _is_message(members) or is_message(kind)


def is_message(kind: str) -> bool:
    """Whether a column of this type holds one message."""
    members = types.fields(kind)
    role = next((members[key] for key in ROLE_KEYS if key in members), "")
    return _is_message(members) and types.is_text(role)


def _is_message(members: Mapping[str, str]) -> bool:
    return any(key in members for key in ROLE_KEYS) and any(key in members for key in CONTENT_KEYS)


def conversation(column: str, kind: str) -> Conversation:
    """The conversation in a column."""
    if not is_conversation(kind):
        raise SchemaError(f"column {column!r} holds {kind} where a list of {{role, content}} is expected")
    if types.is_list(kind):
        return Conversation(identifier(column), kind)
    if is_message(kind):
        return Conversation(f"[{identifier(column)}]", kind + "[]")
    members, whole = _lists(kind), identifier(column)
    message = ", ".join(f"{literal(name)}: {whole}.{identifier(name)}[i]" for name in members)
    length = f"len({whole}.{identifier(next(iter(members)))})"
    return Conversation(f"[{{{message}}} FOR i IN range(1, {length} + 1)]", types.struct(members) + "[]")


def from_json(document: str, name: str) -> tuple[Conversation, tuple[str, str]]:
    """The conversation in SQL of a JSON list of messages; of bare texts, the user speaks first and turns alternate.

    With it, the let that takes the document apart: under its name, once, for fields ask for a conversation many times.
    """

    def first(keys: Sequence[str], arrow: str, *more: str) -> str:
        """The first of these members of `m` that is there and says something."""
        found = [f"m ->> {literal(key)}" if arrow == "->>" else _member_of(key) for key in keys]
        return f"coalesce({', '.join([*found, *more])})"

    thoughts = "[p ->> 'thinking' FOR p IN json_extract(m, '$.content[*]') IF p ->> 'type' = 'thinking']"
    thinking = f"to_json(nullif(array_to_string({thoughts}, chr(10)), ''))"

    bare = "json_type(m) = 'VARCHAR'"
    turn = "CASE WHEN i % 2 = 1 THEN 'user' ELSE 'assistant' END"
    members = {
        "role": (f"CASE WHEN {bare} THEN {turn} ELSE {first(ROLE_KEYS, '->>')} END", "VARCHAR"),
        "content": (f"CASE WHEN {bare} THEN m ELSE {first(CONTENT_KEYS, '->', _parts('text'))} END", "JSON"),
        "reasoning": (first(THOUGHT_KEYS, "->", _parts("reasoning"), thinking), "JSON"),
        "model": (first(MODEL_KEYS, "->>"), "VARCHAR"),
        "tool_calls": (
            first(CALL_KEYS, "->", _blocks("parts", "tool_call"), _blocks("content", "tool_use")),
            "JSON",
        ),
        "channel": ("m ->> 'channel'", "VARCHAR"),
        "weight": ("m ->> 'weight'", "VARCHAR"),
    }
    message = ", ".join(f"{literal(name)}: {sql}" for name, (sql, _) in members.items())
    kind = types.struct({name: inner for name, (_, inner) in members.items()}) + "[]"
    return Conversation(name, kind), (name, f"[{{{message}}} FOR m, i IN json_extract({document}, '$[*]')]")


def _member_of(key: str) -> str:
    """SQL of a member of the message `m` as JSON, where it is neither null nor an empty list."""
    return f"CASE WHEN (m -> {literal(key)}) NOT IN ('null', '[]') THEN m -> {literal(key)} END"


def _parts(kind: str) -> str:
    """SQL of the text of a message's parts of one kind, as OpenTelemetry writes them; NULL if there is none."""
    texts = f"[p ->> 'content' FOR p IN json_extract(m, '$.parts[*]') IF coalesce(p ->> 'type', 'text') = '{kind}']"
    return f"to_json(nullif(array_to_string({texts}, chr(10)), ''))"


def _blocks(key: str, kind: str) -> str:
    """SQL of the parts of a message that are of one kind, as JSON; NULL if there is none."""
    found = f"[p FOR p IN json_extract(m, '$.{key}[*]') IF p ->> 'type' = '{kind}']"
    return f"CASE WHEN len({found}) > 0 THEN to_json({found}) END"


def _lists(kind: str) -> dict[str, str]:
    """The members of a struct of lists, as those of one message; empty for any other type."""
    members = types.fields(kind)
    return {name: types.element(inner) for name, inner in members.items() if types.is_list(inner)}
