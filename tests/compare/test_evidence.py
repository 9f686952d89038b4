"""What gates are judged by."""

from __future__ import annotations

import pytest

from evalkit.compare.evidence import Evidence, bounds_of
from evalkit.measures.agreement import UniqueRatio
from evalkit.measures.words import LengthDispersion
from evalkit.rounds import Looks
from evalkit.statistics.spending import look_levels, overall_level
from evalkit.types import Condition

ROW = ("local", Condition())


def test_bounds_are_known_by_every_label() -> None:
    """Of raw and of normalised texts; None where there is no upper end."""
    found = bounds_of([UniqueRatio(), LengthDispersion()])
    assert found == {
        "unique_ratio": (0.0, 1.0),
        "unique_ratio_normalised": (0.0, 1.0),
        "length_dispersion": None,
        "length_dispersion_normalised": None,
    }


def test_without_rounds_a_p_is_what_it_is() -> None:
    """There was one look."""
    assert Evidence().at_any_look(0.02, ROW) == 0.02


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_in_rounds_a_p_is_paid_for_by_the_looks(taken: int) -> None:
    """What rejects just at the level of its look reads as the level of the whole plan."""
    looks = Looks((4, 8, 16), (frozenset[tuple[str, Condition]](),) * taken)
    level = look_levels(looks.fractions, 0.05)[taken]
    assert Evidence(looks=looks).at_any_look(level, ROW) == pytest.approx(0.05, rel=0.02)
    assert Evidence(looks=looks).at_any_look(level, ROW) > level


def test_an_interval_over_two_rows_is_at_the_level_of_the_later_look() -> None:
    """A comparison inside a run rests on both rows, so that the one that was drawn further decides."""
    other = ("local", Condition((("system", "other"),)))
    looks = Looks((2, 4, 8), (frozenset({ROW}), frozenset()))
    evidence = Evidence(looks=looks)
    sides = look_levels(looks.fractions, 0.025)
    assert evidence.level(ROW) == pytest.approx(1 - 2 * sides[0])
    assert evidence.level(ROW, other) == pytest.approx(1 - 2 * sides[2])
    assert evidence.at_any_look(0.001, ROW, other) == pytest.approx(overall_level(0.001, 2, looks.fractions))
    assert Evidence().level(ROW, other) == 0.95
