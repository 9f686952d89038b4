"""Code blocks that are there, and that parse."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.constraints.code import CodeBlocks
from evalkit.errors import ArgumentError

TEXT = "```python\nx = 1\n```\n\n~~~Py title=a\ny = 2\n~~~\n\n    indented\n\n```{.json}\n[1]\n```\n\n```\nplain\n```\n"


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ({}, 1),
        ({"exactly": 5}, 1),
        ({"language": "py", "exactly": 2}, 1),
        ({"language": "python", "parses": True}, 1),
        ({"language": "JSON", "exactly": 1, "parses": True}, 1),
        ({"language": "rust"}, 0),
        ({"language": "rust", "at_most": 0}, 1),
        ({"language": "rust", "at_most": 0, "parses": True}, 1),
        ({"parses": True}, None),
        ({"exactly": 4, "parses": True}, 0),
    ],
    ids=str,
)
def test_blocks_are_counted_by_language(arguments: dict[str, Any], value: float | None) -> None:
    """By the first word of the opening fence, whatever its case; a block without a language cannot be parsed."""
    assert CodeBlocks(**arguments).score(TEXT, whole=True).value == value


def test_the_block_that_does_not_parse_is_shown() -> None:
    """By its number and place."""
    text = "```python\nx = 1\n```\n```python\nx = \n```"
    score = CodeBlocks(parses=True).score(text, whole=True)
    assert score.value == 0
    assert score.reason.startswith("code block 2: not Python")
    assert [text[span.start : span.end] for span in score.spans] == ["```python\nx = \n```"]


def test_a_block_in_a_quote_is_parsed_without_the_marks() -> None:
    """The marks of the quote are no part of the code."""
    assert CodeBlocks(language="json", parses=True).score("> ```json\n> [1,\n> 2]\n> ```", whole=True).value == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [("```json\n[1", None), ("```json\n[1\n```", None), ("```json\n[1\n```\n", 0), ("```json\n[1]\n```\n", None)],
    ids=["open", "closing", "closed", "fine"],
)
def test_a_block_of_a_cut_text_is_judged_once_it_is_closed(text: str, value: float | None) -> None:
    """Further blocks may still not parse."""
    assert CodeBlocks(parses=True).score(text, whole=False).value == value


def test_arguments_are_checked() -> None:
    """A language is a text with something in it."""
    with pytest.raises(ArgumentError):
        CodeBlocks(language=" ")
