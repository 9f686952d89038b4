"""Remembering what a server refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.generate.refusals import Refusals
from evalkit.settings import SETTINGS

SAID = "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported."


def test_a_refused_value_is_not_sent_again() -> None:
    """With the server's own words; another value of the same setting may be taken."""
    refusals = Refusals("gpt-x")
    assert refusals.known({"temperature": 0.2}) is None
    reason = refusals.note("temperature", SAID, {"temperature": 0.2, "max_tokens": 9})
    assert reason == f"gpt-x refused `temperature`: {SAID}"
    assert refusals.known({"temperature": 0.2, "max_tokens": 500}) == reason
    assert refusals.known({"temperature": 1.0, "max_tokens": 9}) is None
    assert refusals.known({"max_tokens": 9}) is None
    assert refusals.words == {"temperature": SAID}


def test_it_may_depend_on_the_effort() -> None:
    """Some models take a temperature only while they do not reason."""
    refusals = Refusals("gpt-x")
    refusals.note("temperature", SAID, {"temperature": 0.2, "reasoning_effort": "high"})
    assert refusals.known({"temperature": 0.2, "reasoning_effort": "none"}) is None
    assert refusals.known({"temperature": 0.2, "reasoning_effort": "high"}) is not None


@pytest.mark.parametrize("spelling", ["top_p", "`top_p`", "topP", "TOP_P"])
def test_a_refused_combination_is_no_refused_value(spelling: str) -> None:
    """Where the words name another setting too, only both together are known to be refused."""
    refusals = Refusals("claude-x")
    words = f"`temperature` and {spelling} cannot both be specified for this model"
    refusals.note("temperature", words, {"temperature": 0.2, "top_p": 0.9})
    assert refusals.known({"temperature": 0.2, "top_p": 0.9}) is not None
    assert refusals.known({"temperature": 0.2, "top_p": 0.5}) is None
    assert refusals.known({"temperature": 0.2}) is None


def test_what_the_adapter_added_is_known_too() -> None:
    """A default of the adapter's own that is refused is not among the sample's settings."""
    refusals = Refusals("claude-x")
    refusals.note("max_tokens", "max_tokens: too large", {})
    assert refusals.known({}) is not None
    assert refusals.known({"max_tokens": 5}) is None


@given(
    st.sampled_from(sorted(SETTINGS)),
    st.text(max_size=80),
    st.dictionaries(st.sampled_from(sorted(SETTINGS)), st.one_of(st.floats(0, 2), st.text(max_size=5)), max_size=4),
)
def test_a_refusal_survives_in_its_reason(setting: str, words: str, settings: dict[str, float | str]) -> None:
    """What the store keeps of a cell is enough to know the refusal again in a later sitting."""
    before, after = Refusals("model-x"), Refusals("model-x")
    reason = before.note(setting, words, settings)
    after.recall(settings, reason)
    assert after.known(settings) == before.known(settings) == reason
    assert after.words == before.words


def test_any_other_reason_is_left_alone() -> None:
    """A cell that the table of families ruled out was refused by nobody."""
    refusals = Refusals("model-x")
    refusals.recall({"temperature": 1.0}, "model-x does not take `temperature`")
    assert refusals.known({"temperature": 1.0}) is None
    assert refusals.words == {}
