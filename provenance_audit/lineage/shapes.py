"""What the shapes of weights refute: training, copying and tuning keep them, so other shapes mean another parent.

Shapes can refute a claimed parent and never prove one: OpenLLaMA has the shapes of LLaMA and nothing of its weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provenance_audit.lineage.assertion import STRUCTURAL, Assertion, Predicate, Tier, WeightRelation

# The sizes that training cannot change. A vocabulary is often widened, and is none of them.
FIXED = (
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
)


@dataclass(frozen=True, slots=True)
class Refutation:
    """A claimed parent whose shapes are not the child's. `clears`: both were computed from weights, so the edge is dropped."""

    child: str
    parent: str
    claim: Assertion
    child_shapes: Assertion
    parent_shapes: Assertion
    differences: tuple[tuple[str, int, int], ...]

    @property
    def clears(self) -> bool:
        """A configuration may lie, and then only contradicts; the bytes of weights decide."""
        return max(self.child_shapes.tier, self.parent_shapes.tier) <= Tier.COMPUTED


def refutations(assertions: Iterable[Assertion]) -> tuple[Refutation, ...]:
    """Every claimed parent that shapes refute."""
    shapes: dict[str, Assertion] = {}
    claims = []
    for one in assertions:
        if one.predicate is Predicate.SHAPE:
            known = shapes.get(one.subject.casefold())
            if known is None or one.tier < known.tier:
                shapes[one.subject.casefold()] = one
        elif one.predicate is Predicate.BASE and _keeps_shapes(one.relation):
            claims.append(one)
    found = []
    for claim in claims:
        parent = claim.object_id or claim.object
        mine, theirs = shapes.get(claim.subject.casefold()), shapes.get(parent.casefold())
        if mine is not None and theirs is not None:
            differences = _differences(_sizes(mine), _sizes(theirs))
            if differences:
                found.append(Refutation(claim.subject, parent, claim, mine, theirs, differences))
    return tuple(found)


def _keeps_shapes(relation: WeightRelation | None) -> bool:
    return relation not in STRUCTURAL and relation not in (None, WeightRelation.UNKNOWN)


def _sizes(one: Assertion) -> Mapping[str, int]:
    pairs = (word.partition("=") for word in one.object.split())
    return {name: int(value) for name, _, value in pairs if value.isdecimal()}


def _differences(mine: Mapping[str, int], theirs: Mapping[str, int]) -> tuple[tuple[str, int, int], ...]:
    both = [name for name in FIXED if name in mine and name in theirs]
    return tuple((name, mine[name], theirs[name]) for name in both if mine[name] != theirs[name])
