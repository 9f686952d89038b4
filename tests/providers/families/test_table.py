"""What hosted models do with each setting, as the vendors' behaviour is known."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import ProfileError
from evalkit.providers.families.table import apis, default_api, family
from evalkit.settings import SETTINGS
from evalkit.support import unsupported_reason
from evalkit.types import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.protocols import Provider
    from evalkit.support import Knob
    from evalkit.types import SettingValue

ADAPTERS = ("claude", "gemini", "openai")
OLD, NEW = "2023-06-01", "2026-10-21"
SAMPLING = ("temperature", "top_p", "top_k")

CLAUDE_SAMPLES = ("claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5", "claude-opus-4-5", "claude-sonnet-4-5")
CLAUDE_FIXED = (
    "claude-opus-4-7",
    "claude-opus-4-8",
    "claude-opus-5",
    "claude-opus-5-5",
    "claude-sonnet-5",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
    "claude-fable-5",
    "claude-fable-5-1",
    "claude-fable-5-2",
    "claude-mythos-5-2",
)
OPENAI_PLAIN = ("gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o", "gpt-4o-mini")
OPENAI_DEFAULT_NONE = ("gpt-5.1", "gpt-5.2", "gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano")
OPENAI_CAN_NONE = (
    "gpt-5.5",
    "gpt-5.6",
    "gpt-5.6-sol",
    "gpt-5.6-luna",
    "gpt-5.6-terra",
    "gpt-6-sol",
    "gpt-6-luna",
    "gpt-6.1-terra",
)
OPENAI_NEVER_NONE = (
    "gpt-5",
    "gpt-5-mini",
    "gpt-5-nano",
    "o1",
    "o3",
    "o3-mini",
    "o4-mini",
    "o3-pro",
    "gpt-5-pro",
    "gpt-5.2-pro",
    "gpt-5.4-pro",
    "gpt-6-astra",
    "gpt-6.1-sol",
    "gpt-6.2-sol",
    "gpt-6.2-astra",
)
GEMINI_SAMPLES = (
    "gemini-2.5-flash-lite",
    "gemini-2.5-flash",
    "gemini-2.5-pro",
    "gemini-3-flash-preview",
    "gemini-3.1-pro-preview",
    "gemini-3.1-flash-lite",
    "gemini-3.5-flash",
)
GEMINI_IGNORES = ("gemini-3.5-flash-lite", "gemini-3.6-flash", "gemini-3.7-flash", "gemini-3.8-flash")
EVERY_MODEL = (
    *(("claude", model) for model in (*CLAUDE_SAMPLES, *CLAUDE_FIXED)),
    *(("openai", model) for model in (*OPENAI_PLAIN, *OPENAI_DEFAULT_NONE, *OPENAI_CAN_NONE, *OPENAI_NEVER_NONE)),
    *(("gemini", model) for model in (*GEMINI_SAMPLES, *GEMINI_IGNORES, "gemini-4-argon")),
)


class _Listed:
    """The part of a provider that says what it can apply, straight from the table."""

    def __init__(self, adapter: str, model: str, api: str | None) -> None:
        self.profile = Profile("p", adapter, model)
        self._knobs = family(adapter, model, api=api).knobs

    def supports(self, setting: str) -> Knob:
        return self._knobs[setting]


def _refused(adapter: str, model: str, api: str | None = None, /, **settings: SettingValue) -> bool:
    return unsupported_reason(cast("Provider", _Listed(adapter, model, api)), settings) is not None


def _without(adapter: str, api: str) -> set[str]:
    text = (files("evalkit.providers.families") / f"{adapter}.toml").read_text(encoding="utf-8")
    return next(set(row["without"]) for row in tomllib.loads(text)["api"] if row["name"] == api)


# What the models do with sampling.


@pytest.mark.parametrize("setting", SAMPLING)
@pytest.mark.parametrize("model", [*CLAUDE_SAMPLES, *CLAUDE_FIXED, "claude-of-tomorrow"])
def test_the_new_claude_api_has_no_sampling_for_any_model(model: str, setting: str) -> None:
    """Not even default values are taken; it is the version that the SDK sends by itself."""
    assert family("claude", model, api=NEW).knobs[setting].state == "unsupported"
    assert family("claude", model).knobs[setting].state == "unsupported"


@pytest.mark.parametrize("model", CLAUDE_SAMPLES)
def test_the_old_claude_api_samples_up_to_4_6(model: str) -> None:
    """Temperature from 0 to 1, and not together with top_p."""
    assert not _refused("claude", model, OLD, temperature=0.0)
    assert not _refused("claude", model, OLD, temperature=1.0)
    assert _refused("claude", model, OLD, temperature=1.01)
    assert not _refused("claude", model, OLD, top_p=0.9)
    assert not _refused("claude", model, OLD, top_k=5)
    assert _refused("claude", model, OLD, temperature=0.5, top_p=0.9)
    assert _refused("claude", model, OLD, top_p=0.9, temperature=0.5)


@pytest.mark.parametrize("setting", SAMPLING)
@pytest.mark.parametrize("model", CLAUDE_FIXED)
def test_later_claude_models_take_no_sampling_in_any_version(model: str, setting: str) -> None:
    """`temperature` is deprecated for them, says the old version."""
    assert family("claude", model, api=OLD).knobs[setting].state == "unsupported"


@pytest.mark.parametrize("setting", ["seed", "logprobs", "frequency_penalty", "presence_penalty", "min_p"])
@pytest.mark.parametrize("api", [OLD, NEW])
def test_claude_never_had_the_others(setting: str, api: str) -> None:
    """There is no field to put them in, whatever the model."""
    for model in ("claude-opus-4-5", "claude-sonnet-5-5", "claude-of-tomorrow"):
        assert family("claude", model, api=api).knobs[setting].state == "unsupported"


@pytest.mark.parametrize("model", OPENAI_PLAIN)
def test_openai_models_that_do_not_reason_sample(model: str) -> None:
    """Everything that Chat Completions has, in its ranges."""
    assert not _refused("openai", model, temperature=2.0, top_p=0.5, seed=7, stop=("x",), logprobs=20)
    assert not _refused("openai", model, frequency_penalty=-2.0, presence_penalty=2.0)
    assert _refused("openai", model, temperature=2.1)
    assert _refused("openai", model, reasoning_effort="low")


@pytest.mark.parametrize("settings", [{"temperature": 0.3}, {"top_p": 0.3}, {"logprobs": 3}], ids=str)
@pytest.mark.parametrize("model", OPENAI_DEFAULT_NONE)
def test_openai_models_that_do_not_reason_by_themselves(model: str, settings: Mapping[str, SettingValue]) -> None:
    """They sample out of the box, and no longer once they are made to reason."""
    assert not _refused("openai", model, **settings)
    assert not _refused("openai", model, **settings, reasoning_effort="none")
    assert _refused("openai", model, **settings, reasoning_effort="low")
    assert family("openai", model).default_effort == "none"


@pytest.mark.parametrize("settings", [{"temperature": 0.3}, {"top_p": 0.3}, {"logprobs": 3}], ids=str)
@pytest.mark.parametrize("model", OPENAI_CAN_NONE)
def test_openai_models_that_can_be_kept_from_reasoning(model: str, settings: Mapping[str, SettingValue]) -> None:
    """They sample only with effort `none`, which must be sent."""
    assert _refused("openai", model, **settings)
    assert _refused("openai", model, **settings, reasoning_effort="high")
    assert not _refused("openai", model, **settings, reasoning_effort="none")
    assert family("openai", model).default_effort != "none"


@pytest.mark.parametrize("model", OPENAI_NEVER_NONE)
def test_openai_models_that_always_reason(model: str) -> None:
    """They never sample as they are told, and do not take effort `none`."""
    for setting in ("temperature", "top_p", "logprobs"):
        assert family("openai", model).knobs[setting].state == "unsupported"
    assert _refused("openai", model, reasoning_effort="none")
    assert not _refused("openai", model, reasoning_effort="high")


@pytest.mark.parametrize("model", ["gpt-6.2-sol", "gpt-6.2-astra"])
def test_gpt_6_2_takes_no_penalties(model: str) -> None:
    """Seen in a live probe."""
    assert _refused("openai", model, frequency_penalty=0.5)
    assert _refused("openai", model, presence_penalty=0.5)


@pytest.mark.parametrize("model", ["o3", "o4-mini"])
def test_stop_is_not_supported_with_o3_and_o4_mini(model: str) -> None:
    """So says the field's own description."""
    assert _refused("openai", model, stop=("x",))


