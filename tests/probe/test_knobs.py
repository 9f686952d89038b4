"""Temperature and the filters on models whose knobs are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.probe.knobs import temperature, top_k, top_p
from vendors.asked import Asked, RefusedError, Reply
from vendors.knobs import Model, connected, distorted, ignored

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.probe.findings import Finding
    from evalkit.types import Profile
    from vendors.server import FakeVendors


@pytest.mark.parametrize(
    ("model", "verdict"),
    [(connected(), "connected"), (ignored(), "ignored"), (distorted(factor=0.4), "connected")],
    ids=["connected", "ignored", "distorted"],
)
def test_temperature_acts_or_does_not(
    vendors: FakeVendors,
    model_profile: Callable[..., Profile],
    checking: Callable[..., list[Finding]],
    model: Model,
    verdict: str,
) -> None:
    """Both ends are drawn in stages; what is clear takes few calls."""
    vendors.reply = model
    (finding,) = checking(model_profile(), [temperature])
    assert finding.verdict == verdict
    assert len(vendors.completions("openai")) == (80 if verdict == "ignored" else 24)
    assert {each.body["temperature"] for each in vendors.completions("openai")} == {0, 2}
    assert (finding.contradiction is not None) == (verdict == "ignored")


def test_a_refusal_is_reported_in_the_server_s_own_words(
    vendors: FakeVendors, model_profile: Callable[..., Profile], checking: Callable[..., list[Finding]]
) -> None:
    """One call is enough, because the first goes alone; a table that knows better is contradicted."""
    profile = model_profile(model="gpt-5-mini", supports={"temperature": (0.0, 2.0)})
    (finding,) = checking(profile, [temperature])
    assert finding.verdict == "refused"
    assert "Unsupported value: 'temperature' does not support 0" in finding.why
    assert finding.contradiction == "the table says that it is applied"
    assert len(vendors.completions("openai")) == 1


def test_a_table_out_of_date_is_put_to_the_test_on_demand(
    vendors: FakeVendors, model_profile: Callable[..., Profile], checking: Callable[..., list[Finding]]
) -> None:
    """By default nothing is sent that the table calls refused; with the option the server has the word."""
    profile = model_profile(supports={"temperature": False})
    vendors.reply = connected()
    (unasked,) = checking(profile, [temperature])
    assert (unasked.verdict, vendors.received) == ("not_asked", [])
    (asked,) = checking(profile, [temperature], ask_unsupported=True)
    assert asked.verdict == "connected"
    assert asked.contradiction == "the table says that it is refused"


def test_a_model_that_always_says_the_same_leaves_it_open(
    vendors: FakeVendors, model_profile: Callable[..., Profile], checking: Callable[..., list[Finding]]
) -> None:
    """Draws at the highest temperature that never differ show nothing, and it is given up before the last stage."""
    vendors.reply = lambda _asked: Reply("I do not know.")
    (finding,) = checking(model_profile(), [temperature])
    assert finding.verdict == "undecided"
    assert "too few" in finding.why
    assert len(vendors.completions("openai")) == 80


def test_calls_that_fail_leave_it_open(
    vendors: FakeVendors, model_profile: Callable[..., Profile], checking: Callable[..., list[Finding]]
) -> None:
    """No answer, no verdict, and no further stage."""

    def fail(_asked: Asked) -> Reply:
        raise RefusedError("Out of order", code="strange")

    vendors.reply = fail
    (finding,) = checking(model_profile(), [temperature])
    assert (finding.verdict, finding.draws) == ("undecided", 0)
    assert len(vendors.completions("openai")) == 24


@pytest.mark.parametrize(("acts", "verdict"), [(True, "connected"), (False, "ignored")])
def test_filters_are_held_against_draws_without_them(
    vendors: FakeVendors,
    model_profile: Callable[..., Profile],
    checking: Callable[..., list[Finding]],
    acts: bool,
    verdict: str,
) -> None:
    """The free end is the highest temperature, whose draws are used again."""
    vendors.reply = connected(filters=acts)
    profile = model_profile("gemini", "gemini-2.5-flash-lite")
    findings = checking(profile, [temperature, top_p, top_k])
    assert [each.verdict for each in findings] == ["connected", verdict, verdict]
    sent = [each.body["generationConfig"] for each in vendors.completions("gemini")]
    assert [config["temperature"] for config in sent if "topP" in config] == [2] * (12 if acts else 40)
    assert next(config["topK"] for config in sent if "topK" in config) == 1


def test_a_filter_that_may_not_stand_beside_temperature_is_asked_alone(
    vendors: FakeVendors, model_profile: Callable[..., Profile], checking: Callable[..., list[Finding]]
) -> None:
    """Some models refuse both at once."""
    vendors.reply = connected()
    profile = model_profile("claude", "claude-haiku-4-5", options={"api_version": "2023-06-01"})
    findings = checking(profile, [temperature, top_p])
    assert [each.verdict for each in findings] == ["connected", "connected"]
    assert all("temperature" not in each.body for each in vendors.completions("claude") if "top_p" in each.body)
