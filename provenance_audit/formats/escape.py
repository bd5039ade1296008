"""Makes text from a dataset harmless where it is shown. A training set is text that an attacker may have written."""

from __future__ import annotations

import unicodedata

# Control, format (bidirectional overrides, zero width), surrogate, private and unassigned characters, line separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def for_terminal(text: str) -> str:
    """Text in which nothing moves the cursor, hides or reverses: such characters are written as their code."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character
        if unicodedata.category(character) not in _HIDDEN
        else character.encode("unicode_escape").decode("ascii")
        if not 0xD800 <= ord(character) <= 0xDFFF
        else f"\\u{ord(character):04x}"
        for character in text
    )
