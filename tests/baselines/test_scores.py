"""Tests of how scores are written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.baselines.scores import derived_level, levels_text, number_text, read_level, read_scores, scores_text
from evalkit.measured import OF_CONSTRAINT, CaseScores

SHARES = CaseScores(((0.5, 2), (1.0, 6)))
WHOLE = CaseScores(((0.0, 2), (1.0, 6)))


def test_scores_are_pairs_of_value_and_count() -> None:
    """Values are short where they can be; what is missing, and a weight other than 1, follows."""
    scores = CaseScores(((0.0, 2), (2 / 3, 1), (0.75, 1), (1.0, 5)), missing=1, weight=3.0)
    assert scores_text(scores) == "0:2 2/3:1 0.75:1 1:5 missing:1 weight:3"
    assert read_scores("0:2 2/3:1 0.75:1 1:5 missing:1 weight:3") == scores
    assert scores_text(CaseScores(())) == ""
    assert read_scores("") == CaseScores(())


@given(st.floats(0, 1) | st.fractions(0, 1, max_denominator=2000).map(float))
def test_no_number_is_rounded(value: float) -> None:
    """A value reads back as the very same, or scores that have not moved would differ."""
    assert read_scores(f"{number_text(value)}:1").counts[0][0] == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1.5:2", "from 0 to 1"),
        ("nan:2", "from 0 to 1"),
        ("-1:2", "from 0 to 1"),
        ("4/3:2", "from 0 to 1"),
        ("1:2 0:1", "must rise"),
        ("1:2 1:1", "must rise"),
        ("1", "whole number"),
        ("1:", "whole number"),
        ("1:-2", "whole number"),
        ("1:²", "whole number"),
        ("missing:x", "whole number"),
        ("one:2", "value:count"),
        ("1/0:2", "value:count"),
        ("1:2  missing:1", "value:count"),
    ],
)
def test_what_no_writer_writes_is_refused(text: str, problem: str) -> None:
    """The message says what is wrong with it."""
    with pytest.raises(ValueError, match=problem):
        read_scores(text)


def test_levels_that_follow_are_not_written() -> None:
    """Where all constraints are decided and loose verdicts are the strict ones, adherence says it all."""
    scores = {
        "adherence": SHARES,
        "full_adherence": WHOLE,
        "adherence_loose": SHARES,
        "full_adherence_loose": WHOLE,
        "instruction_accuracy": replace(SHARES, weight=2.0),
        "instruction_accuracy_loose": replace(SHARES, weight=2.0),
        OF_CONSTRAINT + "a": SHARES,
        OF_CONSTRAINT + "b": SHARES,
    }
    assert levels_text(scores) == {"adherence": "0.5:2 1:6"}
    del scores["full_adherence_loose"]
    assert levels_text(scores) == {"adherence": "0.5:2 1:6", "full_adherence_loose": None}


def test_levels_that_differ_are_written() -> None:
    """A loose level has its own line where it differs, and what follows from it follows from it."""
    loose = CaseScores(((1.0, 8),))
    scores = {
        "adherence": SHARES,
        "full_adherence": replace(WHOLE, missing=1),
        "adherence_loose": loose,
        "full_adherence_loose": loose,
        "instruction_accuracy": replace(SHARES, weight=3.0),
        "instruction_accuracy_loose": replace(loose, weight=3.0),
        "adherence_case": SHARES,
    }
    assert levels_text(scores) == {
        "adherence": "0.5:2 1:6",
        "full_adherence": "0:2 1:6 missing:1",
        "adherence_loose": "1:8",
        "instruction_accuracy": "same weight:3",
        "instruction_accuracy_loose": "same weight:3",
        "adherence_case": "0.5:2 1:6",
    }


def test_the_same_as_nothing_is_refused() -> None:
    """`same` needs a level to be the same as."""
    assert derived_level("adherence", {}) is None
    with pytest.raises(ValueError, match="follows from nothing"):
        read_level("instruction_accuracy", "same weight:2", {})
    assert read_level("instruction_accuracy", "same weight:2", {"adherence": SHARES}) == replace(SHARES, weight=2.0)
