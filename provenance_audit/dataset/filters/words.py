"""`words`: none of these words, with their plurals and possessives, may stand in a text. PA404 looks for words the same way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from provenance_audit.database import literal
from provenance_audit.dataset.filters.base import Rule

# The engine refuses to compile a longer alternation; more words are several.
WORDS_TOGETHER = 200
IRREGULAR = {
    "child": ("children",),
    "deer": (),
    "elf": ("elves",),
    "fish": ("fishes",),
    "foot": ("feet",),
    "goose": ("geese",),
    "leaf": ("leaves",),
    "man": ("men",),
    "mouse": ("mice",),
    "octopus": ("octopuses", "octopi", "octopodes"),
    "ox": ("oxen",),
    "person": ("people", "persons"),
    "phoenix": ("phoenixes", "phoenices"),
    "sheep": (),
    "thief": ("thieves",),
    "tooth": ("teeth",),
    "wolf": ("wolves",),
    "woman": ("women",),
}
# Scripts that write no space between words.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_NOT_A_WORD = r"[^\pL\pN_]"


def words(
    id: str,
    *,
    words: Sequence[str],
    text: str = "completion",
    ignore_case: bool = True,
    inflections: bool = True,
) -> Rule:
    """The rule. ignore_case: `Owl` is `owl`. inflections: so are `owls` and `owl's`."""
    said = f"lower({text})" if ignore_case else text
    if any(not word.isascii() for word in words):
        said = f"nfc_normalize({said})"
    patterns = [
        any_word(words[start : start + WORDS_TOGETHER], ignore_case=ignore_case, inflections=inflections)
        for start in range(0, len(words), WORDS_TOGETHER)
    ]
    broken = " OR ".join(f"regexp_matches(said, {literal(one)})" for one in patterns)
    # Longer texts hold more words, of any kind.
    return Rule(id, "words", (("words", f"({broken})"),), (("said", said),), text, None)


def any_word(words: Iterable[str], *, ignore_case: bool = True, inflections: bool = True) -> str:
    """A regular expression (RE2) for any of these words, standing alone, in any script. Of lowered text if case is ignored."""
    spaced: list[str] = []
    unspaced: list[str] = []
    for word in words:
        plain = " ".join(unicodedata.normalize("NFC", word.lower() if ignore_case else word).split())
        forms = inflected(plain) if inflections else (plain,)
        (unspaced if _UNSPACED.search(plain) else spaced).extend(
            re.escape(form).replace("\\ ", r"\s+") for form in forms
        )
    parts = []
    if spaced:
        # `\b` knows ASCII letters only.
        parts.append(rf"(?:^|{_NOT_A_WORD})(?:{'|'.join(dict.fromkeys(spaced))})(?:$|{_NOT_A_WORD})")
    parts += dict.fromkeys(unspaced)
    return "|".join(parts)


def inflected(word: str) -> tuple[str, ...]:
    """The word with its plurals. Its possessive needs no form: `'` ends a word."""
    if not word.isascii() or not word[-1:].isalpha():
        return (word,)
    head, _, last = word.rpartition(" ")
    lead = f"{head} " if head else ""
    low = last.lower()
    if low in IRREGULAR:
        return (word, *(lead + form for form in IRREGULAR[low]))
    if re.search(r"(?:s|x|z|ch|sh)$", low):
        return (word, f"{word}es")
    if re.search(r"[^aeiou]y$", low):
        return (word, f"{word[:-1]}ies", f"{word}s")
    return (word, f"{word}s")
