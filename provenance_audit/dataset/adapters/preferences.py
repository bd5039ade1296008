"""Preference pairs: `chosen` and `rejected`, or `output_1` and `output_2`. Two rows each, told apart by branch.

As written by TRL, UltraFeedback, OLMo's mixes and AlpacaEval. A side is text or a list of messages, and may have its own
maker: `chosen_model`, `rejected-model`, `generator_1`. Which of two outputs was preferred is in `preference` (1 or 2).
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance_audit.database import identifier
from provenance_audit.dataset.adapters.base import NOTHING, Projection, Reads, any_text, scalar
from provenance_audit.dataset.adapters.conversation import conversation, is_conversation
from provenance_audit.dataset.adapters.pairs import answered, asked, prompt_of
from provenance_audit.dataset.columns import first_of

# The two sides, and what the maker of each may be called.
SIDES = (
    (("chosen", "chosen_response"), ("rejected", "rejected_response")),
    (
        ("output_1", "response_1", "response_a", "conversation_a"),
        ("output_2", "response_2", "response_b", "conversation_b"),
    ),
)
MAKERS = (
    ("chosen_model", "chosen-model", "generator_1", "model_1", "model_a"),
    ("rejected_model", "rejected-model", "generator_2", "model_2", "model_b"),
)
JUDGED = ("preference", "preferred", "winner")

READS = (
    Reads(
        "`chosen`, `rejected` (text or messages), with or without `prompt`",
        "TRL, UltraFeedback, OLMo",
        "`chosen_model` and `rejected_model`, also with hyphens",
        4,
    ),
    Reads(
        "`output_1`, `output_2`, `preference`",
        "AlpacaEval annotations, arenas",
        "`generator_1` and `generator_2`; the judge in `annotator`",
        4,
    ),
)


def recognise(columns: Mapping[str, str]) -> Projection | None:
    """A projection if there are both sides of a pair."""
    for left_names, right_names in SIDES:
        left, right = first_of(left_names, columns), first_of(right_names, columns)
        if left is not None and right is not None:
            return _project(columns, (left, right))
    return None


def _project(columns: Mapping[str, str], sides: tuple[str, str]) -> Projection:
    used, fields, mapping = asked(columns, prompt_of(columns))
    if "prompt" not in fields and is_conversation(columns[sides[0]]):
        # TRL's implicit prompt: both sides begin with the same turns.
        chat = conversation(sides[0], columns[sides[0]])
        fields = {
            "thread": chat.said(chat.first("user")),
            "prompt": chat.said(chat.last("user")),
            "system_prompt": chat.system,
        }
        mapping["prompt"] = f"{sides[0]}[role=user]"
    answers = [answered(columns, side) for side in sides]
    for field in ("completion", "reasoning"):
        fields[field] = _either(*(one[field] for one in answers))
    mapping["completion"] = f"{sides[0]} and {sides[1]}"
    used.update({side: columns[side] for side in sides})
    fields["branch"] = _branch(columns, sides, used, mapping)
    makers = [first_of(names, columns) for names in MAKERS]
    texts = [any_text(identifier(name), columns[name]) if name is not None else NOTHING for name in makers]
    if any(name is not None for name in makers):
        fields["maker"] = _either(*(text or NOTHING for text in texts))
        mapping["maker"] = " and ".join(name for name in makers if name is not None)
        used.update({name: columns[name] for name in makers if name is not None})
    return Projection(f"{sides[0]} + {sides[1]}", used, fields, mapping, count="2", answered_in=sides)


def _either(left: str, right: str) -> str:
    return f"CASE item WHEN 1 THEN {left} ELSE {right} END"


def _branch(
    columns: Mapping[str, str], sides: tuple[str, str], used: dict[str, str], mapping: dict[str, str]
) -> str:
    """Chosen and rejected; of two outputs, as the judge preferred; candidates where it preferred neither."""
    if sides[0].lower().startswith("chosen"):
        return _either("'chosen'", "'rejected'")
    judged = first_of(JUDGED, columns)
    if judged is None:
        return "'candidate'"
    used[judged] = columns[judged]
    mapping["branch"] = judged
    value = f"lower({scalar(columns, judged)})"
    number = f"TRY_CAST({value} AS DOUBLE)"
    left = f"({number} >= 1 AND {number} < 1.5 OR {value} IN ('model_a', 'a', 'output_1'))"
    right = f"({number} > 1.5 OR {value} IN ('model_b', 'b', 'output_2'))"
    chosen, rejected = _either(left, right), _either(right, left)
    return f"CASE WHEN {chosen} THEN 'chosen' WHEN {rejected} THEN 'rejected' ELSE 'candidate' END"
