"""NeMo Data Designer's `builder_config.json`: columns by the alias of the model that fills them, models by alias."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from provenance_audit.lineage.assertion import Assertion, Role, Tier
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, entries, mapping

SOURCE = "Data Designer config"


def recognise(document: Document) -> bool:
    """`data_designer` with columns."""
    return "columns" in mapping(mapping(document.data).get("data_designer"))


def read(document: Document) -> Iterator[Assertion]:
    """Makers by the columns they fill, their system prompts, and the seed dataset."""
    say, inside = Speaker(document, SOURCE, Tier.WRITTEN_BY_TOOL), mapping(document.data["data_designer"])
    models = {
        alias: mapping(one).get("model")
        for _, one in entries(inside.get("model_configs"), "")
        if isinstance(alias := mapping(one).get("alias"), str)
    }
    for place, one in entries(inside.get("columns"), "/data_designer/columns"):
        column = mapping(one)
        kind, alias = str(column.get("column_type", "")), column.get("model_alias")
        model = models.get(alias) if isinstance(alias, str) else None
        if kind.startswith("llm"):
            yield from say.maker(
                model, f"{place}/model_alias", Role.JUDGE if "judge" in kind else Role.GENERATOR
            )
            prompt = column.get("system_prompt")
            if isinstance(prompt, str) and prompt and "{{" not in prompt and isinstance(model, str):
                digest = "sha256:" + hashlib.sha256(prompt.encode()).hexdigest()
                yield from say.system_prompt(digest, f"{place}/system_prompt", model)
    yield from _seed(say, mapping(inside.get("seed_config")).get("source"))


def _seed(say: Speaker, source: Any) -> Iterator[Assertion]:
    path = mapping(source).get("path")
    if mapping(source).get("seed_type") == "hf" and isinstance(path, str):
        parts = path.removeprefix("hf://").removeprefix("datasets/").split("/")
        yield from say.derived_from("/".join(parts[:2]), "/data_designer/seed_config/source/path")
    else:
        yield from say.derived_from(path, "/data_designer/seed_config/source/path")
