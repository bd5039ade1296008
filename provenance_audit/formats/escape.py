"""Makes text from a dataset harmless where it is shown. A training set is text that an attacker may have written.

Every format passes what it did not write itself through the function of its kind; HTML does so for each value on its own.
"""

from __future__ import annotations

import re

# What a runner takes for a command where a line begins, spaces before it or not, and its older form anywhere.
_COMMAND = re.compile(r"(?<!\S)::(?=\S)")
_OLD_COMMAND = "##["
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~#$])")
# A comment between keeps a renderer from making a mention, an issue or a link of it.
_BREAK = "<!-- -->"
_LINKS = re.compile(r"(@|\\#(?=\d)|:(?=//)|\bwww(?=\.)|\b[Gg][Hh](?=-\d))")


def for_terminal(text: str) -> str:
    """Text in which nothing moves the cursor, hides or reverses, and no line is a command to a CI runner.

    What is not printable is written as its code: control and format characters (bidirectional overrides, zero width),
    line separators, surrogates, private and unassigned ones, and every space but the ordinary one.
    """
    if not text.isprintable():
        text = "".join(character if character.isprintable() else _code(character) for character in text)
    if ":" in text or "#" in text:
        text = _COMMAND.sub(r"\\x3a:", text).replace(_OLD_COMMAND, r"##\x5b")
    return text


def for_markdown(text: str) -> str:
    """Text that Markdown and HTML show as it is: no markup, no row of a table, no mention, no link."""
    shown = for_terminal(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINKS.sub(lambda found: found.group() + _BREAK, _MARKDOWN.sub(r"\\\1", shown))


def for_code(text: str) -> str:
    """Text as a code span of Markdown, which nothing in it can end; also inside a table."""
    shown = for_terminal(text).replace("|", "¦")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{shown or ' '}{pad}{fence}"


def for_mermaid(text: str) -> str:
    """As entity codes, whatever Mermaid or the HTML around it could take for syntax."""
    return "".join(
        character if character.isalnum() or character in " -_./+" else f"#{ord(character)};"
        for character in for_terminal(text)
    )


def for_command(text: str) -> str:
    """The message of a workflow command: one line, whatever it holds."""
    return for_terminal(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def for_property(text: str) -> str:
    """A property of a workflow command."""
    return for_command(text).replace(":", "%3A").replace(",", "%2C")


def for_cell(text: str) -> str:
    """A cell of a spreadsheet that is text, not a formula."""
    shown = for_terminal(text)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


def for_sarif(text: str) -> str:
    """A SARIF message: no link, no placeholder."""
    shown = for_terminal(text).replace("](", "] (")
    return re.sub(r"\{(\d+)\}", r"{{\1}}", shown)


def _code(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
