"""Adherence at every level."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.findings import BY_SOURCE, FINAL, LEVELS, Estimate
from evalkit.statistics.standard_errors import error_of_mean
from evalkit.summarise import summarise
from evalkit.summarise.judged import judged_draws
from evalkit.summarise.levels import LevelsOfCases, loose_of, of_source
from evalkit.verdicts import Verdict
from tests.summarise.conftest import cell, verdict

if TYPE_CHECKING:
    from evalkit.types import Cell


def levels(cells: list[Cell]) -> dict[str, Estimate]:
    """Return the numbers of one row."""
    gathered = LevelsOfCases()
    for each in cells:
        gathered.add(judged_draws(each.draws))
    return gathered.estimates()


def numbers(cells: list[Cell]) -> dict[str, float | None]:
    """Return the estimates alone, to six digits."""
    return {name: each.estimate and round(each.estimate, 6) for name, each in levels(cells).items()}


def test_macro_counts_cases_and_micro_instructions() -> None:
    """A case that meets its only instruction and one that meets one of three: 2/3 of the mean, half of the sum."""
    found = numbers([cell([verdict(1)], case="a"), cell([verdict(1), verdict(0), verdict(0)], case="b")])
    assert found["adherence"] == round(2 / 3, 6)
    assert found["instruction_accuracy"] == 0.5
    assert found["full_adherence"] == 0.5


def test_a_case_weighs_no_more_for_being_drawn_more_often() -> None:
    """Three draws of one case count as one, for shares of instructions too."""
    once = [cell([verdict(1)], case="a"), cell([verdict(0), verdict(0)], case="b")]
    thrice = [cell(*[[verdict(1)]] * 3, case="a"), once[1]]
    assert levels(once) == levels(thrice)


def test_loose_numbers_are_made_of_loose_verdicts() -> None:
    """What is broken as it stands and met in a variant of the text is met there."""
    found = numbers([cell([verdict(0, 1), verdict(1)], case=case) for case in "ab"])
    assert (found["adherence"], found["adherence_loose"]) == (0.5, 1)
    assert (found["full_adherence"], found["full_adherence_loose"]) == (0, 1)
    assert (found["instruction_accuracy"], found["instruction_accuracy_loose"]) == (0.5, 1)


@pytest.mark.parametrize(
    ("values", "adherence", "full"),
    [([1.0, 1.0], 1, 1), ([1.0, None], 1, None), ([0.5, None], 0.5, 0), ([None], None, None), ([], None, None)],
    ids=str,
)
def test_loose_verdicts_of_one_completion(
    values: list[float | None], adherence: float | None, full: float | None
) -> None:
    """All or nothing is known once one is broken, or all are decided."""
    assert (loose_of(values).adherence, loose_of(values).full_adherence) == (adherence, full)


def test_each_source_is_counted_alone() -> None:
    """The system prompt's constraint is met in one case of two, the cases' own in all."""
    cells = [cell([verdict(value, source="system"), verdict(1)], case=str(value)) for value in (0, 1)]
    found = numbers(cells)
    assert (found["adherence_system"], found["adherence_case"], found["adherence"]) == (0.5, 1, 0.75)
    assert of_source([verdict(None, source="system")], "system") is None


def test_rows_without_a_system_prompt_compare_with_those_that_have_one() -> None:
    """There the cases' constraints are all there are, and the system prompt's number is undecided."""
    found = levels([cell([verdict(1)], case="a"), cell([verdict(0)], case="b")])
    assert found["adherence_case"] == found["adherence"]
    assert found["adherence_system"].estimate is None


def test_a_single_case_speaks_of_its_draws() -> None:
    """As adherence does: the draws are the unit, and draws that decided nothing are not among them."""
    found = levels([cell([verdict(1), verdict(0)], [verdict(1), verdict(None)], [verdict(None), verdict(None)])])
    assert found["instruction_accuracy"].estimate == pytest.approx(2 / 3)
    for name in ("adherence_loose", "instruction_accuracy"):
        assert found[name].scope == "case"
        assert "over its 2 draws" in found[name].method


def ifeval_case(number: int, size: int, missing: int, missing_loosely: int) -> Cell:
    """Make a case of IFEval with so many instructions, the first of which are not followed."""
    verdicts = [
        Verdict("title", float(at >= missing), float(at >= missing_loosely), "", ifeval_id="detectable_format:title")
        for at in range(size)
    ]
    return cell(verdicts, case=str(number))


def ifeval_cases() -> list[Cell]:
    """Make the published counts: 541 prompts with 834 instructions, 416 and 697 met strictly, 429 and 712 loosely."""
    sizes = [2] * 179 + [1] * 305 + [3] * 57
    missing = [2] * 12 + [1] * 113 + [0] * 416
    loosely = [2] * 10 + [1] * 102 + [0] * 429
    return [ifeval_case(number, *each) for number, each in enumerate(zip(sizes, missing, loosely, strict=True))]


def test_the_four_numbers_of_ifeval() -> None:
    """Shares and standard errors as published; prompts' errors are fixed by their shares alone."""
    (row,) = summarise(ifeval_cases(), ()).rows
    strict, loose = row.measures["full_adherence"], row.measures["full_adherence_loose"]
    assert (strict.estimate, strict.standard_error) == pytest.approx((0.768946, 0.018139), abs=5e-7)
    assert (loose.estimate, loose.standard_error) == pytest.approx((0.792976, 0.017436), abs=5e-7)
    assert row.measures["instruction_accuracy"].estimate == pytest.approx(0.835731, abs=5e-7)
    assert row.measures["instruction_accuracy_loose"].estimate == pytest.approx(0.853717, abs=5e-7)
    final = row.measures[FINAL]
    assert final.estimate == pytest.approx(0.812843, abs=5e-7)
    assert final.method == "mean of 4 intervals at 98.75 %, which hold together at 95 %"
    assert final.low is not None
    assert final.high is not None
    assert 0.75 < final.low < 0.812843 < final.high < 0.87


