"""The style of report.html."""

from __future__ import annotations

from evalkit.reports.html_style import STYLE


def test_style_is_plain_text_of_an_element() -> None:
    """It holds nothing that HTML or XML would read otherwise, and speaks of dark screens and of paper."""
    assert not set("<&") & set(STYLE)
    assert STYLE.count("{") == STYLE.count("}")
    assert "prefers-color-scheme:dark" in STYLE
    assert "@media print" in STYLE
