"""What imports share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.importing.imported import Names, is_name, is_text, name_like, refused


@given(st.text())
def test_a_name_can_be_made_of_any_text(text: str) -> None:
    """What comes out may be a case's id, and is no longer than ids should be."""
    assert is_name(name_like(text))
    assert len(name_like(text)) <= 40


def test_a_name_reminds_of_its_text() -> None:
    """Words stay, with dashes between them."""
    assert name_like("  Greets people, in French! ") == "Greets-people-in-French"
    assert name_like("?!") == "case"


def test_a_used_name_gets_a_number() -> None:
    """The first number that is free, whoever took the others."""
    names = Names()
    assert [names.take(name) for name in ("a", "a-3", "a", "a", "a-3")] == ["a", "a-3", "a-2", "a-4", "a-3-2"]


def test_a_constraint_that_evalkit_refuses_is_said() -> None:
    """A wrong argument, an unknown name; None for one that is right."""
    assert refused({"max_words": 3}) is None
    assert "must be at least 0" in (refused({"max_words": -3}) or "")
    assert "no constraint named" in (refused("max_word") or "")


@pytest.mark.parametrize(("text", "whole"), [("é\U0001f600\0", True), ("\ud83d", False)])
def test_half_a_character_is_no_text(text: str, *, whole: bool) -> None:
    """A lone surrogate cannot be sent."""
    assert is_text(text) == whole
