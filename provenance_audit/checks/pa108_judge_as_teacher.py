"""PA108 judge-as-teacher

What it checks
    Whether the only column that names models looks like that of a judge: by its name (`annotator`, `judge_model`,
    `labelling_model`, …), or `model_name` beside `ratings` (distilabel writes it from every task, so the last one wins).
Why it matters
    Taking the judge for the teacher gives every row the wrong lineage. paudit refuses to guess.
What it cannot tell you
    Who generated the rows.
How to fix
    Name the teacher: `--teacher ORG/MODEL`, or `--column maker=COLUMN` if the column holds the teacher after all.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.findings import Finding, Severity

SHOWN = 3


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding if rows name judges, and neither they nor anybody else names who made them."""
    judges = [one for one in case.data.selectors if one[1] in ("judge", "annotator", "reward", "ranker")]
    rows_name_makers = any("maker" in source.projection.mapping for source in case.data.sources)
    if not judges or rows_name_makers or case.lineage.attributed_from_outside:
        return
    columns = dict.fromkeys(column for column, *_ in judges)
    values = ", ".join(dict.fromkeys(value for *_, value, _ in judges[:SHOWN]))
    yield CHECK.finding(
        f"the only column that names models, {', '.join(columns)} ({values}), is that of a judge",
        why="taking the judge for the teacher would give every row the wrong lineage",
        fix=f"{case.command} --teacher ORG/MODEL",
        subject=of_rows(case, {"column": ", ".join(columns)}),
        evidence={"columns": list(columns), "values": [value for *_, value, _ in judges[:SHOWN]]},
    )


CHECK = Check("PA108", "judge-as-teacher", Severity.HIGH, look)
