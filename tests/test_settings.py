"""The settings, their values and their bounds."""

from __future__ import annotations

import math

import pytest

from evalkit.errors import ArgumentError
from evalkit.settings import SETTINGS, parse_setting


@pytest.mark.parametrize(
    ("name", "value", "parsed"),
    [
        ("temperature", 0, 0.0),
        ("temperature", 0.8, 0.8),
        ("temperature", 50, 50.0),
        ("top_k", 0, 0),
        ("top_k", 40.0, 40),
        ("top_p", 1, 1.0),
        ("top_p", 1e-9, 1e-9),
        ("min_p", 0, 0.0),
        ("min_p", 1, 1.0),
        ("max_tokens", 1, 1),
        ("seed", 0, 0),
        ("seed", 2**63 - 1, 2**63 - 1),
        ("logprobs", 0, 0),
        ("logprobs", 20, 20),
        ("stop", "END", ("END",)),
        ("stop", ["END", "\n"], ("END", "\n")),
        ("stop", ("END",), ("END",)),
    ],
)
def test_a_value_gets_its_one_form(name: str, value: object, parsed: object) -> None:
    """Equal values are of equal type, so that they have equal keys; ends of a range belong to it."""
    found = parse_setting(name, value)
    assert found == parsed
    assert type(found) is type(parsed)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("temperature", -0.01, "temperature must be at least 0, got -0.01"),
        ("temperature", math.nan, "temperature must be a finite number, got nan"),
        ("temperature", math.inf, "temperature must be a finite number, got inf"),
        ("temperature", True, "temperature must be a number, got True"),
        ("temperature", "0.5", "temperature must be a number, got '0.5'"),
        ("temperature", None, "temperature must be a number, got None"),
        ("temperature", [0.5], "temperature must be a number, got [0.5]"),
        ("temperature", 10**400, "temperature is too large a number"),
        ("top_p", 0, "top_p must be above 0, got 0"),
        ("top_p", 1.01, "top_p must be at most 1, got 1.01"),
        ("min_p", -1, "min_p must be at least 0, got -1"),
        ("min_p", 1.5, "min_p must be at most 1, got 1.5"),
        ("top_k", 1.5, "top_k must be a whole number, got 1.5"),
        ("top_k", "1", "top_k must be a whole number, got '1'"),
        ("top_k", -1, "top_k must be at least 0, got -1"),
        ("max_tokens", 0, "max_tokens must be at least 1, got 0"),
        ("seed", -1, "seed must be at least 0, got -1"),
        ("logprobs", 21, "logprobs must be at most 20, got 21"),
        ("stop", 3, "stop must be a string or a list of strings, got 3"),
        ("stop", [], "stop must be a string or a list of strings, got []"),
        ("stop", ["a", 1], "stop must be a string or a list of strings, got ['a', 1]"),
        ("stop", "", "stop must not hold an empty string"),
        ("stop", ["a", ""], "stop must not hold an empty string"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: object, message: str) -> None:
    """One sentence with the setting, what it takes, and the value met."""
    with pytest.raises(ArgumentError) as raised:
        parse_setting(name, value)
    assert raised.value.message == message


def test_an_unbounded_seed_is_refused() -> None:
    """Beyond what a signed 64-bit integer holds."""
    with pytest.raises(ArgumentError, match="seed must be at most"):
        parse_setting("seed", 2**63)


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_every_setting_has_a_sentence(setting: object) -> None:
    """The reference prints it."""
    meaning = str(getattr(setting, "meaning", ""))
    assert meaning.endswith(".")
    assert meaning[0].isupper()


def test_the_settings_are_those_of_the_guide() -> None:
    """All that may be an axis."""
    assert set(SETTINGS) == {
        "temperature", "top_k", "top_p", "min_p", "max_tokens", "stop", "seed", "logprobs", "frequency_penalty",
        "presence_penalty", "reasoning_effort", "thinking", "thinking_budget",
    }  # fmt: skip
