"""System prompts of a chosen density."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalkit.errors import SuiteError
from evalkit.expand.dilute import dilute

_SENTENCES = st.lists(st.integers(1, 9), min_size=1, max_size=6)
_DENSITIES = st.integers(1, 100).map(lambda percent: percent / 100)


def _rules(lengths: list[int]) -> list[str]:
    """Sentences of so many words, each recognisable."""
    return [" ".join([f"rule{index:02}"] * length) for index, length in enumerate(lengths)]


def _filler(lengths: list[int]) -> list[str]:
    return [" ".join([f"filler{index:02}"] * length) for index, length in enumerate(lengths)]


def _taken(text: str, sentences: list[str]) -> list[str]:
    return [sentence for sentence in sentences if sentence in text]


@given(
    rule_lengths=_SENTENCES,
    filler_lengths=st.lists(st.integers(1, 9), max_size=40),
    density=_DENSITIES,
    seed=st.integers(0),
)
def test_just_enough_filler_stands_between_all_the_rules(
    rule_lengths: list[int], filler_lengths: list[int], density: float, seed: int
) -> None:
    """Rules in order, each filler at most once, the share reached, and no sentence more than it takes."""
    rules, filler = _rules(rule_lengths), _filler(filler_lengths)
    rule_words, there = sum(rule_lengths), sum(filler_lengths)
    wanted = Fraction(round(density * 100), 100)
    assume(Fraction(rule_words, rule_words + there) <= wanted)
    diluted = dilute(rules, filler, density, seed=seed)
    words = diluted.text.split(" ")
    assert [word for word in words if word.startswith("rule")] == " ".join(rules).split(" ")
    taken = _taken(diluted.text, filler)
    assert sorted(words) == sorted(" ".join([*rules, *taken]).split(" "))
    assert diluted.rule_share == pytest.approx(rule_words / len(words))
    assert Fraction(rule_words, len(words)) <= wanted
    if taken:
        shortest = min(len(sentence.split()) for sentence in taken)
        longest = max(len(sentence.split()) for sentence in taken)
        assert any(Fraction(rule_words, len(words) - length) > wanted for length in range(shortest, longest + 1)), (
            "the last sentence taken was not needed"
        )


@given(rule_lengths=_SENTENCES, filler_lengths=st.lists(st.integers(1, 9), max_size=40), seed=st.integers(0))
def test_density_1_is_the_rules_alone(rule_lengths: list[int], filler_lengths: list[int], seed: int) -> None:
    """However much filler there is."""
    diluted = dilute(_rules(rule_lengths), _filler(filler_lengths), 1.0, seed=seed)
    assert diluted.text == " ".join(_rules(rule_lengths))
    assert diluted.rule_share == 1


@given(density=_DENSITIES, seed=st.integers(0))
def test_one_word_fewer_would_exceed_the_density(density: float, seed: int) -> None:
    """With filler of one word each, the share is the nearest possible, exactly."""
    percent = round(density * 100)
    rule_words = 29
    diluted = dilute(["rule"] * rule_words, ["filler"] * 3000, density, seed=seed)
    total = len(diluted.text.split())
    assert rule_words * 100 <= percent * total
    assert total == rule_words or rule_words * 100 > percent * (total - 1)


@pytest.mark.parametrize(
    ("rule_words", "filler_words", "density", "needed"),
    [(2, 1, 0.5, 2), (10, 9, 0.5, 10), (29, 70, 0.29, 71), (3, 6, 0.3, 7), (1, 0, 0.99, 1)],
    ids=["half", "one word short", "no rounding up", "three tenths", "almost all"],
)
def test_too_little_filler_says_how_much_it_takes(
    rule_words: int, filler_words: int, density: float, needed: int
) -> None:
    """The words named in the error are enough, and one fewer is not."""
    with pytest.raises(SuiteError) as raised:
        dilute(["rule"] * rule_words, ["filler"] * filler_words, density, seed=0)
    assert f"needs at least {needed} words of filler for {rule_words} words of rules" in str(raised.value)
    assert str(raised.value).endswith(f"got {filler_words}")
    assert raised.value.hint
    assert dilute(["rule"] * rule_words, ["filler"] * needed, density, seed=0).rule_share <= density
    with pytest.raises(SuiteError):
        dilute(["rule"] * rule_words, ["filler"] * (needed - 1), density, seed=0)


def test_the_same_seed_gives_the_same_text() -> None:
    """And other seeds another order."""
    filler = _filler([3] * 10)
    texts = {seed: dilute(_rules([4, 4]), filler, 0.4, seed=seed).text for seed in range(20)}
    assert all(dilute(_rules([4, 4]), filler, 0.4, seed=seed).text == text for seed, text in texts.items())
    assert len(set(texts.values())) > 10


def test_a_lower_density_keeps_the_filler_of_a_higher_one() -> None:
    """So that a curve over densities adds sentences and never swaps them."""
    filler = _filler([3] * 20)
    taken = [set(_taken(dilute(_rules([5]), filler, density, seed=3).text, filler)) for density in (0.6, 0.3, 0.1)]
    assert taken[0] < taken[1] < taken[2]


def test_filler_is_spread_over_the_gaps() -> None:
    """Rules are not left together at one end."""
    text = dilute(_rules([1, 1, 1]), _filler([1] * 8), 0.28, seed=0).text
    kinds = "".join("r" if word.startswith("rule") else "f" for word in text.split())
    assert kinds == "ffrffrffrff"
