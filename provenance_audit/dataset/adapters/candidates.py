"""Several answers to one prompt in a list: `generations[]`, `answers[]`, `completions[]`, `responses[]`. A row for each.

As written by distilabel, Nectar, UltraFeedback, CodeUltraFeedback, OpenR1 and datatrove. The maker of each is in its own
struct (`answers[].model`), or in a list beside (`generation_models[]`, `models[]`); so are the filters it passed
(`correctness_*[]`) and why it ended (`finish_reasons[]`).
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.database import identifier
from provenance_audit.dataset import types
from provenance_audit.dataset.adapters.base import (
    NOTHING,
    Projection,
    Reads,
    answer,
    any_text,
    filters,
    model_name,
)
from provenance_audit.dataset.adapters.conversation import is_conversation
from provenance_audit.dataset.adapters.pairs import asked, prompt_of
from provenance_audit.dataset.columns import REASONING, first_of
from provenance_audit.dataset.nomination import RATED

# As in `messages`, which reads them where there are no candidates.
CHATS = ("messages", "conversations", "conversation")
LISTS = ("generations", "completions", "responses", "answers", "candidates", "outputs", "rollout_results")
# Columns of one completion, which hold a list where several were asked for (distilabel's `num_generations`).
ONE_OR_MANY = ("generation", "completion", "response", "output")
TEXT_KEYS = ("text", "answer", "response", "completion", "generation", "content", "output")
MODEL_KEYS = ("model", "model_name", "generator")
# Beside the list, one for each candidate. Not `models` of a set that is rated: there it names the candidates too.
MODEL_LISTS = ("generation_models", "models", "completion_models", "model_names")
FINISH_KEYS = ("finish_reason", "stop_reason")
FINISH_LISTS = ("finish_reasons",)
# Beside the list, one for all of them; the second is the judge where candidates are rated.
MAKERS_FOR_SURE = (
    "generation_model",
    "generator_model",
    "completion_model",
    "response_model",
    "generated_by",
)
MAKERS = (*MAKERS_FOR_SURE, "generator", "model", "model_name")
FILTER_LISTS = ("is_correct", "correctness")

READS = (
    Reads(
        "`generations[]`, `completions[]`, `responses[]`, `answers[]`",
        "distilabel, Nectar, UltraFeedback, OpenR1",
        "`model` of a candidate, else `generation_models[]`, `models[]`, else `generation_model` of the record",
        4,
    ),
    Reads("`metadata.rollout_results[]`", "datatrove", "the card, or by hand", 4),
)


def recognise(columns: Mapping[str, str]) -> Projection | None:
    """A projection if there is a list of candidates. Beside messages only if the file says more of each: OpenR1 has both,
    and the messages repeat one of the candidates."""
    column, sql = _list_of(columns)
    if column is None:
        return None
    chat = first_of(CHATS, {name: kind for name, kind in columns.items() if is_conversation(kind)})
    kind = _kind_at(columns, column, sql)
    members = types.fields(types.element(kind))
    one = f"({sql})[item]"
    key = first_of(TEXT_KEYS, members)
    said = (
        any_text(f"{one}.{identifier(key)}", members[key])
        if key is not None
        else any_text(one, types.element(kind))
    )
    if said is None:
        return None
    used, fields, mapping = asked(columns, prompt_of(columns) or chat)
    used[column] = columns[column]
    thought = first_of(REASONING, members)
    thought_sql = any_text(f"{one}.{identifier(thought)}", members[thought]) if thought is not None else None
    fields.update(answer(said, thought_sql or NOTHING))
    fields |= {"branch": "'candidate'", "gen_index": "item"}
    mapping["completion"] = f"{column}[]" + (f".{key}" if key is not None else "")
    for canonical, keys, lists in (
        ("maker", MODEL_KEYS, MODEL_LISTS),
        ("finish_reason", FINISH_KEYS, FINISH_LISTS),
    ):
        inside, beside = first_of(keys, members), _list_beside(columns, lists)
        if inside is not None:
            fields[canonical] = any_text(f"{one}.{identifier(inside)}", members[inside]) or NOTHING
            mapping[canonical] = f"{column}[].{inside}"
        elif beside is not None:
            fields[canonical] = (
                any_text(f"{identifier(beside)}[item]", types.element(columns[beside])) or NOTHING
            )
            mapping[canonical] = f"{beside}[]"
            used[beside] = columns[beside]
    made_by = _maker_of_all(columns) if "maker" not in fields else None
    if made_by is not None:
        fields["maker"] = model_name(identifier(made_by), columns[made_by])
        mapping["maker"] = made_by
        used[made_by] = columns[made_by]
    flags = [
        name
        for name, kind in columns.items()
        if name.lower().startswith(FILTER_LISTS)
        and types.is_list(kind)
        and types.is_text(types.element(kind))
    ]
    if flags:
        tests = {
            name: f"TRY_CAST({any_text(f'{identifier(name)}[item]', types.element(columns[name]))} AS BOOLEAN)"
            for name in flags
        }
        # A test that was not made of a row does not speak of it.
        fields["kept"] = " AND ".join(f"coalesce({test}, true)" for test in tests.values())
        fields["filters"] = filters(tests)
        mapping["kept"] = " and ".join(f"{name}[]" for name in flags)
        used.update({name: columns[name] for name in flags})
    if (
        chat is not None
        and column.lower() != "generations"
        and not {"maker", "finish_reason", "kept"} & fields.keys()
    ):
        return None
    asked_by = mapping.get("prompt")
    schema = f"{asked_by} + {column}[]" if asked_by is not None else f"{column}[]"
    return Projection(schema, used, fields, mapping, count=f"len({sql})", answered_in=(column,))


def _list_of(columns: Mapping[str, str]) -> tuple[str | None, str]:
    """The column of candidates and the SQL of its list; datatrove keeps it inside `metadata`."""
    for name in (*LISTS, *ONE_OR_MANY):
        column = first_of((name,), columns)
        if column is not None and types.is_list(columns[column]) and not is_conversation(columns[column]):
            return column, identifier(column)
    metadata = first_of(("metadata",), columns)
    if metadata is not None:
        inside = types.fields(columns[metadata])
        if "rollout_results" in inside and types.is_list(inside["rollout_results"]):
            return metadata, f"{identifier(metadata)}.rollout_results"
    return None, ""


def _maker_of_all(columns: Mapping[str, str]) -> str | None:
    """The column that names one maker for all candidates: not one beside ratings that may name who rated them."""
    rated = RATED & {name.lower() for name in columns}
    names = MAKERS if not rated - {"generations"} else MAKERS_FOR_SURE
    found = first_of(names, {name: kind for name, kind in columns.items() if types.is_text(kind)})
    return found if found is not None and not (rated and found.lower() == "model_name") else None


def _kind_at(columns: Mapping[str, str], column: str, sql: str) -> str:
    return columns[column] if sql == identifier(column) else types.fields(columns[column])["rollout_results"]


def _list_beside(columns: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    found = first_of(names, columns)
    if found is None or not types.is_list(columns[found]) or not types.is_text(types.element(columns[found])):
        return None
    return found
