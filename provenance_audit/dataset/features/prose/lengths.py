"""How long texts are, in characters, by half octaves."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import range_of
from provenance_audit.dataset.features.sql import log_bins

BINS = 48

LENGTH = Family("length", BINS, log_bins("length(text)", BINS), label=range_of("an answer", BINS))
