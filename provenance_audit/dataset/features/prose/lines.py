"""What lines begin with, and how long they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.codes import Codes, half_octaves
from provenance_audit.dataset.features.labels import one_of, range_of
from provenance_audit.dataset.features.prose.lengths import BINS
from provenance_audit.dataset.features.texts import Bytes, Integers, Texts, Truth, among, between

_SPACES = np.array([byte in b" \t\r\f" for byte in range(256)])
# A line begins with at most so many # to be a heading, and digits to be a numbered item.
_REPEATED = 6
# Spaces are looked through up to here: a line that begins with more is indented, whatever follows.
_INDENTED = 64

# The first that is true.
_STARTS = (
    "a blank line",
    "a fenced block",
    "a heading",
    "a dash item",
    "a star item",
    "a bullet item",
    "a numbered item",
    "a quotation",
    "a table row",
    "bold text",
    "an indented line",
    "a capital",
    "a small letter",
    "a digit",
)
_NUMBERS = {name: number for number, name in enumerate(_STARTS, 1)}
# Of the first byte of a line.
_LETTERS = np.zeros(256, np.int64)
_LETTERS[ord("A") : ord("Z") + 1] = _NUMBERS["a capital"]
_LETTERS[ord("a") : ord("z") + 1] = _NUMBERS["a small letter"]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in the order of the texts.

    per_row: how many each text has (rows,). length: in characters (k,). begins: the number of the first of `_STARTS` that
    is true of it; 0 where none is (k,).
    """

    per_row: Integers
    length: Integers
    begins: Codes


def lines(texts: Texts) -> Lines:
    """What stands between line ends, and before the first and after the last of a text."""
    start, end = between(np.flatnonzero(texts.line_ends()))
    first = start.copy()
    indented = np.zeros(len(start), np.bool_)
    spaced = np.flatnonzero(_SPACES[texts.data[start]])
    if len(spaced):
        first[spaced] = _solid(texts.data, start[spaced])
        begin = texts.eight(start[spaced])
        indented[spaced] = _begin(begin, "    ") | _begin(begin, "\t")
    letter = _LETTERS[texts.data[first]]
    begins = np.where(indented, _NUMBERS["an indented line"], letter)
    # Most lines begin with a letter, or are blank: the others are looked at more closely.
    marked = np.flatnonzero(letter == 0)
    begins[marked] = _marked(texts.eight(first[marked]), indented[marked])
    begins[first >= end] = _NUMBERS["a blank line"]
    return Lines(texts.per_row(start), texts.characters(start, end), begins)


def _solid(data: Bytes, at: Integers) -> Integers:
    """The first byte from each position on that is no space; of very many spaces one."""
    first, left = at.copy(), np.arange(len(at))
    for _ in range(_INDENTED):
        left = left[_SPACES[data[first[left]]]]
        if not len(left):
            break
        first[left] += 1
    return first


def _marked(head: list[Bytes], indented: Truth) -> Codes:
    """The same of lines that begin with a digit or a mark. head: eight arrays (k,) of the bytes from there on."""
    digit = [among(byte, ("0", "9")) for byte in head]
    space = [byte == ord(" ") for byte in head]
    stop = [(byte == ord(".")) | (byte == ord(")")) for byte in head]
    true = {
        "a fenced block": _begin(head, "```"),
        "a heading": _repeated([byte == ord("#") for byte in head], space),
        "a dash item": _begin(head, "- ") | _begin(head, "+ "),
        "a star item": _begin(head, "* "),
        "a bullet item": _begin(head, "•") | _begin(head, "◦") | _begin(head, "▪"),
        "a numbered item": _repeated(digit, [one & then for one, then in zip(stop, space[1:], strict=False)]),
        "a quotation": _begin(head, ">"),
        "a table row": _begin(head, "|"),
        "bold text": _begin(head, "**"),
        "an indented line": indented,
        "a digit": digit[0],
    }
    return np.select(list(true.values()), [_NUMBERS[name] for name in true], 0)


def _begin(head: list[Bytes], text: str) -> Truth:
    """Whether lines begin with a text."""
    found: Truth = np.logical_and.reduce(
        [one == byte for one, byte in zip(head, text.encode(), strict=False)]
    )
    return found


def _repeated(inside: list[Truth], then: list[Truth]) -> Truth:
    """Whether one to six bytes of a kind are followed by another kind."""
    so_far, found = inside[0], np.zeros_like(inside[0])
    for n in range(1, _REPEATED + 1):
        found |= so_far & then[n]
        so_far = so_far & inside[n]
    return found


LINE_START = Family(
    "line-start",
    16,
    lambda lines: lines.begins,
    version=2,
    label=one_of(_STARTS, "a line that begins otherwise"),
)
LINE_LENGTH = Family(
    "line-length", BINS, lambda lines: half_octaves(lines.length, BINS), label=range_of("a line", BINS)
)
