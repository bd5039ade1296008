"""What lines begin with, and how long they are."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family, first_match, log_bins

# The first that matches.
_STARTS = (
    r"^\s*$",
    r"^\s*```",
    r"^\s*#{1,6} ",
    r"^\s*[-+] ",
    r"^\s*[*] ",
    r"^\s*[•◦▪]",
    r"^\s*[0-9]+[.)] ",
    r"^\s*>",
    r"^\s*\|",
    r"^\s*\*\*",
    r"^(    |\t)",
    r"^\s*[A-Z]",
    r"^\s*[a-z]",
    r"^\s*[0-9]",
)

LINE_START = Family("line-start", 16, first_match("l", _STARTS))
LINE_LENGTH = Family("line-length", 48, log_bins("length(l)", 48))
