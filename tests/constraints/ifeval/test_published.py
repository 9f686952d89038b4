"""Every IFEval verdict is the published one, strict and loose, over texts near every limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import category

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evalkit.arguments import construct
from evalkit.constraints.ifeval.published import PUBLISHED_IDS, published_spec
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.errors import ArgumentError
from evalkit.score import score
from evalkit.types import Completion
from tests.constraints.ifeval.reference import followed, followed_loosely
from tests.constraints.ifeval.texts import ARGUMENTS, TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.verdicts import Verdict


def judged(instruction_id: str, kwargs: Mapping[str, Any], text: str) -> Verdict:
    """Judge a complete answer by one published instruction."""
    constraint = construct(CONSTRAINTS, published_spec(instruction_id, kwargs), beside=None)
    return score(Completion("complete", text), [constraint]).verdicts[0]


def test_all_25_instructions_are_there() -> None:
    """Each id leads to a constraint that names it."""
    assert len(PUBLISHED_IDS) == len(ARGUMENTS) == 25
    named = {CONSTRAINTS.get(name).ifeval_id for name in CONSTRAINTS.builtins if name.startswith("ifeval_")}
    assert named == set(PUBLISHED_IDS) == set(ARGUMENTS)


@pytest.mark.parametrize("instruction_id", PUBLISHED_IDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_verdicts_are_those_of_the_reference(instruction_id: str, data: st.DataObject) -> None:
    """Where the reference gives a verdict, strict and loose are the same; where it raises, ours is undecided."""
    kwargs, text = data.draw(ARGUMENTS[instruction_id]), data.draw(TEXTS)
    # NLTK counts words by a newer Unicode than Python's, so that what is no character yet may be a word there.
    assume(all(category(character) != "Cn" for character in text))
    verdict = judged(instruction_id, kwargs, text)
    assert verdict.ifeval_id == instruction_id
    try:
        expected = followed(instruction_id, kwargs, text), followed_loosely(instruction_id, kwargs, text)
    except Exception:  # noqa: BLE001 - whatever it raises, it gives no verdict
        assert verdict.value is None
        return
    if verdict.value is None:  # a keyword that is read as a pattern, and no safe way to search for it
        assert "is read as a pattern" in verdict.reason
        return
    assert (verdict.value == 1, verdict.loose == 1) == expected, (kwargs, text)


@pytest.mark.parametrize(
    ("instruction_id", "kwargs", "message"),
    [
        ("keywords:exists", {}, "has no instruction `keywords:exists`"),
        ("keywords:existence", {"keywords": None}, "lacks `keywords`, and the published checker draws a random one"),
        ("keywords:existence", {"keywords": []}, "draws a random one"),
        ("keywords:existence", {"keywords": "kafka"}, "must be a list of texts, got 'kafka'"),
        ("keywords:frequency", {"keyword": "a", "frequency": 1}, "lacks `relation`"),
        (
            "keywords:frequency",
            {"keyword": "a", "frequency": 1, "relation": "at most"},
            "or `less than`, got 'at most'",
        ),
        ("length_constraints:number_words", {"num_words": -1, "relation": "at least"}, "is below 0"),
        ("length_constraints:number_words", {"num_words": 1.5, "relation": "at least"}, "a whole number, got 1.5"),
        ("detectable_format:title", {"title": "x"}, "has no argument `title`"),
        ("startend:end_checker", {"end_phrase": 3}, "`end_phrase` must be a text, got 3"),
        (
            "length_constraints:nth_paragraph_first_word",
            {"num_paragraphs": 2, "nth_paragraph": 3, "first_word": "a"},
            "`nth_paragraph` is not one of `num_paragraphs`",
        ),
        ("combination:repeat_prompt", {}, "lacks `prompt_to_repeat`"),
    ],
)
def test_demand_that_is_random_or_wrong_is_refused(instruction_id: str, kwargs: dict[str, Any], message: str) -> None:
    """There is no verdict to agree with."""
    with pytest.raises(ArgumentError, match=message):
        published_spec(instruction_id, kwargs)


def test_published_arguments_may_be_null_zero_or_floats() -> None:
    """All arguments of all instructions may be listed with null; 0 is a value, and tables write 3 as 3.0."""
    kwargs = {"num_words": 0.0, "relation": "less than", "keywords": None, "num_highlights": None}
    assert published_spec("length_constraints:number_words", kwargs) == {"ifeval_word_count": {"less_than": 0}}
    assert published_spec("punctuation:no_comma", {"keywords": None}) == "ifeval_no_comma"


def test_letter_that_is_none_is_undecided() -> None:
    """The published checker counts a random letter instead."""
    kwargs = {"letter": "#", "let_frequency": 4, "let_relation": "at least"}
    verdict = judged("keywords:letter_frequency", kwargs, "####")
    assert (verdict.value, verdict.loose) == (None, None)
    assert "is not a letter from a to z" in verdict.reason
