"""Which columns name models, and in what role. A name nominates a column; only its values elect it.

Columns called `model` hold anything, and `model_name` is often the judge: distilabel writes it from every task, so that
the last task wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provenance_audit.database import identifier
from provenance_audit.dataset import types

# A column of the first kind says what it is, so that even an unresolvable value is taken; the second needs its values.
TEACHERS = ("teacher_model", "teacher", "teacher_id")
GENERATORS = (
    "generation_model",
    "generator_model",
    "completion_model",
    "response_model",
    "generated_by",
    "generator",
    "gen_model",
    "model",
    "model_id",
    "model_name",
    "llm",
    "engine",
)
# `source` is the origin of the prompt, a sub-dataset, or the teacher: the last resort, and only by its values.
OVERLOADED = ("source", "arm")
# distilabel's `model_name` beside one of these is what rated the candidates.
RATED = frozenset({"ratings", "rationales", "generation_models", "generations"})
VALUES_AT_MOST = 200
SHARE_OF_MODELS = 0.9

_JUDGE = re.compile(
    r"judge|annotator|labell?ing_model|ultrafeedback_model|scor(?:er|ing)_model|grader|evaluator|critic|verifier",
    re.I,
)
_ANNOTATOR = re.compile(
    r"^(?:quality|difficulty|task_category|language|safety)_generator$|^label(?:l?er)?_model$|\.suggestion\.agent$",
    re.I,
)
_REWARD = re.compile(r"^(?:reward_model|rm_model)(?:_name|_id)?$", re.I)
_SAFETY = re.compile(r"^(?:llama_?guard|shield_?gemma|guard_model|moderation_model)", re.I)
_RANKER = re.compile(r"^(?:ranker|reranker|selector)(?:_model)?$", re.I)
_REWRITER = re.compile(r"^(?:rewriter|paraphraser|rephrase[rd]?_by)(?:_model)?$", re.I)
_PROMPTER = re.compile(r"^(?:prompt|question|instruction|input)_(?:generator|model)$", re.I)
# Lists of what judges said of a record, each with the judge in a member of its own.
_JUDGEMENTS = re.compile(r"^(?:annotation|judge?ment|evaluation|critique|review)s$", re.I)
_WHO = re.compile(r"^(?:model|model_name|annotator|judge|judge_model|evaluator)$", re.I)
# What stands where nobody wrote a name, and who is no model: neither speaks against a column of models.
PLACEHOLDERS = frozenset(
    {"", "-", "?", "na", "n/a", "nan", "nil", "none", "null", "other", "unknown", "unspecified"}
)
HUMANS = frozenset({"human", "humans", "human-written", "human_written"})
# A name of a model: one word with letters, and a digit, a slash or a dash somewhere.
_MODEL_NAME = re.compile(r"(?=.*[A-Za-z])(?=.*[\d/\-:])[\w.\-:/@+]{3,200}")
# Names that have no digit, slash or dash, or a space: `chatgpt`, `claude`, `GPT-4 Turbo`, `DeepSeek R1`.
_SERVED_NAME = re.compile(
    r"(?:chat)?gpt(?:[ \-][\w.]+){0,3}|claude(?:[ \-][\w.]+){0,4}|gemini(?:[ \-][\w.]+){0,3}|bard|o[134](?:-mini|-preview)?|"
    r"deepseek[ \-]?(?:r1|v[23][\w.]*)(?: [\w.]+)?|(?:llama|mistral|mixtral|qwen|gemma|grok|kimi|phi)[ \-]?\d[\w.]*(?: [\w.]+){0,3}",
    re.I,
)
# UUIDs and dates are words with digits and dashes too.
_NO_NAME = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f\-]+|\d{4}-\d{2}-\d{2}.*|[\d.\-:/]+", re.I)
# What a `source` must begin with to be a model, and what it must not hold.
_DATASET_WORDS = re.compile(
    r"evol|instruct_\d+k|_\d+k\b|question|reader|dataset|prompts?\b|alpaca-gpt|share|\.(?:csv|jsonl?|parquet|txt)$",
    re.I,
)
_MODEL_FAMILY = re.compile(
    r"gpt|claude|gemini|gemma|llama|vicuna|qwen|qwq|mistral|mixtral|deepseek|phi-?\d|falcon|yi-|glm|olmo|tulu|zephyr|"
    r"alpaca-\d|wizardlm|command-r|davinci|nemotron|granite|smollm|pythia|internlm|grok|kimi|o[134](?:-mini|-preview)?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class ModelColumn:
    """A column that names models. `role` is what they did to the row: generator, judge, reward, …

    member: of the struct that the column holds, or of each of a list of them, where it is not the column itself.
    """

    column: str
    role: str
    certain: bool = False
    member: str = ""

    def shown(self, kind: str) -> str:
        """How a reader finds it: `annotations[].model`."""
        return (
            f"{self.column}{'[]' if types.is_list(kind) else ''}.{self.member}"
            if self.member
            else self.column
        )

    def first(self, kind: str) -> str:
        """SQL of what it names in a record, of a column of this type; of a list the first."""
        return f"({self._list(kind)})[1]" if types.is_list(kind) else self._one(identifier(self.column), kind)

    def each(self, kind: str) -> str:
        """SQL of all that it names in a record, once each: several rows where the column is a list."""
        return f"unnest(list_distinct({self._list(kind)}))" if types.is_list(kind) else self.first(kind)

    def _list(self, kind: str) -> str:
        return f"[{self._one('p', types.element(kind))} FOR p IN {identifier(self.column)}]"

    def _one(self, value: str, kind: str) -> str:
        if not self.member:
            return types.as_text(value, kind)
        return types.as_text(f"{value}.{identifier(self.member)}", types.fields(kind)[self.member])


def role_of(column: str) -> str | None:
    """The role, other than generator, that a column's name gives its models."""
    for pattern, role in (
        (_ANNOTATOR, "annotator"),
        (_PROMPTER, "prompt_generator"),
        (_REWARD, "reward"),
        (_SAFETY, "safety"),
        (_RANKER, "ranker"),
        (_REWRITER, "rewriter"),
        (_JUDGE, "judge"),
    ):
        if pattern.search(column):
            return role
    return None


