"""Runs of words."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.ngrams import merged, numbered, repeated_ngrams, shared_ngrams
from evalkit.constraints.tokens import tokens
from evalkit.verdicts import Span

WORDS = st.lists(st.sampled_from("abc"), max_size=14)
LENGTH = st.integers(2, 6)


def _runs(words: list[str], length: int) -> list[tuple[str, ...]]:
    return [tuple(words[first : first + length]) for first in range(len(words) - length + 1)]


@given(WORDS, st.integers(1, 7))
def test_runs_have_the_same_number_exactly_when_they_are_the_same(words: list[str], length: int) -> None:
    """Against the runs themselves."""
    runs = _runs(words, length)
    numbers = numbered(words, length).tolist()
    assert len(numbers) == len(runs)
    assert len(set(zip(runs, numbers, strict=True))) == len(set(runs)) == len(set(numbers))


@given(st.lists(st.sampled_from(["a", "a b", "b c d"]), min_size=40, max_size=60), st.integers(33, 70))
def test_long_runs_are_told_apart(pieces: list[str], length: int) -> None:
    """Their numbers would not fit into 64 bits, and are made smaller on the way."""
    words = " ".join(pieces).split()
    numbers = numbered(words, length).tolist()
    runs = _runs(words, length)
    assert len(set(zip(runs, numbers, strict=True))) == len(set(runs)) == len(set(numbers))


@given(WORDS, WORDS, LENGTH)
def test_shared_runs_are_those_of_both(words: list[str], others: list[str], length: int) -> None:
    """Against sets of tuples."""
    wanted = set(_runs(others, length))
    assert shared_ngrams(words, others, length) == [at for at, run in enumerate(_runs(words, length)) if run in wanted]


@given(WORDS, LENGTH, st.integers(1, 3))
def test_repeated_runs_are_counted(words: list[str], length: int, most: int) -> None:
    """Against a counter; the run reported is the first to be seen once too often."""
    runs = _runs(words, length)
    counts = Counter(runs)
    firsts, greatest = repeated_ngrams(words, length, most)
    assert greatest == max(counts.values(), default=0)
    seen: Counter[tuple[str, ...]] = Counter()
    for at, run in enumerate(runs):
        seen[run] += 1
        if seen[run] > most:
            assert firsts == [place for place in range(len(runs)) if runs[place] == run][most:]
            assert firsts[0] == at
            return
    assert firsts == []


def test_runs_that_overlap_or_touch_are_one_part() -> None:
    """Others are apart."""
    assert merged(tokens("a b c d e f g h"), [0, 1, 3, 6], 2) == (Span(0, 9), Span(12, 15))
    assert merged(tokens(""), [], 2) == ()