@pytest.mark.parametrize("setting", ["seed", "stop", "frequency_penalty", "presence_penalty"])
@pytest.mark.parametrize("model", [*OPENAI_PLAIN, *OPENAI_DEFAULT_NONE, "gpt-of-tomorrow"])
def test_responses_lacks_fields_that_chat_has(model: str, setting: str) -> None:
    """Passing one is a TypeError of the SDK."""
    assert family("openai", model, api="responses").knobs[setting].state == "unsupported"
    assert family("openai", model, api="chat").knobs[setting].state != "unsupported"


@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize("setting", ["top_k", "min_p", "thinking", "thinking_budget"])
def test_openai_has_no_field_for_these(setting: str, api: str) -> None:
    """In neither of its APIs."""
    assert family("openai", "gpt-4.1", api=api).knobs[setting].state == "unsupported"


@pytest.mark.parametrize(
    "model", ["gpt-6-sol", "gpt-6-luna", "gpt-6.1-terra", "gpt-6-astra", "gpt-6.1-sol", "gpt-6.2-sol"]
)
def test_nobody_knows_whether_a_seed_does_anything_to_gpt_6(model: str) -> None:
    """The field is there; its effect could not be verified."""
    assert family("openai", model).knobs["seed"].state == "unknown"


@pytest.mark.parametrize("setting", SAMPLING)
@pytest.mark.parametrize("model", GEMINI_SAMPLES)
def test_older_gemini_models_still_sample(model: str, setting: str) -> None:
    """Google advises against it, but the values count."""
    assert family("gemini", model).knobs[setting].state == "applied"


