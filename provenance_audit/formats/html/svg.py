"""Writes SVG, one element at a time, every attribute and text escaped. Colours are classes: the style sheet decides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance_audit.formats.escape import for_terminal

if TYPE_CHECKING:
    from markupsafe import Markup

LONGEST = 300


def element(tag: str, *children: str, text: str | None = None, **attributes: str | float | None) -> Markup:
    """One element. A name may begin with `_` where Python has a word for itself, and `_` inside stands for `-`."""
    from markupsafe import Markup, escape

    written = "".join(
        f' {name.lstrip("_").replace("_", "-") if name != "viewBox" else name}="{escape(_value(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    if text is not None:
        inside += str(escape(for_terminal(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")))
    return Markup(f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>")


def picture(title: str, width: float, height: float, *children: str, kind: str) -> Markup:
    """A drawing with its title, which says in words what it shows."""
    return element(
        "svg",
        element("title", text=title),
        *children,
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        width=width,
        height=height,
        role="img",
        _class=kind,
    )


def _value(value: str | float) -> str:
    return for_terminal(value) if isinstance(value, str) else f"{round(value, 1):g}"
