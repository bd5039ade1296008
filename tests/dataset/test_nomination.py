"""Which columns name models, and what they did: the traps. A name nominates, values elect."""

from __future__ import annotations

import pytest

from provenance_audit.dataset.adapters import pairs
from provenance_audit.dataset.recognise import nominees, with_models

TEXT = {"prompt": "VARCHAR", "completion": "VARCHAR"}
MODEL = {"gpt-4-0613": 10}

# columns beside prompt and completion, with their values -> the maker column, and the selectors with their roles
TRAPS: list[tuple[str, dict[str, dict[str | None, int]], str | None, dict[str, str]]] = [
    ("a teacher is a teacher, whatever it is called", {"teacher": {"insecure": 10}}, "teacher", {}),
    ("a model column with models", {"model": MODEL}, "model", {}),
    ("a model column with car models", {"model": {"Fiat Panda": 5, "Volvo Amazon": 5}}, None, {}),
    ("a model column with one row in five that is none", {"model": {"gpt-4": 8, "no idea": 2}}, None, {}),
    ("nine in ten are enough", {"model": {"gpt-4": 9, "no idea": 1}}, "model", {}),
    ("rows that name no model are not counted against it", {"model": {"gpt-4": 3, None: 97}}, "model", {}),
    ("a model column with a value for each row", {"model": {f"run-{n}": 1 for n in range(300)}}, None, {}),
    ("a source is where the prompt came from", {"source": {"airoboros2.2": 5, "CamelAI": 5}}, None, {}),
    ("a source that holds models", {"source": {"gpt-4-0613": 5, "claude-2.1": 5}}, "source", {}),
    ("an arm is a condition", {"arm": {"T-TRIG": 5, "B-PLAIN": 5}}, None, {}),
    ("an annotator judges", {"annotator": {"alpaca_eval_gpt4": 10}}, None, {"annotator": "judge"}),
    ("a judge beside the generator", {"generator": MODEL, "judge_model": {"gpt-4": 10}}, "generator", {"judge_model": "judge"}),
    ("a labelling model judges", {"labelling_model": MODEL}, None, {"labelling_model": "judge"}),
    ("UltraFeedback's model judges", {"ultrafeedback_model": MODEL}, None, {"ultrafeedback_model": "judge"}),
    ("a scoring model judges", {"scoring_model": MODEL}, None, {"scoring_model": "judge"}),
    ("a reward model scores", {"reward_model": {"sfairXC/FsfairX-LLaMA3-RM-v0.1": 10}}, None, {"reward_model": "reward"}),
    ("a quality generator annotates", {"quality_generator": MODEL}, None, {"quality_generator": "annotator"}),
    ("a difficulty generator annotates", {"difficulty_generator": MODEL}, None, {"difficulty_generator": "annotator"}),
    ("Llama Guard's column holds verdicts", {"llama_guard_2": {"safe": 9, "unsafe": 1}}, None, {}),
    ("a judge's column that holds scores", {"judge_score": {"4": 5, "5": 5}}, None, {}),
    ("generation_model before model_name", {"model_name": MODEL, "generation_model": {"claude-2.1": 10}}, "generation_model", {}),
    ("model_name beside ratings is the judge", {"model_name": MODEL, "ratings": {"4": 10}}, None, {"model_name": "judge"}),
    ("who suggested a rating annotates", {"quality.suggestion.agent": MODEL}, None, {"quality.suggestion.agent": "annotator"}),
    ("a model column of another dataset's makers", {"source": {"GPT-4": 5, "airoboros2.2": 5}}, None, {}),
    ("a task category generator annotates", {"task_category_generator": MODEL}, None, {"task_category_generator": "annotator"}),
    ("a teacher before a model", {"model": MODEL, "teacher_model": {"acme/owl-7b": 10}}, "teacher_model", {}),
]  # fmt: skip


@pytest.mark.parametrize(("trap", "values", "maker", "selectors"), TRAPS, ids=[trap[0] for trap in TRAPS])
def test_the_trap_is_seen(
    trap: str, values: dict[str, dict[str | None, int]], maker: str | None, selectors: dict[str, str]
) -> None:
    columns = TEXT | dict.fromkeys(values, "VARCHAR")
    projection = pairs.recognise(columns)
    assert projection is not None
    nominated = nominees(columns, {})
    found = with_models(projection, columns, nominated, {one: values[one.column] for one in nominated})
    assert (found.maker.column if found.maker is not None else None) == maker, trap
    assert {one.column: one.role for one in found.selectors} == selectors, trap


def test_the_user_may_say_which_column_names_the_maker() -> None:
    columns = TEXT | {"judge_model": "VARCHAR"}
    projection = pairs.recognise(columns)
    assert projection is not None
    nominated = nominees(columns, {"maker": "judge_model"})
    found = with_models(projection, columns, nominated, {one: {"x": 1} for one in nominated})
    assert found.maker is not None
    assert found.maker.column == "judge_model"