@pytest.mark.parametrize("model", GEMINI_SAMPLES)
def test_gemini_takes_temperatures_up_to_2(model: str) -> None:
    """Both ends belong to it."""
    assert not _refused("gemini", model, temperature=0.0)
    assert not _refused("gemini", model, temperature=2.0)
    assert _refused("gemini", model, temperature=2.01)


@pytest.mark.parametrize("setting", SAMPLING)
@pytest.mark.parametrize("model", GEMINI_IGNORES)
def test_newer_gemini_models_take_sampling_and_ignore_it(model: str, setting: str) -> None:
    """The call succeeds, and the value did nothing: a cell of its own, never an applied one."""
    assert family("gemini", model).knobs[setting].state == "ignored"


@pytest.mark.parametrize("setting", SAMPLING)
def test_nobody_knows_what_gemini_4_does_with_sampling(setting: str) -> None:
    """No source says."""
    assert family("gemini", "gemini-4-argon").knobs[setting].state == "unknown"


@pytest.mark.parametrize("model", [*GEMINI_SAMPLES, *GEMINI_IGNORES, "gemini-4-argon"])
def test_gemini_gives_no_logprobs(model: str) -> None:
    """The developer's API answers 400 for many models."""
    assert family("gemini", model).knobs["logprobs"].state == "unsupported"


