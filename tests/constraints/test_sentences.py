"""The limit on sentences."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.constraints.sentences import MaxSentences, SentenceCount, settled, settled_until
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", 0),
        (" \n", 0),
        ("Hello", 1),
        ("Hello.", 1),
        ("Dr. Lee met Mr. Wu, e.g., on Monday.", 1),
        ("It costs 3.5 dollars. Cheap!", 2),
        ("Wow!!! Really?!", 2),
        ('He said "Go." She went.', 2),
        ("- one\n- two\n- three", 1),
        ("Wait... what? Yes.", 2),
    ],
    ids=repr,
)
def test_sentences_are_counted_as_punkt_counts_them(text: str, sentences: int) -> None:
    """The limit is met at the count and broken one below it."""
    assert MaxSentences(sentences).score(text, whole=True).value == 1
    if sentences:
        assert MaxSentences(sentences - 1).score(text, whole=True).value == 0


@settings(max_examples=200, deadline=None)
@given(
    text=st.lists(
        st.sampled_from(["Dr.", "e.g.", "I", "The", "a", ".", "!", "?!", "...", '"', ")", "(", " ", "\n", "3.", "”"])
    ).map("".join),
    limit=st.integers(0, 4),
)
def test_the_verdict_is_that_of_punkt(text: str, limit: int) -> None:
    """The quick way out agrees with counting every sentence."""
    from punkt import sent_tokenize

    assert MaxSentences(limit).score(text, whole=True).value == (len(sent_tokenize(text)) <= limit)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("One. Two is", None),
        ("One. Two. Three", None),
        ("One. Two. Three\xa0is\xa0here", None),
        ("One. Two. Three is here", 0.0),
        ("He met J. K. Rowl", None),
    ],
    ids=["within", "just begun", "no plain blanks", "well begun", "initials"],
)
def test_a_cut_text_waits_for_the_sentence_too_many_to_settle(text: str, value: float | None) -> None:
    """Punkt looks ahead, so a sentence just begun does not count yet."""
    assert MaxSentences(2).score(text, whole=False).value == value


def test_the_span_is_what_stands_beyond_the_limit() -> None:
    """From the first sentence too many to the end."""
    score = MaxSentences(1).score("One. Two. Three.", whole=True)
    assert (score.reason, score.spans) == ("3 sentences, limit 1", (Span(5, 16),))


@pytest.mark.parametrize(
    ("text", "limit", "value"),
    [
        ("これはログです。速い。", 3, 1.0),
        ("これはログです。速い。", 2, None),
        ("นี่คือข้อความ", 3, None),
        ("One. Two. 三。", 1, 0.0),
    ],
    ids=["few enough", "perhaps too many", "no marks", "too many already"],
)
def test_sentences_that_cannot_be_counted_are_not_guessed(text: str, limit: int, value: float | None) -> None:
    """Other scripts' marks bound the count from above; Punkt's count bounds it from below."""
    assert MaxSentences(limit).score(text, whole=True).value == value


def test_a_very_long_text_is_judged_by_its_beginning() -> None:
    """It is broken when the beginning is, and undecided otherwise."""
    assert MaxSentences(3).score("It is so. " * 20_000, whole=True).value == 0
    score = MaxSentences(3).score("Dr. " * 30_000, whole=True)
    assert score.value is None
    assert "100,000 characters" in score.reason


@pytest.mark.parametrize("limit", [-1, False, 1.5], ids=str)
def test_a_limit_must_be_a_whole_number_from_0(limit: int) -> None:
    """Negative numbers, booleans and fractions are refused."""
    with pytest.raises(ArgumentError):
        MaxSentences(limit)


@pytest.mark.parametrize(
    ("text", "value"),
    [("One.", 0.0), ("One. Two.", 1.0), ("One. Two. Three.", 0.0), ("一。二。", None), ("One. Two。三", None)],
    ids=["one under", "exact", "one over", "other marks", "marks that may add"],
)
def test_a_number_of_sentences_is_demanded(text: str, value: float | None) -> None:
    """Other scripts' marks leave it open."""
    assert SentenceCount(2).score(text, whole=True).value == value


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.sampled_from("aB. !\n。")), limit=st.integers(0, 4), whole=st.booleans())
def test_a_range_agrees_with_the_limit(text: str, limit: int, whole: bool) -> None:
    """With a greatest number alone it is `max_sentences`."""
    assert SentenceCount(at_most=limit).score(text, whole=whole) == MaxSentences(limit).score(text, whole=whole)


@pytest.mark.parametrize(
    ("text", "value"), [("One. Two", None), ("One. Two is what I said", 1.0)], ids=["just begun", "well begun"]
)
def test_a_cut_text_keeps_a_reached_number_of_sentences(text: str, value: float | None) -> None:
    """Once a few words follow the last one's beginning."""
    assert SentenceCount(at_least=2).score(text, whole=False).value == value


def test_a_very_long_text_may_reach_its_number_early() -> None:
    """Its beginning is enough."""
    assert SentenceCount(at_least=3).score("It is so. " * 20_000, whole=True).value == 1


@given(text=st.text(st.sampled_from("ab. \n")))
def test_what_is_settled_lies_before_the_last_words(text: str) -> None:
    """Three words follow it, or nothing is settled."""
    place = settled_until(text)
    assert place == 0 or settled(text, place)


def test_a_number_of_sentences_must_be_demanded() -> None:
    """A bare name demands nothing."""
    with pytest.raises(ArgumentError, match="missing"):
        SentenceCount()
