"""Constraints of a suite, and the places of what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.constraints.logic import Not
from evalkit.constraints.scope import InEveryTurn
from evalkit.constraints.words import MaxWords
from tests.load.conftest import changed, conversation

if TYPE_CHECKING:
    from tests.load.conftest import Loader

NESTED = [
    ("at_least: {n: 2, of: [valid_json]}", "15:23: `n` of `at_least` must be at most 1, the number of constraints"),
    ("at_least: {n: 1, of: [{max_word: 3}]}", "15:42: no constraint named `max_word`"),
    ("weighted: [{weight: 0, constraint: valid_json}]", "15:29: `of` of `weighted` must have weights above 0, got 0.0"),
    ("weighted: [{weight: 1, constraint: {max_words: x}}]", "15:56: `limit` of `max_words` must be a whole number"),
    ("weighted: {of: [{weight: 1}]}", "15:25: every entry of `of` of `weighted` needs `constraint`"),
    ("when: {if: {max_word: 3}, then: valid_json}", "15:31: no constraint named `max_word`"),
    ("when: {if: valid_json, than: valid_json}", "15:38: `when` has no argument `than`"),
    ("in_each: {part: chapter, constraint: valid_json}", "15:25: `part` of `in_each` must be"),
    ("in_any: {part: line, constraint: {not: {max_word: 3}}}", "15:59: no constraint named `max_word`"),
]


@pytest.mark.parametrize(("spec", "message"), NESTED, ids=[spec for spec, _ in NESTED])
def test_what_is_wrong_inside_a_composite_is_pointed_at(loader: Loader, spec: str, message: str) -> None:
    """However deep it stands."""
    assert loader.refusal(changed("max_words: 8", spec))[0].startswith(message)


@pytest.mark.parametrize(
    ("mode", "what"),
    [("", "mode scripted"), ("  mode: padding\n", "mode padding"), (None, "no conversation")],
    ids=["scripted", "padding", "none"],
)
def test_every_turn_needs_a_live_conversation(loader: Loader, mode: str | None, what: str) -> None:
    """Where the replies are given, the model has not written them; the place is that of the nested constraint."""
    text = changed("max_words: 8", "not: {in_every_turn: {max_words: 8}}")
    text += "" if mode is None else conversation(1) + mode
    said, hint = loader.refusal(text)
    assert said == f"15:15: `in_every_turn` needs the model's own replies, and the suite has {what}"
    assert hint == "use `conversation: {..., mode: live}`, or demand it of the answer alone"


def test_every_turn_may_be_demanded_of_a_live_conversation(loader: Loader) -> None:
    """By the suite, a case or a system prompt."""
    text = changed("max_words: 8", "not: {in_every_turn: {max_words: 8}}") + conversation(1) + "  mode: live\n"
    assert loader(text).cases[0].constraints == (Not(InEveryTurn(MaxWords(8))),)


def test_a_text_that_says_every_turn_is_none(loader: Loader) -> None:
    """Only the constraint is refused, not its name in a keyword."""
    assert len(loader(changed("max_words: 8", "contains_any: [in_every_turn]")).cases[0].constraints) == 1


def test_hint_shows_the_constraint_and_not_one_named_like_its_argument(loader: Loader) -> None:
    """`at_least` is an argument of many, and a constraint of its own."""
    hint = loader.refusal(changed("max_words: 8", "word_count: {at_least: 5, at_most: 3}"))[1]
    assert hint is not None
    assert hint.startswith("for example `word_count: ")
    hint = loader.refusal(changed("max_words: 8", "at_least: {n: 1, of: [{word_count: {at_least: x}}]}"))[1]
    assert hint is not None
    assert hint.startswith("for example `word_count: ")