@pytest.mark.parametrize(
    "model", ["gemini-3-flash-preview", "gemini-3.1-pro-preview", "gemini-3.5-flash", *GEMINI_IGNORES, "gemini-4-argon"]
)
def test_gemini_takes_no_penalties_from_3_on(model: str) -> None:
    """The guides list them as unsupported."""
    assert family("gemini", model).knobs["frequency_penalty"].state == "unsupported"
    assert family("gemini", model).knobs["presence_penalty"].state == "unsupported"


# What the models do with thinking.


@pytest.mark.parametrize(
    ("model", "taken", "refused"),
    [
        ("claude-opus-4-5", ("enabled", "disabled"), ("adaptive", "between_tools")),
        ("claude-opus-4-6", ("adaptive", "enabled", "disabled"), ("between_tools",)),
        ("claude-sonnet-4-6", ("adaptive", "enabled", "disabled"), ("between_tools",)),
        ("claude-opus-4-7", ("adaptive", "disabled"), ("enabled",)),
        ("claude-opus-4-8", ("adaptive", "disabled"), ("enabled",)),
        ("claude-opus-5", ("adaptive", "disabled"), ("enabled",)),
        ("claude-opus-5-5", ("adaptive",), ("disabled", "enabled")),
        ("claude-sonnet-5-5", ("adaptive", "between_tools"), ("disabled", "enabled")),
        ("claude-fable-5-2", ("adaptive",), ("disabled", "enabled")),
    ],
)
def test_each_claude_model_thinks_in_its_own_ways(model: str, taken: tuple[str, ...], refused: tuple[str, ...]) -> None:
    """Under either version of the API."""
    for api in (OLD, NEW):
        assert not any(_refused("claude", model, api, thinking=word) for word in taken)
        assert all(_refused("claude", model, api, thinking=word) for word in refused)


def test_a_thinking_budget_starts_at_1024_and_needs_thinking() -> None:
    """Manual budgets go with `enabled` alone."""
    model = "claude-haiku-4-5"
    assert not _refused("claude", model, thinking="enabled", thinking_budget=1024)
    assert _refused("claude", model, thinking="enabled", thinking_budget=1023)
    assert _refused("claude", model, thinking="disabled", thinking_budget=2048)
    assert _refused("claude", model, thinking_budget=2048)


@pytest.mark.parametrize("model", CLAUDE_FIXED)
def test_claude_models_from_opus_4_7_on_take_no_budget(model: str) -> None:
    """A 400 each."""
    assert family("claude", model).knobs["thinking_budget"].state == "unsupported"


def test_an_old_claude_model_does_not_sample_while_it_thinks() -> None:
    """It takes temperature 1 alone then."""
    assert _refused("claude", "claude-sonnet-4-6", OLD, temperature=0.5, thinking="adaptive")
    assert not _refused("claude", "claude-sonnet-4-6", OLD, temperature=0.5, thinking="disabled")


@pytest.mark.parametrize(
    ("adapter", "model", "words"),
    [
        ("claude", "claude-opus-4-5", ("low", "medium", "high")),
        ("claude", "claude-sonnet-4-6", ("low", "medium", "high", "max")),
        ("claude", "claude-opus-4-7", ("low", "medium", "high", "xhigh", "max")),
        ("claude", "claude-haiku-5-5", ("low", "medium", "high", "xhigh", "max")),
        ("openai", "gpt-5.1", ("none", "low", "medium", "high")),
        ("openai", "gpt-5.4-mini", ("none", "low", "medium", "high", "xhigh")),
        ("openai", "gpt-5", ("minimal", "low", "medium", "high")),
        ("openai", "gpt-5.6-luna", ("none", "low", "medium", "high", "xhigh", "max")),
        ("openai", "gpt-6-luna", ("none", "low", "medium", "high", "xhigh", "max")),
        ("openai", "gpt-6-astra", ("low", "medium", "high", "xhigh")),
        ("gemini", "gemini-3.5-flash", ("minimal", "low", "medium", "high")),
        ("gemini", "gemini-3.8-flash", ("low", "medium", "high")),
    ],
)
def test_each_model_has_its_own_grades_of_effort(adapter: str, model: str, words: tuple[str, ...]) -> None:
    """No others are sent."""
    assert set(family(adapter, model).knobs["reasoning_effort"].words) == set(words)


