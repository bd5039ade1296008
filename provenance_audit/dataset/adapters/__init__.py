"""The schemas that are read as they are, in the order tried. A new one: a file beside this one, and a line here."""

from __future__ import annotations

from provenance_audit.dataset.adapters import messages, pairs
from provenance_audit.dataset.adapters.base import Adapter, Projection, SchemaError

ADAPTERS: tuple[Adapter, ...] = (messages.recognise, pairs.recognise)

__all__ = ["ADAPTERS", "Adapter", "Projection", "SchemaError"]
