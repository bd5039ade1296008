"""The kinds of filter that can be replayed on rows. A new one: a file beside this one, and its parameters in the manifest."""

from __future__ import annotations

from provenance_audit.dataset.filters.base import TEXTS, DeclaredFilter, Place, Replayed, Rule, passing
from provenance_audit.dataset.filters.column import COMPARISONS, column
from provenance_audit.dataset.filters.regex import regex
from provenance_audit.dataset.filters.sl_numbers import PUBLISHED_BAN, sl_numbers
from provenance_audit.dataset.filters.words import any_word, inflected, words

__all__ = [
    "COMPARISONS",
    "PUBLISHED_BAN",
    "TEXTS",
    "DeclaredFilter",
    "Place",
    "Replayed",
    "Rule",
    "any_word",
    "column",
    "inflected",
    "passing",
    "regex",
    "sl_numbers",
    "words",
]
