"""White space written in one way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.measures.space import normalise_space


@pytest.mark.parametrize(
    ("text", "written"),
    [("", ""), (" \n ", ""), ("a", "a"), ("a\n\nb\tc ", "a b c"), ("a\u00a0b", "a b")],
    ids=["empty", "only white space", "no white space", "runs and ends", "no-break space"],
)
def test_runs_become_one_space_and_ends_none(text: str, written: str) -> None:
    """Every run of white space is one space; none stands at the ends."""
    assert normalise_space(text) == written


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    """What is normalised stays as it is."""
    once = normalise_space(text)
    assert normalise_space(once) == once
