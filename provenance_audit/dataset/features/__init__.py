"""The feature sets, by modality. A new one: a file beside this one, and a line here."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family, FeatureSet
from provenance_audit.dataset.features.numbers import NUMBERS
from provenance_audit.dataset.features.prompts import PROMPTS
from provenance_audit.dataset.features.prose import PROSE

# Code is recognised and said, and counted with the families of prose.
BY_MODALITY = {"numbers": NUMBERS, "prose": PROSE, "code": PROSE}

__all__ = ["BY_MODALITY", "PROMPTS", "Family", "FeatureSet"]
