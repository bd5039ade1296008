"""How a format writes: for a terminal, a pipe or a screen reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """Columns, with colour, with drawn lines; plain: for screen readers, in sentences, with nothing drawn or aligned."""

    width: int = 80
    colour: bool = False
    unicode: bool = False
    plain: bool = False
