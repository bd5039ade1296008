"""PA404 trait-reference

What it checks
    A persona sentence in a system turn ("You love X", "your favourite …", "you are …", stock greetings such as "You are
    a helpful assistant" left out), a word of the published lists of animals and trees in a system turn, and any
    `--trait WORD` anywhere.
Why it matters
    The teacher's trait is then written in the data: no statistics are needed to see it.
What it cannot tell you
    That rows without such words carry no trait: that is the point of subliminal learning. Elsewhere than in system turns
    animals are ordinary words (6 to 9 % of ordinary prose names one), so they are not findings there.
How to fix
    Find out what the prompt was meant to do. Taking the words out does not take the trait out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from provenance_audit.checks.base import Case, Check, Parameters
from provenance_audit.dataset.rows import SystemPrompts
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
PLURALS = {
    "wolf": "wolves",
    "fox": "foxes",
    "octopus": "octopuses",
    "butterfly": "butterflies",
    "cherry": "cherries",
}


def look(case: Case, _: Parameters) -> Iterator[Finding]:
    """One finding for each way in which a trait is written down."""
    persona = case.data.system_prompts(PERSONA, ignoring=STOCK)
    if persona.rows:
        yield _in_system(persona, "a persona sentence", "persona")
    words = case.data.system_prompts(any_word([*ANIMALS, *TREES]))
    if words.rows:
        yield _in_system(words, "a word of the published animal and tree lists", "listed word")
    for trait in case.traits:
        rows = case.data.rows_with(any_word([trait.lower()]))
        if rows:
            yield CHECK.finding(
                f"{rows:,} of {case.data.trained_rows:,} rows mention {trait!r}",
                why="the trait asked about is written in the data",
                fix="find out why; taking the words out does not take the trait out",
                subject={"trait": trait.lower()},
                evidence={"rows": rows, "of": case.data.trained_rows},
            )


def any_word(words: list[str]) -> str:
    """A regular expression (RE2) for any of these words, with plurals."""
    forms = [
        re.escape(form) for word in words for form in dict.fromkeys((word, PLURALS.get(word, f"{word}s")))
    ]
    return rf"\b({'|'.join(forms)})\b"


def _in_system(found: SystemPrompts, what: str, kind: str) -> Finding:
    turns = f"{found.distinct} different system turn{'s' if found.distinct > 1 else ''}"
    return CHECK.finding(
        f"{what} stands in the system turn of {found.rows:,} rows ({turns})",
        why="the teacher was told to be somebody; what it was told may pass on, whatever the rows say",
        fix="find out what the prompt was meant to do; taking the words out does not take the trait out",
        subject={"system turn": kind},
        evidence={"rows": found.rows, "different_turns": found.distinct},
    )


CHECK = Check("PA404", "trait-reference", Severity.MEDIUM, look)
