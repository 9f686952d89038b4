"""Likeness to a reference."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.constraints.similarity import By, SimilarTo
from evalkit.errors import ArgumentError

MEASURES: tuple[By, ...] = ("edit", "bleu", "chrf", "chrf++")
REFERENCE = "Kafka keeps a log of events that consumers can read again."
WORDS = st.lists(st.sampled_from(["Kafka", "keeps", "a", "log", "of", "events", ",", "."]), max_size=10).map(" ".join)


def _similarity(text: str, by: By, reference: str = REFERENCE) -> float:
    """Read the similarity from the reason: a constraint tells no more than it needs."""
    reason = SimilarTo(reference, by=by, at_least=0.5).score(text, whole=True).reason
    return float(reason.rpartition(" ")[2])


@pytest.mark.parametrize(
    ("one", "other", "similarity"),
    [("kitten", "sitting", 1 - 3 / 7), ("abc", "abc", 1), ("abc", "xyz", 0), ("abcd", "abc", 0.75), ("", "abc", 0)],
)
def test_edit_is_levenshteins(one: str, other: str, similarity: float) -> None:
    """The textbook's example needs three edits for seven characters."""
    assert _similarity(one, "edit", other) == pytest.approx(similarity, abs=5e-4)


@settings(max_examples=40, deadline=None)
@given(WORDS, WORDS.filter(str.strip))
def test_bleu_and_chrf_are_sacrebleus(text: str, reference: str) -> None:
    """The library's own functions for a sentence, with their defaults."""
    import sacrebleu

    library: Any = sacrebleu
    given_, wanted = " ".join(text.split()), " ".join(reference.split())
    if given_:
        assert _similarity(text, "bleu", reference) == pytest.approx(
            library.sentence_bleu(given_, [wanted]).score / 100, abs=6e-4
        )
        assert _similarity(text, "chrf", reference) == pytest.approx(
            library.sentence_chrf(given_, [wanted]).score / 100, abs=6e-4
        )
        assert _similarity(text, "chrf++", reference) == pytest.approx(
            library.sentence_chrf(given_, [wanted], word_order=2).score / 100, abs=6e-4
        )


@pytest.mark.parametrize("by", MEASURES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_text_is_like_itself(by: By, form: str) -> None:
    """In any normal form, with any line ending and white space around it."""
    text = "Café und\nCrème brûlée, bitte sehr, für alle."  # codespell:ignore
    given_ = f" \ufeff{unicodedata.normalize(form, text)}\r\n".lstrip()  # type: ignore[arg-type]  # a name of a form
    assert SimilarTo(text, by=by, at_least=1.0).score(given_, whole=True).value == 1
    assert SimilarTo(text, by="exact", ignore_space=False).score(given_.replace("\n", "\r\n", 1), whole=True).value == 1


@pytest.mark.parametrize("by", MEASURES)
def test_an_empty_text_is_like_nothing(by: By) -> None:
    """Zero, and not undecided."""
    assert _similarity("", by) == 0


def test_bounds_count_in() -> None:
    """Exactly the bound is enough, on either side."""
    assert SimilarTo("abcd", by="edit", at_least=0.75).score("abc", whole=True).value == 1
    assert SimilarTo("abcd", by="edit", at_least=0.76).score("abc", whole=True).value == 0
    assert SimilarTo("abcd", by="edit", at_most=0.75).score("abc", whole=True).value == 1
    assert SimilarTo("abcd", by="edit", at_most=0.74).score("abc", whole=True).value == 0


@pytest.mark.parametrize(
    ("options", "text", "value"),
    [
        ({}, "Kafka  log", 1.0),
        ({}, "kafka log", 0.0),
        ({"ignore_case": True}, "KAFKA LOG", 1.0),
        ({"ignore_space": False}, "Kafka  log", 0.0),
        ({"ignore_space": False}, "Kafka log\n", 1.0),
    ],
)
def test_exact_has_options(options: dict[str, Any], text: str, value: float) -> None:
    """Case matters and white space does not, unless said otherwise."""
    assert SimilarTo("Kafka log", **options).score(text, whole=True).value == value


def test_the_place_of_the_first_difference_is_told() -> None:
    """A reader finds it by counting."""
    assert SimilarTo("Kafka").score("Kafta", whole=True).reason == "differs from the reference after 3 equal characters"


def test_what_would_take_too_long_is_undecided_unless_lengths_decide() -> None:
    """An edit similarity is at most the shorter length over the longer."""
    text = "a" * 1_000_000
    assert SimilarTo("a", by="chrf", at_least=0.5).score(text, whole=True).value is None
    assert SimilarTo("b" * 100_000, by="edit", at_least=0.5).score(text, whole=True).value == 0
    assert SimilarTo("b" * 100_000, by="edit", at_most=0.5).score(text, whole=True).value == 1
    assert SimilarTo("b" * 900_000, by="edit", at_least=0.5).score(text, whole=True).value is None


def test_a_cut_text_is_undecided() -> None:
    """It may still become like the reference, or unlike it."""
    assert SimilarTo("Kafka").score("Kafka", whole=False).value is None


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({"by": "rouge", "at_least": 0.5}, ("by",)),  # codespell:ignore
        ({"by": "edit"}, ()),
        ({"by": "edit", "at_least": 50}, ("at_least",)),
        ({"by": "edit", "at_least": 0.6, "at_most": 0.5}, ("at_least",)),
        ({"by": "exact", "at_most": 0.5}, ("at_most",)),
    ],
    ids=["measure", "no bound", "percent", "crossed", "exact"],
)
def test_arguments_must_mean_something(arguments: dict[str, Any], path: tuple[str, ...]) -> None:
    """The path leads to what is at fault."""
    with pytest.raises(ArgumentError) as raised:
        SimilarTo("Kafka", **arguments)
    assert raised.value.path == path
