"""The checks of where a text begins and ends, and of two answers."""

from __future__ import annotations

import pytest

from evalkit.constraints.ifeval.whole import IfevalEndsWith, IfevalQuoted, IfevalRepeatsPrompt, IfevalTwoResponses


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a******b", 1.0),
        ("******a******b******", 1.0),
        ("a******A", 1.0),
        ("a\n****** a ", 0.0),
        ("a************b", 0.0),
        ("a******b******c", 0.0),
        ("a*****b", 0.0),
    ],
    ids=["two", "dividers around", "case differs", "equal", "nothing between", "three", "five asterisks"],
)
def test_two_different_answers(text: str, value: float) -> None:
    """White space around them makes no difference."""
    assert IfevalTwoResponses().score(text, whole=True).value == value


def test_two_equal_answers_with_a_divider_after_them_decide_a_cut_text() -> None:
    """Without it the second may go on."""
    assert IfevalTwoResponses().score("a******a", whole=False).value is None
    assert IfevalTwoResponses().score("a******a******", whole=False).value == 0


@pytest.mark.parametrize(("text", "value"), [(" say it. Done", 1.0), ("Say  it.", 0.0), ("So: say it.", 0.0)])
def test_the_prompt_is_repeated_first(text: str, value: float) -> None:
    """Case does not count; every blank within does."""
    assert IfevalRepeatsPrompt(" Say it.\n").score(text, whole=True).value == value


@pytest.mark.parametrize(
    ("text", "value"), [('So. THE END"\n', 1.0), ("The end.", 0.0), ('the end" "', 0.0), ('"the end""', 1.0)]
)
def test_the_ending_may_stand_in_quotes(text: str, value: float) -> None:
    """Quotes after it do not count, a space between them does."""
    assert IfevalEndsWith("the end").score(text, whole=True).value == value


@pytest.mark.parametrize(("text", "value"), [(' "a" ', 1.0), ('""', 1.0), ('"', 0.0), ("“a”", 0.0), ('"a".', 0.0)])
def test_the_whole_text_stands_in_quotes(text: str, value: float) -> None:
    """One quote alone does not do."""
    assert IfevalQuoted().score(text, whole=True).value == value
