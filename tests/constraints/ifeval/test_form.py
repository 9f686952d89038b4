"""The checks of form."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.ifeval.form import IfevalBullets, IfevalHighlights, IfevalJson, IfevalSections


@given(st.text("*-\n\t ab\x0b\r", max_size=30))
def test_bullets_are_those_of_the_patterns(text: str) -> None:
    """The same number as the reference's patterns find, which take quadratic time."""
    count = len(re.findall(r"^\s*\*[^\*].*$", text, re.MULTILINE)) + len(re.findall(r"^\s*-.*$", text, re.MULTILINE))
    assert (IfevalBullets(count).score(text, whole=True).value == 1) is bool(text.strip())


@pytest.mark.parametrize(
    ("text", "count"),
    [("*a* **b**", 2), ("***b***", 2), ("** **", 0), ("* one\n* two", 0), ("* one * two", 1), ("****", 0)],
)
def test_highlights_are_single_and_double_ones(text: str, count: int) -> None:
    """A blank one counts for nothing, three asterisks for two, and two on one line for a highlight."""
    assert IfevalHighlights(count).score(text, whole=True).value == 1
    assert IfevalHighlights(count + 1).score(text, whole=True).value == 0


@pytest.mark.parametrize(
    ("splitter", "text", "count"),
    [
        ("Section", "Section 1 Section2\nSection\n3", 3),
        ("Section", "SECTION 1 Section I", 0),
        ("(Part)", "Part 1 Part 2", 4),
    ],
    ids=["anywhere", "case and digits", "a group"],
)
def test_sections_begin_with_splitter_and_digits(splitter: str, text: str, count: int) -> None:
    """A group in the splitter counts once more, as the reference splits the text by it."""
    assert IfevalSections(splitter, count).score(text, whole=True).value == 1
    assert IfevalSections(splitter, count + 1).score(text, whole=True).value == 0


@pytest.mark.parametrize("splitter", ["Part+", "(", "a{2}"])
def test_a_splitter_that_cannot_be_read_leaves_the_verdict_open(splitter: str) -> None:
    """Like a keyword."""
    assert IfevalSections(splitter, 1).score("Part 1", whole=True).value is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('```json\n{"a": 1}\n```', 1.0),
        ("```JSON[1]```", 1.0),
        ("NaN", 1.0),
        ("```python\n1\n```", 0.0),
        ("{'a': 1}", 0.0),
        ("[" * 100_000, None),
    ],
    ids=["fenced", "capitals", "no number", "another language", "single quotes", "too deep"],
)
def test_json_is_what_python_parses(text: str, value: float | None) -> None:
    """One fence is taken off, and what breaks the reference checker is undecided."""
    assert IfevalJson().score(text, whole=True).value == value
