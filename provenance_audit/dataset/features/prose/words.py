"""Which words, and which after which; short lower-case words (mostly function words) apart; of what characters words are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from provenance_audit.dataset.features.base import NONE, Codes, Family
from provenance_audit.dataset.features.labels import COMMON_WORDS, bucket_of
from provenance_audit.dataset.features.texts import Bytes, Hashes, Texts, has, pair_hashes, runs

# Bits of what a byte can be: between words; a mark that is no part of a word if it ends it; a letter that is no capital.
# Above them, what a word that begins with it is.
_GAP, _END, _SMALL, _CASE = range(4)
# Of the case of a word, whether it is short.
SHORT = 8
KINDS = 16
_BEYOND, _LOWER, _CAPITAL, _CAPITALS = 2, 3, 4, 5


def _class(byte: int) -> int:
    case = 1 if byte < ord("A") else _CAPITALS if byte < ord("a") else _LOWER if byte <= ord("z") else _BEYOND
    return (
        case << _CASE | (byte in b" \n") << _GAP | (byte in b",.?!:;") << _END | (byte >= ord("a")) << _SMALL
    )


_CLASSES = bytes(map(_class, range(256)))


@dataclass(frozen=True, slots=True)
class Words:
    """Words in the order of the texts: how many each text has (rows,), their hashes (k,) and kinds (k,)."""

    per_row: NDArray[np.int64]
    hash: Hashes
    kind: Bytes


def words(texts: Texts) -> Words:
    """What stands between spaces and line ends, without one comma, stop, colon, question or exclamation mark at its end."""
    classes = texts.classes(_CLASSES)
    gap, ends = has(classes, _GAP), has(classes, _END)
    ends[:-1] &= gap[1:]
    gap |= ends
    start, end = runs(gap ^ np.uint8(1))
    kind = classes[start] >> np.uint8(_CASE)
    # The byte after a word of one letter is no letter.
    kind -= has(classes[start + 1], _SMALL) * (kind == _CAPITALS)
    kind += (end - start < 5) * np.uint8(SHORT)
    return Words(texts.per_row(start), texts.hashes(start, end), kind)


def buckets(hashes: Hashes, size: int) -> Codes:
    """Hashes as codes. size: a power of two."""
    return (hashes & np.uint64(size - 1)).view(np.int64)


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
