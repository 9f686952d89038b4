"""The examples that constraints show in the reference."""

from __future__ import annotations

import pytest

from tests.constraints.worked_examples import NAMES, about, example, texts


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_text_scores_as_its_example_says(name: str) -> None:
    """The text shown as met is met, the one shown as broken is broken."""
    constraint, examples = example(name)
    for text, value in ((examples.met, 1), (examples.broken, 0)):
        if text is not None:  # pyright: ignore[reportUnnecessaryComparison] - some constraints are met by no text
            assert about(constraint, text, whole=True).score(text, whole=True).value == value


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_text_scores_as_its_example_says(name: str) -> None:
    """The text shown as undecided is so when cut off there, and decided when whole; without one a cut decides all."""
    constraint, examples = example(name)
    text = examples.undecided
    if text is None:
        for shown in texts(examples):
            early = about(constraint, shown, whole=False).score(shown, whole=False)
            assert early.value == about(constraint, shown, whole=True).score(shown, whole=True).value
    else:
        assert about(constraint, text, whole=False).score(text, whole=False).value is None
        decides = len(texts(examples)) > 1
        assert (about(constraint, text, whole=True).score(text, whole=True).value in (0, 1)) == decides


@pytest.mark.parametrize("name", NAMES)
def test_every_verdict_gives_a_reason_and_points_into_the_text(name: str) -> None:
    """A reason is never empty and no span lies outside the text."""
    constraint, examples = example(name)
    for text in ("", *texts(examples)):
        for whole in (True, False):
            score = about(constraint, text, whole=whole).score(text, whole=whole)
            assert score.reason
            assert all(0 <= span.start <= span.end <= len(text) for span in score.spans)