def test_responses_takes_one_more_grade_of_gpt_6_astra() -> None:
    """`max` is refused in chat; the rest is the same there."""
    assert not _refused("openai", "gpt-6-astra", "responses", reasoning_effort="max")
    assert _refused("openai", "gpt-6-astra", "chat", reasoning_effort="max")
    assert family("openai", "gpt-6-astra", api="chat").name == "gpt-6-astra"


@pytest.mark.parametrize("model", ["gemini-2.5-flash-lite", "gemini-2.5-flash", "gemini-2.5-pro"])
def test_gemini_2_5_thinks_by_budget_and_not_by_level(model: str) -> None:
    """Levels came with the third generation."""
    assert not _refused("gemini", model, thinking_budget=0)
    assert _refused("gemini", model, reasoning_effort="low")


@pytest.mark.parametrize("model", ["claude-haiku-4-5", "claude-sonnet-4-5"])
def test_some_claude_models_have_no_effort(model: str) -> None:
    """It came with Opus 4.5."""
    assert family("claude", model).knobs["reasoning_effort"].state == "unsupported"
    assert family("claude", model).default_effort is None


@pytest.mark.parametrize(
    ("adapter", "model", "effort"),
    [
        ("claude", "claude-opus-5-5", "medium"),
        ("claude", "claude-haiku-5-5", "medium"),
        ("claude", "claude-sonnet-5-5", "high"),
        ("claude", "claude-fable-5-2", "high"),
        ("openai", "gpt-5", "medium"),
        ("openai", "gpt-6-astra", "medium"),
        ("gemini", "gemini-3.8-flash", "medium"),
        ("gemini", "gemini-3.5-flash-lite", "minimal"),
        ("gemini", "gemini-3.1-pro-preview", "high"),
    ],
)
def test_the_effort_that_holds_when_none_is_sent(adapter: str, model: str, effort: str) -> None:
    """It differs between models of one vendor."""
    assert family(adapter, model).default_effort == effort


# What else is known of them.


@pytest.mark.parametrize(
    ("adapter", "model", "tokens"),
    [
        ("claude", "claude-opus-5", 512),
        ("claude", "claude-opus-5-5", 512),
        ("claude", "claude-sonnet-5-5", 512),
        ("claude", "claude-haiku-5-5", 512),
        ("claude", "claude-fable-5-2", 512),
        ("claude", "claude-sonnet-5", 1024),
        ("claude", "claude-opus-4-5", 4096),
        ("claude", "claude-opus-4-6", 4096),
        ("claude", "claude-haiku-4-5", 4096),
        ("openai", "gpt-4.1", 1024),
        ("openai", "gpt-6-luna", 1024),
        ("gemini", "gemini-3.8-flash", 4096),
        ("gemini", "gemini-4-argon", 4096),
        ("gemini", "gemini-2.5-flash-lite", 2048),
        ("gemini", "gemini-of-tomorrow", None),
    ],
)
def test_the_cache_works_from_a_length_on(adapter: str, model: str, tokens: int | None) -> None:
    """Shorter prompts are not cached, and nobody says so."""
    assert family(adapter, model).cache_minimum == tokens


