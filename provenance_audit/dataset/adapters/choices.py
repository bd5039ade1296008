"""The `choices[]` of a chat completion, in SQL of JSON: what OpenAI's batches, vLLM, SGLang and gateways write alike."""

from __future__ import annotations

from provenance_audit.dataset.adapters.base import answer, any_text


def choice(one: str) -> dict[str, str]:
    """The fields of one choice; its tool calls where it says nothing else. one: SQL of the JSON of the choice."""
    said = any_text(f"({one} -> '$.message.content')", "JSON")
    calls = " ".join(
        f"WHEN json_type({one}, '$.message.{key}') IN ('ARRAY', 'OBJECT') AND "
        f"({one} ->> '$.message.{key}') NOT IN ('[]', '{{}}') THEN {one} ->> '$.message.{key}'"
        for key in ("tool_calls", "function_call")
    )
    thought = ", ".join(
        f"{one} ->> '$.message.{key}'" for key in ("reasoning_content", "reasoning", "thinking")
    )
    return {
        **answer(
            f"coalesce(nullif({said}, ''), CASE {calls} END, {said}, {one} ->> '$.text')",
            f"coalesce({thought})",
        ),
        "gen_index": "item",
        "finish_reason": f"({one} ->> '$.finish_reason')",
    }
