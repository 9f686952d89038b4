"""Answers that are one of several options."""

from __future__ import annotations

import pytest

from evalkit.constraints.choice import Choice
from evalkit.errors import ArgumentError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Kafka", 1),
        (" kafka.\n", 1),
        ("The \n log", 1),
        ("ole\u0301", 1),
        ("OL\u00c9.", 1),
        ("Kafka..", 0),
        ("**Kafka**", 0),
        ("Kafka or the log", 0),
        ("Kaf", 0),
        ("", 0),
        (".", 0),
        ("Kafka " * 100_000, 0),
    ],
)
def test_the_whole_answer_is_an_option(text: str, value: float) -> None:
    """Whatever its case and white space, with a full stop at most."""
    assert Choice(("Kafka", "the log", "ol\u00e9")).score(text, whole=True).value == value


def test_case_and_full_stop_may_count() -> None:
    """And an option may end in a full stop itself."""
    strict = Choice(("Yes", "e.g."), ignore_case=False, full_stop=False)
    assert [strict.score(text, whole=True).value for text in ("Yes", "yes", "Yes.", "e.g.")] == [1, 0, 0, 1]
    assert Choice(("e.g.",)).score("e.g.", whole=True).value == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("Ka", None),
        ("Kafka", None),
        ("Kafka.", None),
        ("Kafka. I", 0),
        ("I", 0),
        ("ole", None),
        ("ole\u0301", None),
    ],
)
def test_a_cut_text_is_broken_once_no_option_begins_with_it(text: str, value: float | None) -> None:
    """An accent may still follow."""
    assert Choice(("Kafka", "ol\u00e9")).score(text, whole=False).value == value


def test_options_must_be_given() -> None:
    """At least one."""
    with pytest.raises(ArgumentError):
        Choice(())
