"""What a run took, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.findings import Spent
from evalkit.reports.spending import added, spending_lines
from evalkit.types import Usage

if TYPE_CHECKING:
    from evalkit.findings import Report

NOTHING = Spent(0, None, 0, 0.0, Usage(), 0, 0)
CLAUDE = Spent(10, 0.01, 0, 0.0, Usage(1000, 200, 100, 50, 20), 2, 1)
GEMINI = Spent(5, 0.0023, 0, 0.0, Usage(500, 100), 1, 0)
UNKNOWN = Spent(4, None, 4, 0.0, Usage(None, 80), 0, 0)


def lines(report: Report, **taken: Spent) -> list[str]:
    """Write what providers took."""
    return spending_lines(replace(report.summary, spent=taken))


@pytest.mark.parametrize(
    ("taken", "cost"),
    [
        ({"claude": CLAUDE}, "cost: $0.0100"),
        ({"claude": CLAUDE, "gemini": GEMINI}, "cost: $0.0123 (claude $0.0100, gemini $0.0023)"),
        ({"local": replace(GEMINI, cost_usd=0.0)}, "cost: $0"),
        ({"claude": NOTHING}, "cost: nothing was answered"),
        ({"claude": CLAUDE, "refused": NOTHING}, "cost: $0.0100"),
        ({"own": UNKNOWN}, "cost: not known"),
        (
            {"claude": CLAUDE, "own": UNKNOWN},
            "cost: at least $0.0100 (claude $0.0100, own not known); the price of 4 answers is not known",
        ),
        ({"claude": replace(CLAUDE, unpriced=1)}, "cost: at least $0.0100; the price of 1 answer is not known"),
        ({"claude": replace(CLAUDE, reused_usd=0.004)}, "cost: $0.0100; earlier runs paid $0.0040 of it"),
    ],
    ids=["one", "two", "free", "nothing", "one of two", "unknown", "partly unknown", "one unknown", "reused"],
)
def test_cost_is_never_more_certain_than_the_prices(report: Report, taken: dict[str, Spent], cost: str) -> None:
    """What is not known is said, and never counts as nothing."""
    assert lines(report, **taken)[0] == cost


def test_tokens_and_calls_are_added_up(report: Report) -> None:
    """Parts of the input and the output stand with the whole that they are part of."""
    assert lines(report, claude=CLAUDE, gemini=GEMINI)[1] == (
        "tokens: 1,500 in (100 cached, 50 put into a cache), 300 out (20 reasoning); calls asked again: 3; errors: 1"
    )


def test_tokens_that_one_provider_does_not_state_are_not_known_of_all(report: Report) -> None:
    """A sum over some would read as a sum over all."""
    assert lines(report, claude=CLAUDE, own=UNKNOWN)[1].startswith("tokens: not known in (100 cached, ")
    assert added([CLAUDE, NOTHING]).tokens == CLAUDE.tokens


def test_run_that_drew_nothing_says_nothing(report: Report) -> None:
    """There is no line for money that nobody asked for."""
    assert lines(report) == []
