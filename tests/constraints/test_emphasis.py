"""Passages in bold and italic type, and plain text."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.constraints.emphasis import Emphasis, NoMarkdown
from evalkit.errors import ArgumentError


@pytest.mark.parametrize(
    ("arguments", "value"),
    [({"exactly": 3}, 1), ({"kind": "bold", "exactly": 1}, 1), ({"kind": "italic", "at_most": 1}, 0)],
    ids=str,
)
def test_passages_are_counted(arguments: dict[str, Any], value: float) -> None:
    """Code and escaped signs are none."""
    assert Emphasis(**arguments).score("*a* **b** _c_ `*d*` \\*e\\*", whole=True).value == value


@pytest.mark.parametrize(("text", "value"), [("**a**", None), ("**a**\n", None), ("**a**\n\nb\n", 1)])
def test_a_passage_of_a_cut_text_counts_once_its_paragraph_has_ended(text: str, value: float | None) -> None:
    """More stars may follow, and change which belong together."""
    assert Emphasis(at_least=1).score(text, whole=False).value == value


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("# a", "headings"),
        ("- a", "bullets"),
        ("1. a", "numbers"),
        ("> a", "quotes"),
        ("|a|\n|-|", "tables"),
        ("---", "rules"),
        ("```\n```", "code"),
        ("`a`", "code"),
        ("**a**", "bold"),
        ("_a_", "italic"),
        ("[a](b)", "links"),
        ("![a](b.png)", "links"),
    ],
)
def test_every_element_is_markdown_unless_it_is_allowed(text: str, element: Any) -> None:  # noqa: ANN401 - a literal
    """The reason names it."""
    score = NoMarkdown().score(text, whole=True)
    assert (score.value, score.reason) == (0, f"Markdown: `{element}`")
    assert score.spans
    assert NoMarkdown(allow=(element,)).score(text, whole=True).value == 1


@pytest.mark.parametrize(
    "text", ["", "a\n\n  b", "    a", "2 * 3 * 4", "see https://a.b/c_d_e", "[1]", "#a", "-a", "a_b_c"]
)
def test_plain_text_is_no_markdown(text: str) -> None:
    """Signs that mark nothing are characters."""
    assert NoMarkdown().score(text, whole=True).value == 1


@pytest.mark.parametrize(("text", "value"), [("# a\n", 0), ("# a", None), ("*a*\n\nb\n", 0), ("a\n", None)])
def test_markdown_of_a_cut_text_stays_once_its_line_has_ended(text: str, value: float | None) -> None:
    """None found is undecided."""
    assert NoMarkdown().score(text, whole=False).value == value


def test_arguments_are_checked() -> None:
    """Only elements that there are."""
    with pytest.raises(ArgumentError):
        NoMarkdown(allow=("emoji",))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(ArgumentError):
        Emphasis(1, kind="loud")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
