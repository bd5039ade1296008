"""What rendering costs: every format of a report with 1,000 findings, in CPU seconds, each and together. Budget: 2 s together."""

from __future__ import annotations

import statistics
import time

from provenance_audit.formats import FORMATS, Look
from tests.formats.rich_worlds import many

FINDINGS = 1000
ROUNDS = 5


def main() -> None:
    report = many(FINDINGS)
    began = time.process_time()
    for render in FORMATS.values():
        render(report, Look())
    cold = time.process_time() - began
    print(f"{'format':<18} {'CPU ms':>8} {'size':>10}")
    for name, render in FORMATS.items():
        spent = []
        for _ in range(ROUNDS):
            began = time.process_time()
            text = render(report, Look())
            spent.append(time.process_time() - began)
        print(f"{name:<18} {1000 * statistics.median(spent):8.1f} {len(text):10,}")
    print(
        f"all {len(FORMATS)} formats of {FINDINGS:,} findings, the first time, imports included: {cold:.2f} s CPU"
    )


if __name__ == "__main__":
    main()
