"""What a feature is called where a reader sees it: a code of a family, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

Label = Callable[[int], str]


def plain(prefix: str) -> Label:
    """The code is what it says: `leading digit 3`."""
    return lambda code: f"{prefix} {code}"


def one_of(names: Sequence[str], otherwise: str = "") -> Label:
    """The code counts names from 1; 0 is anything else."""
    return lambda code: names[code - 1] if 0 < code <= len(names) else otherwise or f"code {code}"


def all_of(names: Sequence[str]) -> Label:
    """The code has a bit for each name."""
    return lambda code: (
        ", ".join(name for bit, name in enumerate(names) if code >> bit & 1) or "none of the forms"
    )


def range_of(what: str, bins: int) -> Label:
    """The code is a half-octave bin of a length, as `log_bins` makes it."""

    def label(code: int) -> str:
        low, high = ceil(2 ** (code / 2)) - 1, ceil(2 ** ((code + 1) / 2)) - 2
        if code == bins - 1:
            return f"{what} of {low:,} characters or more"
        if low >= high:
            return f"{what} of {low:,} character{'s' * (low != 1)}"
        return f"{what} of {low:,} to {high:,} characters"

    return label


def pair_of(what: str, then: str = "then") -> Label:
    """The code is two digits: one, and the one of the next number."""
    return lambda code: f"{what} {code // 10} {then} {code % 10}"


def bucket_of(what: str) -> Label:
    """The code is a hash: of many things, and nobody can say which."""
    return lambda code: f"{what} in bucket {code}"


UNNAMED = bucket_of("one")

# Words that are common in text that models write: those in a bucket say what it is likely to count. Never words of the data.
COMMON_WORDS = (
    "the of and to a in is that it for you was with on as are i be this have from or one had by word but "
    "not what all were we when your can said there use an each which she do how their if will up other "
    "about out many then them these so some her would make like him into time has look two more write go "
    "see number no way could people my than first been call who its now find long down day did get come "
    "made may part over new take only little work know place year live me back give most very after thing "
    "our just name good sentence man think say great where help through much before line right too mean "
    "old any same tell boy follow came want show also around form three small set put end does another "
    "well large must big even such because turn here why ask went men read need land different home us "
    "move try kind hand picture again change off play spell air away animal house point page letter "
    "mother answer found study still learn should however therefore important example provide including "
    "while within between without during both based using ensure sure certainly following various "
    "information overall potential consider understand solution value total step"
)
CODE_WORDS = (
    "def class return import from if else elif for while in not and or is none true false try except "
    "raise with as lambda yield self pass break continue function const var let new this public private "
    "static void int string float print len range async await export default null undefined struct enum "
    "match fn impl use include package func type interface select where insert update create table end "
    "then do begin"
)
