"""What follows what: last digit after last digit, leading after leading, and the difference."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family

_STEP = "(y % 1000 - x % 1000)"
# Steps up to 31 are told apart; longer ones by 32, up and down.
_DIFFERENCE = (
    f"CASE WHEN abs({_STEP}) < 32 THEN {_STEP} + 31 "
    f"WHEN {_STEP} > 0 THEN 62 + {_STEP} // 32 ELSE 93 - {_STEP} // 32 END"
)

FAMILIES = (
    Family("last-last", 100, "10 * (x % 10) + y % 10"),
    Family("lead-lead", 100, "10 * (x // 1000 % 10) + y // 1000 % 10"),
    Family("difference", 126, _DIFFERENCE),
)
