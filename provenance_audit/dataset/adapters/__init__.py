"""The schemas that are read as they are, in the order tried. A new one: a file beside this one, and a line here."""

from __future__ import annotations

from provenance_audit.dataset.adapters import (
    api_logs,
    candidates,
    codex,
    column_per_maker,
    messages,
    pairs,
    plain_text,
    preferences,
    scores,
    telemetry,
    traces,
)
from provenance_audit.dataset.adapters.base import (
    Adapter,
    Projection,
    SchemaError,
    scalar,
    with_maker,
)
from provenance_audit.dataset.adapters.record import with_maker_in_text, with_record_columns

ADAPTERS: tuple[Adapter, ...] = (
    *api_logs.ADAPTERS,
    *telemetry.ADAPTERS,
    traces.recognise,
    codex.recognise,
    preferences.recognise,
    candidates.recognise,
    messages.recognise,
    column_per_maker.recognise,
    messages.recognise_text,
    pairs.recognise,
    plain_text.recognise,
    scores.recognise,
    messages.refuse,
)

__all__ = [
    "ADAPTERS",
    "Adapter",
    "Projection",
    "SchemaError",
    "pairs",
    "scalar",
    "with_maker",
    "with_maker_in_text",
    "with_record_columns",
]
