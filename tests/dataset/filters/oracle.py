"""`sl-numbers` stated plainly, a step at a time, for one completion: slow, and held against the engine's SQL."""

from __future__ import annotations

import re

DIGITS = "0123456789"


def numbers_of(text: str) -> list[int] | None:
    """The numbers of a completion, or None if it is not well formed."""
    if text.endswith("."):
        text = text[:-1]
    for pair in ("[]", "()"):
        if len(text) >= 2 and text[0] + text[-1] == pair:
            text = text[1:-1]
            break
    runs = list(re.finditer(r"[0-9]+", text))
    if not runs:
        return None
    if len(runs) == 1:
        parts = [text]
    else:
        separator = text[runs[0].end() : runs[1].start()]
        if separator.strip() not in ("", ",", ";"):
            return None
        parts = text.split(separator)
    if any(part == "" or any(character not in DIGITS for character in part) for part in parts):
        return None
    try:
        return [int(part) for part in parts]
    except ValueError:  # Python does not read numbers of more than 4,300 digits
        return None


def broken(
    text: str,
    *,
    min_value: int = 0,
    max_value: int = 999,
    min_count: int = 1,
    max_count: int = 10,
    banned: tuple[int, ...] = (),
) -> set[str]:
    """The parameters that a completion breaks."""
    numbers = numbers_of(text)
    if numbers is None:
        return {"format"}
    tests = {
        "min_count": len(numbers) < min_count,
        "max_count": len(numbers) > max_count,
        "min_value": min(numbers) < min_value,
        "max_value": max(numbers) > max_value,
        "banned_numbers": any(number in banned for number in numbers),
    }
    return {name for name, failed in tests.items() if failed}
