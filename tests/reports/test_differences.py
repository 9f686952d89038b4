"""Requested and applied settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.reports.differences import (
    Difference,
    differences,
    grouped_differences,
    row_differences,
    written_difference,
)

if TYPE_CHECKING:
    from evalkit.findings import Report
    from evalkit.types import SettingValue


@pytest.mark.parametrize(
    ("requested", "applied", "line"),
    [
        ({"temperature": 0.8}, {}, "temperature: asked for 0.8, not applied"),
        ({"temperature": 1.5}, {"temperature": 1.0}, "temperature: asked for 1.5, applied 1.0"),
        ({}, {"max_tokens": 512}, "max_tokens: not asked for, applied 512"),
    ],
    ids=["ignored", "clamped", "added"],
)
def test_each_kind_of_difference_is_written(
    requested: dict[str, SettingValue], applied: dict[str, SettingValue], line: str
) -> None:
    """A setting that was ignored, clamped or added reads as what it is."""
    (difference,) = differences(requested, applied)
    assert written_difference(difference) == line


def test_equal_settings_and_seeds_do_not_differ() -> None:
    """A whole number is the same as a float, and a draw's own seed is no difference."""
    assert differences({"temperature": 1, "seed": 7}, {"temperature": 1.0, "seed": 8841}) == ()


def test_provider_that_applies_nothing_is_found_out(report: Report) -> None:
    """An answer with no applied settings at all means that none of those asked for was applied."""
    row = replace(report.summary.rows[0], applied={})
    assert row_differences(row) == (Difference("max_tokens", 48, None), Difference("temperature", 0.0, None))


def test_row_without_an_answer_claims_nothing(report: Report) -> None:
    """Where nothing came back, nothing is known of the settings."""
    row = replace(report.summary.rows[0], applied={}, completions={"refusal": 4, "error": 4})
    assert row_differences(row) == ()


def test_values_with_the_same_fate_share_a_line(report: Report) -> None:
    """An ignored temperature axis is one line that lists the values, not one line a value."""
    rows = tuple(
        replace(report.summary.rows[0], requested={"temperature": temperature}, applied={})
        for temperature in (0.0, 0.4, 0.4)
    )
    assert grouped_differences(replace(report.summary, rows=rows)) == [
        "local, temperature: asked for 0.0, 0.4, not applied (3 rows)"
    ]
