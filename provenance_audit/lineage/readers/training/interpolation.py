"""OmegaConf's `${a.b}`: a value elsewhere in the same settings. What comes from outside (`${oc.env:…}`) stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_REFERENCE = re.compile(r"\$\{([\w.\-]+)\}")
ROUNDS = 5
LONGEST = 500


def interpolated(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings with their references followed, five deep at the most."""
    return {key: _resolved(value, settings) for key, value in settings.items()}


def _resolved(value: Any, settings: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and "${" in value and len(value) <= LONGEST:
        for _ in range(ROUNDS):
            followed = _REFERENCE.sub(lambda match: _look_up(match, settings), value)
            if followed == value or len(followed) > LONGEST:
                break
            value = followed
        return value
    if isinstance(value, dict):
        return {key: _resolved(one, settings) for key, one in value.items()}
    if isinstance(value, list):
        return [_resolved(one, settings) for one in value]
    return value


def _look_up(match: re.Match[str], settings: Mapping[str, Any]) -> str:
    found: Any = settings
    for key in match[1].split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else match[0]
