"""Examples of broken constraints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.reports.html_examples import MOST, example_html, examples, marked
from evalkit.types import Completion
from evalkit.verdicts import Scored, Span, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.findings import Report
    from evalkit.types import Cell


def test_only_what_is_broken_in_reported_rows_is_shown(report: Report, cells: list[Cell]) -> None:
    """Neither what is met or undecided, nor a condition that the report does not hold."""
    (found,) = examples(report, cells)
    assert (found.verdict.constraint, found.draw.position) == ("not contains_any", 40)


def test_places_are_marked_in_the_words(report: Report, cells: list[Cell]) -> None:
    """Each place of the verdict is marked, and the command that shows the rest is named."""
    source = example_html(examples(report, cells)[0], report.summary.run)
    assert "<mark>fou</mark>r word<mark>s a</mark>re here" in source
    assert "<code>evalkit show 20260102-030405-abcd 40</code>" in source


def test_no_more_is_read_than_is_shown(report: Report, cells: list[Cell]) -> None:
    """Two of one constraint and provider at most, and nothing is read after the twentieth."""
    first = cells[0]

    def many() -> Iterator[Cell]:
        for number in range(10_000):
            assert number < 50
            broken = Verdict(f"constraint {number // 5}", 0.0, 0.0, "why", (Span(0, 4),))
            draw = replace(first.draws[0], scored=Scored((broken,)))
            yield replace(first, draws=(draw,))

    found = examples(report, many())
    assert len(found) == MOST
    assert {each.verdict.constraint for each in found} == {f"constraint {number}" for number in range(10)}


def test_a_text_of_any_length_is_an_excerpt(report: Report, cells: list[Cell]) -> None:
    """A place in the middle of a million characters is shown with a little around it."""
    text = "word " * 100_000 + "<b>broken</b> \ue000\ue001" + " word" * 100_000
    broken = Verdict("constraint", 0.0, 0.0, "why", (Span(500_003, 500_009),))
    draw = replace(cells[0].draws[0], completion=Completion("complete", text), scored=Scored((broken,)))
    source = example_html(examples(report, [replace(cells[0], draws=(draw,))])[0], "run")
    assert "&lt;b&gt;<mark>broken</mark>&lt;/b&gt; \\ue000\\ue001" in source
    assert len(source) < 3000


def test_marks_are_always_closed() -> None:
    """Whatever was cut away, each mark is opened once and closed once."""
    assert marked("\ue001a\ue000b\ue000c") == "a<mark>bc</mark>"
