"""The parameters that the checks on statistics share, so that they speak of one and the same comparison."""

from __future__ import annotations

from pydantic import Field

from provenance_audit.checks.base import Case, Parameters
from provenance_audit.checks.comparison import Comparison


class StatisticalParameters(Parameters):
    """alpha: level of the omnibus. min_effect: bits that the lower limit must reach. minimum_rows: a side."""

    alpha: float = Field(default=0.05, gt=0, lt=0.5)
    min_effect: float = Field(default=0.001, gt=0)
    minimum_rows: int = Field(default=500, ge=100)
    replicates: int = Field(default=1999, ge=199, le=100_000)


def comparison(case: Case, parameters: StatisticalParameters) -> Comparison:
    """The one comparison of data and control."""
    return case.compare(
        min_effect=parameters.min_effect,
        minimum_rows=parameters.minimum_rows,
        replicates=parameters.replicates,
        alpha=parameters.alpha,
    )
