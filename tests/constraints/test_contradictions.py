"""Contradictions are found without a text, and never where some text meets both."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.arguments import construct
from evalkit.constraints.contradictions import always_met, clash, never_met
from evalkit.constraints.registry import CONSTRAINTS

Spec: TypeAlias = Any
"""What a suite writes."""


def build(spec: Spec) -> Any:  # noqa: ANN401 - any constraint
    """Build a constraint as a suite does."""
    return construct(CONSTRAINTS, spec, beside=None)


CLASHING = [
    ({"max_words": 60}, {"min_words": 61}),
    ({"max_words": 2}, {"contains_all": ["a very great question"]}),
    ({"contains_all": ["Great question", "x"]}, {"not": {"contains_any": ["y", "QUESTION"]}}),
    ({"contains_any": ["log", "blog"]}, {"not": {"contains_any": ["log"]}}),
    (
        {"contains_all": {"keywords": ["log"], "whole_words": True}},
        {"not": {"contains_any": {"keywords": ["log"], "whole_words": True}}},
    ),
    ({"starts_with": "Great question"}, {"not": {"contains_any": ["great"]}}),
    ({"starts_with": "Dear"}, {"starts_with": "Hello"}),
    ({"ends_with": "Yours."}, {"ends_with": "Regards."}),
    ("valid_json", {"starts_with": "Here it is"}),
    ({"valid_json": {"fence": True}}, {"ends_with": "I hope this helps!"}),
    ({"any_of": [{"max_words": 3}, {"max_words": 5}]}, {"min_words": 6}),
    ({"all_of": [{"max_words": 3}, {"contains_all": ["a"]}]}, {"min_words": 6}),
    ({"not": {"max_words": 9}}, {"max_words": 8}),
    ({"not": {"any_of": [{"max_words": 9}, {"contains_any": ["x"]}]}}, {"contains_any": ["x"]}),
]
AGREEING = [
    ({"max_words": 60}, {"min_words": 60}),
    ({"max_words": 2}, {"contains_all": ["great question"]}),
    ({"contains_all": ["blog"]}, {"not": {"contains_any": {"keywords": ["log"], "whole_words": True}}}),
    ({"contains_all": ["log"]}, {"not": {"contains_any": {"keywords": ["log"], "whole_words": True}}}),
    ({"contains_all": ["kafka"]}, {"not": {"contains_any": {"keywords": ["kafka"], "ignore_case": False}}}),
    ({"contains_any": ["log", "broker"]}, {"not": {"contains_any": ["log"]}}),
    ({"starts_with": "Dear"}, {"starts_with": "Dear Sir"}),
    ({"starts_with": "DEAR"}, {"starts_with": {"start": "Dear", "ignore_case": False}}),
    ("valid_json", {"starts_with": "{"}),
    ({"valid_json": {"fence": True}}, {"starts_with": "```json"}),
    ("valid_json", {"contains_all": ["kafka"]}),
    ({"any_of": [{"max_words": 3}, {"matches": "a"}]}, {"min_words": 6}),
    ({"matches": "^a"}, {"matches": "^b"}),
]


@pytest.mark.parametrize(("one", "other"), CLASHING)
def test_clash_is_found_in_both_orders(one: Spec, other: Spec) -> None:
    """The reason is the same pair of demands, and joining both in one constraint is found as well."""
    assert clash(build(one), build(other)) is not None
    assert clash(build(other), build(one)) is not None
    assert never_met(build({"all_of": [one, other]})) is not None


@pytest.mark.parametrize(("one", "other"), AGREEING)
def test_what_some_text_meets_is_no_clash(one: Spec, other: Spec) -> None:
    """Limits that touch, words inside other words, and other spellings are left alone."""
    assert clash(build(one), build(other)) is None
    assert clash(build(other), build(one)) is None


def test_part_that_cannot_be_met_makes_the_whole_so() -> None:
    """An impossible part is not taken for an unknown one."""
    part = {"all_of": [{"max_words": 1}, {"min_words": 2}]}
    assert never_met(build({"all_of": [part, {"matches": "a"}]})) is not None
    assert never_met(build({"not": {"any_of": [{"matches": "a*"}, {"max_words": 9}, {"min_words": 9}]}})) is not None


def test_reason_names_both_demands() -> None:
    """It is what a person must see to mend the suite."""
    assert clash(build({"max_words": 60}), build({"min_words": 80})) == "at most 60 words, and at least 80 words"


@pytest.mark.parametrize(
    "spec",
    [
        {"matches": "a*"},
        {"matches": "^(?:Dear)?"},
        {"any_of": [{"max_words": 9}, {"min_words": 10}]},
        {"any_of": [{"contains_any": ["a"]}, {"not": {"contains_any": ["a"]}}]},
        {"not": {"all_of": [{"max_words": 3}, {"min_words": 4}]}},
    ],
)
def test_constraint_that_every_text_meets(spec: Spec) -> None:
    """It would raise adherence for nothing; its opposite can never be met."""
    assert always_met(build(spec))
    assert not always_met(build({"not": spec}))


@pytest.mark.parametrize(
    "spec",
    [
        {"max_words": 1000},
        {"matches": "^a*$"},
        {"matches": r"\b"},
        {"matches": "a+"},
        {"any_of": [{"max_words": 8}, {"min_words": 10}]},
        "valid_json",
        {"not": {"starts_with": "a"}},
    ],
)
def test_constraint_that_some_text_breaks(spec: Spec) -> None:
    """It is not called empty, and neither is it one that no text can meet."""
    assert not always_met(build(spec))
    assert never_met(build(spec)) is None


def _keywords(name: str, words: list[str], case: bool, whole: bool) -> Spec:
    return {name: {"keywords": words, "ignore_case": case, "whole_words": whole}}


def _limit(name: str, limit: int) -> Spec:
    return {name: limit}


def _not(spec: Spec) -> Spec:
    return {"not": spec}


def _several(name: str, specs: list[Spec]) -> Spec:
    return {name: specs}


def _around(inner: st.SearchStrategy[Spec]) -> st.SearchStrategy[Spec]:
    several = st.builds(_several, st.sampled_from(["all_of", "any_of"]), st.lists(inner, min_size=1, max_size=3))
    return st.one_of(st.builds(_not, inner), several)


LEAVES: st.SearchStrategy[Spec] = st.one_of(
    st.builds(_limit, st.sampled_from(["max_words", "min_words"]), st.integers(1, 4)),
    st.builds(
        _keywords,
        st.sampled_from(["contains_all", "contains_any"]),
        st.lists(st.sampled_from(["a", "ab", "b c", "A"]), min_size=1, max_size=2),
        st.booleans(),
        st.booleans(),
    ),
    st.sampled_from([{"starts_with": "a"}, {"starts_with": "b c"}, {"ends_with": "c"}, {"ends_with": "B"}]),
    st.sampled_from(["valid_json", {"matches": "a|^$"}, {"matches": "b*"}]),
)
SPECS = st.recursive(LEAVES, _around, max_leaves=6)
TEXTS = st.lists(st.sampled_from(["a", "b", "c", "A", "B", " ", "ab", "1", '"', "日"]), max_size=8).map("".join)


@settings(max_examples=300, deadline=None)
@given(one=SPECS, other=SPECS, text=TEXTS)
def test_no_text_shows_a_finding_wrong(one: Spec, other: Spec, text: str) -> None:
    """What is said of all texts holds for any text."""
    first, second = build(one), build(other)
    met = first.score(text, whole=True).value, second.score(text, whole=True).value
    if clash(first, second) is not None:
        assert met != (1, 1)
    if never_met(first) is not None:
        assert met[0] != 1
    if always_met(first):
        assert met[0] != 0
