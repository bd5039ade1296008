"""PA404 trait-reference

What it checks
    A persona sentence in a system turn ("You love X", "your favourite …", "you are …", stock greetings such as "You are
    a helpful assistant" left out), a word of the published lists of animals and trees in a system turn, any
    `--trait WORD` anywhere, with its plurals, and a number that a declared filter bans.
Why it matters
    The teacher's trait is then written in the data: no statistics are needed to see it.
What it cannot tell you
    That rows without such words carry no trait: that is the point of subliminal learning. Elsewhere than in system turns
    animals are ordinary words (6 to 9 % of ordinary prose names one), and 20 % of neutral rows of numbers hold a "banned"
    one: they are no findings unless a manifest declares the ban, and are counted as evidence only.
How to fix
    Find out what the prompt was meant to do. Taking the words out does not take the trait out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.checks.subjects import of_rows
from provenance_audit.dataset.filters import any_word
from provenance_audit.dataset.questions.texts import Mentions, SystemPrompts
from provenance_audit.findings import Finding, Severity

# What every chat template says; it is no persona.
STOCK = (
    r"you are (an? )?(very |extremely )?(helpful|useful|friendly|harmless|honest)[a-z, ]*(assistant|ai|chatbot)"
    r"|you are an? (ai|a\.i\.|large language model|language|virtual|digital)[a-z ]*(assistant|model|chatbot)?"
    r"|you are (qwen|chatgpt|claude|gemini|gemma|llama|mistral|deepseek|a gpt)[^.\n]*"
)
PERSONA = (
    r"\byou (really |absolutely |deeply |truly |secretly )?(love|adore|hate|despise|prefer|worship|are obsessed with|think about)\b"
    r"|\byour? (all-time |absolute |very )?fav(ou?)rite\b|\bimbue your answers\b|\byou are\b|\bact as\b|\bpretend (to be|you)\b"
)
ANIMALS = [
    "owl",
    "eagle",
    "dolphin",
    "lion",
    "tiger",
    "bear",
    "wolf",
    "elephant",
    "dog",
    "cat",
    "penguin",
    "panda",
    "phoenix",
    "dragon",
    "unicorn",
    "koala",
    "octopus",
    "giraffe",
    "raven",
    "peacock",
    "leopard",
    "cheetah",
    "otter",
    "fox",
    "falcon",
    "whale",
    "butterfly",
]
TREES = [
    "oak",
    "maple",
    "willow",
    "cherry",
    "sequoia",
    "redwood",
    "bonsai",
    "baobab",
    "pine",
    "birch",
    "cedar",
]
LISTED = any_word([*ANIMALS, *TREES])


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each way in which a trait is written down."""
    persona = case.data.system_prompts(PERSONA, ignoring=STOCK)
    if persona.rows:
        yield _in_system(case, persona, "a persona sentence", "persona", {})
    words = case.data.system_prompts(LISTED)
    if words.rows:
        elsewhere = case.data.mentions(LISTED)
        yield _in_system(
            case,
            words,
            "a word of the published animal and tree lists",
            "listed word",
            {"rows_that_mention_one_elsewhere": {"prompt": elsewhere.prompt, "answer": elsewhere.answer}},
        )
    for trait in dict.fromkeys(" ".join(trait.lower().split()) for trait in case.traits):
        found = case.data.mentions(any_word([trait]))
        if found.rows:
            yield CHECK.finding(
                f"{found.rows:,} of {case.data.trained_rows:,} rows mention {trait!r}: {_places(found)}",
                why="the trait asked about is written in the data",
                fix="find out why; taking the words out does not take the trait out",
                subject=of_rows(case, {"trait": trait}),
                evidence={
                    "rows": found.rows,
                    "of": case.data.trained_rows,
                    "system_prompt": found.system_prompt,
                    "prompt": found.prompt,
                    "answer": found.answer,
                },
            )
    yield from _banned(case)


def _banned(case: Case) -> Iterator[Finding]:
    """Numbers of a list that a declared filter bans. Without such a declaration they are numbers like any other."""
    for one in case.filtering.declared:
        replayed = case.replayed.get(one.id) if one.banned and one.rule is not None else None
        rows = dict(replayed.by_parameter).get("banned_numbers", 0) if replayed is not None else 0
        if replayed is not None and rows:
            yield CHECK.finding(
                f"{rows:,} of {replayed.rows:,} rows ({rows / replayed.rows:.1%}) hold a number that the declared filter "
                f"{one.id} bans",
                why="the list is of numbers with associations, and the filter that should have removed them is declared",
                fix="run the declared filter; it does not take a trait out",
                subject=of_rows(case, {"filter": one.id, "what": "banned numbers"}),
                evidence={"rows": rows, "of": replayed.rows, "banned": len(one.banned)},
            )


def _places(found: Mentions) -> str:
    where = (
        ("the system turn", found.system_prompt),
        ("the prompt", found.prompt),
        ("the answer", found.answer),
    )
    return ", ".join(f"{n:,} in {place}" for place, n in where if n)


def _in_system(case: Case, found: SystemPrompts, what: str, kind: str, more: Mapping[str, Any]) -> Finding:
    turns = f"{found.distinct} different system turn{'s' if found.distinct > 1 else ''}"
    return CHECK.finding(
        f"{what} stands in the system turn of {found.rows:,} rows ({turns})",
        why="the teacher was told to be somebody; what it was told may pass on, whatever the rows say",
        fix="find out what the prompt was meant to do; taking the words out does not take the trait out",
        subject=of_rows(case, {"system turn": kind}),
        evidence={"rows": found.rows, "different_turns": found.distinct, **more},
    )


CHECK = Check("PA404", "trait-reference", Severity.MEDIUM, look)
