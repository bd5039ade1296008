"""Punctuation marks."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family

PUNCTUATION = Family("punctuation", 128, "ascii(p)", label=lambda code: f"the mark {chr(code)}")
