"""Reasoning traces: what prose has, and what steps begin with, how answers are written, how long segments are."""

from __future__ import annotations

from dataclasses import replace

from provenance_audit.dataset.features.base import Cut, FeatureSet
from provenance_audit.dataset.features.prose import LINE, MARK, ROW, SENTENCE, SPACES, WORD
from provenance_audit.dataset.features.reasoning import answers, segments, steps

REASONING = FeatureSet(
    "reasoning",
    (
        replace(ROW, families=(*ROW.families, answers.ANSWER)),
        WORD,
        LINE,
        SENTENCE,
        Cut("step", steps.cut, (steps.STEP,)),
        Cut("segment", segments.cut, (segments.SEGMENT,)),
        MARK,
        SPACES,
    ),
)
