"""What demands say of themselves and of their opposites."""

from __future__ import annotations

import pytest

from evalkit.constraints.demands import Amount, Casing, Demand, Form, Wording, opposite


@pytest.mark.parametrize(
    ("demand", "ways"),
    [
        (Amount("words", high=60), ((Amount("words", low=61),),)),
        (Amount("words", low=1), ((Amount("words", high=0),),)),
        (Amount("words", 2, 4), ((Amount("words", high=1),), (Amount("words", low=5),))),
        (Amount("words"), ()),
        (Wording("a", "in", whole_words=True), ((Wording("a", "nowhere", whole_words=True),),)),
        (Wording("a", "nowhere"), ((Wording("a", "in"),),)),
        (Wording("a", "start"), None),
        (Casing("upper"), None),
        (Form("JSON"), None),
    ],
)
def test_opposite_is_what_is_left(demand: Demand, ways: object) -> None:
    """An amount leaves what lies below and above it; what cannot be said is None, and nothing left is no way."""
    assert opposite(demand) == ways


@pytest.mark.parametrize(
    ("demand", "words"),
    [
        (Amount("words", high=60), "at most 60 words"),
        (Amount("words", low=1000), "at least 1,000 words"),
        (Amount("words", 2, 4), "2 to 4 words"),
        (Wording("Dear", "start"), "begins with `Dear`"),
        (Wording("Dear", "nowhere"), "does not have `Dear`"),
        (Casing("lower"), "is in lower case"),
        (Form("JSON"), "is JSON"),
    ],
)
def test_demand_reads_as_words(demand: Demand, words: str) -> None:
    """Messages are made of it."""
    assert str(demand) == words
