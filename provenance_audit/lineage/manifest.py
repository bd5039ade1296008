"""The manifest `paudit.lineage.yaml`: three useful lines at the least, every fact of a pipeline at the most.

A manifest may add risk, never remove it: it holds no waivers, and one that is merely found beside the data cannot claim
that there was no system prompt.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from provenance_audit.lineage.assertion import Role, WeightRelation
from provenance_audit.lineage.filter_params import KINDS, FilterParams, schema_of_kinds

NAME = "paudit.lineage.yaml"
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
