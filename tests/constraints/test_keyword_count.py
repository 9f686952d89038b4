"""How often keywords appear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.keyword_count import ContainsNone, KeywordCount
from evalkit.constraints.keywords import ContainsAny
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("keyword", "text", "count"),
    [("log", "Log, blog", 2), ("aa", "aaa aaaa", 3), ("a.c", "abc a.c", 1), ("strasse", "Straße STRASSE", 2)],
    ids=["inside words", "no overlaps", "literal", "folded"],
)
def test_a_keyword_is_counted(keyword: str, text: str, count: int) -> None:
    """Met at the count, broken one above and one below."""
    assert KeywordCount(keyword, exactly=count).score(text, whole=True).value == 1
    assert KeywordCount(keyword, at_least=count + 1).score(text, whole=True).value == 0
    assert KeywordCount(keyword, at_most=count - 1).score(text, whole=True).value == 0


def test_whole_words_and_case_can_matter() -> None:
    """Each narrows the count."""
    assert KeywordCount("log", exactly=2, whole_words=True).score("Log log blog", whole=True).value == 1
    assert KeywordCount("log", exactly=2, ignore_case=False).score("Log log blog", whole=True).value == 1


def test_the_places_are_pointed_at() -> None:
    """The reason names count and keyword."""
    score = KeywordCount("log", at_most=1).score("log blog", whole=True)
    assert (score.value, score.reason, score.spans) == (0, "2 `log`s, limit 1", (Span(0, 3), Span(5, 8)))


@pytest.mark.parametrize(("text", "value"), [("log log ", 1.0), ("log log", None)], ids=["ended", "may go on"])
def test_the_last_word_of_a_cut_text_may_still_grow(text: str, value: float | None) -> None:
    """`log` at the very end could become `logbook`."""
    assert KeywordCount("log", at_least=2, whole_words=True).score(text, whole=False).value == value


def test_forbidden_keywords_are_pointed_at_wherever_they_stand() -> None:
    """Every place of each, in the text's order."""
    score = ContainsNone(("log", "sorry")).score("Sorry: a log, a blog.", whole=True)
    assert (score.value, score.reason) == (0, "found `log` and `sorry`")
    assert score.spans == (Span(0, 5), Span(9, 12), Span(17, 20))


@pytest.mark.parametrize(("text", "value"), [("a log", 0.0), ("a lo", None)], ids=["found", "not yet"])
def test_only_a_keyword_found_survives_a_cut(text: str, value: float | None) -> None:
    """What is not there yet may still come."""
    assert ContainsNone(("log",)).score(text, whole=False).value == value


@given(
    text=st.text(st.sampled_from("logLOG blé\u0301")),
    keywords=st.lists(st.sampled_from(["log", "é", "b", "o l"]), min_size=1).map(tuple),
    whole_words=st.booleans(),
    whole=st.booleans(),
)
def test_none_is_the_opposite_of_any(text: str, keywords: tuple[str, ...], whole_words: bool, whole: bool) -> None:
    """The two agree on every text."""
    none = ContainsNone(keywords, whole_words=whole_words).score(text, whole=whole).value
    some = ContainsAny(keywords, whole_words=whole_words).score(text, whole=whole).value
    assert none == (None if some is None else 1 - some)


def test_a_keyword_must_hold_something() -> None:
    """The path leads to it."""
    with pytest.raises(ArgumentError) as raised:
        KeywordCount(" ", exactly=1)
    assert raised.value.path == ("keyword",)
    with pytest.raises(ArgumentError):
        ContainsNone(())
    with pytest.raises(ArgumentError, match="missing"):
        KeywordCount("log")
