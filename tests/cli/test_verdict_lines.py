"""The verdicts of one completion, in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.cli.verdict_lines import level_line, marked, verdict_lines
from evalkit.verdicts import Scored, Span, Verdict

TEXT = "Kafka is a great log."


def scored(*verdicts: Verdict, adherence: float | None = 0.5, full: float | None = 0.0) -> Scored:
    """Put verdicts together."""
    return Scored(verdicts, adherence, full)


def test_a_verdict_says_of_whom_it_is_and_what_loose_makes_of_it() -> None:
    """Family, source, the instruction of IFEval and the loose verdict stand below the reason, detail below them."""
    verdict = Verdict(
        "title",
        0.0,
        1.0,
        "no title",
        (Span(0, 5),),
        "Traceback\nline two",
        "format",
        "system",
        "detectable_format:title",
    )
    assert list(verdict_lines(scored(verdict, Verdict("polite", None, None, "not known")), TEXT)) == [
        "  1    broken  title: no title at 'Kafka'",
        "               format; of the system prompt; detectable_format:title; loosely met",
        "               | Traceback",
        "               | line two",
        "  2 undecided  polite: not known",
        "               of the case; loosely undecided",
    ]


def test_values_between_are_numbers_and_many_places_are_cut() -> None:
    """A weighted constraint may be met in part; five places are quoted."""
    verdict = Verdict("weighted", 0.25, 0.5, "in part", tuple(Span(at, at + 1) for at in range(9)))
    (line, facts) = verdict_lines(scored(verdict), TEXT)
    assert line == "  1      0.25  weighted: in part at 'K'; 'a'; 'f'; 'k'; 'a'"
    assert facts.endswith("loosely 0.50")


@pytest.mark.parametrize(
    ("value", "loose", "line"),
    [
        (0.0, 1.0, "adherence 0.00, loosely 1.00; all met: no, loosely yes"),
        (None, None, "adherence undecided, loosely undecided; all met: undecided, loosely undecided"),
    ],
    ids=["decided", "undecided"],
)
def test_what_verdicts_come_to_is_said_strict_and_loose(value: float | None, loose: float | None, line: str) -> None:
    """The share of constraints met, and whether all are."""
    assert level_line(scored(Verdict("title", value, loose, ""), adherence=value, full=value)) == line


def test_places_are_marked_with_the_numbers_of_their_verdicts() -> None:
    """Overlapping and neighbouring ones too; what ends at a place closes before what begins there opens."""
    spans = ((Span(0, 5), Span(6, 8)), (Span(3, 7),), (Span(5, 5),))
    found = marked(scored(*(Verdict("said", 0.0, 0.0, "", each) for each in spans)), TEXT)
    assert found == "<1|Kaf<2|ka<3||3>|1> <1|i|2>s|1> a great log."


def test_without_places_nothing_is_marked() -> None:
    """Then the text would only be printed twice."""
    assert marked(scored(Verdict("said", 0.0, 0.0, "")), TEXT) is None


@given(
    st.text("ab \n", max_size=12), st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=9)
)
def test_marks_leave_the_text_as_it_is(text: str, places: list[tuple[int, int]]) -> None:
    """Without them it is the text, whatever the places are."""
    spans = [Span(min(*place, len(text)), min(max(place), len(text))) for place in places]
    found = marked(scored(*(Verdict("said", 0.0, 0.0, "", (span,)) for span in spans)), text)
    assert found is not None
    assert re.sub(r"<\d\||\|\d>", "", found) == text
