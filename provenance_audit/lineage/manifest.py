"""The manifest `paudit.lineage.yaml`: three useful lines at the least, every fact of a pipeline at the most.

A manifest may add risk, never remove it: it holds no waivers, and one that is merely found beside the data cannot claim
that there was no system prompt.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from provenance_audit.errors import ManifestError
from provenance_audit.lineage.assertion import Role, WeightRelation
from provenance_audit.lineage.filter_params import KINDS, FilterParams, misspelt, schema_of_kinds

NAME = "paudit.lineage.yaml"
SIZE_LIMIT = 256 * 1024
NO_PROMPT = "none"
_PROMPT_DIGEST = re.compile(r"^(?:none|sha256:[0-9a-f]{64})$")


Name = Annotated[str, Field(min_length=1, pattern=r"\S")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Parent(_Strict):
    """A model whose weights this one started from."""

    id: str
    revision: str | None = None
    relation: WeightRelation = WeightRelation.FINETUNE


def _parents(value: Any) -> Any:
    many = value if isinstance(value, list) else [value]
    relation = "merge" if len(many) > 1 else "finetune"
    return [{"id": one, "relation": relation} if isinstance(one, str) else one for one in many]


class Model(_Strict):
    """One model of the pipeline, by the key under which it is listed."""

    id: str | None = None
    revision: str | None = None
    base: Annotated[list[Parent], BeforeValidator(_parents)] = Field(default_factory=list)
    is_root: bool = False
    equivalent_to: list[str] = Field(default_factory=list)
    distilled_from: list[str] = Field(default_factory=list)
    trained_on: list[str] = Field(default_factory=list)
    path: str | None = None
    digest: str | None = None
    system_prompt: str | None = None
    system_prompt_sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    aliases: list[str] = Field(default_factory=list)


class File(_Strict):
    """One file of the dataset, with what it should be."""

    path: str
    sha256: str | None = None
    rows: int | None = None


class Dataset(_Strict):
    """Which rows the manifest is about."""

    id: str | None = None
    revision: str | None = None
    files: list[File] = Field(default_factory=list)
    raw: list[File] = Field(default_factory=list)
    sources: list[str] = Field(default_factory=list)
    columns: dict[str, str] = Field(default_factory=dict)


class Select(_Strict):
    """Which rows one generation made: all of them, or those for which a predicate over the canonical row holds."""

    where: str | None = None
    column: str | None = None
    equals: str | None = None
    files: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_way(self) -> Select:
        ways = [self.where is not None, self.column is not None and self.equals is not None, bool(self.files)]
        if sum(ways) != 1 or (self.column is None) != (self.equals is None):
            raise ValueError("give one of: where; column and equals; files")
        return self


class Generation(_Strict):
    """One model that made, judged or changed rows."""

    model: Name
    role: Role = Role.GENERATOR
    select: Literal["all"] | Select = "all"
    share: float | None = Field(default=None, ge=0, le=1)
    params: dict[str, Any] = Field(default_factory=dict)
    provider: str | None = None
    generated: Any = None
    system_prompt: str | None = None
    system_prompt_sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


class Filter(_Strict):
    """One step that removed rows. Of the kinds that can be replayed, `params` is checked key by key."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.update(schema_of_kinds()))

    id: str = Field(min_length=1)
    kind: str | None = None
    model: str | None = None
    tool: str | None = None
    params: dict[str, Any] = Field(default_factory=dict)
    rows_in: int | None = Field(default=None, ge=0)
    rows_out: int | None = Field(default=None, ge=0)
    rejects: str | None = None
    order: int | None = None

    @property
    def replayable(self) -> FilterParams | None:
        """The parameters of a kind that can be replayed; None for any other. Raises ValidationError."""
        model = KINDS.get(self.kind or "")
        return model.model_validate(self.params) if model is not None else None


class Manifest(_Strict):
    """The whole manifest. Only `paudit: 1` is required."""

    paudit: Literal[1]
    student: Name | Model | None = None
    teacher: Name | None = None
    system_prompt: str | None = None
    models: dict[str, Model] = Field(default_factory=dict)
    dataset: Dataset | None = None
    generations: list[Generation] = Field(default_factory=list)
    filters: list[Filter] = Field(default_factory=list)

    def declared_names(self) -> dict[str, str]:
        """Every name by which the manifest calls a model, case-folded -> its id."""
        names: dict[str, str] = {}
        for key, model in self.models.items():
            for name in (key, *model.aliases, model.id or key):
                names[name.casefold()] = model.id or key
        return names


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


def valid_prompt(text: str) -> bool:
    """Whether a prompt is `none` or a SHA-256."""
    return bool(_PROMPT_DIGEST.match(text.lower()))


def schema() -> dict[str, Any]:
    """The JSON Schema of the manifest, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "paudit lineage manifest, version 1",
        **Manifest.model_json_schema(),
    }
