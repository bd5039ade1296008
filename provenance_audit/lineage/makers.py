"""Who made the rows: every statement about a maker, joined into one `Maker` per model and role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from provenance_audit.lineage.assertion import Assertion, Predicate, Role, Tier
from provenance_audit.lineage.identity import Identity
from provenance_audit.lineage.manifest import NO_PROMPT
from provenance_audit.lineage.readers import rows

UNRECORDED = "unrecorded"

Identify = Callable[[str], Identity]


@dataclass(frozen=True, slots=True)
class RowMaker:
    """One value of the maker column (None: rows that name none), its rows, and the system prompts they carry.

    prompts: the SHA-256 of the system turn -> rows; None for rows without one. own_column: whether prompts stand in a column
    of their own, in which an empty cell says that there was none; a conversation without a system turn says nothing.
    """

    value: str | None
    rows: int
    prompts: tuple[tuple[str | None, int], ...] = ()
    own_column: bool = False


@dataclass(frozen=True, slots=True)
class Maker:
    """One model and what it did to which rows. `prompt`: none, sha256:…, unrecorded, or how many were recorded.

    prompt_counts: whether a `none` may lower a severity. rows: None where rows cannot be told apart.
    """

    raw: str
    identity: Identity
    role: Role
    prompt: str
    prompt_counts: bool
    rows: int | None
    sources: tuple[Assertion, ...]

    @property
    def inferred(self) -> bool:
        """Whether only the names of columns or files suggest this maker: it warns, and decides nothing."""
        return all(one.tier is Tier.INFERRED for one in self.sources)


def generators_outside_rows(assertions: Sequence[Assertion]) -> tuple[Assertion, ...]:
    """The statements, outside the rows, of who generated them. A file's name is none."""
    return tuple(
        one
        for one in assertions
        if one.predicate is Predicate.MAKER
        and one.role is Role.GENERATOR
        and one.source != rows.SOURCE
        and one.tier is not Tier.INFERRED
    )


def find_makers(
    assertions: Sequence[Assertion], in_rows: Sequence[RowMaker], trained_rows: int, identify: Identify
) -> tuple[Maker, ...]:
    """One maker for each model and role, human ones left out, with the rows it made and its generation prompt.

    Rows are counted by the maker column. Where rows name nobody, a single generator named elsewhere made all of them;
    of several, nobody knows which made which.
    """
    by_value = {one.value: one for one in in_rows if one.value is not None}
    outside = {identify(one.reference).pinned for one in generators_outside_rows(assertions)}
    everything = trained_rows if not by_value and len(outside) == 1 else None
    makers: dict[tuple[str, Role], Maker] = {}
    for one in assertions:
        if one.predicate is not Predicate.MAKER or one.role is None or one.role is Role.HUMAN:
            continue
        identity = identify(one.reference)
        key = (identity.pinned.casefold(), one.role)
        stated = by_value.get(one.object) if one.source == rows.SOURCE else None
        count = stated.rows if stated is not None else everything if one.role is Role.GENERATOR else None
        known = makers.get(key)
        if known is None:
            prompt, counts = _prompt(identity, one, stated, assertions, in_rows, identify)
            makers[key] = Maker(one.object, identity, one.role, prompt, counts, count, (one,))
            continue
        # Two spellings in the rows are two sets of rows; a second source says the same of the same rows.
        total = (known.rows or 0) + stated.rows if stated is not None else known.rows or count
        makers[key] = replace(known, rows=total, sources=(*known.sources, one))
    return tuple(makers.values())


def _prompt(
    identity: Identity,
    maker: Assertion,
    stated: RowMaker | None,
    assertions: Sequence[Assertion],
    in_rows: Sequence[RowMaker],
    identify: Identify,
) -> tuple[str, bool]:
    """The generation prompt of a maker, and whether a `none` may lower a severity."""
    generates = maker.role is Role.GENERATOR
    recorded = _prompt_in_rows(stated, in_rows) if generates else None
    if recorded is not None:
        return recorded, False
    for one in assertions:
        if one.predicate is not Predicate.SYSTEM_PROMPT:
            continue
        about_all_rows = one.subject == "dataset"
        if generates if about_all_rows else identify(one.subject).id == identity.id:
            return one.object, one.named and one.tier <= Tier.DECLARED
    return UNRECORDED, False


def _prompt_in_rows(stated: RowMaker | None, in_rows: Sequence[RowMaker]) -> str | None:
    """System turns in the rows; None where no row holds one. Where some rows are silent, the prompt is not recorded."""
    everywhere = [prompt for one in in_rows for prompt in one.prompts]
    here = list(stated.prompts) if stated is not None else everywhere
    digests = dict.fromkeys(digest for digest, _ in here if digest is not None)
    silent = any(digest is None for digest, rows in here if rows)
    own_column = all(one.own_column for one in in_rows)
    if not digests:
        recorded = own_column and any(digest is not None for digest, _ in everywhere)
        return NO_PROMPT if recorded else None
    if silent and not own_column:
        return UNRECORDED
    if len(digests) == 1 and not silent:
        return f"sha256:{next(iter(digests))}"
    return f"{len(digests) + silent} different prompts" + (", none among them" if silent else "")
