"""What a judge may answer, and what it is worth."""

from __future__ import annotations

import pytest

from evalkit.judge.form import COMPARED, YES_NO, choice, plain, scale


@pytest.mark.parametrize("written", ["yes", "Yes.", " **YES** ", "`yes`", '"yes"', "<yes>"])
def test_an_answer_is_read_without_its_ornaments(written: str) -> None:
    """Case, quotes and emphasis do not change an answer."""
    assert YES_NO.read(written) == "yes"


@pytest.mark.parametrize("written", ["", "yes and no", "yes, because it is", "maybe", "yess", "<answer>", "y\u0435s"])
def test_anything_else_is_no_answer(written: str) -> None:
    """An answer is one of those asked for, letter by letter: not a sentence, nor a look-alike (Cyrillic)."""
    assert YES_NO.read(written) is None


def test_choices_pass_or_not() -> None:
    """Those named as passing are worth 1, the others 0, in any spelling."""
    form = choice(("good", "fair", "poor"), ("good", "fair"))
    assert [form.value(str(form.read(each)), swapped=False) for each in ("Good", "FAIR", "poor.")] == [1, 1, 0]


def test_a_grade_is_worth_how_far_up_it_is() -> None:
    """On 1 to 5, a 4 is three steps of four; what lies outside is no grade."""
    form = scale(1, 5, None)
    assert form.graded
    assert form.value("4", swapped=False) == 0.75
    assert [form.read(each) for each in ("0", "6", "4.5", "4/5", "four", "-1")] == [None] * 6


def test_a_threshold_turns_grades_into_met_and_broken() -> None:
    """From `at_least` on the demand is met."""
    form = scale(1, 5, 4)
    assert not form.graded
    assert [form.value(each, swapped=False) for each in form.words] == [0, 0, 0, 1, 1]


def test_swapped_texts_swap_their_worth() -> None:
    """`first` means the judged text in one order and the other text in the other."""
    assert COMPARED.value("first", swapped=False) == COMPARED.value("second", swapped=True) == 1
    assert COMPARED.value("equal", swapped=False) == COMPARED.value("equal", swapped=True) == 0.5


def test_normal_forms_are_one_answer() -> None:
    """A judge may write an accent in two ways."""
    assert plain("Re\u0301ponse") == plain("r\u00e9ponse")
