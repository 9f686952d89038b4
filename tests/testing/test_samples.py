"""What the contract test asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.providers.registry import build_provider
from evalkit.support import unsupported_reason
from evalkit.testing.samples import PROMPTS, SHORTEST_ANSWER, SampleMaker, plain_settings, settings_to_try
from evalkit.types import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.types import SettingValue

QUESTION = PROMPTS["no system prompt"]


def test_prompts_end_with_the_user_and_come_in_every_shape() -> None:
    """As evalkit builds them: at most one system message, first; turns that alternate."""
    for messages in PROMPTS.values():
        roles = [message.role for message in messages if message.role != "system"]
        assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]
        assert all(message.role != "system" for message in messages[1:])
    assert any(message.role == "system" for messages in PROMPTS.values() for message in messages)
    assert max(len(messages) for messages in PROMPTS.values()) > 20
    assert any(ord(letter) > 0xFFFF for messages in PROMPTS.values() for each in messages for letter in each.content)


def test_repeats_have_keys_and_seeds_of_their_own() -> None:
    """Their prompt is the same, and nothing may take them for one sample."""
    make = SampleMaker(Profile("p", "scripted", "m"))
    one, other = (make(QUESTION, {"temperature": 1.0}, position=repeat, repeat=repeat) for repeat in (0, 1))
    assert one.prompt == other.prompt
    assert one.key != other.key
    assert one.seed != other.seed


def test_answers_are_short_where_the_profile_allows_it() -> None:
    """The profile's own settings hold; an adapter that takes no `max_tokens` is not asked for it."""
    script = build_provider(Profile("p", "scripted", "m", settings={"temperature": 0.3, "max_tokens": 900}))
    assert plain_settings(script) == {"temperature": 0.3, "max_tokens": SHORTEST_ANSWER}
    endless = build_provider(Profile("p", "scripted", "m", supports={"max_tokens": False}))
    assert plain_settings(endless) == {}


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (Profile("p", "scripted", "m"), {"temperature": {}, "max_tokens": {}, "seed": {}}),
        (
            Profile("p", "claude", "claude-haiku-4-5", key_env="K", options={"api_version": "2023-06-01"}),
            {
                "temperature": {"temperature": 0.5},
                "top_p": {"top_p": 0.9},
                "top_k": {},
                "max_tokens": {},
                "stop": {},
                "thinking": {"thinking": "disabled"},
                "thinking_budget": {"thinking": "enabled", "thinking_budget": 1024, "max_tokens": 2048},
            },
        ),
        (
            Profile("p", "openai", "gpt-6-luna", key_env="K"),
            {
                "temperature": {"reasoning_effort": "none"},
                "top_p": {"reasoning_effort": "none"},
                "max_tokens": {},
                "seed": {},
                "logprobs": {"reasoning_effort": "none", "logprobs": 2},
                "stop": {},
                "frequency_penalty": {},
                "presence_penalty": {},
                "reasoning_effort": {"reasoning_effort": "none"},
            },
        ),
        (
            Profile("p", "gemini", "gemini-3.8-flash", key_env="K"),
            {"max_tokens": {}, "stop": {}, "seed": {}, "reasoning_effort": {}, "thinking_budget": {}},
        ),
    ],
    ids=["scripted", "claude", "openai", "gemini"],
)
def test_each_setting_that_may_act_is_tried_in_company_that_lets_it(
    profile: Profile, expected: Mapping[str, Mapping[str, SettingValue]]
) -> None:
    """What a model refuses or ignores is not tried; what another setting forbids is not asked along with it."""
    provider = build_provider(profile)
    tried = settings_to_try(provider, plain_settings(provider))
    assert set(tried) == set(expected)
    for name, settings in tried.items():
        assert name in settings
        assert unsupported_reason(provider, settings) is None
        assert expected[name].items() <= settings.items()


def test_values_lie_in_the_range_of_the_model() -> None:
    """The nearest to the usual example."""
    hot = build_provider(Profile("p", "scripted", "m", supports={"temperature": (0.9, 1.0), "max_tokens": (1, 8)}))
    tried = settings_to_try(hot, {})
    assert tried["temperature"]["temperature"] == 0.9
    assert tried["max_tokens"]["max_tokens"] == 8
