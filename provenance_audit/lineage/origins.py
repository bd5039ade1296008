"""Which statements are copies of one another. Most sources that agree are one source: count origins, not files.

A training configuration names the base; the trainer writes it into `adapter_config.json` and, until transformers 4.50, into
`config.json`; the card copies it from there; the header of a GGUF file and the tags of the Hub copy the card.
"""

from __future__ import annotations

from collections.abc import Iterable

# Sources that one training run fills, each from the one before.
ONE_RUN = frozenset(
    {
        "training config",
        "adapter_config.json",
        "config.json",
        "safetensors header",
        "MLmodel",
        "W&B config",
        "card",
        "GGUF header",
    }
)
USER = frozenset({"command line", "manifest", "lock"})


def independent(sources: Iterable[str]) -> int:
    """How many independent origins stand behind statements of one edge, by the sources that make them."""
    return len(
        {"a training run" if one in ONE_RUN else "the user" if one in USER else one for one in sources}
    )
