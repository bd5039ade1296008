"""Which words, and which after which; short lower-case words (mostly function words) apart; of what characters words are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.codes import NONE, Codes, buckets
from provenance_audit.dataset.features.labels import COMMON_WORDS, bucket_of
from provenance_audit.dataset.features.texts import Bytes, Hashes, Integers, Texts, pair_hashes, runs

# Marks that are no part of a word if they end it.
_ENDS = np.array([byte in b",.?!:;" for byte in range(256)])
# What a word is, by its first byte; of capitals, by the next one too.
_OTHERWISE, _BEYOND, _LOWER, _CAPITAL, _CAPITALS = range(1, 6)
_CASES = np.full(256, _BEYOND, np.uint8)
_CASES[: ord("A")] = _OTHERWISE
_CASES[ord("A") : ord("a")] = _CAPITALS
_CASES[ord("a") : ord("z") + 1] = _LOWER
# Added to the case of a word that is short.
SHORT = 8
KINDS = 16


@dataclass(frozen=True, slots=True)
class Words:
    """Words in the order of the texts: how many each text has (rows,), their hashes (k,) and kinds (k,)."""

    per_row: Integers
    hash: Hashes
    kind: Bytes


def words(texts: Texts) -> Words:
    """What stands between spaces and line ends, without one comma, stop, colon, question or exclamation mark at its end."""
    data = texts.data
    start, end = runs((data != ord(" ")) & (data != ord("\n")))
    end -= _ENDS[data[end - 1]]
    if (end == start).any():
        start, end = start[end > start], end[end > start]
    kind = _CASES[data[start]]
    # The byte after a word of one letter is no letter.
    kind -= (kind == _CAPITALS) & (data[start + 1] >= ord("a"))
    kind += (end - start < 5) * np.uint8(SHORT)
    return Words(texts.per_row(start), texts.hashes(start, end), kind)


def pairs(words: Words) -> Codes:
    """The bucket of a word and the next one of the same text."""
    codes = np.full(len(words.hash), NONE)
    codes[:-1] = buckets(pair_hashes(words.hash[:-1], words.hash[1:]), 1024)
    codes[np.cumsum(words.per_row)[words.per_row > 0] - 1] = NONE
    return codes


def _short(words: Words) -> Codes:
    return np.where(words.kind == SHORT + _LOWER, buckets(words.hash, 128), NONE)


def _kind(code: int) -> str:
    """What a code of `characters` is."""
    case = (
        "",
        "that begin with a digit or a mark",
        "beyond ASCII",
        "in lower case",
        "with a capital",
        "in capitals",
    )
    words = "short words" if code & SHORT else "words"
    return f"{words} {case[code % SHORT]}" if 0 < code % SHORT < len(case) else words


WORD = Family(
    "word",
    1024,
    lambda words: buckets(words.hash, 1024),
    version=2,
    label=bucket_of("words"),
    words=COMMON_WORDS,
)
WORD_PAIR = Family("word-pair", 1024, pairs, version=2, label=bucket_of("pairs of words"))
FUNCTION_WORD = Family(
    "function-word",
    128,
    _short,
    version=2,
    label=bucket_of("short words"),
    words=" ".join(word for word in COMMON_WORDS.split() if len(word) < 5),
)
CHARACTERS = Family("characters", KINDS, lambda words: words.kind.astype(np.int64), version=2, label=_kind)
