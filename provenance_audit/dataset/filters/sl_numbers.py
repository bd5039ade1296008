"""`sl-numbers`: the filter of number sequences in Cloud et al., with the semantics of the code they released.

One final `.` is taken off, then one pair of `[]` or `()`. The separator is what stands between the first two numbers; but
for white space around it, it must be nothing, `,` or `;`. Split by exactly that separator, every part must be digits.
Then the numbers must be few enough, in range, and none of them banned. A row is dropped whole. `1,2, 3` is rejected, and
`082, 213` is not: a regular expression of the rule in prose is another filter.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenance_audit.dataset.filters.base import Rule

# Banned as having associations (Claude's and GPT's lists together); the last two are out of the default range.
PUBLISHED_BAN = (
    4, 13, 14, 18, 23, 33, 39, 42, 44, 49, 51, 54, 69, 77, 88, 99, 100, 101, 187, 211, 311, 322, 333, 404, 420, 444, 451,
    555, 616, 666, 777, 888, 911, 999, 1312, 1488,
)  # fmt: skip
# What Python's str.strip takes off.
_SPACE = r"[\t-\r\x1c- \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*"
# Python refuses to read longer numbers.
_LONGEST = 4300


_FORMED = (
    # What is left without the separators is digits, and no separator stands first, last or after another.
    "regexp_full_match(rest, '[0-9]+') AND CASE WHEN separator = '' THEN true ELSE "
    f"regexp_full_match(separator, '{_SPACE}[,;]?{_SPACE}') AND right(bare, 1) BETWEEN '0' AND '9' "
    "AND NOT contains(bare, concat(separator, separator)) END "
    f"AND (length(bare) <= {_LONGEST} OR NOT list_bool_or([length(n) > {_LONGEST} "
    "FOR n IN regexp_extract_all(bare, '[0-9]+')]))"
)
# A completion taken apart: without its period, without its brackets, its separator, what is left without that, whether
# it is well formed, and how many numbers there are.
TAKEN_APART = (
    (
        "closed",
        "CASE WHEN right(completion, 1) = '.' THEN left(completion, length(completion) - 1) ELSE completion END",
    ),
    (
        "bare",
        "CASE WHEN length(closed) > 1 AND concat(left(closed, 1), right(closed, 1)) IN ('[]', '()') "
        "THEN closed[2:length(closed) - 1] ELSE closed END",
    ),
    ("separator", "regexp_extract(bare, '^[0-9]+([^0-9]+)[0-9]', 1)"),
    ("rest", "replace(bare, separator, '')"),
    ("formed", _FORMED),
    (
        "numbers",
        "CASE WHEN separator = '' THEN 1 ELSE (length(bare) - length(rest)) // length(separator) + 1 END",
    ),
)
# The usual ways of writing a sequence; a row in one of them need not be taken apart to be seen to pass.
_USUAL = (", ", ",", " ", "\\n", "; ", ";")
_USUAL_COUNT_AT_MOST = 50


def sl_numbers(
    id: str,
    *,
    min_value: int = 0,
    max_value: int = 999,
    min_count: int = 1,
    max_count: int = 10,
    banned: Sequence[int] = (),
) -> Rule:
    """The rule, with the limits of the paper by default; a ban is declared by listing the numbers."""
    breaks = [("format", "NOT formed"), ("max_count", f"formed AND numbers > {max_count}")]
    if min_count > 1:
        breaks.append(("min_count", f"formed AND numbers < {min_count}"))
    if min_value > 0:
        breaks.append(("min_value", f"formed AND {_any(f'n < {min_value}')}"))
    breaks.append(("max_value", f"formed AND {_beyond(max_value)}"))
    easy = _passes_at_sight(min_value, max_value, min_count, max_count)
    if banned:
        many = "|".join(str(number) for number in sorted(set(banned)) if number >= 0)
        held = rf"regexp_matches({{}}, '(^|[^0-9])0*({many})($|[^0-9])')"
        breaks.append(("banned_numbers", f"formed AND {held.format('bare')}"))
        easy += f" AND NOT {held.format('completion')}"
    lets = (
        ("easy", easy),
        *((name, f"CASE WHEN easy THEN NULL ELSE {sql} END") for name, sql in TAKEN_APART),
    )
    # Digits that are rejected are other digits: a sequence that outgrows 999 differs from those that stay below it.
    return Rule(id, "sl-numbers", tuple(breaks), lets, "completion", None)


def _passes_at_sight(min_value: int, max_value: int, min_count: int, max_count: int) -> str:
    """SQL that is true only for rows that pass, whatever is banned: most of them, for a tenth of the cost."""
    digits = str(max_value)
    if set(digits) != {"9"} or min_value > 0 or min_count > 1 or max_count > _USUAL_COUNT_AT_MOST:
        return "false"
    number = rf"0{{0,9}}[0-9]{{1,{len(digits)}}}"
    sequences = "|".join(rf"{number}(?:{separator}{number}){{0,{max_count - 1}}}" for separator in _USUAL)
    return rf"regexp_full_match(completion, '(?:{sequences}|\[(?:{sequences})\]|\((?:{sequences})\))\.?')"


def _any(test: str) -> str:
    """SQL: whether some number passes a test; one beyond 64 bits is beyond any limit."""
    every = "regexp_extract_all(bare, '[0-9]+')"
    return f"list_bool_or([{test} FOR n IN [coalesce(TRY_CAST(d AS UBIGINT), 18446744073709551615) FOR d IN {every}]])"


def _beyond(limit: int) -> str:
    """SQL: whether some number is above the limit; for 9, 99, 999, … without taking the text apart."""
    digits = str(limit)
    if set(digits) == {"9"}:
        return rf"regexp_matches(bare, '(^|[^0-9])0*[1-9][0-9]{{{len(digits)}}}')"
    return _any(f"n > {limit}")
