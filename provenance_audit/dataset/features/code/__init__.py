"""Code: what prose has, and indentation, identifiers, comments, and the words that lines begin with."""

from __future__ import annotations

from provenance_audit.dataset.features.base import ByteCut, Cut, FeatureSet
from provenance_audit.dataset.features.code import cut, identifiers, indentation, statements
from provenance_audit.dataset.features.prose import MARK, ROW, SPACES, lines, words

CODE = FeatureSet(
    "code",
    (
        ROW,
        ByteCut("name", identifiers.names, (words.WORD, words.WORD_PAIR)),
        Cut("style", identifiers.each, (identifiers.IDENTIFIER,)),
        ByteCut("line", lines.lines, (lines.LINE_LENGTH,)),
        Cut("statement", cut.lines, (indentation.INDENTATION, statements.KEYWORD, statements.COMMENT)),
        MARK,
        SPACES,
    ),
)
