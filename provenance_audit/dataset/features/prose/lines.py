"""What lines begin with, and how long they are."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import one_of, range_of
from provenance_audit.dataset.features.sql import first_match, log_bins

# The first that matches.
_STARTS = {
    "a blank line": r"^\s*$",
    "a fenced block": r"^\s*```",
    "a heading": r"^\s*#{1,6} ",
    "a dash item": r"^\s*[-+] ",
    "a star item": r"^\s*[*] ",
    "a bullet item": r"^\s*[•◦▪]",
    "a numbered item": r"^\s*[0-9]+[.)] ",
    "a quotation": r"^\s*>",
    "a table row": r"^\s*\|",
    "bold text": r"^\s*\*\*",
    "an indented line": r"^(    |\t)",
    "a capital": r"^\s*[A-Z]",
    "a small letter": r"^\s*[a-z]",
    "a digit": r"^\s*[0-9]",
}

# Most lines begin with a letter, or are empty: no pattern is needed to tell.
_PLAIN = {
    "a blank line": "l = ''",
    "a capital": "l >= 'A' AND l < '['",
    "a small letter": "l >= 'a' AND l < '{'",
}
_NUMBERS = {name: number for number, name in enumerate(_STARTS, 1)}
_plain = " ".join(f"WHEN {condition} THEN {_NUMBERS[name]}" for name, condition in _PLAIN.items())

LINE_START = Family(
    "line-start",
    16,
    f"CASE {_plain} ELSE {first_match('l', _STARTS.values())} END",
    label=one_of(tuple(_STARTS), "a line that begins otherwise"),
)
LINE_LENGTH = Family("line-length", 48, log_bins("length(l)", 48), label=range_of("a line", 48))
