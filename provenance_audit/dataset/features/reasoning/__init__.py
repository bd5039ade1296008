"""Reasoning traces: what prose has, and what steps begin with, how answers are written, how long segments are."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Cut, FeatureSet
from provenance_audit.dataset.features.prose import LINE, MARK, ROW, SENTENCE, WORD
from provenance_audit.dataset.features.reasoning import answers, segments, steps

REASONING = FeatureSet(
    "reasoning",
    (
        Cut(ROW.name, ROW.pieces, (*ROW.families, answers.ANSWER), every_row=True),
        WORD,
        LINE,
        Cut(SENTENCE.name, SENTENCE.pieces, (*SENTENCE.families, steps.STEP)),
        Cut("segment", segments.cut, (segments.SEGMENT,)),
        MARK,
    ),
)
