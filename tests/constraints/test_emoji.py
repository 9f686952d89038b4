"""Emoji."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from evalkit.constraints.emoji import NoEmoji
from evalkit.verdicts import Span


@pytest.mark.parametrize("text", ["🎉", "✅", "⭐", "❤️", "✔️", "1️⃣", "#⃣", "🇩🇪", "👩🏽‍💻", "👨‍👩‍👧", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🫠", "©️"])
def test_an_emoji_is_one(text: str) -> None:
    """However many characters make it up."""
    score = NoEmoji().score(f"a {text} b", whole=True)
    assert score.value == 0
    assert score.spans == (Span(2, 2 + len(text)),)
    assert score.reason.startswith("1 emoji")


@pytest.mark.parametrize(
    "text", ["", "1 # * © ® ™ → ✓ ★ ❤ ✔ ☺ :-) ½ ²", "漢字", "🎉︎".replace("\ufe0f", ""), "\ufe0f", "\u200d", "\ud83c"]
)
def test_signs_are_no_emoji(text: str) -> None:
    """Nor are pictures that a selector turns into text."""
    assert NoEmoji().score(text, whole=True).value == 1


def test_every_emoji_of_another_library_is_found() -> None:
    """The list of fully qualified emoji of the package `emoji`, each alone."""
    emoji: Any = pytest.importorskip("emoji")
    qualified = [each for each, data in emoji.EMOJI_DATA.items() if data["status"] == emoji.STATUS["fully_qualified"]]
    assert len(qualified) > 3_000
    pattern: Any = import_module("evalkit.constraints.emoji")._pattern()
    assert [each for each in qualified if pattern.fullmatch(each) is None] == []


@pytest.mark.parametrize(
    ("text", "value"), [("a 🎉 ", 0.0), ("a 🎉", None), ("a", None)], ids=["settled", "end", "none"]
)
def test_a_cut_text_keeps_an_emoji_that_nothing_can_take_back(text: str, value: float | None) -> None:
    """At the very end a selector could still make it text."""
    assert NoEmoji().score(text, whole=False).value == value


def test_many_emoji_are_counted_and_the_first_shown() -> None:
    """The number is exact; the spans are not endless."""
    score = NoEmoji().score("🎉 " * 60, whole=True)
    assert score.reason == "60 emoji, the first `🎉`"
    assert len(score.spans) == 50