def test_the_error_of_the_final_accuracy_follows_the_cases() -> None:
    """Where every case has one instruction and loose is strict, all four numbers are one, and so is their error."""
    cells = [ifeval_case(number, 1, missing, missing) for number, missing in enumerate([1, 0, 0, 1, 0])]
    (row,) = summarise(cells, ()).rows
    assert row.measures[FINAL].estimate == 0.6
    assert row.measures[FINAL].standard_error == pytest.approx(error_of_mean([0, 1, 1, 0, 1]))


def test_final_accuracy_needs_all_four_numbers() -> None:
    """One that is undecided leaves the mean undecided."""
    undecided = Verdict("title", None, None, "", ifeval_id="detectable_format:title")
    (row,) = summarise([cell([undecided], case=case) for case in "ab"], ()).rows
    assert row.measures[FINAL].estimate is None


def test_numbers_that_say_nothing_are_left_out() -> None:
    """Without a system prompt's constraints none by source, and without IFEval alone no final accuracy."""
    (plain,) = summarise([cell([verdict(1)])], ()).rows
    assert not {FINAL, *BY_SOURCE} & set(plain.measures)
    mixed = [verdict(1, ifeval_id="punctuation:no_comma"), verdict(1, source="system")]
    (row,) = summarise([cell(mixed)], ()).rows
    assert [name for name in LEVELS if name in row.measures] == [name for name in LEVELS if name != FINAL]


STRICT_AND_LOOSE = st.sampled_from([(0.0, 0.0), (0.0, 1.0), (0.0, None), (1.0, 1.0), (None, None), (None, 1.0)])


@given(
    st.lists(
        st.integers(1, 3).flatmap(
            lambda size: st.lists(st.lists(STRICT_AND_LOOSE, min_size=size, max_size=size), min_size=1, max_size=3)
        ),
        min_size=1,
        max_size=5,
    )
)
def test_loose_is_never_below_strict(cases: list[list[list[tuple[float | None, float | None]]]]) -> None:
    """At every level and however much is undecided, as long as each loose verdict is not below its strict one."""
    cells = [
        cell(*([Verdict("said", value, loose, "") for value, loose in each] for each in draws), case=str(number))
        for number, draws in enumerate(cases)
    ]
    found = levels(cells)
    for name in ("adherence", "full_adherence", "instruction_accuracy"):
        strict, loose = found[name].estimate, found[f"{name}_loose"].estimate
        if strict is not None and loose is not None:
            assert loose >= strict - 1e-12
    for each in found.values():
        assert each.estimate is None or math.isfinite(each.estimate)
