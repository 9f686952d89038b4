"""How an offer is written for a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from evalkit.cli.offer_lines import brief_lines, broken_lines, full_lines, probed_lines
from evalkit.errors import ProfileError
from evalkit.probe.findings import Finding, Probed
from evalkit.providers.offer import Key, Offer
from evalkit.settings import SETTINGS
from evalkit.support import Knob
from evalkit.types import Profile

OFFER = Offer(
    Profile("p", "claude", "claude-sonnet-4-5", settings={"thinking": "enabled"}),
    {"client": "library 1.0"},
    Key(needed=True, variable="KEY", present=True),
    {
        **dict.fromkeys(SETTINGS, Knob("unsupported", source="a page, read 2026-11-24")),
        "temperature": Knob(low=0, high=1, needs={"thinking": ("disabled", None)}, excludes=("top_p",)),
        "thinking_budget": Knob(low=1024, needs={"thinking": ("enabled",)}),
        "max_tokens": Knob(high=4096),
    },
    input_usd=3.0,
    output_usd=15.0,
    retires=date(2026, 11, 30),
)


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the terminal have 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")


def test_an_offer_in_brief() -> None:
    """What a setting lacks beside it is said where the profile does not set it already."""
    assert list(brief_lines(OFFER, date(2026, 11, 25))) == [
        "p: claude, claude-sonnet-4-5 (library 1.0)",
        "  key: KEY, present",
        "  price: 3 USD in, 15 USD out, for a million tokens",
        "  warning: this model ends on 2026-11-30, in 5 days",
        "  varies: temperature 0 to 1 with thinking disabled, max_tokens up to 4096,",
        "    thinking_budget from 1024",
        "  not taken: top_k, top_p, min_p, stop, seed, logprobs, frequency_penalty,",
        "    presence_penalty, reasoning_effort, thinking",
        "  set: thinking enabled",
    ]


@pytest.mark.parametrize(
    ("today", "line"),
    [
        (date(2026, 8, 1), "  ends: 2026-11-30"),
        (date(2026, 9, 1), "  warning: this model ends on 2026-11-30, in 90 days"),
        (date(2026, 11, 30), "  warning: this model ends on 2026-11-30, in 0 days"),
        (date(2026, 12, 1), "  warning: this model ended on 2026-11-30; another may answer, or none"),
    ],
    ids=["far off", "soon", "today", "past"],
)
def test_the_end_of_a_model_is_warned_of(today: date, line: str) -> None:
    """From three months before it on."""
    assert line in brief_lines(OFFER, today)
    assert line in full_lines(OFFER, today)


def test_an_offer_in_full_names_its_sources() -> None:
    """Each setting with its own."""
    lines = list(full_lines(replace(OFFER, retires=None), date(2026, 11, 25)))
    assert lines[:7] == [
        "p",
        "  adapter: claude",
        "  model: claude-sonnet-4-5",
        "  key: KEY, present",
        "  price: 3 USD in, 15 USD out, for a million tokens",
        "  set: thinking enabled",
        "  limits: timeout_s 60",
    ]
    begin = next(number for number, line in enumerate(lines) if "temperature" in line)
    assert lines[begin : begin + 4] == [
        "    temperature        applied 0 to 1; with thinking disabled or not sent; not",
        "                       with top_p",
        "      adapter claude",
        "    top_k              unsupported",
    ]


@pytest.mark.parametrize(
    ("prices", "line"),
    [
        ((None, None), "  price: not known; state `price` in the profile"),
        ((0.0, 0.0), "  price: costs nothing"),
        ((0.0, 0.5), "  price: 0 USD in, 0.5 USD out, for a million tokens"),
    ],
)
def test_an_unknown_price_is_not_zero(prices: tuple[float | None, float | None], line: str) -> None:
    """Nor is a price of which half is 0 nothing."""
    offer = replace(OFFER, input_usd=prices[0], output_usd=prices[1])
    assert line in brief_lines(offer, date(2026, 11, 25))


def test_a_name_cannot_command_the_terminal() -> None:
    """What a profile holds is written as what it is."""
    offer = replace(OFFER, profile=replace(OFFER.profile, model="red\x1b[31m"))
    assert all("\x1b" not in line for line in (*brief_lines(offer, date.max), *full_lines(offer, date.max)))


def test_a_broken_profile_is_named_with_its_reason() -> None:
    """And with what to do."""
    lines = list(broken_lines("p", ProfileError("adapter `x` needs the package `y`", hint="pip install y")))
    assert lines == ["p: cannot be used: adapter `x` needs the package `y`", "  hint: pip install y"]


def test_a_probe_is_shown_in_brief() -> None:
    """Each verdict, and how it contradicts the table; what was not asked is left out."""
    findings = (
        Finding("served_model", "as_asked", "asked for m, m answered"),
        Finding("temperature", "ignored", "nothing changes", contradiction="the table says that it is applied"),
        Finding("stop", "not_asked", "the table"),
        Finding("seed", "undecided", "nothing was asked", cut_short="the cap of 3 calls was reached"),
    )
    probed = Probed("p", "claude", "m", "2026-11-25T10:00:00+00:00", 1, findings)
    assert list(probed_lines(probed)) == [
        "  probed 2026-11-25: served_model as asked; temperature ignored, though the",
        "    table says that it is applied",
    ]
