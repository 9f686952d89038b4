"""What the checks of IFEval share."""

from __future__ import annotations

import pytest

from evalkit.constraints.ifeval.answers import answer_verdict, first_spans, threshold
from evalkit.errors import ArgumentError


@pytest.mark.parametrize(
    ("at_least", "less_than", "count", "met"),
    [(3, None, 2, False), (3, None, 3, True), (None, 3, 2, True), (None, 3, 3, False), (0, None, 0, True)],
)
def test_a_number_is_compared_in_one_of_two_ways(
    at_least: int | None, less_than: int | None, count: int, met: bool
) -> None:
    """`at_least` takes its number in, `less_than` does not, and 0 is a number."""
    assert threshold(at_least, less_than).met(count) is met


@pytest.mark.parametrize(
    ("at_least", "less_than", "path"), [(None, None, ()), (1, 2, ("less_than",)), (-1, None, ("at_least",))]
)
def test_exactly_one_number_is_given(at_least: int | None, less_than: int | None, path: tuple[str, ...]) -> None:
    """Both, neither and a negative one are refused where they stand."""
    with pytest.raises(ArgumentError) as refused:
        threshold(at_least, less_than)
    assert refused.value.path == path


@pytest.mark.parametrize("text", ["", " ", "\n\u3000\t"], ids=["empty", "space", "white space"])
def test_an_empty_answer_follows_nothing(text: str) -> None:
    """It is broken whatever was found, and open while more may follow."""
    assert answer_verdict(text, "found", met=True, whole=True, final="both").value == 0
    assert answer_verdict(text, "found", met=True, whole=False, final="both").value is None


def test_only_the_first_hundred_places_are_kept() -> None:
    """A million of them would be no use to anybody."""
    assert len(first_spans((place, place + 1) for place in range(1_000_000))) == 100
