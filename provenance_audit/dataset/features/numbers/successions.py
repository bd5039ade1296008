"""What follows what: last digit after last digit, leading after leading, and the difference."""

from __future__ import annotations

from provenance_audit.dataset.features.base import Family
from provenance_audit.dataset.features.labels import pair_of

_STEP = "(y % 1000 - x % 1000)"
# Steps up to 31 are told apart; longer ones by 32, up and down.
_DIFFERENCE = (
    f"CASE WHEN abs({_STEP}) < 32 THEN {_STEP} + 31 "
    f"WHEN {_STEP} > 0 THEN 62 + {_STEP} // 32 ELSE 93 - {_STEP} // 32 END"
)


def _step(code: int) -> str:
    """What a code of `difference` is."""
    if code <= 62:
        return f"a step of {code - 31:+d}"
    way, low = ("up", 32 * (code - 62)) if code < 94 else ("down", 32 * (code - 93))
    return f"a step {way} by {low} to {low + 31}"


FAMILIES = (
    Family("last-last", 100, "10 * (x % 10) + y % 10", label=pair_of("last digit")),
    Family("lead-lead", 100, "10 * (x // 1000 % 10) + y // 1000 % 10", label=pair_of("leading digit")),
    Family("difference", 126, _DIFFERENCE, label=_step),
)
