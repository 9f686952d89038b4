"""Places left open to be filled in."""

from __future__ import annotations

import pytest

from evalkit.constraints.placeholders import NoPlaceholders, Placeholders


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dear [name], at [your place] [name].", 3),
        ("[1] [^note] [x] [ ] a[key] [a](b) [ab][c] [ab]: c ![ab]", 0),
        ("[two\nlines] [" + "a" * 81 + "] []", 0),
        ("[名前] [" + "a" * 80 + "]", 2),
    ],
)
def test_placeholders_are_counted(text: str, count: int) -> None:
    """With letters in them; neither citations nor boxes, indexes or links."""
    assert Placeholders(exactly=count).score(text, whole=True).value == 1


@pytest.mark.parametrize(("text", "value"), [("[name]", None), ("[name] ", 1), ("[name](", None)])
def test_the_last_of_a_cut_text_may_turn_out_to_be_a_link(text: str, value: float | None) -> None:
    """Anything behind it decides."""
    assert Placeholders(at_least=1).score(text, whole=False).value == value


@pytest.mark.parametrize(
    "text",
    [
        "Dear [Your Name]",
        "{{name}}",
        "<your name>",
        "<INSERT DATE>",
        "TODO: write",
        "XXX",
        "Lorem ipsum dolor",
        "<date>",
    ],
)
def test_what_is_left_open_is_found(text: str) -> None:
    """In brackets of all kinds, and by the usual marks."""
    score = NoPlaceholders().score(f"a {text} b", whole=True)
    assert score.value == 0
    assert score.spans


@pytest.mark.parametrize(
    "text", ["", "todo list", "see [1] and [x]", "<b>bold</b>", "a < b > c", "{a}", "xxx", "<a name='b'>"]
)
def test_other_texts_leave_nothing_open(text: str) -> None:
    """Words in small letters, citations and tags."""
    assert NoPlaceholders().score(text, whole=True).value == 1


def test_one_at_the_end_of_a_cut_text_is_undecided() -> None:
    """More letters may follow."""
    assert NoPlaceholders().score("TODO", whole=False).value is None
    assert NoPlaceholders().score("TODO ", whole=False).value == 0
    assert NoPlaceholders().score("a", whole=False).value is None


def test_accents_may_be_composed_or_not() -> None:
    """Inside a placeholder and right before one."""
    for text in ("[\u00e9a]", "[e\u0301a]"):
        assert Placeholders(1).score(text, whole=True).value == 1
    for text in ("\u00e9[name]", "e\u0301[name]", "\u00e9TODO", "e\u0301TODO"):
        assert NoPlaceholders().score(text, whole=True).value == 1
