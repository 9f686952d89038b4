"""Plans of runs that may end early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.rounds import Precision, Rounds

if TYPE_CHECKING:
    from tests.load.conftest import Loader

PRECISE = "repeats: {min: 4, max: 32, until: {measure: adherence, half_width: 0.2}}"
DECIDED = "repeats: {min: 2, max: 4, until: decided}"
GATE = "gates: [{measure: adherence, at_least: 0.5}]"


def _suite(repeats: str, *rest: str, cases: int = 20) -> str:
    listed = "".join(f"  - {{id: c{number}, prompt: Say it.}}\n" for number in range(cases))
    lines = ["suite: base", repeats, "providers: [script]", "constraints: [max_words: 8]", *rest]
    return "\n".join(lines) + f"\ncases:\n{listed}"


def test_a_plan_is_made_of_its_ends(loader: Loader) -> None:
    """The suite's repeats are the most that are drawn."""
    suite = loader(_suite(PRECISE))
    assert (suite.repeats, suite.rounds) == (32, Rounds((4, 7, 11, 19, 32), Precision("adherence", 0.2)))
    suite = loader(_suite(DECIDED, GATE))
    assert (suite.repeats, suite.rounds) == (4, Rounds((2, 3, 4)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_suite("repeats: {min: 4, max: 4, until: decided}", GATE), "2:24: max must be above min, got 4 and 4"),
        (_suite("repeats: {min: 0, max: 4, until: decided}", GATE), "2:16: min must be at least 1, got 0"),
        (
            _suite("repeats: {min: 1, max: 4, until: never}"),
            "2:34: until must be `decided` or name a measure and a half_width, got the text `never`",
        ),
        (
            _suite(DECIDED),
            "2:34: until waits for gates to be decided, and the suite has none that more draws could decide",
        ),
        (_suite(PRECISE.replace("adherence", "adherance")), "2:45: the suite has no measure `adherance`"),
        (_suite(PRECISE.replace("0.2", "0")), "2:68: half_width must be above 0, got 0"),
        (
            _suite(PRECISE.replace("0.2", "0.01")),
            "2:68: an interval over 20 cases is never as narrow as 0.01 to each side",
        ),
        (
            _suite(PRECISE.replace("0.2", "0.01"), cases=1),
            "2:68: an interval over 32 draws of one case is never as narrow as 0.01 to each side",
        ),
    ],
    ids=["equal", "none", "word", "no gate", "measure", "width 0", "too narrow", "too narrow for one case"],
)
def test_a_plan_that_cannot_be_is_refused(loader: Loader, text: str, message: str) -> None:
    """What could never end early, or is no plan, is refused with its place."""
    assert loader.refusal(text)[0] == message
