"""The script demanded."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.script import Script
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(("text", "value"), [("жжж жжж жжж a", 1.0), ("жжж жжж жж aa", 0.0)], ids=["nine", "eight"])
def test_the_share_of_letters_decides(text: str, value: float) -> None:
    """Nine letters of ten meet the default, eight break it."""
    assert Script("Cyrillic").score(text, whole=True).value == value


def test_signs_digits_and_code_do_not_count() -> None:
    """Only letters of prose have a script."""
    text = "Журнал 123 «!» 🎉 `print(log)` https://a.example/log\n```\nlog\n```"
    assert Script("Cyrillic", at_least=1.0).score(text, whole=True).value == 1


def test_japanese_is_three_scripts() -> None:
    """The mark that they share counts for none."""
    text = "サーバーは漢字とかなです"
    assert Script(("Han", "Hiragana", "Katakana"), at_least=1.0).score(text, whole=True).value == 1
    assert Script("Han").score(text, whole=True).value == 0


@pytest.mark.parametrize("text", ["", "123 !", "🎉", "\ud800\x00"])
def test_without_letters_nothing_is_known(text: str) -> None:
    """An empty text is in no script."""
    assert Script("Latin").score(text, whole=True).value is None


@given(st.text(st.sampled_from("aéжй가漢á \u0301"), max_size=12))
def test_the_normal_form_changes_no_verdict(text: str) -> None:
    """A syllable of Hangul is one letter, however it is written."""
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    script = Script("Hangul", at_least=0.5)
    assert script.score(composed, whole=True).value == script.score(decomposed, whole=True).value


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=8))
def test_latin_agrees_with_the_names_of_characters(text: str) -> None:
    """Independent of the library's tables: Unicode names Latin letters so."""
    composed = unicodedata.normalize("NFC", text)
    named = [unicodedata.name(character, "").startswith(("LATIN", "FULLWIDTH LATIN")) for character in composed]
    if all(named):
        assert Script("Latin", at_least=1.0).score(text, whole=True).value == 1


def test_the_spans_are_letters_of_other_scripts() -> None:
    """In the text as it was given."""
    assert Script("Cyrillic").score("жe\u0301 Kafka", whole=True).spans == (Span(1, 2), Span(4, 9))


@pytest.mark.parametrize("name", ["Cyrilic", "L}\\p{N", "", "123"])
def test_unknown_scripts_are_refused(name: str) -> None:
    """A name that Unicode does not know is no script, and no piece of a pattern either."""
    with pytest.raises(ArgumentError) as raised:
        Script(("Latin", name))
    assert raised.value.path == ("allowed", 1)
