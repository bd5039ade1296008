"""`--online`: what the Hugging Face Hub says of models that no source at hand relates. Needs the extra `[hub]`.

Cards and small configurations are fetched at the commit that the Hub names, and read by the readers of local files; the
commit is part of each locator.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from provenance_audit.errors import UsageError
from provenance_audit.lineage.assertion import Assertion, Predicate
from provenance_audit.lineage.documents import Unread
from provenance_audit.lineage.reading import read_documents

DOCUMENTS = (
    "README.md",
    "config.json",
    "adapter_config.json",
    "mergekit_config.yml",
    "mergekit_moe_config.yml",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the Hub states, and the models that it would not or could not speak of, each with the reason."""

    assertions: tuple[Assertion, ...]
    unread: tuple[Unread, ...]


def look_up(ids: Sequence[str]) -> Answer:
    """Ask the Hub (`HF_ENDPOINT`) for the base of each model. Raises UsageError where the client is not installed."""
    try:
        import huggingface_hub
    except ImportError as error:
        raise UsageError(
            "--online needs the client of the Hub", remedy="pip install 'provenance-audit[hub]'"
        ) from error
    api = huggingface_hub.HfApi(library_name="paudit")
    stated: list[Assertion] = []
    unread: list[Unread] = []
    for id in ids:
        try:
            stated += _of(api, id)
        except (
            Exception
        ) as error:  # the client's errors have no common base: HTTP, values, the operating system
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            unread.append(Unread(f"hub:{id}", reason))
    return Answer(tuple(stated), tuple(unread))


def _of(api: Any, id: str) -> list[Assertion]:
    found = api.model_info(id)
    names = {one.rfilename for one in found.siblings or ()}
    with tempfile.TemporaryDirectory(prefix="paudit-hub-") as folder:
        for name in DOCUMENTS:
            if name in names:
                api.hf_hub_download(id, name, revision=found.sha, local_dir=folder)
        stated, _ = read_documents([str(Path(folder) / name) for name in DOCUMENTS if name in names])
        here = str(Path(folder).resolve())
        return [
            replace(
                one,
                subject=id if one.subject == f"file:{here}" else one.subject,
                locator=one.locator.replace(folder, f"hub:{id}@{found.sha}", 1),
            )
            for one in stated
            if one.predicate is not Predicate.STUDENT
        ]
