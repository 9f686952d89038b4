"""The first person."""

from __future__ import annotations

import pytest

from evalkit.constraints.first_person import NoFirstPerson
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    "text",
    [
        "I love Kafka.",
        "i'm here",
        "I’VE seen it",  # noqa: RUF001 - the typographic form
        "Give it to me.",
        "my log",
        "It is mine.",
        "by myself",
        "we",
        "Let's go",
    ],
)
def test_the_first_person_breaks_it(text: str) -> None:
    """Singular and plural, contracted or not, in any case."""
    assert NoFirstPerson().score(text, whole=True).value == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Kafka keeps a log.",
        "The US has a log in ME.",
        "for i in range",
        "I. One\nII. Two",
        "disk I/O and A.I. systems",
        "“I like it”, said one.",
        "> I said so\nThe end",
        "`I` and ```I```",
    ],
)
def test_what_is_something_else_does_not(text: str) -> None:
    """Countries, numbers, variables, quotations and code."""
    assert NoFirstPerson().score(text, whole=True).value == 1


@pytest.mark.parametrize("text", ["World War I began.", "Henry I was king", "a gold mine"])
def test_what_cannot_be_told_is_undecided(text: str) -> None:
    """It is shown, and what is certain beside it decides."""
    score = NoFirstPerson().score(text, whole=True)
    assert score.value is None
    assert score.spans
    assert NoFirstPerson().score(f"{text} I saw it.", whole=True).value == 0


@pytest.mark.parametrize(
    "text",
    [
        "Il me dit que c'est la vie et je suis content.",  # codespell:ignore
        "My to robimy i wy to robicie, bo tak chcemy żyć dalej.",
        "I dag er det mandag, og vi skal på tur i skogen.",
        "Ich schreibe das Protokoll.",
    ],
    ids=["french", "polish", "norwegian", "german"],
)
def test_other_languages_are_undecided(text: str) -> None:
    """Their words look like English ones, and their own first person is not known."""
    assert NoFirstPerson().score(text, whole=True).value is None


@pytest.mark.parametrize("text", ["we keep our logs; let's see us", "Ours"])
def test_the_plural_can_be_allowed(text: str) -> None:
    """The singular stays forbidden."""
    assert NoFirstPerson(plural=False).score(text, whole=True).value == 1
    assert NoFirstPerson(plural=False).score(f"{text}. I do.", whole=True).value == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I'm sure. ", 0.0),
        ("I think that", 0.0),
        ("I dag", None),
        ("In I", None),
        ("Kafka", None),
        ("`I think that it", None),
    ],
    ids=["certain", "English near", "no English near", "the word may go on", "nothing", "may be code"],
)
def test_a_cut_text_keeps_what_its_neighbours_show(text: str, value: float | None) -> None:
    """A word alone may turn out to be of another language."""
    assert NoFirstPerson().score(text, whole=False).value == value


def test_the_spans_are_the_words() -> None:
    """In the text as it was given."""
    assert NoFirstPerson().score("**I** do; my log", whole=True).spans == (Span(2, 3), Span(10, 12))