@pytest.mark.parametrize(
    ("adapter", "model", "day"),
    [
        ("claude", "claude-sonnet-4-5", date(2026, 11, 30)),
        ("openai", "gpt-5", date(2026, 12, 11)),
        ("openai", "gpt-5-mini", date(2026, 12, 11)),
        ("openai", "gpt-5-nano", date(2026, 12, 11)),
        ("openai", "o3", date(2026, 12, 11)),
        ("openai", "gpt-4.1", date(2027, 1, 14)),
        ("openai", "gpt-4.1-mini", date(2027, 1, 14)),
        ("openai", "gpt-4o", date(2027, 1, 14)),
        ("openai", "gpt-4o-mini", date(2027, 1, 14)),
        ("openai", "gpt-5.1", date(2027, 4, 1)),
        ("openai", "gpt-5.4-nano", date(2027, 4, 1)),
        ("gemini", "gemini-2.5-pro", date(2026, 12, 1)),
        ("gemini", "gemini-2.5-flash", date(2026, 12, 1)),
        ("gemini", "gemini-2.5-flash-lite", None),
        ("openai", "gpt-5.4-mini", None),
        ("claude", "claude-sonnet-4-6", None),
    ],
)
def test_the_day_on_which_a_model_ends(adapter: str, model: str, day: date | None) -> None:
    """As announced."""
    assert family(adapter, model).retires == day


# How models are found.


@pytest.mark.parametrize(("adapter", "model"), EVERY_MODEL)
def test_every_model_named_in_the_facts_is_known(adapter: str, model: str) -> None:
    """Under each of its vendor's APIs, for every setting, and with where it is written unless nobody says."""
    for api in apis(adapter):
        found = family(adapter, model, api=api)
        assert found.known
        assert set(found.knobs) == set(SETTINGS)
        for knob in found.knobs.values():
            assert knob.state == "unknown" or re.search(r"\S, read \d{4}-\d\d-\d\d$", knob.source or "")


@pytest.mark.parametrize(
    ("adapter", "model", "name"),
    [
        ("openai", "gpt-4.1-mini-2025-04-14", "gpt-4.1"),
        ("openai", "GPT-5.4-mini-2026-03-17", "gpt-5.4"),
        ("openai", "openai/gpt-6-luna", "gpt-6"),
        ("openai", "ft:gpt-4o-mini-2024-07-18:acme::abc", "gpt-4.1"),
        ("claude", "claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude", "anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
        ("gemini", "models/gemini-2.5-flash-lite", "gemini-2.5-flash-lite"),
    ],
)
def test_a_model_is_found_however_it_is_written(adapter: str, model: str, name: str) -> None:
    """With folder, vendor and snapshot, or without."""
    assert family(adapter, model).name == name


@pytest.mark.parametrize(
    ("adapter", "model"),
    [
        ("openai", "gpt-5.4-image-2"),
        ("openai", "gpt-7"),
        ("claude", "claude-opus-6"),
        ("gemini", "gemini-flash-latest"),
        ("openai", ""),
    ],
)
def test_of_a_new_model_nothing_is_known(adapter: str, model: str) -> None:
    """Every setting that the API has a field for may do something; a longer name is another model."""
    for api in apis(adapter):
        found = family(adapter, model, api=api)
        fields = set(SETTINGS) - _without(adapter, api)
        assert not found.known
        assert found.name == model
        assert {name for name, knob in found.knobs.items() if knob.state == "unknown"} == fields
        assert all(found.knobs[name].state == "unsupported" for name in set(SETTINGS) - fields)


@given(model=st.text(max_size=30), adapter=st.sampled_from(ADAPTERS))
def test_no_name_of_a_model_is_an_error(model: str, adapter: str) -> None:
    """Whatever it looks like."""
    assert set(family(adapter, model).knobs) == set(SETTINGS)


def test_an_api_that_the_vendor_does_not_have_is_refused() -> None:
    """With the ones that it has."""
    with pytest.raises(ProfileError, match="openai has no API `response`") as caught:
        family("openai", "gpt-4.1", api="response")
    assert caught.value.hint == "did you mean `responses`?"


@pytest.mark.parametrize(
    ("adapter", "expected"), [("claude", "2026-10-21"), ("openai", "chat"), ("gemini", "generateContent")]
)
def test_the_api_that_is_used_when_none_is_named(adapter: str, expected: str) -> None:
    """What the SDK, or for OpenAI sampling, asks for."""
    assert default_api(adapter) == expected
    assert expected in apis(adapter)
