"""Codes as arrays: what the families of cuts by bytes are made of."""

from __future__ import annotations

from math import isqrt

import numpy as np
from numpy.typing import NDArray

from provenance_audit.dataset.features.texts import Hashes, Integers

Codes = NDArray[np.int64]
"""(k,) of each piece a whole number under the size of the family, or `NONE`."""
NONE = -1
"""The code of a piece without the feature."""


def buckets(hashes: Hashes, size: int) -> Codes:
    """Hash buckets. size: a power of two."""
    return (hashes & np.uint64(size - 1)).view(np.int64)


def half_octaves(lengths: Integers, bins: int) -> Codes:
    """Half-octave bins of lengths, as `sql.log_bins`: 0 for 0, the last bin open."""
    # The least length + 1 of each bin: whole, so that every machine rounds them alike.
    lowest = [2 ** (bin // 2) if bin % 2 == 0 else isqrt(2**bin) + 1 for bin in range(bins)]
    return np.searchsorted(lowest, lengths + 1, side="right") - 1
