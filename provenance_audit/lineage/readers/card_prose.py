"""Sentences that tools write into every model card: what the model was tuned, converted or quantised from, and on what.

Only sentences of a known template are read; what people write freely is not. What the front matter names already
is not stated again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from provenance_audit.lineage.assertion import Assertion, WeightRelation
from provenance_audit.lineage.documents import Document
from provenance_audit.lineage.readers.base import Speaker, hub_id

_LINK = r"\[`?(?P<text>[^\]`]+)`?\]\((?P<url>[^)\s]+)\)"
_ID = r"`?(?P<id>[\w.\-]+/[\w.\-]+)`?"
_HUB_URL = r"(?P<bare>https://huggingface\.co/[\w.\-]+/[\w.\-]+)"
# (template, relation; None for that of the card). By HF's Trainer and TRL; Unsloth and the Hub's template; mergekit;
# TheBloke and bartowski; mradermacher; the Hub's GGUF converter.
_TEMPLATES = (
    (rf"This model is a fine-tuned version of {_LINK}", None),
    (rf"-?\s*\*\*Fine-?tuned from model(?: \[optional\])?\s*:?\*\*\s*:?\s*(?:{_LINK}|{_ID}$)", None),
    (rf"[*-] {_LINK}(?: \+ \[.*)?$", WeightRelation.MERGE),
    (rf"[*-]?\s*(?:\*\*)?Original model:?(?:\*\*)?:?\s*(?:{_LINK}|{_HUB_URL})", WeightRelation.QUANTIZED),
    (rf"(?:static|weighted/imatrix) quants of {_HUB_URL}", WeightRelation.QUANTIZED),
    (rf"This model was converted to (?:GGUF|MLX) format from {_LINK}", WeightRelation.QUANTIZED),
)
_PATTERNS = tuple((re.compile(pattern), relation) for pattern, relation in _TEMPLATES)
# `on the a dataset.`, `on the a, the b and the c datasets.` (transformers, modelcard.py).
_ON_DATASETS = re.compile(
    r"This model is a fine-tuned version of .{1,400}? on (?P<names>the .{1,500}?) datasets?\."
)
_NAME = re.compile(r"the ([\w./\-]+)")
_MERGED_BEGINS = "The following models were included in the merge:"
LONGEST_LINE = 1000


def read(
    document: Document, say: Speaker, me: str, known: Collection[str], relation: WeightRelation
) -> Iterator[Assertion]:
    """The parents and datasets that the text names and the front matter does not."""
    seen = {_plain(name) for name in known}
    merging = False
    for line, text in document.prose:
        text = text.strip()[:LONGEST_LINE]
        merging = text == _MERGED_BEGINS or (merging and (not text or text[0] in "*-"))
        for pattern, states in _PATTERNS:
            if (match := pattern.match(text)) is None or (states is WeightRelation.MERGE and not merging):
                continue
            name = _named(match)
            if name and _plain(name) not in seen:
                seen.add(_plain(name))
                yield from say.base(me, name, str(line), states or relation)
            break
        if match := _ON_DATASETS.match(text):
            for name in _NAME.findall(match["names"]):
                if name not in known:
                    yield from say.trained_on(name, str(line), me)


def _named(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    if groups.get("url"):
        linked, text = hub_id(groups["url"]), groups["text"]
        # The link of a local path leads nowhere: the text is what was meant.
        name = linked if linked != groups["url"] and ".." not in linked else text
        return str(name) if "/" in name else None
    return hub_id(groups.get("bare") or "") or groups.get("id")


def _plain(name: str) -> str:
    return str(hub_id(name)).partition("@")[0].rstrip("/").casefold()
