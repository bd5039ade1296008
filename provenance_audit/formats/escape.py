"""Makes text from a dataset harmless where it is shown. A training set is text that an attacker may have written."""

from __future__ import annotations


def for_terminal(text: str) -> str:
    """Text in which nothing moves the cursor, hides or reverses: what is not printable is written as its code.

    That is control and format characters (bidirectional overrides, zero width), line separators, surrogates, private and
    unassigned ones, and every space but the ordinary one.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _code(character) for character in text)


def _code(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
