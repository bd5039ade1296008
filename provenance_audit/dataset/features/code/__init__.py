"""Code: what prose has, and indentation, identifiers, comments, and the words that lines begin with."""

from __future__ import annotations

from provenance_audit.dataset.features.base import ByteCut, Cut, FeatureSet
from provenance_audit.dataset.features.code import identifiers, indentation, statements
from provenance_audit.dataset.features.prose import MARK, ROW, cut, lines, words

CODE = FeatureSet(
    "code",
    (
        ROW,
        ByteCut("name", identifiers.names, (words.WORD, words.WORD_PAIR)),
        Cut("style", identifiers.each, (identifiers.IDENTIFIER,)),
        Cut(
            "line",
            cut.lines,
            (lines.LINE_LENGTH, indentation.INDENTATION, statements.KEYWORD, statements.COMMENT),
        ),
        MARK,
    ),
)
