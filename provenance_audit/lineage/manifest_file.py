"""Reads a manifest from its file, and refuses what it cannot mean: the key, what was meant, and the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from provenance_audit.errors import ManifestError
from provenance_audit.lineage.filter_params import KINDS, misspelt
from provenance_audit.lineage.manifest import (
    Dataset,
    File,
    Filter,
    Generation,
    Manifest,
    Model,
    Parent,
    Select,
    valid_prompt,
)

SIZE_LIMIT = 256 * 1024


def read_manifest(path: Path) -> Manifest:
    """Parse and validate a manifest. Raises ManifestError naming the key, what was meant, and the remedy."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise ManifestError(
                f"{path} is over {SIZE_LIMIT // 1024} KiB", remedy="a lineage manifest is a short file"
            )
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ManifestError(f"{path} is not UTF-8 (byte {error.start})", remedy="save it as UTF-8") from error
    except OSError as error:
        raise ManifestError(
            f"{path} cannot be read: {error.strerror}", remedy="check the path given to --lineage"
        ) from error
    try:
        content = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise ManifestError(f"{path}{where}: {problem}", remedy="correct the YAML") from error
    except RecursionError as error:
        raise ManifestError(f"{path} is nested too deeply", remedy="a lineage manifest is flat") from error
    if not isinstance(content, dict):
        raise ManifestError(f"{path} is not a mapping", remedy="start it with `paudit: 1`")
    if "waivers" in content:
        raise ManifestError(
            f"{path}: /waivers: a lineage manifest cannot waive findings",
            remedy="data must not excuse its own audit: remove the key",
        )
    try:
        manifest = Manifest.model_validate(content)
    except ValidationError as error:
        raise ManifestError(f"{path}: {_describe(error)}", remedy="see `paudit schema manifest`") from error
    _refuse_cycles(manifest, path)
    _refuse_bad_prompts(manifest, path)
    _refuse_bad_filters(manifest, path)
    return manifest


class _Loader(yaml.SafeLoader):
    """YAML as data: no tags, no aliases (a bomb needs them, a manifest does not), no key twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed in a manifest", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool | None):
                raise yaml.constructor.ConstructorError(
                    None, None, "keys must be plain text", key_node.start_mark
                )
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is there twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def _describe(error: ValidationError, place: str = "", known: Iterable[str] | None = None) -> str:
    """Every fault, each with its key; an unknown key with the nearest known one. place: the pointer that keys are below."""
    faults = []
    for fault in error.errors():
        pointer = place + "/" + "/".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            key = str(fault["loc"][-1])
            near = difflib.get_close_matches(key, list(known or _known_keys()), n=1, cutoff=0.6)
            faults.append(
                f"{pointer}: unknown key {key!r}" + (f"; did you mean {near[0]!r}?" if near else "")
            )
        else:
            faults.append(f"{pointer.removesuffix('/')}: {fault['msg'].removeprefix('Value error, ')}")
    return "; ".join(dict.fromkeys(faults))


def _known_keys() -> list[str]:
    models = (Manifest, Model, Parent, Generation, Select, Dataset, File, Filter)
    return sorted({key for model in models for key in model.model_fields})


def _refuse_cycles(manifest: Manifest, path: Path) -> None:
    names = manifest.declared_names()
    parents = {
        (model.id or key).casefold(): [
            names.get(parent.id.casefold(), parent.id).casefold() for parent in model.base
        ]
        for key, model in manifest.models.items()
    }
    finished: set[str] = set()
    for start in parents:
        trail: list[tuple[str, int]] = [(start, 0)]
        while trail:
            node, child = trail.pop()
            above = parents.get(node, [])
            if child == len(above):
                finished.add(node)
                continue
            trail.append((node, child + 1))
            step = above[child]
            on_trail = [name for name, _ in trail]
            if step in on_trail:
                cycle = " -> ".join([*on_trail[on_trail.index(step) :], step])
                raise ManifestError(
                    f"{path}: /models: a model is its own ancestor: {cycle}", remedy="correct one `base`"
                )
            if step not in finished:
                trail.append((step, 0))


def _refuse_bad_prompts(manifest: Manifest, path: Path) -> None:
    stated = {
        "/system_prompt": manifest.system_prompt,
        **{
            f"/generations/{number}/system_prompt": one.system_prompt
            for number, one in enumerate(manifest.generations)
        },
        **{f"/models/{key}/system_prompt": one.system_prompt for key, one in manifest.models.items()},
    }
    for pointer, prompt in stated.items():
        if prompt is not None and not prompt.strip():
            raise ManifestError(
                f"{path}: {pointer}: it is empty",
                remedy="write `none` if there was none; leave the key out if it is not recorded",
            )
        if prompt is not None and prompt.startswith("sha256:") and not valid_prompt(prompt):
            raise ManifestError(
                f"{path}: {pointer}: {prompt[:80]!r} is no SHA-256",
                remedy="64 hexadecimal digits after `sha256:`, or the prompt's text",
            )


def _refuse_bad_filters(manifest: Manifest, path: Path) -> None:
    seen: set[str] = set()
    for number, step in enumerate(manifest.filters):
        place = f"{path}: /filters/{number}"
        if step.id in seen:
            raise ManifestError(f"{place}/id: {step.id!r} is there twice", remedy="name each filter once")
        seen.add(step.id)
        meant = misspelt(step.kind) if step.kind is not None else None
        if meant is not None:
            raise ManifestError(
                f"{place}/kind: {step.kind!r} is no kind of filter; did you mean {meant!r}?",
                remedy=f"the kinds that are replayed are {', '.join(KINDS)}; any other name only describes",
            )
        try:
            _ = step.replayable
        except ValidationError as error:
            known = KINDS[step.kind or ""].model_fields
            raise ManifestError(
                f"{path}: {_describe(error, f'/filters/{number}/params', known)}",
                remedy=f"the parameters of {step.kind} are {', '.join(known)}",
            ) from error
