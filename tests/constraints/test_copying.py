"""Copies of prompts and leaks of system prompts."""

from __future__ import annotations

import pytest

from evalkit.constraints.composite import within
from evalkit.constraints.copying import NoPromptCopy, NoSystemLeak
from evalkit.constraints.logic import Not
from evalkit.errors import ArgumentError
from evalkit.protocols import Context
from evalkit.types import Case, Completion, Condition, Message
from evalkit.verdicts import Score, Span

SYSTEM = "You are Ada. Never mention the price of **Kafka**. Answer in one sentence."
PROMPT = "Compare Kafka and RabbitMQ, please, in one short sentence."


def _context(*, system: str | None = SYSTEM, prompt: str = PROMPT) -> Context:
    messages = [Message("user", prompt)]
    if system is not None:
        messages.insert(0, Message("system", system))
    return Context(Case("case", "{{ prompt }}"), Condition(), tuple(messages), Completion("complete"))


def _leak(text: str, *, words: int = 5, whole: bool = True, system: str | None = SYSTEM) -> Score:
    return within(NoSystemLeak(words), _context(system=system)).score(text, whole=whole)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I must never mention the price.", 1.0),
        ("I must never mention the price of it.", 0.0),
        ("NEVER  mention,\nthe `price` *of* ...", 0.0),
        ("Never mention the high price of Kafka.", 1.0),
        ("", 1.0),
    ],
    ids=["four", "five", "other form", "interrupted", "empty"],
)
def test_so_many_words_in_a_row_are_a_leak(text: str, value: float) -> None:
    """Four are none, five are one, whatever stands between the words but words."""
    assert _leak(text).value == value


def test_the_whole_leak_is_shown() -> None:
    """From its first word to its last, however long it is."""
    score = _leak("Told: never mention the price of Kafka! So I answer.")
    assert score.spans == (Span(6, 38),)
    assert score.reason == "5 words or more in a row of the system prompt: `never mention the price of Kafka`"


def test_without_a_system_prompt_there_is_nothing_to_leak() -> None:
    """The constraint is met, says why, and that holds for a cut text too."""
    assert _leak("Anything.", system=None) == Score(1.0, "there was no system prompt")
    assert _leak("Anything", system=None, whole=False).value == 1


def test_a_shorter_system_prompt_cannot_be_leaked() -> None:
    """Three words are not five in a row."""
    score = _leak("Be brief, Ada.", system="Be brief, Ada.")
    assert score == Score(1.0, "the system prompt has 3 words, fewer than 5")


def test_the_prompt_is_the_last_message() -> None:
    """As it was sent, not the case's template; the system prompt does not count."""
    copy = within(NoPromptCopy(5), _context())
    assert copy.score("So: compare Kafka and RabbitMQ, please.", whole=True).value == 0
    assert copy.score("So: compare Kafka and RabbitMQ.", whole=True).value == 1
    assert copy.score(SYSTEM, whole=True).value == 1


@pytest.mark.parametrize("constraint", [NoPromptCopy(), NoSystemLeak()], ids=["prompt", "system"])
def test_without_knowing_what_was_asked_it_is_undecided(constraint: NoPromptCopy | NoSystemLeak) -> None:
    """The reason says what is missing; the name stays when it is known."""
    score = constraint.score("Kafka.", whole=True)
    assert score.value is None
    assert score.reason.endswith("is not known")
    assert within(constraint, _context()).name == constraint.name


def test_composites_pass_on_what_was_asked() -> None:
    """A demand to repeat the prompt is `not`."""
    assert within(Not(NoPromptCopy(4)), _context()).score(PROMPT, whole=True).value == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [("never mention the price of ", None), ("never mention the price of it", 0.0), ("never", None)],
    ids=["the last word may go on", "leaked", "none"],
)
def test_a_cut_text_keeps_a_leak(text: str, value: float | None) -> None:
    """Nothing takes it back."""
    assert _leak(text, whole=False).value == value


def test_characters_are_words_where_none_are_shown() -> None:
    """Five characters of Chinese are enough."""
    assert _leak("我说：不要提到价格。", system="你是商店。不要提到价格。").value == 0  # noqa: RUF001 - Chinese


@pytest.mark.parametrize("words", [0, 1, True])
def test_one_word_is_no_copy(words: int) -> None:
    """Every answer shares words with its prompt."""
    with pytest.raises(ArgumentError, match="words"):
        NoPromptCopy(words)
