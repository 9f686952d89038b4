"""How many texts of a cell are the same."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.measures.agreement import ExactAgreement, UniqueRatio

FEW_KINDS = st.lists(st.sampled_from(["", "a", "A", "a "]), min_size=2, max_size=8)


def test_exact_agreement_is_the_unbiased_pair_count() -> None:
    """Ten draws in kinds of 5, 3, 1 and 1 agree in 26 of 90 ordered pairs, not in the plug-in's 0.36."""
    assert ExactAgreement().compute([*"aaaaabbbcd"]) == pytest.approx(0.288889, abs=5e-7)


@given(FEW_KINDS)
def test_exact_agreement_counts_equal_ordered_pairs(texts: list[str]) -> None:
    """Going through every ordered pair of draws gives the same share."""
    pairs = list(permutations(texts, 2))
    assert ExactAgreement().compute(texts) == float(Fraction(sum(one == other for one, other in pairs), len(pairs)))


def test_unique_ratio_counts_kinds() -> None:
    """Four kinds among ten draws make 0.4."""
    assert UniqueRatio().compute([*"aaaaabbbcd"]) == 0.4


@pytest.mark.parametrize("texts", [[], ["alone"]], ids=["none", "one"])
@pytest.mark.parametrize("measure", [ExactAgreement(), UniqueRatio()], ids=lambda measure: measure.name)
def test_below_two_texts_nothing_is_defined(measure: ExactAgreement | UniqueRatio, texts: list[str]) -> None:
    """One draw does not read as perfect agreement."""
    assert measure.compute(texts) is None


@given(FEW_KINDS)
@pytest.mark.parametrize("measure", [ExactAgreement(), UniqueRatio()], ids=lambda measure: measure.name)
def test_order_does_not_matter_and_values_stay_in_bounds(
    measure: ExactAgreement | UniqueRatio, texts: list[str]
) -> None:
    """Any order of the same texts gives the same number, from 0 to 1."""
    value = measure.compute(texts)
    assert value is not None
    assert measure.compute(sorted(texts)) == value
    assert 0 <= value <= 1


@given(st.text(), st.integers(2, 6))
def test_equal_texts_agree_fully(text: str, count: int) -> None:
    """All the same text makes an agreement of 1 and a unique ratio of 1 / N, for the empty text too."""
    assert ExactAgreement().compute([text] * count) == 1
    assert UniqueRatio().compute([text] * count) == pytest.approx(1 / count)


@pytest.mark.parametrize("measure", [ExactAgreement(), UniqueRatio()], ids=lambda measure: measure.name)
def test_the_label_is_the_name(measure: ExactAgreement | UniqueRatio) -> None:
    """Without arguments, reports show the suite's own word."""
    assert measure.label == measure.name
