from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provenance_audit.formats.escape import for_terminal


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    shown = for_terminal(text)
    assert all(character.isprintable() for character in shown)


@given(st.text(st.characters(whitelist_categories=["L", "N"])))
def test_ordinary_text_is_shown_as_it_is(text: str) -> None:
    assert for_terminal(text) == text
