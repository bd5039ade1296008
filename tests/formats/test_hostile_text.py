"""Whatever a dataset, a file or a model is called, no format does anything with it: one table, every format, every text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from provenance_audit.formats import FORMATS, Look
from tests.formats.rich_worlds import hostile
from tests.formats.worlds import HOSTILE, HOSTILE_CELL, HOSTILE_DIAGRAM, HOSTILE_MARKUP

TEXTS = {
    "control": HOSTILE,
    "markup": HOSTILE_MARKUP,
    "cell": HOSTILE_CELL,
    "diagram": HOSTILE_DIAGRAM,
    "stop": "x\n::stop-commands::y\r\n  ::set-output name=a::b ##[group]z",
    "closing": "</textarea></style></svg></title>--></script><img src=x onerror=alert(1)>\" onload=\"alert(1)' x='",
    "placeholder": "{0} {{1}} [link](https://evil.example) %s $(id) `id`",
    "surrogate": "a\ud800b\u0000c\u2028d\uffff",
}
LOOKS = {
    "pipe": Look(),
    "terminal": Look(width=120, colour=True, unicode=True),
    "plain": Look(plain=True),
}
COMMAND = re.compile(r"^\s*::|##\[", re.M)


def no_command(text: str) -> None:
    assert not COMMAND.search(text), COMMAND.search(text)


def text_is_inert(text: str) -> None:
    unstyled = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert all(character.isprintable() or character == "\n" for character in unstyled)
    no_command(text)


def json_is_inert(text: str) -> None:
    assert text.isascii()
    json.loads(text)


def document_is_inert(text: str) -> None:
    json_is_inert(text)

    def walk(value: object) -> None:
        if isinstance(value, str):
            assert value.isprintable(), value
        elif isinstance(value, dict):
            for key, one in value.items():
                walk(key)
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(json.loads(text))


def sarif_is_inert(text: str) -> None:
    document_is_inert(text)
    messages = [result["message"]["text"] for result in json.loads(text)["runs"][0]["results"]]
    assert not any("](" in message or re.search(r"(?<!\{)\{\d", message) for message in messages)


def junit_is_inert(text: str) -> None:
    known = {
        "testsuites",
        "testsuite",
        "testcase",
        "properties",
        "property",
        "failure",
        "error",
        "skipped",
        "system-out",
    }
    assert {element.tag for element in ElementTree.fromstring(text).iter()} <= known
    no_command(text)


def github_is_inert(text: str) -> None:
    for line in text.splitlines():
        assert re.fullmatch(r"::(error|warning|notice) (file=[^:,]*,line=1,)?title=[^:,]*::.*", line), line
        assert line.isprintable()


def csv_is_inert(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in rows}) == 1
    assert not any(cell.lstrip()[:1] in "=+-@" and cell.strip() for row in rows for cell in row)


def mermaid_is_inert(text: str) -> None:
    for line in text.splitlines():
        assert re.fullmatch(
            r'flowchart TD|  n\d+\["[\w -./+#;]*"\]|  n\d+ -->\|"[\w -./+#;]*"\| n\d+'
            r'|  n\d+ -\. "[\w -./+#;]*" \.-> n\d+|  style n\d+ stroke-width:3px',
            line,
        ), line
        assert not re.search(r"click|:::|%%", re.sub(r'"[^"]*"', "", line))


def markdown_is_inert(text: str) -> None:
    from markdown_it import MarkdownIt

    assert all(character.isprintable() or character == "\n" for character in text)
    no_command(text)
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    ours = re.compile(r"<details><summary>[\w ’,:]*</summary>|</details>|<!-- (-->|[\w: ,.-]+ -->)")
    for token in tokens:
        if token.type == "html_block":
            assert not ours.sub("", token.content).strip(), token.content
        for child in token.children or ():
            assert child.type not in ("link_open", "image"), child
            if child.type == "html_inline":
                assert not ours.sub("", child.content).strip(), child.content
            # What a forge makes of plain text: mentions, links.
            if child.type == "text":
                assert not re.search(r"@\w|https?://|\bwww\.", child.content), child.content


def html_is_inert(text: str) -> None:
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.scripts: list[dict[str, str | None]] = []

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            found = dict(attributes)
            assert not any(name.startswith("on") or name == "style" for name in found), (tag, found)
            assert tag not in ("img", "iframe", "object", "embed", "form", "base"), tag
            for name in ("href", "src"):
                assert (found.get(name) or "#").startswith(("#", "data:,")), found
            if tag == "script":
                self.scripts.append(found)

    reader = Reader()
    reader.feed(text)
    assert [one.get("id") for one in reader.scripts] == ["paudit-report"]
    body = text[text.index("<body") : text.index("<script")]
    assert all(character.isprintable() or character == "\n" for character in body)


INERT: dict[str, Callable[[str], None]] = {
    "text": text_is_inert,
    "json": json_is_inert,
    "html": html_is_inert,
    "markdown": markdown_is_inert,
    "sarif": sarif_is_inert,
    "junit": junit_is_inert,
    "github": github_is_inert,
    "gitlab": document_is_inert,
    "csv": csv_is_inert,
    "mermaid": mermaid_is_inert,
    "cyclonedx": document_is_inert,
    "cyclonedx-1.7": document_is_inert,
    "croissant": document_is_inert,
    "intoto": document_is_inert,
    "intoto-predicate": document_is_inert,
    "openlineage": document_is_inert,
    "eu": markdown_is_inert,
}


def test_every_format_is_in_the_table() -> None:
    assert set(INERT) == set(FORMATS)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("format", INERT)
def test_hostile_text_is_inert(format: str, text: str) -> None:
    report = hostile(text)
    for look in LOOKS.values() if format == "text" else [Look()]:
        INERT[format](FORMATS[format](report, look))
