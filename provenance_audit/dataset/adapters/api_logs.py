"""What model APIs write: OpenAI Batch and Responses output, Anthropic Message Batches, vLLM's and SGLang's batch runners.

The response names the model that answered (tier 2: written by the tool as it ran). The prompt is in the batch's input:
given beside the output, the two are joined by `custom_id`; without it, rows have no prompt.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.database import identifier
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters.base import Projection, Reads, answer, any_text, sampling, scalar
from provenance_audit.dataset.adapters.choices import choice
from provenance_audit.dataset.adapters.conversation import from_json
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
    lets = (
        ("body", f"to_json({identifier(response)}.body)"),
        ("choices", "json_extract(body, '$.choices[*]')"),
        ("output", "json_extract(body, '$.output[*]')"),
    )
    chat, responses = choice("(choices[item])"), _responses()
    fields = {
        name: f"CASE WHEN len(choices) > 0 THEN {chat[name]} ELSE {responses[name]} END" for name in responses
    }
    fields |= {
        "sample_id": scalar(columns, custom_id),
        "gen_index": "item",
        "maker": "json_extract_string(body, '$.model')",
        "system_fingerprint": "json_extract_string(body, '$.system_fingerprint')",
        "generated_at": "coalesce(json_extract_string(body, '$.created'), json_extract_string(body, '$.created_at'))",
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
        "CASE WHEN len(choices) > 0 THEN len(choices) WHEN len(output) > 0 THEN 1 ELSE 0 END",
        makers_from="log",
    )


def _responses() -> dict[str, str]:
    """The fields of an answer of the Responses API, which is one answer however many parts its messages have."""

    def texts(kind: str, *paths: str) -> str:
        items = f"[o FOR o IN output IF coalesce(o ->> 'type', 'message') = '{kind}']"
        found = " || ".join(f"json_extract_string(to_json({items}), '$[*].{path}[*].text')" for path in paths)
        return f"nullif(array_to_string({found}, chr(10)), '')"

    calls = "[o FOR o IN output IF o ->> 'type' IN ('function_call', 'custom_tool_call')]"
    made = f"CASE WHEN len({calls}) > 0 THEN CAST(to_json({calls}) AS VARCHAR) END"
    return {
        **answer(
            f"coalesce({texts('message', 'content')}, {made})", texts("reasoning", "summary", "content")
        ),
        "finish_reason": "json_extract_string(body, '$.incomplete_details.reason')",
    }


def batch_input(columns: Mapping[str, str]) -> Projection | None:
    """Lines of `custom_id` and `body` (OpenAI) or `params` (Anthropic): what was asked. No trained row of its own."""
    custom_id, body = first_of(("custom_id",), columns), first_of(("body", "params"), columns)
    if custom_id is None or body is None or first_of(("response", "result"), columns) is not None:
        return None
    # A member that another line of the file has is null in this one.
    asked = (f"nullif(json_extract(request, '$.{key}'), 'null')" for key in ("messages", "input", "prompt"))
    chat, apart = from_json("asked", "chat")
    plain = "CASE WHEN json_type(asked) = 'VARCHAR' THEN asked ->> '$' END"
    own = ", ".join(
        str(any_text(f"json_extract(request, '$.{key}')", "JSON")) for key in ("instructions", "system")
    )
    fields = {
        "sample_id": scalar(columns, custom_id),
        "thread": f"coalesce({plain}, {chat.said(chat.first('user'))})",
        "prompt": f"coalesce({plain}, {chat.said(chat.last('user'))})",
        # Anthropic and Responses keep it apart from the messages; a developer turn may stand beside it.
        "system_prompt": f"nullif(concat_ws(chr(10), {own}, {chat.system}), '')",
        "requested_model": "json_extract_string(request, '$.model')",
        "gen_params": sampling("request"),
    }
    mapping = {
        "sample_id": custom_id,
        "prompt": f"{body}.messages[role=user]",
        "requested_model": f"{body}.model",
        "gen_params": f"{body}.temperature, …",
    }
    lets = (
        ("request", f"to_json({identifier(body)})"),
        ("asked", f"coalesce({', '.join(asked)})"),
        apart,
    )
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
    blocks = "[b FOR b IN json_extract(message, '$.content[*]') IF b ->> 'type' = 'tool_use']"
    tools = f"CASE WHEN len({blocks}) > 0 THEN CAST(to_json({blocks}) AS VARCHAR) END"
    fields = {
        **answer(
            f"coalesce(nullif(array_to_string({texts}, chr(10)), ''), {tools})",
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
    chat, apart = from_json(f"json_extract({document}, '$.messages')", "chat")
    value = f"to_json({identifier(said)})"
    fields = {
        "thread": chat.said(chat.first("user")),
        "prompt": chat.said(chat.last("user")),
        "system_prompt": chat.system,
        **answer(
            f"CASE json_type({value}) WHEN 'OBJECT' THEN CAST({value} AS VARCHAR) ELSE {value} ->> '$' END"
        ),
        "maker": f"json_extract_string({document}, '$.model')",
        "gen_params": f"nullif({document} ->> '$.generation_params', '{{}}')",
    }
    mapping = {
        "prompt": f"{request}.messages",
        "completion": said,
        "maker": f"{request}.model",
        "gen_params": f"{request}.generation_params",
    }
    used = {request: columns[request], said: columns[said]}
    return Projection("Bespoke Curator responses", used, fields, mapping, (apart,), makers_from="log")


ADAPTERS = (openai_batch, batch_input, anthropic_batch, curator)
