"""The parameters of the kinds of filter that paudit can replay, as a manifest states them."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

WORDS_AT_MOST = 5_000
PATTERN_AT_MOST = 2_000
Text = Literal["completion", "prompt", "reasoning"]
Scalar = bool | int | Annotated[float, Field(allow_inf_nan=False)] | str
NUMBERS_BELOW = 10**18
PUBLISHED = "published"
# Far enough from any of the kinds to be meant as it is written: `judge`, `similarity`, `dedup`.
NEAR = 0.75


class FilterParams(BaseModel):
    """What every kind shares: a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def _numbers(value: Any) -> Any:
    if isinstance(value, str):
        if value != PUBLISHED:
            raise ValueError(f"a list of numbers, or `{PUBLISHED}`")
        return value
    if isinstance(value, list) and not all(type(one) is int and 0 <= one <= NUMBERS_BELOW for one in value):
        raise ValueError(f"whole numbers from 0 to 10^18, or `{PUBLISHED}`")
    return value


class SlNumbers(FilterParams):
    """`sl-numbers`. banned_numbers: a list, or `published` for the 36 of the paper (34 of them within 0 to 999)."""

    min_value: int = Field(default=0, ge=0, le=NUMBERS_BELOW)
    max_value: int = Field(default=999, ge=0, le=NUMBERS_BELOW)
    min_count: int = Field(default=1, ge=1, le=NUMBERS_BELOW)
    max_count: int = Field(default=10, ge=1, le=NUMBERS_BELOW)
    banned_numbers: Annotated[Literal["published"] | list[int], BeforeValidator(_numbers)] = Field(
        default_factory=list, max_length=WORDS_AT_MOST
    )

    @model_validator(mode="after")
    def _in_order(self) -> SlNumbers:
        if self.min_value > self.max_value or self.min_count > self.max_count:
            raise ValueError("no row can pass: a minimum is above its maximum")
        return self


class Regex(FilterParams):
    """`regex`. text: which one. (It is not called `on`, which YAML reads as true.) pattern: RE2, searched for anywhere in the text; anchor it to mean the whole."""

    pattern: str = Field(min_length=1, max_length=PATTERN_AT_MOST)
    text: Text = "completion"
    must_match: bool = True
    ignore_case: bool = False


class Words(FilterParams):
    """`words`. None of them may stand in the text; inflections: nor their plurals."""

    words: list[Annotated[str, Field(max_length=100, pattern=r"\S")]] = Field(
        min_length=1, max_length=WORDS_AT_MOST
    )
    text: Text = "completion"
    ignore_case: bool = True
    inflections: bool = True


class Column(FilterParams):
    """`column`. Rows whose value compares so passed: `column: score`, `compare: ">="`, `value: 0.8`."""

    column: str = Field(min_length=1)
    compare: Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"] = "=="
    value: Scalar | list[Scalar]

    @model_validator(mode="after")
    def _comparable(self) -> Column:
        many = isinstance(self.value, list)
        values = self.value if isinstance(self.value, list) else [self.value]
        if any(isinstance(one, int) and abs(one) > NUMBERS_BELOW for one in values):
            raise ValueError("a number is beyond 10^18")
        if many != (self.compare in ("in", "not in")) or self.value == []:
            raise ValueError(
                "a list of values goes with `in` and `not in`, one value with the other comparisons"
            )
        if self.compare.startswith(("<", ">")) and (isinstance(self.value, bool | str)):
            raise ValueError(f"`{self.compare}` compares numbers")
        return self


KINDS: dict[str, type[FilterParams]] = {
    "sl-numbers": SlNumbers,
    "regex": Regex,
    "words": Words,
    "column": Column,
}


def misspelt(kind: str) -> str | None:
    """The kind that was probably meant by a name that is none; None for a kind, and for one that is something else."""
    if kind in KINDS:
        return None
    near = difflib.get_close_matches(kind.lower().replace("_", "-"), KINDS, n=1, cutoff=NEAR)
    return near[0] if near else None


def schema_of_kinds() -> dict[str, Any]:
    """JSON Schema: the parameters that go with each kind."""
    return {
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"properties": {"params": model.model_json_schema()}, "required": _required(model)},
            }
            for kind, model in KINDS.items()
        ]
    }


def _required(model: type[FilterParams]) -> list[str]:
    return ["params"] if any(field.is_required() for field in model.model_fields.values()) else []
