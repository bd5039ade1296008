"""The graph against plain Python over small random lineages, and what each relation means."""

from __future__ import annotations

import itertools
from dataclasses import replace
from random import Random
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from provenance_audit.database import open_memory
from provenance_audit.findings import Confidence, Relation
from provenance_audit.lineage.assertion import Assertion, Predicate, Tier, WeightRelation
from provenance_audit.lineage.graph import Graph
from provenance_audit.lineage.identity import Identity
from provenance_audit.lineage.registry import Registry
from provenance_audit.lineage.relation import Resolution, relate

EMPTY = Registry(MappingProxyType({}), (), (), MappingProxyType({}), MappingProxyType({}))
F, M, P, Q = WeightRelation.FINETUNE, WeightRelation.MERGE, WeightRelation.PRUNED, WeightRelation.QUANTIZED


def base(child: str, parent: str, relation: WeightRelation = F, tier: Tier = Tier.DECLARED) -> Assertion:
    return Assertion(
        child, Predicate.BASE, parent, parent, tier, "test", f"{child} <- {parent}", relation=relation
    )


def root(model: str) -> Assertion:
    return Assertion(model, Predicate.ROOT, model, model, Tier.DECLARED, "test", "here")


def resolve(assertions: list[Assertion], maker: str = "x/maker", student: str = "x/student") -> Resolution:
    with open_memory() as connection:
        graph = Graph(connection, assertions, EMPTY)
        return relate(graph, Identity(maker, maker), Identity(student, student))


