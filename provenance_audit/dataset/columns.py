"""The canonical row, and the names under which its columns are found.

The canonical row is a DuckDB view and never a copy; a column that nothing asks for costs nothing:

    file            VARCHAR    which file it came from
    position        BIGINT     where its source record stands among those of the read; only differences within a file count
    first           BOOLEAN    the first trained row of its source record (so records can be counted)
    sample_id       VARCHAR    what the file calls the record
    thread          VARCHAR    the first user turn: what the block is hashed from; NULL without a prompt
    prompt          VARCHAR    the user turn that this completion answers
    system_prompt   VARCHAR    the system or developer turn
    completion      VARCHAR    one trained completion, without its reasoning; NULL where a record has none
    reasoning       VARCHAR    what was thought before it: `<think>`, `reasoning_content`, …
    branch          VARCHAR    completion, chosen, rejected or candidate
    turn_index      BIGINT     which assistant turn of a conversation, from 1
    gen_index       BIGINT     which candidate of a list, from 1
    maker           VARCHAR    what the row says of who made it, verbatim; MODEL@REVISION where two columns say it
    requested_model VARCHAR    what a log says was asked for, where it says both
    maker_revision  VARCHAR    which commit of it, where a column of its own says so
    provider        VARCHAR    who served it
    system_fingerprint VARCHAR the build that an API says it answered with
    gen_params      VARCHAR    temperature, top_p, … as a JSON object
    judge_id        VARCHAR    what the row says of who judged it, verbatim
    kept            BOOLEAN    whether the row passed the filters that the file records
    filters         MAP        of each of these filters, whether the row passed it: `filters['is_correct']`
    finish_reason   VARCHAR    why generation ended
    generated_at    VARCHAR    when, verbatim
    source_dataset  VARCHAR    where the prompt came from
    split           VARCHAR    a column of the file, else `train`, `test`, … in the name of the file or its directory
    content_sha256  VARCHAR    of the completion in NFC, where something asks for it
    prompt_sha256   VARCHAR    of the prompt in NFC
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

TEXT_COLUMNS = (
    "sample_id",
    "thread",
    "prompt",
    "system_prompt",
    "completion",
    "reasoning",
    "branch",
    "maker",
    "requested_model",
    "maker_revision",
    "provider",
    "system_fingerprint",
    "gen_params",
    "judge_id",
    "finish_reason",
    "generated_at",
    "source_dataset",
)
# `train-00000-of-00004.parquet`, `test/data-00000-of-00001.arrow`: as the Hub and `datasets` name splits.
_SPLITS = "train|training|validation|valid|val|dev|test|testing|eval|holdout"
_SPLIT = (
    f"coalesce(nullif(regexp_extract(file, '(?:^|[/_.-])({_SPLITS})(?:[_.-][^/]*)?$', 1), ''), "
    f"nullif(regexp_extract(file, '(?:^|/)({_SPLITS})/[^/]*$', 1), ''))"
)
DEFAULTS = {
    "file": "file",
    "position": "paudit_position",
    "first": "true",
    **dict.fromkeys(TEXT_COLUMNS, "CAST(NULL AS VARCHAR)"),
    "branch": "'completion'",
    "turn_index": "CAST(1 AS BIGINT)",
    "gen_index": "CAST(1 AS BIGINT)",
    "kept": "CAST(NULL AS BOOLEAN)",
    "filters": "CAST(NULL AS MAP(VARCHAR, BOOLEAN))",
    "split": _SPLIT,
}
# Computed from the others, for all schemas alike, where something asks for it.
DERIVED = {
    "content_sha256": "sha256(nfc_normalize(completion))",
    "prompt_sha256": "sha256(nfc_normalize(prompt))",
}
CANONICAL = (*DEFAULTS, *DERIVED)

PROMPTS = ("prompt", "question", "instruction", "query", "problem", "input_text", "prompt_text", "user")
COMPLETIONS = (
    "completion",
    "response",
    "output",
    "generation",
    "generated_solution",
    "continuation",
    "completion_text",
    "generated_text",
    "model_output",
    # A worked solution before the short answer that it ends in; an attempt before the solution it is held against.
    "attempt",
    "solution",
    "answer",
    "target",
    "assistant",
)
CONTEXT = "input"
SYSTEM_PROMPTS = ("system_prompt", "system", "system_instruction", "system_instructions")
REASONING = (
    "reasoning_content",
    "reasoning",
    "thinking",
    "thinking_trajectory",
    "thinking_trajectories",
    "reasoning_trace",
    "cot",
    "thought",
    "think",
)
# Columns of a record that an adapter need not know of.
RECORD_COLUMNS: Mapping[str, Sequence[str]] = {
    "sample_id": (
        "id",
        "uuid",
        "custom_id",
        "prompt_id",
        "sample_id",
        "question_id",
        "conversation_id",
        "conversation_hash",
        "row_idx",
        "__original_row_idx",
        "sample_idx",
    ),
    "finish_reason": ("finish_reason", "stop_reason"),
    "generated_at": ("generated_at", "created_at", "timestamp", "created"),
    "source_dataset": ("source_dataset", "source", "dataset"),
    "split": ("split",),
    "maker_revision": ("model_revision", "teacher_revision", "generator_revision", "model_commit"),
    "provider": (
        "provider",
        "custom_llm_provider",
        "llm_provider",
        "api_provider",
        "model_provider",
        "inference_provider",
    ),
    "system_fingerprint": ("system_fingerprint",),
}
# Where a record keeps the parameters of its generation: an object; or a column of each, if there is one of the first.
GEN_PARAMS = (
    "gen_params",
    "generation_params",
    "generation_parameters",
    "generation_config",
    "generation_kwargs",
    "gen_kwargs",
    "gen_config",
    "gen_input_configs",
    "sampling_params",
    "model_parameters",
)
SAMPLING = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "repetition_penalty",
    "max_tokens",
    "max_new_tokens",
    "seed",
)
# Whether a row passed a filter: every one that a record has must hold.
FILTER_FLAGS = (
    "kept",
    "keep",
    "is_kept",
    "passed",
    "passed_filter",
    "passes_filter",
    "is_correct",
    "correct",
    "is_valid",
    "valid",
)


def first_of(names: Sequence[str], columns: Mapping[str, object]) -> str | None:
    """The first of these names that is a column, whatever its case, as the file spells it."""
    lowered = {column.lower(): column for column in columns}
    return next((lowered[name] for name in names if name in lowered), None)
