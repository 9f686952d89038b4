"""Keyword constraints."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.keywords import ContainsAll, ContainsAny
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span

CLASSES = pytest.mark.parametrize("cls", [ContainsAll, ContainsAny], ids=["contains_all", "contains_any"])


def test_all_keywords_found_is_met() -> None:
    """The spans are the first place of each, in the text's order."""
    score = ContainsAll(("RabbitMQ", "kafka")).score("Kafka, kafka, RabbitMQ", whole=True)
    assert (score.value, score.reason) == (1, "found `RabbitMQ` and `kafka`")
    assert score.spans == (Span(0, 5), Span(14, 22))


def test_a_missing_keyword_is_named() -> None:
    """The reason names what is missing; the spans show what is there."""
    score = ContainsAll(("Kafka", "RabbitMQ", "NATS")).score("Kafka", whole=True)
    assert (score.value, score.reason) == (0, "`RabbitMQ` and `NATS` are missing")
    assert score.spans == (Span(0, 5),)


def test_any_keyword_found_is_met() -> None:
    """All that are found are named."""
    score = ContainsAny(("log", "queue", "Kafka")).score("Kafka is a log", whole=True)
    assert (score.value, score.reason) == (1, "found `log` and `Kafka`")


def test_none_found_is_broken() -> None:
    """The reason names what was looked for."""
    assert ContainsAny(("queue",)).score("log", whole=True).reason == "found none of `queue`"


@pytest.mark.parametrize(
    ("text", "value"), [("Kafka and RabbitMQ", 1.0), ("Kafka and Rabbit", None)], ids=["found", "missing"]
)
def test_only_what_was_found_survives_a_cut(text: str, value: float | None) -> None:
    """A missing keyword in a cut text may still come."""
    assert ContainsAll(("Kafka", "RabbitMQ")).score(text, whole=False).value == value


@pytest.mark.parametrize(("text", "value"), [("a log ", 1.0), ("a log", None)], ids=["ended", "may go on"])
def test_the_last_word_of_a_cut_text_may_still_grow(text: str, value: float | None) -> None:
    """`log` at the very end could become `logbook`."""
    assert ContainsAny(("log",), whole_words=True).score(text, whole=False).value == value


@pytest.mark.parametrize(
    ("keyword", "text", "value"),
    [
        ("log", "a blog", 0.0),
        ("log", "blog, log", 1.0),
        ("C++", "C++ is", 1.0),
        ("C++", "C++11", 0.0),
        ("aa", "aaa aa", 1.0),
    ],
    ids=["inside", "later", "signs", "signs inside", "overlapping"],
)
def test_whole_words_stand_alone(keyword: str, text: str, value: float) -> None:
    """A keyword touched by a letter or digit does not count, a later one does."""
    assert ContainsAny((keyword,), whole_words=True).score(text, whole=True).value == value


@pytest.mark.parametrize(
    ("keyword", "text", "found"),
    [
        ("a.c", "abc", None),
        ("a.c", "A.C", Span(0, 3)),
        ("Straße", "Die STRASSE", Span(4, 11)),
        ("strasse", "Die Straße", Span(4, 10)),
        ("s", "ß", None),
        ("x", "İİx", Span(2, 3)),
        ("İ", "İstanbul", Span(0, 1)),
        ("ΟΔΟΣ", "οδος", Span(0, 4)),
        ("café", "cafe\u0301!", Span(0, 5)),
        ("cafe\u0301", "Café!", Span(0, 4)),
    ],
    ids=[
        "no pattern",
        "literal",
        "longer",
        "shorter",
        "half a character",
        "after a growing one",
        "dotted i",
        "final sigma",
        "decomposed",
        "composed",
    ],
)
def test_case_is_ignored_and_spans_index_the_original(keyword: str, text: str, found: Span | None) -> None:
    """Folding may change lengths; places are those of the text as it came."""
    assert ContainsAny((keyword,)).score(text, whole=True).spans == ((found,) if found else ())


@pytest.mark.parametrize(("text", "value"), [("Kafka", 1.0), ("kafka", 0.0)], ids=["same", "other"])
def test_case_can_matter(text: str, value: float) -> None:
    """With `ignore_case: false` only the exact spelling counts."""
    assert ContainsAny(("Kafka",), ignore_case=False).score(text, whole=True).value == value


@given(
    keyword=st.text(st.sampled_from("abAB."), min_size=1, max_size=3),
    text=st.text(st.sampled_from("abAB. "), max_size=30),
)
def test_ascii_keywords_are_found_where_a_regular_expression_finds_them(keyword: str, text: str) -> None:
    """Against `re`, with and without whole words."""
    plain = re.search(re.escape(keyword), text, re.IGNORECASE)
    alone = re.search(rf"(?<!\w){re.escape(keyword)}(?!\w)", text, re.IGNORECASE)
    for whole_words, match in ((False, plain), (True, alone)):
        score = ContainsAny((keyword,), whole_words=whole_words).score(text, whole=True)
        assert score.spans == ((Span(*match.span()),) if match else ())


@CLASSES
@pytest.mark.parametrize(
    ("keywords", "path"),
    [((), ("keywords",)), (("a", ""), ("keywords", 1)), (("a", 3), ("keywords", 1)), ("Kafka", ("keywords",))],
    ids=["none", "empty", "number", "bare text"],
)
def test_keywords_must_be_texts(cls: type[ContainsAll], keywords: Any, path: tuple[str | int, ...]) -> None:  # noqa: ANN401 - wrong on purpose
    """The path leads to the keyword at fault."""
    with pytest.raises(ArgumentError) as raised:
        cls(keywords)
    assert raised.value.path == path
