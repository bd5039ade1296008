"""The feature sets, by modality. A new family: a small file in its modality, and a line in that one's list."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Cut, Derived, Family, FeatureSet
from provenance_audit.dataset.features.code import CODE
from provenance_audit.dataset.features.numbers import NUMBERS
from provenance_audit.dataset.features.prompts import PROMPTS
from provenance_audit.dataset.features.prose import PROSE
from provenance_audit.dataset.features.reasoning import REASONING

BY_MODALITY = {"numbers": NUMBERS, "prose": PROSE, "code": CODE, "reasoning": REASONING}
# How texts are cut into pieces; part of what a profile must agree on.
TOKENISER_VERSION = 1

__all__ = ["BY_MODALITY", "PROMPTS", "TOKENISER_VERSION", "Cut", "Derived", "Family", "FeatureSet"]
