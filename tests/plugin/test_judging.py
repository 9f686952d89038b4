"""Judging items: each case by itself, and the gates of a suite all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.plugin.judging import Judging
from evalkit.plugin.options import Options

if TYPE_CHECKING:
    from tests.plugin.conftest import DrawnSuite, DrawSuite

TEXT = """\
repeats: 2
constraints: [max_words: 2]
cases: [{id: one, prompt: Say one thing.}, {id: two, prompt: Say two things.}]
gates:
  - {measure: adherence, at_least: 0.8, on: estimate}
  - {measure: adherence, at_least: 0.2, on: estimate}
"""


def judging(drawn: DrawnSuite, asked: list[str], options: Options | None = None) -> Judging:
    """Judge what is drawn, and note how often it is asked for."""

    def drawing() -> Any:  # noqa: ANN401 - of a drawing, only what judging needs
        asked.append("drawing")
        return drawn

    return Judging(options or Options(), drawing)


def test_gates_are_judged_once_for_all(draw_suite: DrawSuite) -> None:
    """One report says what becomes of each of them."""
    drawn = draw_suite(TEXT, lambda sample: "Yes." if sample.case_id == "one" else "Far too many words.")
    asked: list[str] = []
    found = judging(drawn, asked)
    assert asked == [], "nothing is drawn before an item needs it"
    assert found.gate(drawn.planned, 0).state == "failed"
    assert len(asked) == 1
    assert found.gate(drawn.planned, 1).state == "passed"
    assert len(asked) == 1


def test_cases_are_judged_by_the_share_that_the_options_name(draw_suite: DrawSuite) -> None:
    """Where a suite has no gates."""
    drawn = draw_suite(TEXT.partition("gates")[0], lambda sample: "Yes." if sample.repeat else "Far too many words.")
    cell = drawn.cell("one")
    assert judging(drawn, []).case(drawn.planned, cell).state == "passed"
    strict = judging(drawn, [], Options(at_least=0.6)).case(drawn.planned, cell)
    assert strict.state == "failed"
    assert "fewer than 0.6" in "\n".join(strict.lines)
    assert strict.properties["adherence"] == 0.5
