"""Which statements are copies of one another. Most sources that agree are one source: count origins, not files.

A training configuration names the base, and the trainer writes it into `adapter_config.json`, until transformers 4.50 into
`config.json`, and into the trackers. What is copied further (from there into the card, from the card into the header of a
GGUF file) says so itself: `Assertion.derived_from`.
"""

from __future__ import annotations

from collections.abc import Iterable

from provenance_audit.lineage.assertion import Assertion

# Sources that one training run fills.
ONE_RUN = frozenset({"training config", "adapter_config.json", "config.json", "MLmodel", "W&B config"})
USER = frozenset({"command line", "manifest", "lock"})


def independent(statements: Iterable[Assertion]) -> int:
    """How many independent origins stand behind statements of one fact."""
    many = list(statements)
    sources = {one.source for one in many}
    return len(
        {_origin(one.source) for one in many if not one.derived_from or one.derived_from not in sources}
    )


def _origin(source: str) -> str:
    return "a training run" if source in ONE_RUN else "the user" if source in USER else source
