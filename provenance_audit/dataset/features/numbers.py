"""Families of number sequences: which numbers, where, after which, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from provenance_audit.dataset.features.base import Family, FeatureSet, bucket
from provenance_audit.stats.counts import Array

POSITIONS = 16
FORMATS = 64
COUNTS = 32
BIGRAMS = 4096

FAMILIES = (
    Family("value", 1000),
    Family("position-lead", POSITIONS * 10),
    Family("last-last", 100),
    Family("lead-lead", 100),
    Family("bigram", BIGRAMS),
    Family("format", FORMATS),
    Family("count", COUNTS),
)


def explode(relation: str, at: Mapping[str, int]) -> str:
    """Take every number apart once; x is a number, y the next one, both packed as position·10⁴ + lead·10³ + value.

    A negative code is a feature of the whole row.
    """
    packed = (
        "CAST(right(n, 3) AS INTEGER) + 1000 * (ascii(n) - 48) "
        f"+ 10000 * CAST(least(i, {POSITIONS}) - 1 AS INTEGER)"
    )
    written = (
        "regexp_extract(text, '^[^0-9]*'), regexp_extract(text, '[0-9]([^0-9]+)[0-9]', 1), "
        "CASE WHEN right(text, 1) BETWEEN '0' AND '9' THEN '' ELSE right(text, 2) END, "
        "regexp_matches(text, '(^|[^0-9])0[0-9]')"  # leading zeros
    )
    return f"""
    SELECT base + unnest(CASE WHEN x < 0 THEN [-1 - x]
             ELSE [{at["value"]} + x % 1000,
                   {at["position-lead"]} + x // 1000,
                   {at["last-last"]} + 10 * (x % 10) + y % 10,
                   {at["lead-lead"]} + 10 * (x // 1000 % 10) + y // 1000 % 10,
                   {at["bigram"]} + {bucket("10000 * (x % 1000) + y % 1000", BIGRAMS)}] END) AS key
    FROM (SELECT base, unnest(codes) AS x, unnest(codes[2:]) AS y
          FROM (SELECT base,
                       list_concat([-1 - {at["format"]} - {bucket(written, FORMATS)},
                                    -1 - {at["count"]} - CAST(least(len(numbers), {COUNTS - 1}) AS INTEGER)],
                                   list_transform(numbers, lambda n, i: {packed})) AS codes
                FROM (SELECT base, text, regexp_extract_all(text, '[0-9]+') AS numbers FROM {relation})))
    """


def last_digits(tables: Mapping[str, Array]) -> Array:
    """The last digit is a marginal of the value: (B, 10)."""
    value = tables["value"]
    return np.asarray(value.reshape(len(value), 100, 10).sum(1), dtype=np.float64)


NUMBERS = FeatureSet("numbers", 1, FAMILIES, explode, {"last-digit": last_digits})
