"""The local cache of the Hugging Face Hub: cards and configurations with their commit, without a network.

`$HF_HUB_CACHE/models--ORG--NAME/refs/<branch>` holds a commit, `snapshots/<commit>/` the files (as links into `blobs/`).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from provenance_audit.lineage.walk import is_commit

_REPOSITORY = re.compile(r"^[\w.\-]{1,96}/[\w.\-]{1,96}$")


def cache_directory() -> Path | None:
    """Where the Hub's client keeps models: `HF_HUB_CACHE`, else `HF_HOME/hub`, else `~/.cache/huggingface/hub`.

    None for a user without a home, such as a number in a container.
    """
    try:
        if named := os.environ.get("HF_HUB_CACHE"):
            return Path(named).expanduser()
        if home := os.environ.get("HF_HOME"):
            return Path(home).expanduser() / "hub"
        return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "huggingface" / "hub"
    except RuntimeError:
        return None


def snapshot_of(id: str, revision: str | None = None) -> Path | None:
    """The snapshot of a model, if it is in the cache: of the revision, else of `main`, else the only one."""
    if not _REPOSITORY.match(id) or ".." in id:
        return None
    cache = cache_directory()
    if cache is None:
        return None
    place = cache / f"models--{id.replace('/', '--')}"
    try:
        commits = sorted(one.name for one in (place / "snapshots").iterdir() if is_commit(one.name))
        main = place / "refs" / "main"
        current = main.read_text(encoding="utf-8").strip() if main.is_file() else ""
    except (OSError, ValueError):
        return None
    if revision is not None:
        fitting = [commit for commit in commits if commit.startswith(revision)]
    else:
        fitting = [current] if current in commits else commits
    return place / "snapshots" / fitting[0] if len(fitting) == 1 else None
