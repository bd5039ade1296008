"""YAML as plain data: no tag is obeyed, no anchor can blow up, and `no` is a word (it is Norway as often as false).

Scalars are those of YAML 1.2's core schema. The text is looked over as a stream of events before anything is built: how
deep, how many nodes once aliases are followed. A bomb of a few lines is refused there, in time linear in its length.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

NODES_AT_MOST = 200_000
DEPTH_AT_MOST = 64

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(text: str) -> Any:
    """The first document of a text. Raises ValueError, in one line, for what is no YAML or more than anyone writes by hand.

    Tabs that indent become spaces, as writers of cards leave them; tags are read as what they tag.
    """
    text = re.sub(r"^\t+", lambda tabs: "  " * len(tabs[0]), text, flags=re.M)
    try:
        _look_over(text)
        loader = _Loader(text)
        try:
            return loader.get_data()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        place = f" (line {error.problem_mark.line + 1})" if error.problem_mark is not None else ""
        raise ValueError(f"it is not valid YAML: {error.problem or 'unreadable'}{place}") from error
    except yaml.YAMLError as error:
        raise ValueError(f"it is not valid YAML: {str(error).splitlines()[0]}") from error
    except (LookupError, TypeError, AttributeError, OverflowError) as error:
        # What a tag claims may not be what follows it: `!!bool perhaps`, `!!timestamp soon`.
        raise ValueError("it is not valid YAML: a value is not what its tag says") from error


def _look_over(text: str) -> None:
    """Follow the events without building anything. An alias weighs what its anchor weighs."""
    weights: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []  # (anchor, nodes before it)
    total = 0
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in weights:
                raise ValueError(f"it names itself, or an anchor that is not there (*{event.anchor})")
            total += weights[event.anchor]
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            if event.anchor:
                weights[event.anchor] = 1
        elif isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, total))
            total += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor:
                weights[anchor] = total - before
        if len(open_nodes) > DEPTH_AT_MOST:
            raise ValueError("it is nested too deeply")
        if total > NODES_AT_MOST:
            raise ValueError(f"it has more than {NODES_AT_MOST:,} nodes, counting those that aliases repeat")


class _Loader(_Base):  # type: ignore[misc]
    """PyYAML's safe loader, with the scalars of YAML 1.2 and without tags."""


def _untagged(loader: Any, _: str, node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.yaml_multi_constructors = {"": _untagged}
_Loader.yaml_constructors = {
    tag: constructor
    for tag, constructor in yaml.SafeLoader.yaml_constructors.items()
    if str(tag).rpartition(":")[2] in ("null", "bool", "int", "float", "str", "seq", "map")
}
_EXPONENT = r"[eE][-+]?[0-9]{1,4}"
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", [*"~nN", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,17})", [*"-+0123456789"]),
    (
        "float",
        rf"[-+]?(?:[0-9]{{0,30}}\.[0-9]{{1,30}}(?:{_EXPONENT})?|[0-9]{{1,30}}\.?{_EXPONENT})",
        [*"-+.0123456789"],
    ),
    ("merge", r"<<", ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)
