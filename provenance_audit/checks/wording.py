"""How the checks on pairs speak of one: the same name, the same evidence, the same count of rows."""

from __future__ import annotations

from typing import Any

from provenance_audit.findings import Pair


def pinned(pair: Pair) -> str:
    """The maker with its revision."""
    return f"{pair.maker}@{pair.revision}" if pair.revision else pair.maker


def evidence_of(pair: Pair) -> dict[str, Any]:
    """What the report shows for a pair."""
    return {
        "relation": pair.relation.value,
        "common_ancestor": pair.common_ancestor,
        "depths": list(pair.depths) if pair.depths else None,
        "displacement": pair.displacement,
        "rows": pair.rows,
        "share": round(pair.share, 6) if pair.share is not None else None,
        "source": pair.evidence,
    }


def rows_of(pair: Pair) -> str:
    """How many rows a pair concerns, in words."""
    if pair.rows is None:
        return "an unknown share of the rows"
    share = f" ({pair.share:.1%})" if pair.share is not None else ""
    return f"{pair.rows:,} rows{share}"
