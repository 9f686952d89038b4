"""How each number of a plan is written, with what it rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.cli.plan_lines import cap_line, provider_lines, total_line, wrapped
from evalkit.estimate import Amount, Asked, Forecast, Known, Total
from evalkit.foresee import Foreseen
from evalkit.providers.prices import FREE, price_list
from evalkit.store.history import Lengths
from evalkit.types import Profile

if TYPE_CHECKING:
    from evalkit.estimate.amounts import Brake

PRICE = price_list(Profile("p", "claude", "m", price={"input": 1.0, "output": 5.0}), None)
FORECAST = Forecast(
    calls=1200,
    prompts=4,
    counted=4,
    input_tokens=Amount(36000, 36000),
    output_tokens=Amount(24000, 120000),
    unlimited=False,
    cost_usd=Amount(0.156, 0.636),
    seconds=1440,
    brake="requests_per_minute",
    at_least=False,
)
KNOWN = Known(PRICE, limits={"requests_per_minute": 50}, lengths=Lengths(300, 20.0), pace=2.5)
FORESEEN = Foreseen("claude-haiku-4-5", Asked((), 0, {}), KNOWN, FORECAST, None)
TOTAL = Total(1300, Amount(0.156, 0.636), (), 1440, at_least=False)


def lines(**parts: object) -> list[str]:
    """Write one provider's lines, with other numbers in its forecast."""
    forecast = replace(FORECAST, **parts)  # type: ignore[arg-type]  # any field
    return list(provider_lines("claude", replace(FORESEEN, forecast=forecast)))


def test_every_number_says_what_it_rests_on() -> None:
    """Counted tokens, likely answers, a range of dollars, and the limit that decides the time."""
    assert list(provider_lines("claude", FORESEEN)) == [
        "claude: 1,200 calls to claude-haiku-4-5",
        "  tokens in: 36,000, counted by the vendor",
        "  tokens out: likely 24,000 (20 a call, as in 300 earlier answers); at most 120,000, by max_tokens",
        "  cost: likely $0.1560, at most $0.6360; prompt caches not counted",
        "  time: about 24:00, by its limit of 50 requests a minute",
    ]


@pytest.mark.parametrize(
    ("counted", "uncounted", "line"),
    [
        (0, None, "about 36,000, at 4 bytes a token"),
        (0, "ANTHROPIC_API_KEY is not set", "about 36,000, at 4 bytes a token (ANTHROPIC_API_KEY is not set)"),
        (3, None, "about 36,000: 3 of 4 prompts counted by the vendor, the rest by their length"),
        (
            1,
            "the counter took too long",
            "about 36,000: 1 of 4 prompts counted by the vendor, the rest by their length; the counter took too long",
        ),
    ],
    ids=["no counter", "no key", "sample", "broke off"],
)
def test_tokens_that_were_not_counted_are_about_right(counted: int, uncounted: str | None, line: str) -> None:
    """What is guessed never reads as counted."""
    foreseen = replace(FORESEEN, forecast=replace(FORECAST, counted=counted), uncounted=uncounted)
    assert list(provider_lines("claude", foreseen))[1] == f"  tokens in: {line}"


def test_prompts_with_replies_to_come_are_a_range() -> None:
    """Their length depends on what the model will say."""
    assert "about 36,000, at most 90,000: 3 of" in lines(counted=3, input_tokens=Amount(36000, 90000))[1]
    assert "  tokens in: at most about 90,000: 3 of" in lines(counted=3, input_tokens=Amount(None, 90000))[1]


@pytest.mark.parametrize(
    ("unlimited", "likely", "line"),
    [
        (False, None, "at most 120,000, by max_tokens; no earlier answers tell more"),
        (
            True,
            None,
            "at most 120,000 if no answer passes 1,024 tokens: max_tokens is not set; no earlier answers tell more",
        ),
    ],
    ids=["limited", "not limited"],
)
def test_answers_of_a_new_model_have_a_limit_alone(unlimited: bool, likely: float | None, line: str) -> None:
    """Nothing is likely before anything was asked, and an assumed limit is said to be one."""
    parts = {"unlimited": unlimited, "output_tokens": Amount(likely, 120000)}
    assert lines(**parts)[2] == f"  tokens out: {line}"


@pytest.mark.parametrize(
    ("known", "cost", "line"),
    [
        (Known(None), None, "not known; `price` in the profile states it"),
        (Known(FREE), Amount(0, 0), "$0"),
        (KNOWN, Amount(None, 0.636), "at most $0.6360; prompt caches not counted"),
        (
            replace(KNOWN, batch=True),
            Amount(0.1, 0.3),
            "likely $0.1000, at most $0.3000, at the price of a batch; prompt caches not counted",
        ),
    ],
    ids=["unknown", "free", "new model", "batch"],
)
def test_unknown_prices_are_never_nothing(known: Known, cost: Amount | None, line: str) -> None:
    """Free is a price, unknown is none."""
    foreseen = replace(FORESEEN, known=known, forecast=replace(FORECAST, cost_usd=cost, seconds=None, brake=None))
    assert list(provider_lines("claude", foreseen))[3] == f"  cost: {line}"


