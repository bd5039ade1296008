"""What names stand for in one run: places on disk, and the names that a manifest gives; and those that it may not give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from provenance_audit.lineage.assertion import Assertion, Predicate, Tier, WeightRelation
from provenance_audit.lineage.identity import identify
from provenance_audit.lineage.manifest import Manifest
from provenance_audit.lineage.readers import manifest
from provenance_audit.lineage.registry import Registry


@dataclass(frozen=True, slots=True)
class Names:
    """What names stand for: places on disk, and names that a manifest gives.

    renamed: published names that the manifest gives to another model; claimed: names that stand for a repository of
    themselves, and that the manifest calls a copy of another model.
    """

    declared: Mapping[str, str]
    renamed: Mapping[str, str]
    claimed: tuple[Assertion, ...]


def names_of(
    local: Iterable[tuple[str, str]], stated: Manifest | None, path: str, registry: Registry, *, named: bool
) -> Names:
    """A manifest names what has no name of its own: a deployment, an alias, a path.

    The name of a published model keeps its meaning, and that of any other repository is no more than a claim to be a copy:
    otherwise a manifest could take a risk away. local: names, and the places on disk that they are. path: of the manifest;
    named: whether the user pointed at it.
    """
    names = {name.casefold(): place for name, place in local}
    renamed: dict[str, str] = {}
    claimed: list[Assertion] = []
    if stated is None:
        return Names(names, renamed, ())
    for name, target in stated.declared_names().items():
        alone, meant = identify(name, registry), identify(target, registry)
        if alone.id is None or alone.id.startswith("file:"):
            names[name] = target
        elif alone.id.casefold() == (meant.id or target).casefold():
            continue
        elif alone.id in registry.models:
            renamed[name] = target
        else:
            claimed.append(
                Assertion(
                    alone.id, Predicate.BASE, target, None, Tier.DECLARED, manifest.SOURCE,
                    f"{path}:/models", relation=WeightRelation.MIRROR, named=named,
                )
            )  # fmt: skip
    folder = Path(path).parent
    for key, model in stated.models.items():
        if model.path is not None:
            names[f"file:{(folder / model.path).resolve()}".casefold()] = model.id or key
    return Names(names, renamed, tuple(claimed))
