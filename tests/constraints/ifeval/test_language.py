"""The checks of language, and of English in one case."""

from __future__ import annotations

import pytest

from evalkit.constraints.ifeval.language import IfevalEnglishCapitals, IfevalEnglishLowercase, IfevalLanguage
from evalkit.errors import ArgumentError

GERMAN = "Der Verteiler nimmt die Nachrichten an und gibt sie der Reihe nach weiter."
ENGLISH = "The broker takes the messages and hands them on in their order."


def test_the_language_is_the_most_likely_one() -> None:
    """The reason names it."""
    score = IfevalLanguage("de").score(ENGLISH, whole=True)
    assert (score.value, score.reason) == (0, "most likely `en`")
    assert IfevalLanguage("de").score(GERMAN, whole=True).value == 1


@pytest.mark.parametrize("text", ["42", "!?", "🙂"])
def test_a_text_without_a_language_counts_as_followed(text: str) -> None:
    """So the benchmark has it; an empty one does not."""
    assert IfevalLanguage("de").score(text, whole=True).value == 1
    assert IfevalLanguage("de").score(" ", whole=True).value == 0


def test_a_language_that_is_not_told_is_refused() -> None:
    """`zh` is not a code that can ever come out."""
    with pytest.raises(ArgumentError) as refused:
        IfevalLanguage("zh")
    assert refused.value.path == ("language",)


@pytest.mark.parametrize(
    ("text", "capitals", "lowercase"),
    [(ENGLISH.upper(), 1.0, 0.0), (ENGLISH.lower(), 0.0, 1.0), (GERMAN.lower(), 0.0, 0.0), ("42", 0.0, 0.0)],
    ids=["capitals", "small", "German", "no letters"],
)
def test_english_in_one_case(text: str, capitals: float, lowercase: float) -> None:
    """Both the case and the language must be right, and there must be letters."""
    assert IfevalEnglishCapitals().score(text, whole=True).value == capitals
    assert IfevalEnglishLowercase().score(text, whole=True).value == lowercase


def test_a_letter_of_the_wrong_case_decides_a_cut_text() -> None:
    """A text without any may still get one."""
    assert IfevalEnglishCapitals().score("42 aB", whole=False).value == 0
    assert IfevalEnglishCapitals().score("42", whole=False).value is None
    assert IfevalEnglishLowercase().score("42 aB", whole=False).value == 0
    assert IfevalEnglishLowercase().score("42 ab", whole=False).value is None