@pytest.mark.parametrize(
    ("seconds", "brake", "at_least", "line"),
    [
        (None, None, False, "not known before its first run"),
        (480.0, "pace", False, "about 8:00, at the 2.5 completions/s of its last run"),
        (1440.0, "requests_per_minute", True, "at least 24:00, by its limit of 50 requests a minute"),
    ],
    ids=["unknown", "pace", "limit alone"],
)
def test_time_says_what_decides_it(seconds: float | None, brake: Brake | None, at_least: bool, line: str) -> None:
    """The pace of the last run, or a limit of the profile."""
    assert lines(seconds=seconds, brake=brake, at_least=at_least)[4] == f"  time: {line}"


def test_batch_has_no_time() -> None:
    """A vendor promises a day at most."""
    foreseen = replace(FORESEEN, known=replace(KNOWN, batch=True))
    assert list(provider_lines("claude", foreseen))[4] == "  time: not known: a batch may take a day"


def test_nothing_left_is_one_line_and_what_cannot_run_is_said() -> None:
    """Of a whole run only what is there already is told, and what never will be."""
    asked = Asked((), 24, {"it does not take `top_k`": 2})
    foreseen = replace(FORESEEN, asked=asked, forecast=replace(FORECAST, calls=0))
    assert list(provider_lines("claude", foreseen)) == [
        "claude: 0 calls to claude-haiku-4-5; 24 are answered already",
        "  unsupported: 2 cells: it does not take `top_k`",
    ]


@pytest.mark.parametrize(
    ("summed", "line"),
    [
        (TOTAL, "in all: 1,300 calls; likely $0.1560, at most $0.6360; about 24:00, side by side"),
        (
            replace(TOTAL, at_least=True),
            "in all: 1,300 calls; likely $0.1560, at most $0.6360; at least 24:00, side by side",
        ),
        (
            replace(TOTAL, unpriced=("own", "my"), seconds=None),
            "in all: 1,300 calls; likely $0.1560, at most $0.6360; nobody knows what own and my cost; time not known",
        ),
        (replace(TOTAL, calls=0), "in all: nothing is left to ask"),
    ],
    ids=["all known", "at least", "unknown", "nothing"],
)
def test_total_says_what_it_does_not_hold(summed: Total, line: str) -> None:
    """A provider whose price is not known is named."""
    assert total_line(summed) == line


@pytest.mark.parametrize(
    ("cap", "line"),
    [
        (1.0, "--max-cost 1 is enough"),
        (0.636, "--max-cost 0.636 is enough"),
        (0.5, "--max-cost 0.5 may be passed: the run may cost $0.6360, and would stop before"),
        (0.1, "--max-cost 0.1 would be passed: the run would likely cost $0.1560, and stops before"),
        (0.0, "--max-cost 0 would be passed: the run would likely cost $0.1560, and stops before"),
    ],
    ids=["enough", "just enough", "maybe", "likely", "nothing"],
)
def test_cap_is_held_against_both_ends(cap: float, line: str) -> None:
    """What is likely, and what it is at most."""
    assert cap_line(cap, TOTAL, unknown_allowed=False) == line


@pytest.mark.parametrize(
    ("cap", "line"),
    [
        (1.14, "--max-cost 1.14 is enough"),
        (
            1.135,
            (
                "--max-cost 1.135 may be passed: the run has cost $0.5000 so far and may cost $0.6360 more,"
                " and would stop before"
            ),
        ),
        (
            0.65,
            (
                "--max-cost 0.65 would be passed: the run has cost $0.5000 so far and would likely cost $0.1560 more,"
                " and stops before"
            ),
        ),
    ],
    ids=["enough", "maybe", "likely"],
)
def test_cap_counts_what_a_resumed_run_has_cost(cap: float, line: str) -> None:
    """As it does when the run goes on."""
    assert cap_line(cap, TOTAL, unknown_allowed=False, spent=0.5) == line


def test_cap_cannot_hold_against_an_unknown_price() -> None:
    """Unless the user says that only the known ones count."""
    summed = replace(TOTAL, unpriced=("own",))
    assert cap_line(1.0, summed, unknown_allowed=False) == "--max-cost 1 cannot hold: nobody knows what own costs"
    assert cap_line(1.0, summed, unknown_allowed=True) == "--max-cost 1 is enough"


def test_lines_fit_a_terminal_of_80_columns() -> None:
    """What follows the first line stands further in."""
    broken = wrapped("  tokens out: " + "many words " * 20).splitlines()
    assert max(map(len, broken)) <= 80
    assert broken[0].startswith("  tokens out: many")
    assert all(line.startswith("      ") for line in broken[1:])
