"""One statement by one source. Statements are collected, never overwritten; what follows from them is the graph's business."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Tier(IntEnum):
    """How much a source is worth: 0 best. Tiers 0 to 4 count; tier 5 only warns."""

    SIGNED = 0
    COMPUTED = 1
    WRITTEN_BY_TOOL = 2
    DECLARED = 3
    PUBLISHED = 4
    INFERRED = 5


class Predicate(StrEnum):
    """What a statement is about."""

    STUDENT = "student"
    MAKER = "maker"
    BASE = "base"
    ROOT = "root"
    EQUIVALENT = "equivalent"
    SYSTEM_PROMPT = "system_prompt"
    TRAINED_ON = "trained_on"
    DATASET = "dataset"
    SHAPE = "shape"
    ALIAS = "alias"


class Role(StrEnum):
    """What a model did to a row."""

    GENERATOR = "generator"
    REWRITER = "rewriter"
    PROMPT_GENERATOR = "prompt_generator"
    JUDGE = "judge"
    RANKER = "ranker"
    REWARD = "reward"
    ANNOTATOR = "annotator"
    SAFETY = "safety"
    HUMAN = "human"


# What selected or judged rows shapes them too (Magistrali et al. 2603.01204; LLS 2602.04863).
SELECTORS = frozenset({Role.JUDGE, Role.RANKER, Role.REWARD, Role.ANNOTATOR, Role.SAFETY})


class WeightRelation(StrEnum):
    """How one model's weights came from another's."""

    FINETUNE = "finetune"
    ADAPTER = "adapter"
    QUANTIZED = "quantized"
    MERGE = "merge"
    MIRROR = "mirror"
    CONTINUED_PRETRAIN = "continued_pretrain"
    PRUNED = "pruned"
    EXPANDED = "expanded"
    UNKNOWN = "unknown"


# Copies carry nothing of their own; structural derivations keep a part of the weights.
COPIES = frozenset({WeightRelation.QUANTIZED, WeightRelation.MIRROR})
STRUCTURAL = frozenset({WeightRelation.MERGE, WeightRelation.PRUNED, WeightRelation.EXPANDED})


@dataclass(frozen=True, slots=True)
class Assertion:
    """`subject predicate object`, as one source states it. `object` is verbatim, `object_id` normalised.

    locator: the file and the JSON pointer, line or column. grade: of a registry row. named: whether the user pointed at
    the source (a manifest merely found beside the data cannot lower a risk). some_rows: it is of rows that a `select` picks.
    derived_from: the source that this one's writer copies such a statement from (a GGUF header is made from the card); two
    sources that say the same are two only if neither derives from the other. Empty for one that says it of itself.
    """

    subject: str
    predicate: Predicate
    object: str
    object_id: str | None
    tier: Tier
    source: str
    locator: str
    relation: WeightRelation | None = None
    role: Role | None = None
    grade: str = ""
    named: bool = True
    some_rows: bool = False
    derived_from: str = ""

    @property
    def reference(self) -> str:
        """What names the object: its place on disk where it is one, else the name as written, with its revision."""
        placed = self.object_id is not None and self.object_id.startswith("file:")
        return self.object_id if placed and self.object_id is not None else self.object
