"""Published instructions, written as a suite does."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.arguments import construct
from evalkit.constraints.ifeval.published import PUBLISHED_IDS, published_spec
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.errors import ArgumentError

EXAMPLES: dict[str, tuple[dict[str, Any], Any]] = {
    "keywords:existence": ({"keywords": ["a", "b"]}, {"ifeval_contains_all": {"keywords": ["a", "b"]}}),
    "keywords:frequency": (
        {"keyword": "a", "frequency": 0, "relation": "less than"},
        {"ifeval_keyword_count": {"keyword": "a", "less_than": 0}},
    ),
    "keywords:letter_frequency": (
        {"letter": "#", "let_frequency": 4, "let_relation": "at least"},
        {"ifeval_letter_count": {"letter": "#", "at_least": 4}},
    ),
    "length_constraints:number_words": (
        {"num_words": 300.0, "relation": "at least"},
        {"ifeval_word_count": {"at_least": 300}},
    ),
    "length_constraints:nth_paragraph_first_word": (
        {"first_word": "a", "nth_paragraph": 2, "num_paragraphs": 3},
        {"ifeval_paragraph_first_word": {"word": "a", "paragraph": 2, "paragraphs": 3}},
    ),
    "change_case:capital_word_frequency": (
        {"capital_frequency": 5, "capital_relation": "less than"},
        {"ifeval_capital_words": {"less_than": 5}},
    ),
    "punctuation:no_comma": ({}, "ifeval_no_comma"),
}


@pytest.mark.parametrize("identity", EXAMPLES)
def test_an_instruction_becomes_a_constraint(identity: str) -> None:
    """Null is the same as missing, 0 is a value, and what comes out can be built and names the instruction."""
    given, expected = EXAMPLES[identity]
    spec = published_spec(identity, {**given, "num_sentences": None}, "prompt")
    assert spec == expected
    assert construct(CONSTRAINTS, spec, beside=None).ifeval_id == identity


def test_there_are_25_instructions_each_with_a_constraint_of_its_own() -> None:
    """Every id is that of exactly one constraint of the table."""
    ids = [getattr(CONSTRAINTS.get(name), "ifeval_id", None) for name in CONSTRAINTS.builtins if "ifeval_" in name]
    assert sorted(PUBLISHED_IDS) == sorted(map(str, ids))
    assert len(PUBLISHED_IDS) == 25


@pytest.mark.parametrize(
    ("identity", "given", "words"),
    [
        ("keywords:nothing", {}, "IFEval has no instruction"),
        ("keywords:existence", {"keywords": []}, "`keywords` is missing, and the reference checker would draw"),
        ("keywords:forbidden_words", {}, "`forbidden_words` is missing"),
        ("keywords:letter_frequency", {"letter": "", "let_frequency": 1}, "`letter` is missing"),
        ("length_constraints:number_words", {"num_words": 3}, "`relation` is missing"),
        ("length_constraints:number_words", {"num_words": 3, "relation": "at most"}, "must be `at least` or"),
        ("length_constraints:number_words", {"num_words": -1, "relation": "at least"}, "is -1, and the reference"),
        ("length_constraints:number_paragraphs", {"num_paragraphs": 2, "relation": "at least"}, "has no argument"),
        (
            "length_constraints:nth_paragraph_first_word",
            {"first_word": "a", "nth_paragraph": 3, "num_paragraphs": 2},
            "`nth_paragraph` is 3 of 2, and the reference",
        ),
        ("combination:repeat_prompt", {}, "`prompt_to_repeat` is missing, and the reference checker fails"),
    ],
)
def test_what_the_reference_would_make_up_is_refused(identity: str, given: dict[str, Any], words: str) -> None:
    """A verdict on a random number says nothing."""
    with pytest.raises(ArgumentError, match=words):
        published_spec(identity, given, "prompt")
