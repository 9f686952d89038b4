"""Pieces of report.html."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import pytest

from evalkit.findings import Estimate
from evalkit.reports.columns import Column
from evalkit.reports.html_parts import Bars, bar, bullets, table

etree: Any = import_module("lxml.etree")  # it has no types


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (None, "–"),  # noqa: RUF001 - as reports write it
        (Estimate(None, None, None, "nothing"), "–"),  # noqa: RUF001 - as above
        (Estimate(12.0, 3.0, 14.0, "median"), "12.00 [3.00, 14.00]"),
        (Estimate(math.nan, None, None, "odd"), "–"),  # noqa: RUF001 - as above
    ],
)
def test_what_is_not_on_the_scale_is_written(value: Estimate | None, source: str) -> None:
    """A number beyond 0 and 1 has no bar."""
    assert bar(value) == source


def test_interval_that_reaches_too_far_ends_with_the_scale() -> None:
    """A bar never leaves its cell, and a point without an interval has none."""
    drawn = etree.fromstring(bar(Estimate(0.5, -1.0, 7.0, "how")))
    assert (drawn.find("rect").get("x"), drawn.find("rect").get("width")) == ("0.0", "120.0")
    assert etree.fromstring(bar(Estimate(0.5, None, math.inf, "how"))).find("rect") is None


def test_long_lists_and_wide_tables_are_counted() -> None:
    """What is left out is said."""
    assert "<li>and 900 more</li>" in bullets(["line"] * 1000)
    assert bullets([]) == ""
    columns = [Column("axis", f"axis {number}", ("a", "b")) for number in range(43)]
    source = table("Caption", columns, Bars("met", [None, None]), others=3)
    assert "And 3 more rows and 3 more columns, in report.json and cells.csv." in source
    assert source.count("<td") + source.count('scope="row"') == 2 * 41
