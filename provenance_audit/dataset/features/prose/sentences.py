"""How long sentences are, in characters, by half octaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.codes import NONE, Codes, half_octaves
from provenance_audit.dataset.features.labels import range_of
from provenance_audit.dataset.features.prose.lengths import BINS
from provenance_audit.dataset.features.texts import Integers, Texts, between, followed


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences in the order of the texts: how many each text has (rows,), and how many characters they have (k,)."""

    per_row: Integers
    length: Integers


def sentences(texts: Texts) -> Sentences:
    """A sentence ends with a full stop, an exclamation or question mark before a space, or with its line."""
    data, ends = texts.data, texts.line_ends()
    stops = (data == ord(".")) | (data == ord("!")) | (data == ord("?"))
    at = np.flatnonzero(ends | followed(stops, data == ord(" ")))
    start, end = between(at, 2 - ends[at])
    # Nothing follows the last stop of a text that was cut there.
    start, end = start[start < len(data) - 1], end[start < len(data) - 1]
    return Sentences(texts.per_row(start), texts.characters(start, end))


def _lengths(sentences: Sentences) -> Codes:
    """Of what is no sentence, because nothing stands in it, none."""
    return np.where(sentences.length > 0, half_octaves(sentences.length, BINS), NONE)


SENTENCE = Family("sentence-length", BINS, _lengths, label=range_of("a sentence", BINS))
