"""How hard a text is to read."""

from __future__ import annotations

import pytest

from evalkit.constraints.reading_grade import Formula, ReadingGrade, count_sentences, count_syllables
from evalkit.errors import ArgumentError

PLATYPUS = "The Australian platypus is seemingly a hybrid of a mammal and reptilian creature."


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("cat", 1),
        ("kafka", 2),
        ("beautiful", 3),
        ("table", 2),
        ("made", 1),
        ("well-known", 2),
        ("idea", 3),
        ("2026", 1),
    ],
)
def test_syllables_are_those_of_a_dictionary(word: str, syllables: int) -> None:
    """A number counts as one, a hyphen parts a word."""
    assert count_syllables(word) == syllables


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", 1),
        ("Dr. Lee reads. It works.", 2),
        ("# A title\n\nOne line\ngoes on.\n- first\n- second\n1. third", 5),
        ("One.\r\n\r\n\r\nTwo.\r\n---\r\n", 2),
    ],
    ids=["empty", "abbreviation", "blocks", "rules"],
)
def test_parts_of_a_list_are_sentences(text: str, sentences: int) -> None:
    """So are headings; lines of signs are none."""
    assert count_sentences(text) == sentences


@pytest.mark.parametrize(
    ("formula", "sentence", "grade"),
    [
        # 5 words, 6 syllables: 0.39 * 5 + 11.8 * 6 / 5 - 15.59
        ("flesch_kincaid", "Kafka keeps the old log.", 0.5),
        # 13 words, 68 letters: 4.71 * 68 / 13 + 0.5 * 13 - 21.43
        ("automated_readability", PLATYPUS, 9.7),
        # 0.0588 * 523.08 - 0.296 * 7.69 - 15.8
        ("coleman_liau", PLATYPUS, 12.7),
    ],
)
def test_the_grade_is_the_formulas(formula: Formula, sentence: str, grade: float) -> None:
    """Worked by hand; repeating a sentence changes no grade. The bound counts in."""
    text = " ".join([sentence] * 6)
    score = ReadingGrade(at_most=grade, formula=formula).score(text, whole=True)
    assert score.reason == f"grade {grade} by {formula}"
    assert score.value == 1
    assert ReadingGrade(at_most=grade - 0.1, formula=formula).score(text, whole=True).value == 0
    assert ReadingGrade(at_least=grade, formula=formula).score(text, whole=True).value == 1
    assert ReadingGrade(at_least=grade + 0.1, formula=formula).score(text, whole=True).value == 0


def test_code_and_addresses_are_left_out() -> None:
    """They change no grade."""
    text = " ".join([PLATYPUS] * 3)
    more = f"{text} https://a.example/log\n```\nantidisestablishmentarianism\n```\n"
    grade = ReadingGrade(at_most=1)
    assert grade.score(more, whole=True).reason == grade.score(text, whole=True).reason


@pytest.mark.parametrize(
    "text",
    ["", PLATYPUS, "Der Server schreibt jedes Ereignis in ein Protokoll. " * 6, "日志。" * 40, "A cat sat. " * 10_000],
    ids=["empty", "short", "german", "chinese", "long"],
)
def test_what_cannot_be_graded_is_undecided(text: str) -> None:
    """Too short, too long, or not English."""
    assert ReadingGrade(at_most=8).score(text, whole=True).value is None


@pytest.mark.parametrize(
    ("arguments", "path"),
    [({}, ()), ({"at_most": True}, ("at_most",)), ({"at_most": 8, "formula": "smog"}, ("formula",))],
)
def test_arguments_must_mean_something(arguments: dict[str, float], path: tuple[str, ...]) -> None:
    """The path leads to what is at fault."""
    with pytest.raises(ArgumentError) as raised:
        ReadingGrade(**arguments)  # type: ignore[arg-type]  # wrong on purpose
    assert raised.value.path == path
