"""Prose: words, pairs of words, function words, characters, punctuation, layout, Markdown, lengths."""

from __future__ import annotations

from provenance_audit.dataset.features.base import ByteCut, Cut, FeatureSet
from provenance_audit.dataset.features.prose import layout, lengths, lines, marks, sentences, spacing, words
from provenance_audit.dataset.features.sql import whole_row

ROW = Cut("row", whole_row, (lengths.LENGTH, layout.WHITESPACE, layout.MARKDOWN), every_row=True)
WORD = ByteCut("word", words.words, (words.WORD, words.WORD_PAIR, words.FUNCTION_WORD, words.CHARACTERS))
LINE = ByteCut("line", lines.lines, (lines.LINE_START, lines.LINE_LENGTH))
SENTENCE = ByteCut("sentence", sentences.sentences, (sentences.SENTENCE,))
MARK = ByteCut("mark", marks.marks, (marks.PUNCTUATION,))
SPACES = ByteCut("spacing", spacing.spacing, (spacing.SPACING,))

PROSE = FeatureSet("prose", (ROW, WORD, LINE, SENTENCE, MARK, SPACES))