@st.composite
def lineages(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Edges from later to earlier models: no cycles, several parents allowed."""
    edges = draw(st.lists(st.tuples(st.integers(1, 7), st.integers(0, 6)), max_size=12))
    return sorted({(f"x/m{child}", f"x/m{parent}") for child, parent in edges if parent < child})


def ancestors(edges: list[tuple[str, str]], model: str) -> dict[str, int]:
    """Each ancestor, itself included, with the fewest steps to it."""
    found, front = {model: 0}, [model]
    while front:
        front = [parent for child, parent in edges if child in front and parent not in found]
        for parent in front:
            found[parent] = max(found.values()) + 1 if parent not in found else found[parent]
    return found


@settings(max_examples=40, deadline=None)
@given(lineages(), st.integers(0, 7), st.integers(0, 7))
def test_common_ancestors_are_those_that_plain_sets_find(
    edges: list[tuple[str, str]], a: int, b: int
) -> None:
    maker, student = f"x/m{a}", f"x/m{b}"
    found = resolve([base(*edge) for edge in edges], maker, student)
    mine, theirs = ancestors(edges, maker), ancestors(edges, student)
    shared = mine.keys() & theirs.keys()
    assert (found.common_ancestor in shared) if shared else (found.common_ancestor is None)
    if maker == student:
        assert found.relation is Relation.SAME_CHECKPOINT
    elif shared:
        assert found.relation is Relation.SHARED_BASE
        assert found.maker_walk is not None
        assert found.student_walk is not None
        for walk, start in ((found.maker_walk, maker), (found.student_walk, student)):
            way = [start, *(step.parent for step in walk.steps)]
            assert way[-1] == found.common_ancestor
            assert all(pair in edges for pair in itertools.pairwise(way))
    else:
        assert found.relation is Relation.UNDETERMINED


@settings(max_examples=25, deadline=None)
@given(lineages(), st.tuples(st.integers(0, 7), st.integers(0, 7)), st.integers(0, 7), st.integers(0, 7))
def test_one_more_statement_never_makes_a_relation_better(
    edges: list[tuple[str, str]], more: tuple[int, int], a: int, b: int
) -> None:
    """A declaration adds risk and never takes it away."""
    order = [Relation.SAME_CHECKPOINT, Relation.SHARED_BASE, Relation.SHARED_ANCESTOR]
    known = [base(*edge) for edge in edges]
    before = resolve(known, f"x/m{a}", f"x/m{b}").relation
    after = resolve([*known, base(f"x/m{more[0]}", f"x/m{more[1]}")], f"x/m{a}", f"x/m{b}").relation
    if before in order:
        assert after in order
        assert order.index(after) <= order.index(before)


def test_copies_are_the_same_checkpoint() -> None:
    assert resolve([base("x/maker", "x/student", Q)]).relation is Relation.SAME_CHECKPOINT


def test_other_revisions_of_one_id_are_not_the_same_checkpoint() -> None:
    with open_memory() as connection:
        graph = Graph(connection, [], EMPTY)
        found = relate(graph, Identity("x/m", "x/m", "a" * 40), Identity("x/m", "x/m", "b" * 40))
    assert found.relation is Relation.SHARED_BASE


def test_structural_steps_make_a_shared_ancestor() -> None:
    for step in (P, M, WeightRelation.EXPANDED):
        found = resolve([base("x/maker", "x/b", step), base("x/student", "x/b")])
        assert (found.relation, found.common_ancestor) == (Relation.SHARED_ANCESTOR, "x/b")


def test_a_merge_shares_with_each_of_its_inputs() -> None:
    inputs = [base("x/maker", "x/a", M), base("x/maker", "x/b", M)]
    for one in ("x/a", "x/b"):
        assert resolve([*inputs, base("x/student", one)]).relation is Relation.SHARED_ANCESTOR


def test_training_on_outputs_is_no_weight_edge() -> None:
    data_edge = Assertion(
        "x/maker", Predicate.TRAINED_ON, "x/student", "x/student", Tier.DECLARED, "test", "here"
    )
    found = resolve([data_edge, root("x/maker"), root("x/student")])
    assert found.relation is Relation.NO_KNOWN_RELATION


def test_unrelated_needs_two_documented_roots() -> None:
    assert resolve([root("x/maker"), root("x/student")]).relation is Relation.NO_KNOWN_RELATION
    one = resolve([root("x/maker")])
    assert one.relation is Relation.UNDETERMINED
    assert "x/student" in one.missing


def test_equivalence_is_declared_and_holds_for_descendants() -> None:
    alike = Assertion("x/a", Predicate.EQUIVALENT, "x/b", "x/b", Tier.DECLARED, "test", "here")
    found = resolve([alike, base("x/maker", "x/a"), base("x/student", "x/b"), root("x/a"), root("x/b")])
    assert found.relation is Relation.EQUIVALENT_FAMILY


def test_confidence_is_that_of_the_weakest_edge() -> None:
    strong = base("x/maker", "x/b", tier=Tier.WRITTEN_BY_TOOL)
    assert resolve([strong, base("x/student", "x/b", tier=Tier.COMPUTED)]).confidence is Confidence.HIGH
    assert resolve([strong, base("x/student", "x/b", tier=Tier.PUBLISHED)]).confidence is Confidence.MEDIUM


def test_what_is_only_inferred_decides_nothing() -> None:
    guess = base("x/maker", "x/student", tier=Tier.INFERRED)
    assert resolve([guess]).relation is Relation.UNDETERMINED


def test_cycles_and_long_chains_end() -> None:
    ring = [base("x/a", "x/b"), base("x/b", "x/a"), base("x/maker", "x/a"), base("x/student", "x/b")]
    assert resolve(ring).relation is Relation.SHARED_BASE
    chain = [base(f"x/{n}", f"x/{n + 1}") for n in range(60)]
    assert resolve(chain, "x/0", "x/59").relation is Relation.UNDETERMINED
    long = [base(f"x/{n}", f"x/{n + 1}") for n in range(10_000)]
    cut = resolve([*long, root("x/10000"), root("x/student")], "x/0", "x/student")
    assert cut.relation is Relation.UNDETERMINED
    assert "beyond 32 steps" in cut.evidence


def test_a_circle_is_no_root_and_is_found() -> None:
    ring = [base("x/maker", "x/b"), base("x/b", "x/c"), base("x/c", "x/b"), root("x/student")]
    assert resolve(ring).relation is Relation.UNDETERMINED
    with open_memory() as connection:
        found = Graph(connection, ring, EMPTY).cycle(["x/maker"])
        assert (found[0], set(found)) == (found[-1], {"x/b", "x/c"})
        assert Graph(connection, ring[:2], EMPTY).cycle(["x/maker"]) == ()


def test_ways_without_number_end_soon() -> None:
    """Thirty diamonds on one another: a billion paths, and a few states."""
    edges = [
        base(f"x/{level}{side}", f"x/{level + 1}{other}")
        for level in range(30)
        for side in "ab"
        for other in "ab"
    ]
    found = resolve(edges, "x/0a", "x/0b")
    assert (found.relation, found.common_ancestor) == (Relation.SHARED_BASE, "x/1a")


def test_a_claim_to_be_a_copy_does_not_lower_what_a_fine_tune_shares() -> None:
    tuned = [
        base("x/maker", "x/b", tier=Tier.WRITTEN_BY_TOOL),
        base("x/student", "x/b", tier=Tier.WRITTEN_BY_TOOL),
    ]
    claim = base("x/maker", "x/student", WeightRelation.MIRROR)
    assert resolve([claim]).relation is Relation.SAME_CHECKPOINT
    assert resolve([*tuned, claim]).relation is Relation.SHARED_BASE
    assert (
        resolve([*tuned, base("x/student", "x/maker", WeightRelation.MIRROR)]).relation
        is Relation.SHARED_BASE
    )


def test_a_faint_proof_does_not_stand_before_a_sure_one() -> None:
    faint = Assertion(
        "x/maker", Predicate.BASE, "x/student", "x/student", Tier.PUBLISHED, "test", "t", relation=F, grade="reported"
    )  # fmt: skip
    sure = [base("x/maker", "x/b", P), base("x/student", "x/b")]
    found = resolve([faint, *sure])
    assert (found.relation, found.confidence) == (Relation.SHARED_ANCESTOR, Confidence.MEDIUM)


def test_what_lies_beside_the_data_adds_risk_and_settles_nothing() -> None:
    def beside(one: Assertion) -> Assertion:
        return replace(one, named=False)

    settled = [base("x/maker", "x/b"), root("x/b"), root("x/student")]
    assert resolve(settled).relation is Relation.NO_KNOWN_RELATION
    for number in (0, 1):
        hearsay = [beside(one) if place == number else one for place, one in enumerate(settled)]
        found = resolve(hearsay)
        assert found.relation is Relation.UNDETERMINED
        assert "beside the data" in found.evidence
    assert resolve([beside(base("x/maker", "x/student")), root("x/student")]).relation is Relation.SHARED_BASE


RELATIONS = [F, M, P, Q, WeightRelation.MIRROR, WeightRelation.ADAPTER]
STATEMENTS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 5),
        st.sampled_from(RELATIONS),
        st.sampled_from([Tier.COMPUTED, Tier.WRITTEN_BY_TOOL, Tier.DECLARED, Tier.PUBLISHED]),
        st.booleans(),
    ),
    max_size=10,
)


def stated(drawn: list[tuple[int, int, WeightRelation, Tier, bool]]) -> list[Assertion]:
    return [
        replace(base(f"x/m{child}", f"x/m{parent}", relation, tier), named=named)
        for child, parent, relation, tier, named in drawn
    ]


def weight(found: Resolution) -> float:
    """What a gate makes of a relation when there was no prompt: an ancestor itself, or a copy, carries nothing."""
    if found.relation is Relation.SHARED_BASE:
        assert found.maker_walk is not None
        return 1.5 if found.maker_walk.copies_only else 3
    weights = {Relation.SAME_CHECKPOINT: 1.0, Relation.NO_KNOWN_RELATION: 0.0}
    return weights.get(found.relation, 2.0)


@settings(max_examples=150, deadline=None)
@given(STATEMENTS, STATEMENTS)
def test_more_statements_never_weigh_less(
    known: list[tuple[int, int, WeightRelation, Tier, bool]],
    more: list[tuple[int, int, WeightRelation, Tier, bool]],
) -> None:
    """Whatever is declared beside what is known, circles included. A pair that is settled stays at least as bad."""
    before = resolve(stated(known), "x/m0", "x/m1")
    after = resolve([*stated(known), *stated(more)], "x/m0", "x/m1")
    if before.relation is not Relation.UNDETERMINED:
        assert weight(after) >= weight(before)


@settings(max_examples=60, deadline=None)
@given(STATEMENTS, st.randoms(use_true_random=False))
def test_the_order_of_statements_is_irrelevant_and_so_is_saying_them_again(
    drawn: list[tuple[int, int, WeightRelation, Tier, bool]], random: Random
) -> None:
    statements = stated(drawn)
    shuffled = [*statements, *statements]
    random.shuffle(shuffled)
    one, other = resolve(statements, "x/m0", "x/m1"), resolve(shuffled, "x/m0", "x/m1")
    assert (one.relation, one.confidence) == (other.relation, other.confidence)
