"""Emphasis and code inside lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.constraints.inline import marks


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("*a* **b** _c_ __d__", [("italic", "*a*"), ("bold", "**b**"), ("italic", "_c_"), ("bold", "__d__")]),
        ("***a***", [("italic", "***a***"), ("bold", "**a**")]),
        ("**a *b* c**", [("bold", "**a *b* c**"), ("italic", "*b*")]),
        ("`` a`b `` `*c*`", [("code", "`` a`b ``"), ("code", "`*c*`")]),
        ("2 * 3 * 4 snake_case_name \\*no\\*", []),
        ("> *a\n> b*\n", [("italic", "*a\n> b*")]),
        ("# **T**\r\n\r\n- *i*", [("bold", "**T**"), ("italic", "*i*")]),
        ("|*a*|*a*|\n|-|-|\n|**b**|`c`|", [("italic", "*a*"), ("italic", "*a*"), ("bold", "**b**"), ("code", "`c`")]),
        ("```\n*a*\n```", []),
    ],
)
def test_marks_stand_where_they_were_written(text: str, found: list[tuple[str, str]]) -> None:
    """With their signs, on one line or several, in quotes, lists and tables."""
    assert [(mark.kind, text[mark.span.start : mark.span.end]) for mark in marks(text)] == found


@settings(max_examples=300, deadline=None)
@given(
    text=st.lists(st.sampled_from(["*", "**", "_", "__", "`", "a", " ", "\\", ".", "é", "\n"]), max_size=16).map(
        "".join
    )
)
def test_as_many_are_found_as_commonmark_finds(text: str) -> None:
    """Held against the parser's own HTML, in which nothing is said of places."""
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark").render(text)
    counts = [sum(mark.kind == kind for mark in marks(text)) for kind in ("bold", "italic", "code")]
    assert counts == [html.count("<strong>"), html.count("<em>"), html.count("<code") - html.count("<pre")]
    for mark in marks(text):
        shown = text[mark.span.start : mark.span.end]
        sign = "`" if mark.kind == "code" else shown[0] * (2 if mark.kind == "bold" else 1)
        assert shown.startswith(sign)
        assert shown.endswith(sign)
