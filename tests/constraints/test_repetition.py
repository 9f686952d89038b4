"""Texts that repeat themselves."""

from __future__ import annotations

import pytest

from evalkit.constraints.repetition import NoRepeatedLines, NoRepeatedSentences, NoRepetition
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(("times", "value"), [(2, 1.0), (3, 0.0)], ids=["at limit", "one over"])
def test_a_run_may_stand_as_often_as_allowed(times: int, value: float) -> None:
    """Twice by default, and not a third time; what stands between does not matter."""
    text = " ".join(f"One two three four five six SEVEN, eight ({number})." for number in range(times))
    assert NoRepetition().score(text, whole=True).value == value


def test_a_loop_of_one_word_is_found() -> None:
    """Runs overlap: ten words of the same hold three runs of eight."""
    assert NoRepetition().score("ha " * 9, whole=True).value == 1
    score = NoRepetition().score("ha " * 10, whole=True)
    assert score.value == 0
    assert score.spans == (Span(6, 29),)
    assert score.reason.startswith("the same 8 words stand 3 times, at most 2 allowed: `ha ha")


def test_characters_are_words_where_none_are_shown() -> None:
    """A loop in Chinese is one too."""
    assert NoRepetition(ngram=4).score("我喜欢它。" * 3, whole=True).value == 0


def test_a_cut_text_keeps_a_loop() -> None:
    """The last word may go on, and so does not count yet."""
    assert NoRepetition(ngram=2, at_most=1).score("a b a b", whole=False).value is None
    assert NoRepetition(ngram=2, at_most=1).score("a b a b c", whole=False).value == 0


@pytest.mark.parametrize(("ngram", "at_most"), [(1, 1), (2, 0), (True, 1)])
def test_a_run_has_words_and_may_stand_once(ngram: int, at_most: int) -> None:
    """A single word is no run, and a text of two words has one."""
    with pytest.raises(ArgumentError):
        NoRepetition(ngram=ngram, at_most=at_most)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 1.0),
        ("Kafka keeps logs. It keeps logs.", 1.0),
        ("Yes. Yes, sir! Yes.", 1.0),
        ("It takes 3.5 s. It takes 3.4 s.", 1.0),
        ("Kafka keeps logs. *kafka*  keeps LOGS!", 0.0),
        ("Kafka keeps logs\r\nKafka keeps logs", 0.0),
        ("日志很好。日志很好！", 0.0),  # noqa: RUF001 - Chinese
    ],
)
def test_a_sentence_stands_once(text: str, value: float) -> None:
    """Whatever its case, spacing, Markdown and end; short ones may repeat."""
    assert NoRepeatedSentences().score(text, whole=True).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("| --- |\n| --- |\n---\n---\n\n\n", 1.0),
        ("- yes\n- yes", 1.0),
        ("- Kafka logs. Kafka logs.\n- Kafka logs.", 1.0),
        ("- Kafka logs\r\n* kafka logs", 0.0),
    ],
)
def test_a_line_stands_once(text: str, value: float) -> None:
    """Lines of signs and of a single word may repeat."""
    assert NoRepeatedLines().score(text, whole=True).value == value


def test_the_spans_are_repetitions_from_the_second_on() -> None:
    """The first time is not at fault."""
    score = NoRepeatedSentences().score("A b c. D e f. A b c. A b c.", whole=True)
    assert score.spans == (Span(14, 19), Span(21, 26))
    assert score.reason == "2 sentences repeated, the first `A b c`"


@pytest.mark.parametrize(
    ("text", "value"),
    [("A b 3. A b 3. ", 0.0), ("A b 3. A b 3.", None), ("A b c. A b c", None), ("It is 1.5. It is 1.5", None)],
    ids=["ended", "maybe a decimal point", "not ended", "the number may go on"],
)
def test_a_cut_text_keeps_a_sentence_that_has_ended(text: str, value: float | None) -> None:
    """A sentence that may go on is not yet the same."""
    assert NoRepeatedSentences().score(text, whole=False).value == value
