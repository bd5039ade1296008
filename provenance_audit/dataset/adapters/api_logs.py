"""What model APIs write: OpenAI Batch and Responses output, Anthropic Message Batches, vLLM's and SGLang's batch runners.

The response names the model that answered (tier 2: written by the tool as it ran). The prompt is in the batch's input:
given beside the output, the two are joined by `custom_id`; without it, rows have no prompt.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.database import identifier
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters.base import Projection, Reads, answer, scalar
from provenance_audit.dataset.columns import first_of

READS = (
    Reads(
        "`custom_id`, `response.body`",
        "OpenAI Batch (chat and Responses), vLLM and SGLang batch runners; joined to its input by `custom_id`",
        "`response.body.model`",
        2,
    ),
    Reads(
        "`custom_id`, `result.message`",
        "Anthropic Message Batches; joined to its input by `custom_id`",
        "`result.message.model`",
        2,
    ),
    Reads("`generic_request`, `response_message`", "Bespoke Curator's cache", "`generic_request.model`", 2),
)


def openai_batch(columns: Mapping[str, str]) -> Projection | None:
    """Lines of `custom_id`, `response.body`: chat completions (`choices[]`) and responses (`output[]`)."""
    response, custom_id = first_of(("response",), columns), first_of(("custom_id",), columns)
    body = types.fields(types.fields(columns[response]).get("body", "")) if response is not None else {}
    if response is None or custom_id is None or not ({"choices", "output"} & body.keys()):
        return None
    said = "json_extract_string(body, '$.choices[*].message.content')"
    spoken = "json_extract_string(body, '$.output[*].content[*].text')"
    calls = "nullif(CAST(json_extract(body, '$.choices[*].message.tool_calls') AS VARCHAR), '[]')"
    lets = (
        ("body", f"to_json({identifier(response)}.body)"),
        (
            "answers",
            f"CASE WHEN json_exists(body, '$.choices') THEN {said} ELSE {spoken} END",
        ),
    )
    one = "answers[item]"
    fields = {
        "sample_id": scalar(columns, custom_id),
        **answer(
            f"coalesce({one}, {calls})", "json_extract_string(body, '$.choices[0].message.reasoning_content')"
        ),
        "gen_index": "item",
        "maker": "json_extract_string(body, '$.model')",
        "finish_reason": "json_extract_string(body, '$.choices[0].finish_reason')",
        "generated_at": "json_extract_string(body, '$.created')",
    }
    mapping = {
        "sample_id": custom_id,
        "completion": f"{response}.body.choices[].message.content",
        "maker": f"{response}.body.model",
    }
    return Projection(
        "OpenAI batch output",
        {response: columns[response], custom_id: columns[custom_id]},
        fields,
        mapping,
        lets,
        "len(answers)",
        makers_from="log",
    )


def batch_input(columns: Mapping[str, str]) -> Projection | None:
    """Lines of `custom_id` and `body` (OpenAI) or `params` (Anthropic): what was asked. No trained row of its own."""
    custom_id, body = first_of(("custom_id",), columns), first_of(("body", "params"), columns)
    if custom_id is None or body is None or first_of(("response", "result"), columns) is not None:
        return None
    asked = "coalesce(json_extract(request, '$.messages'), json_extract(request, '$.input'))"
    contents, roles = (f"json_extract_string({asked}, '$[*].{key}')" for key in ("content", "role"))
    plain = f"CASE WHEN json_type({asked}) = 'VARCHAR' THEN {asked} ->> '$' END"
    own = "coalesce(json_extract_string(request, '$.instructions'), json_extract_string(request, '$.system'))"
    fields = {
        "sample_id": scalar(columns, custom_id),
        "thread": f"coalesce({plain}, ({contents})[list_position({roles}, 'user')])",
        "prompt": f"coalesce({plain}, ({contents})[len({roles}) + 1 - list_position(list_reverse({roles}), 'user')])",
        "system_prompt": f"coalesce(({contents})[list_position({roles}, 'system')], {own})",
        "requested_model": "json_extract_string(request, '$.model')",
    }
    mapping = {
        "sample_id": custom_id,
        "prompt": f"{body}.messages[role=user]",
        "requested_model": f"{body}.model",
    }
    lets = (("request", f"to_json({identifier(body)})"),)
    used = {body: columns[body], custom_id: columns[custom_id]}
    return Projection("batch input", used, fields, mapping, lets, makers_from="log", asks_only=True)


def anthropic_batch(columns: Mapping[str, str]) -> Projection | None:
    """Lines of `custom_id`, `result.type`, `result.message`: a row where it succeeded."""
    result = first_of(("result",), columns)
    members = types.fields(columns[result]) if result is not None else {}
    if result is None or "message" not in members or "type" not in members:
        return None
    texts = "json_extract_string(message, '$.content[*].text')"
    thoughts = "json_extract_string(message, '$.content[*].thinking')"
    fields = {
        **answer(
            f"nullif(array_to_string({texts}, chr(10)), '')",
            f"nullif(array_to_string({thoughts}, chr(10)), '')",
        ),
        "maker": "json_extract_string(message, '$.model')",
        "finish_reason": "json_extract_string(message, '$.stop_reason')",
    }
    mapping = {"completion": f"{result}.message.content[].text", "maker": f"{result}.message.model"}
    lets = (("message", f"to_json({identifier(result)}.message)"),)
    return Projection(
        "Anthropic message batch", {result: columns[result]}, fields, mapping, lets, makers_from="log"
    )


def curator(columns: Mapping[str, str]) -> Projection | None:
    """Bespoke Curator's cached `responses_*.jsonl`: `generic_request`, and `response_message` or `raw_response`."""
    request = first_of(("generic_request",), columns)
    said = first_of(("response_message", "parsed_response_message"), columns)
    if request is None or said is None:
        return None
    document = f"to_json({identifier(request)})"
    texts = f"json_extract_string({document}, '$.messages[*].content')"
    roles = f"json_extract_string({document}, '$.messages[*].role')"
    value = f"to_json({identifier(said)})"
    fields = {
        "thread": f"({texts})[list_position({roles}, 'user')]",
        "prompt": f"({texts})[len({roles}) + 1 - list_position(list_reverse({roles}), 'user')]",
        "system_prompt": f"({texts})[list_position({roles}, 'system')]",
        **answer(
            f"CASE json_type({value}) WHEN 'OBJECT' THEN CAST({value} AS VARCHAR) ELSE {value} ->> '$' END"
        ),
        "maker": f"json_extract_string({document}, '$.model')",
    }
    mapping = {"prompt": f"{request}.messages", "completion": said, "maker": f"{request}.model"}
    used = {request: columns[request], said: columns[said]}
    return Projection("Bespoke Curator responses", used, fields, mapping, makers_from="log")


ADAPTERS = (openai_batch, batch_input, anthropic_batch, curator)