def nominate(columns: Mapping[str, str]) -> Iterator[ModelColumn]:
    """The columns that may name models, generators first and in the order of trust. columns: name -> type."""
    lowered = {name.lower(): name for name, kind in columns.items() if types.is_text(kind)}
    for name in TEACHERS:
        if name in lowered:
            yield ModelColumn(lowered[name], "generator", certain=True)
    rated = RATED & {name.lower() for name in columns}
    for name in (*GENERATORS, *OVERLOADED):
        if name not in lowered:
            continue
        judges = name == "model_name" and bool(rated)
        yield ModelColumn(lowered[name], "judge" if judges else "generator")
    for name in lowered.values():
        role = role_of(name)
        if role is not None and name.lower() not in GENERATORS:
            yield ModelColumn(name, role)
    for name, kind in columns.items():
        yield from _nominate_inside(name, kind)


def _nominate_inside(name: str, kind: str) -> Iterator[ModelColumn]:
    """The members of what a column holds that name who judged, ranked or asked, and never who generated."""
    several = types.is_list(kind)
    for member, inner in types.fields(types.element(kind) if several else kind).items():
        if not types.is_text(inner):
            continue
        if several and _JUDGEMENTS.match(name) and _WHO.match(member):
            yield ModelColumn(name, "judge", member=member)
        elif not several and (role := role_of(member)) is not None:
            yield ModelColumn(name, role, member=member)


def elected(column: ModelColumn, values: Mapping[str | None, int]) -> bool:
    """Whether a column's values (value -> rows) are names of models: few, and nine in ten rows parse as one."""
    if column.certain:
        return True
    named = {
        value.strip(): rows
        for value, rows in values.items()
        if value is not None and value.strip().casefold() not in PLACEHOLDERS | HUMANS
    }
    if not named or len(named) > VALUES_AT_MOST:
        return False
    is_model = _is_of_a_family if column.column.lower() in OVERLOADED else looks_like_a_model
    models = sum(rows for value, rows in named.items() if is_model(value))
    return models >= SHARE_OF_MODELS * sum(named.values())


def looks_like_a_model(value: str) -> bool:
    """Whether a value may be the name of a model."""
    named = _MODEL_NAME.fullmatch(value) is not None and _NO_NAME.fullmatch(value) is None
    return value.isascii() and (named or _SERVED_NAME.fullmatch(value) is not None)


def _is_of_a_family(value: str) -> bool:
    """Whether a `source` is a model: most are sub-datasets, some of them called after one."""
    family = _MODEL_FAMILY.search(value)
    begins = family is not None and family.start() in (
        0,
        value.find("/") + 1,
        value.find("/") + 1 + len("meta-"),
    )
    return begins and _DATASET_WORDS.search(value) is None and looks_like_a_model(value)
