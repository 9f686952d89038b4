"""Responses find their cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.expand import sweep
from evalkit.responses.join import Joiner, NotJoinedError, Placed, Repeats

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.responses.read import Response
    from evalkit.types import Suite

PROMPTS = {"one": "Say one.", "two": "Say  two.\n", "again": "Say one.", "café": "Say café."}


@pytest.fixture
def placed(made_suite: Callable[..., Suite], response: Callable[..., Response]) -> Callable[..., Placed]:
    """Give a function that joins one response to the suite above, or to one with further keys."""

    def place(keys: dict[str, Any] | None = None, prompts: dict[str, str] | None = None, **parts: Any) -> Placed:  # noqa: ANN401 - any JSON
        suite = made_suite(prompts or PROMPTS, **(keys or {}))
        return Joiner(suite, sweep(suite).conditions).place(response(**parts))

    return place


def test_a_case_is_found_by_its_id_or_its_exact_prompt(placed: Callable[..., Placed]) -> None:
    """Both lead to the same cell; another prompt beside an id is noticed."""
    assert placed(case="two") == placed(prompt="Say  two.\n") == Placed(((0, 1),))
    assert placed(case="two", prompt="Say  two.\n") == Placed(((0, 1),))
    assert placed(case="two", prompt="Say one.") == Placed(((0, 1),), other_prompt=True)


def test_a_prompt_that_cases_share_is_answered_for_each(placed: Callable[..., Placed]) -> None:
    """An id chooses one of them."""
    assert placed(prompt="Say one.").cells == ((0, 0), (0, 2))
    assert placed(case="again", prompt="Say one.") == Placed(((0, 2),))


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"case": "tow"}, "the suite has no case `tow` (did you mean `two`?)"),
        ({"case": "9"}, "the suite has no case `9` (known are `again`, `café`, `one`, `two`)"),
        ({"prompt": "Say three."}, "no case has its prompt `Say three.`"),
        ({"prompt": "Say two."}, "that of case `two` differs only in white space"),
        (
            {"prompt": "Say cafe\u0301."},
            "that of case `café` differs only in white space or in how accents are written",
        ),
        ({"prompt": "say one."}, "no case has its prompt `say one.`"),
        ({"case": "one", "condition": {"heat": 1}}, "the suite has no axis `heat`"),
    ],
)
def test_what_belongs_nowhere_says_why(placed: Callable[..., Placed], parts: dict[str, Any], why: str) -> None:
    """Nothing is joined that is not exactly the same."""
    with pytest.raises(NotJoinedError) as raised:
        placed(**parts)
    assert why in str(raised.value)


def test_a_condition_must_follow_from_what_is_said(placed: Callable[..., Placed]) -> None:
    """One of several must be named, or follow from the prompt that it alone has."""
    keys = {"axes": {"temperature": [0, 0.5], "tone": ["kind", "curt"]}}
    prompts = {"one": "Be {{ tone }}."}

    def place(**parts: Any) -> Placed:  # noqa: ANN401 - any JSON
        return placed(keys, prompts, **parts)

    assert place(case="one", condition={"temperature": 0.5, "tone": "curt"}).cells == ((3, 0),)
    assert place(prompt="Be curt.", condition={"temperature": 0}).cells == ((1, 0),)
    assert place(case="one", prompt="Be kind.", condition={"temperature": 0.5}).cells == ((2, 0),)
    with pytest.raises(NotJoinedError, match="several conditions"):
        place(prompt="Be curt.")
    with pytest.raises(NotJoinedError, match=r"no condition with temperature 0\.7"):
        place(case="one", condition={"temperature": 0.7})
    with pytest.raises(NotJoinedError, match="not asked under its condition"):
        place(prompt="Be curt.", condition={"tone": "kind"})


def test_a_prompt_with_escaped_marks_is_joined_as_it_was_sent(placed: Callable[..., Placed]) -> None:
    """What is compared is the rendered prompt, not the template."""
    assert placed(None, {"a": 'Fill {{ "{{" }} x }}.'}, prompt="Fill {{ x }}.").cells == ((0, 0),)


@given(st.lists(st.none() | st.integers(0, 6)))
def test_repeats_are_taken_once(wanted: list[int | None]) -> None:
    """No repeat is given twice, and one that is not asked for takes the first that is free."""
    repeats, taken = Repeats(), set[int]()
    for each in wanted:
        found = repeats.take(each)
        if each is None:
            assert found == min(set(range(len(taken) + 1)) - taken)
        else:
            assert found == (None if each in taken else each)
        taken |= set() if found is None else {found}
    assert repeats.taken == len(taken)
    assert repeats.span == max(taken, default=-1) + 1
