"""The feature sets, by modality. A new family: a small file in its modality, and a line in that one's list."""

from __future__ import annotations

from provenance_audit.dataset.features.base import ByteCut, Cut, Derived, Family, FeatureSet
from provenance_audit.dataset.features.code import CODE
from provenance_audit.dataset.features.numbers import NUMBERS
from provenance_audit.dataset.features.prompts import PROMPTS
from provenance_audit.dataset.features.prose import PROSE
from provenance_audit.dataset.features.reasoning import REASONING

BY_MODALITY = {"numbers": NUMBERS, "prose": PROSE, "code": CODE, "reasoning": REASONING}
# By name, what a reader is told that a code is: a name means one family, whatever the modality.
LABELS = {
    name: family.label for one in (*BY_MODALITY.values(), PROMPTS) for name, family in one.families.items()
}
# How texts are cut into pieces; part of what a profile must agree on.
TOKENISER_VERSION = 1

__all__ = [
    "BY_MODALITY",
    "LABELS",
    "PROMPTS",
    "TOKENISER_VERSION",
    "ByteCut",
    "Cut",
    "Derived",
    "Family",
    "FeatureSet",
]
