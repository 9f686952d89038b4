"""Words of models, cut and marked so that nothing in them moves what stands around them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.excerpt import excerpt, in_lines, on_one_line, width_of
from evalkit.verdicts import Span

LONG = "one two three four five " * 200


def test_the_place_of_a_verdict_is_marked() -> None:
    """With the words around it."""
    assert excerpt("Use Kafka, not a queue.", [Span(4, 9)]) == ["Use «Kafka», not a queue."]


@pytest.mark.parametrize(
    ("spans", "shown"),
    [
        ([Span(0, 1), Span(2, 3)], "«a»b«c»"),
        ([Span(0, 2), Span(1, 3)], "«abc»"),
        ([Span(2, 3), Span(0, 1)], "«a»b«c»"),
        ([Span(3, 3)], "abc«»"),
        ([Span(1, 99)], "a«bc»"),
        ([Span(7, 9)], "abc"),
        ([Span(3, 1)], "a«bc»"),
        ([], "abc"),
    ],
    ids=["two", "overlapping", "unordered", "empty", "past the end", "outside", "turned round", "none"],
)
def test_places_may_lie_anyhow(spans: list[Span], shown: str) -> None:
    """They are put in order and cut to the text; those outside it are not shown."""
    assert excerpt("abc", spans) == [shown]


def test_a_text_that_has_the_marks_gets_others() -> None:
    """Or a reader could not tell them apart."""
    assert excerpt("il dit «non» ici", [Span(8, 11)]) == ["il dit «⟦non⟧» ici"]


def test_a_long_text_is_cut_around_its_place() -> None:
    """Both cuts are shown, and the place is among the first lines."""
    at = LONG.index("three", 2000)
    shown = excerpt(LONG, [Span(at, at + 5)], lines=4, columns=60)
    assert len(shown) == 4
    assert "«three»" in "".join(shown[:3])
    assert shown[0].startswith("…")
    assert shown[-1].endswith("…")


def test_lines_of_the_text_stay_lines() -> None:
    """A few of those before the place are shown, whichever way they end."""
    text = "\n".join(f"line {number}" for number in range(40))
    at = text.index("line 30")
    assert excerpt(text, [Span(at, at + 7)], lines=4) == ["…line 28", "line 29", "«line 30»", "line 31…"]
    assert excerpt("one\r\ntwo\n", [Span(5, 8)]) == ["one", "«two»"]


def test_a_place_may_span_lines() -> None:
    """It opens in one and closes in another."""
    assert excerpt("one\ntwo", [Span(2, 5)]) == ["on«e", "t»wo"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\tb\rc", "a\\tb\\rc"),
        ("ab\u202ecd", "ab\\u202ecd"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\ud800", "\\ud800"),
        ("line\u2028separator", "line\\u2028separator"),
        ("e" + 4 * "\u0301", "e\u0301\u0301\\u0301\\u0301"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
    ids=["escape", "tab", "direction", "zero width", "surrogate", "separator", "accents", "joined emoji"],
)
def test_what_would_break_the_layout_is_written_as_its_code(text: str, shown: str) -> None:
    """What only shapes letters and emoji stays."""
    assert excerpt(text, []) == [shown]


def test_wide_letters_take_two_columns() -> None:
    """So that fewer fit on a line; a text without spaces is broken anywhere."""
    shown = excerpt("卡" * 60, [Span(0, 60)], columns=40)
    assert all(width_of(line) <= 40 for line in shown)
    assert len(shown) > 2


def test_nothing_is_shown_of_an_empty_text() -> None:
    """Unless a place in it is named, where something is missing."""
    assert excerpt("", []) == [""]
    assert excerpt("", [Span(0, 0)]) == ["«»"]


@given(
    st.text(max_size=400),
    st.lists(st.tuples(st.integers(-5, 450), st.integers(-5, 450)), max_size=5),
    st.integers(1, 8),
    st.integers(20, 96),
)
def test_no_text_breaks_the_layout(text: str, places: list[tuple[int, int]], lines: int, columns: int) -> None:
    """Never more lines, none too wide, nothing that a terminal takes for a command."""
    shown = excerpt(text, [Span(*place) for place in places], lines=lines, columns=columns)
    assert len(shown) <= lines
    assert all(width_of(line) <= columns for line in shown)
    hidden = {"Cc", "Cs", "Zl", "Zp"}
    assert not any(unicodedata.category(character) in hidden for line in shown for character in line)


@given(st.text(max_size=300), st.integers(12, 60), st.integers(1, 3))
def test_no_sentence_is_longer_than_its_lines(text: str, columns: int, most: int) -> None:
    """Also where the text is cut."""
    shown = in_lines(text, columns, most=most)
    assert 1 <= len(shown) <= most
    assert all(width_of(line) <= columns for line in shown)


def test_a_short_text_is_left_as_it_is() -> None:
    """And one that is too long says so."""
    assert on_one_line("as it is", 8) == "as it is"
    assert on_one_line("a little longer", 9) == "a little…"
    assert on_one_line("x" * 1_000_000, 9) == "xxxxxxxx…"
