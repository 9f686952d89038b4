"""Anthropic's Messages: what goes out under each version, and what the answers mean."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from asking import make_sample
from evalkit.errors import CallError, ProviderError, SettingRefusedError, TransientError
from evalkit.providers.registry import build_provider
from evalkit.support import unsupported_reason
from evalkit.types import Usage
from vendors.asked import RefusedError, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from asking import Asking
    from vendors.asked import Asked

QUESTION = ("user", "How are you?")
OLD = {"api_version": "2023-06-01"}


@pytest.fixture
def haiku(asking: Callable[..., Asking]) -> Asking:
    """Give calls to the smallest model, under the version of the API that the library sends."""
    return asking("claude", "claude-haiku-4-5")


def says(asking: Asking, **changes: Any) -> None:
    """Let the model answer with other parts than usual."""
    asking.vendors.reply = lambda _asked: Reply("Fine.", changes=changes)


@pytest.mark.parametrize("version", ["2026-10-21", "2023-06-01"])
def test_version_of_the_api_goes_out_and_is_recorded(asking: Callable[..., Asking], version: str) -> None:
    """The header has the version of the profile, whatever the library would send, and so has the completion."""
    completion = asking("claude", "claude-haiku-4-5", options={"api_version": version})
    client = completion(QUESTION).client
    sent = [each.headers["anthropic-version"] for each in completion.vendors.received]
    assert sent == [version]
    assert client is not None
    assert client.endswith(f"API {version}")


def test_newest_version_is_the_default(haiku: Asking) -> None:
    """A profile that says nothing asks as the library does by itself."""
    haiku(QUESTION)
    assert haiku.vendors.received[0].headers["anthropic-version"] == "2026-10-21"


def test_key_goes_out_as_bearer(haiku: Asking) -> None:
    """The vendor's newer form, and no other."""
    haiku(QUESTION)
    headers = haiku.vendors.received[0].headers
    assert headers["authorization"] == "Bearer sk-marker-4f1d2c77aa90"
    assert "x-api-key" not in headers


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        ({"max_tokens": 7}, {"max_tokens": 7}),
        ({"stop": ("END", "\n\n")}, {"stop_sequences": ["END", "\n\n"]}),
        ({"stop": "END"}, {"stop_sequences": ["END"]}),
        ({"temperature": 0.0}, {"temperature": 0.0}),
        ({"top_p": 0.5}, {"top_p": 0.5}),
        ({"top_k": 3}, {"top_k": 3}),
        ({"thinking": "disabled"}, {"thinking": {"type": "disabled"}}),
        (
            {"thinking": "enabled", "thinking_budget": 1024, "max_tokens": 2000},
            {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 2000},
        ),
        (
            {"thinking_budget": 1500, "max_tokens": 2000},
            {"thinking": {"type": "enabled", "budget_tokens": 1500}, "max_tokens": 2000},
        ),
    ],
    ids="+".join,
)
def test_setting_has_its_name_in_the_document(
    asking: Callable[..., Asking], settings: dict[str, Any], sent: dict[str, Any]
) -> None:
    """Nothing else is in the document, and what was applied is what was asked for."""
    old = asking("claude", "claude-haiku-4-5", options=OLD)
    body = old.body(QUESTION, **settings)
    assert body == {
        "model": "claude-haiku-4-5",
        "messages": [{"role": "user", "content": "How are you?"}],
        "max_tokens": 1024,
        **sent,
    }
    assert old(QUESTION, **settings).applied == {"max_tokens": 1024, **settings}


@pytest.mark.parametrize("effort", ["low", "medium", "high", "xhigh", "max"])
def test_effort_stands_in_the_output_configuration(asking: Callable[..., Asking], effort: str) -> None:
    """Newer models are steered by it."""
    opus = asking("claude", "claude-opus-4-8")
    body = opus.body(QUESTION, reasoning_effort=effort, thinking="adaptive")
    assert body["output_config"] == {"effort": effort}
    assert body["thinking"] == {"type": "adaptive"}


def test_thinking_between_tools_is_sent_to_the_model_that_has_it(asking: Callable[..., Asking]) -> None:
    """Where it cannot be disabled."""
    sonnet = asking("claude", "claude-sonnet-5-5")
    assert sonnet.body(QUESTION, thinking="between_tools")["thinking"] == {"type": "between_tools"}
    provider = build_provider(sonnet.profile)
    assert unsupported_reason(provider, {"thinking": "between_tools"}) is None
    assert unsupported_reason(provider, {"thinking": "disabled"}) is not None


def test_temperature_and_top_p_are_kept_apart_beforehand(asking: Callable[..., Asking]) -> None:
    """The server refuses them together, and the table knows it."""
    provider = build_provider(asking("claude", "claude-haiku-4-5", options=OLD).profile)
    assert unsupported_reason(provider, {"temperature": 0.5}) is None
    assert "only without `top_p`" in str(unsupported_reason(provider, {"temperature": 0.5, "top_p": 0.5}))


def test_call_without_a_limit_gets_one(haiku: Asking) -> None:
    """The API takes no call without `max_tokens`, so 1,024 is sent, and recorded as applied."""
    completion = haiku(QUESTION)
    assert completion.applied == {"max_tokens": 1024}
    assert completion.sent == {"model": "claude-haiku-4-5", "max_tokens": 1024}


@pytest.mark.parametrize("most", [21_333, 21_334, 64_000])
def test_large_limit_passes_the_guard_of_the_library(haiku: Asking, most: int) -> None:
    """From 21,334 on the library's own method refuses to answer in one piece; the vendor does not."""
    assert haiku.body(QUESTION, max_tokens=most)["max_tokens"] == most


@pytest.mark.parametrize(
    ("model", "version", "temperature", "taken"),
    [
        ("claude-haiku-4-5", "2023-06-01", 0.3, True),
        ("claude-opus-4-6", "2023-06-01", 1.0, True),
        ("claude-haiku-4-5", "2023-06-01", 1.5, False),
        ("claude-haiku-4-5", "2026-10-21", 0.3, False),
        ("claude-haiku-4-5", "2026-10-21", 1.0, False),
        ("claude-opus-4-7", "2023-06-01", 0.3, False),
        ("claude-sonnet-5-5", "2026-10-21", 0.3, False),
        ("claude-fable-5-2", "2023-06-01", 0.3, False),
    ],
)
def test_table_and_server_agree_on_temperature(
    asking: Callable[..., Asking], model: str, version: str, temperature: float, *, taken: bool
) -> None:
    """What the table keeps back the server would refuse, by either version of the API."""
    asked = asking("claude", model, options={"api_version": version})
    reason = unsupported_reason(build_provider(asked.profile), {"temperature": temperature})
    assert (reason is None) is taken
    if taken:
        assert asked(QUESTION, temperature=temperature).outcome == "complete"
    else:
        with pytest.raises(SettingRefusedError) as caught:
            asked(QUESTION, temperature=temperature)
        assert caught.value.setting == "temperature"


@pytest.mark.parametrize("name", ["seed", "logprobs", "min_p", "frequency_penalty", "presence_penalty"])
def test_setting_without_a_place_is_unsupported_and_never_sent(haiku: Asking, name: str) -> None:
    """The table keeps it back, and were it asked for all the same it would not be said to be applied."""
    assert unsupported_reason(build_provider(haiku.profile), {name: 1}) == f"claude-haiku-4-5 does not take `{name}`"
    completion = haiku(QUESTION, **{name: 1})
    assert completion.applied == {"max_tokens": 1024}
    assert set(haiku.vendors.received[-1].body) == {"model", "messages", "max_tokens"}


@pytest.mark.parametrize(
    ("model", "settings", "setting", "words"),
    [
        ("claude-haiku-4-5", {"temperature": 1}, "temperature", "temperature: Extra inputs are not permitted"),
        ("claude-haiku-4-5", {"top_k": 4}, "top_k", "top_k: Extra inputs are not permitted"),
        ("claude-opus-4-7 by 2023-06-01", {"top_p": 0.5}, "top_p", "`top_p` is deprecated for this model."),
        ("claude-opus-5-5", {"thinking": "disabled"}, "thinking", '"disabled" is not supported'),
        ("claude-opus-4-8", {"thinking_budget": 2048, "max_tokens": 4096}, "thinking_budget", 'use "adaptive"'),
        (
            "claude-haiku-4-5",
            {"thinking": "enabled", "thinking_budget": 5, "max_tokens": 4096},
            "thinking_budget",
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        ),
        (
            "claude-haiku-4-5 by 2023-06-01",
            {"temperature": 0.5, "thinking": "enabled", "thinking_budget": 1024, "max_tokens": 4096},
            "temperature",
            "may only be set to 1 when thinking is enabled",
        ),
        (
            "claude-haiku-4-5 by 2023-06-01",
            {"temperature": 0.5, "top_p": 0.5},
            "temperature",
            "`temperature` and `top_p` cannot both be specified",
        ),
        ("claude-haiku-4-5", {"reasoning_effort": "low"}, "reasoning_effort", "does not support the effort"),
        ("claude-opus-4-8", {"reasoning_effort": "none"}, "reasoning_effort", "output_config.effort"),
    ],
)
def test_refused_setting_is_named_in_the_vendors_words(
    asking: Callable[..., Asking],
    model: str,
    settings: dict[str, Any],
    setting: str,
    words: str,
) -> None:
    """The server may know better than the table; of several settings it is the one that it speaks of."""
    name, _, version = model.partition(" by ")
    options = {"api_version": version} if version else {}
    with pytest.raises(SettingRefusedError) as caught:
        asking("claude", name, options=options)(QUESTION, **settings)
    assert caught.value.setting == setting
    assert words in caught.value.message


@pytest.mark.parametrize(
    "message",
    [
        "prompt is too long: 210000 tokens > 200000 maximum",
        "input length and `max_tokens` exceed context limit: 199000 + 20000 > 200000, decrease input length",
        "messages: roles must alternate",
        "This model does not support assistant message prefill. The conversation must end with a user message.",
    ],
    ids=["prompt", "with the limit", "roles", "prefill"],
)
def test_prompt_that_does_not_fit_is_no_refused_setting(haiku: Asking, message: str) -> None:
    """It ends this call alone; the cells with shorter prompts and the same `max_tokens` are still asked."""

    def refuse(_asked: Asked) -> Reply:
        raise RefusedError(message)

    haiku.vendors.reply = refuse
    with pytest.raises(CallError) as caught:
        haiku(QUESTION, max_tokens=20_000, stop="x")
    assert type(caught.value) is CallError
    assert message[:30] in caught.value.message


def test_call_without_a_beginning_user_is_refused_as_a_call(haiku: Asking) -> None:
    """A last turn of the model's is not continued: the newer models refuse it, and so the call fails."""
    opus = haiku.but(model="claude-opus-4-8")
    with pytest.raises(CallError, match="prefill"):
        opus(QUESTION, ("assistant", "I am"))


def test_text_is_joined_and_thinking_kept_apart(haiku: Asking) -> None:
    """Thinking comes first, hidden thinking counts for nothing, and several blocks of text are one answer."""
    says(
        haiku,
        content=[
            {"type": "redacted_thinking", "data": "x"},
            {"type": "thinking", "thinking": "Hm. ", "signature": "c2ln"},
            {"type": "text", "text": "One, "},
            {"type": "thinking", "thinking": "Well.", "signature": "c2ln"},
            {"type": "text", "text": "two."},
        ],
    )
    completion = haiku(QUESTION)
    assert completion.text == "One, two."
    assert completion.reasoning == "Hm. Well."


def test_refusal_is_its_own_outcome(haiku: Asking) -> None:
    """Status 200, no content, and details that say what it is about."""
    haiku.vendors.reply = lambda _asked: Reply(ending="refused")
    completion = haiku(QUESTION)
    assert haiku.vendors.received[-1].status == 200
    assert (completion.outcome, completion.text, completion.stop_reason) == ("refusal", "", "refusal:cyber")


def test_refusal_without_details_and_with_half_a_text(haiku: Asking) -> None:
    """A refusal in the middle of an answer leaves no text to score."""
    says(haiku, stop_reason="refusal", stop_details=None)
    completion = haiku(QUESTION)
    assert (completion.outcome, completion.text, completion.stop_reason) == ("refusal", "", "refusal")


@pytest.mark.parametrize(
    ("stop_reason", "outcome"),
    [
        ("end_turn", "complete"),
        ("stop_sequence", "complete"),
        ("max_tokens", "truncated"),
        ("model_context_window_exceeded", "truncated"),
        ("pause_turn", "truncated"),
    ],
)
def test_stop_reason_decides_the_outcome(haiku: Asking, stop_reason: str, outcome: str) -> None:
    """The vendor's own word is kept beside it."""
    says(haiku, stop_reason=stop_reason)
    completion = haiku(QUESTION)
    assert (completion.outcome, completion.stop_reason, completion.text) == (outcome, stop_reason, "Fine.")


def test_thinking_may_use_up_all_of_max_tokens(haiku: Asking) -> None:
    """Then there is no text, and the answer is truncated, not refused and not empty."""
    says(
        haiku,
        stop_reason="max_tokens",
        content=[{"type": "thinking", "thinking": "Hm", "signature": "c2ln"}],
        usage={"input_tokens": 3, "output_tokens": 16, "output_tokens_details": {"thinking_tokens": 16}},
    )
    completion = haiku(QUESTION, max_tokens=16)
    assert (completion.outcome, completion.text, completion.reasoning) == ("truncated", "", "Hm")
    assert completion.usage == Usage(input_tokens=3, output_tokens=16, reasoning_tokens=16)


def test_unknown_stop_reason_is_an_error_that_names_it(haiku: Asking) -> None:
    """What a new one means for the text nobody knows yet."""
    says(haiku, stop_reason="tired")
    with pytest.raises(CallError, match="the answer ended with `tired`, which is not known"):
        haiku(QUESTION)


@pytest.mark.parametrize(
    "changes",
    [{"content": None}, {"content": [{"type": "text"}]}, {"stop_reason": None}],
    ids=["content", "text", "why"],
)
def test_answer_without_its_parts_is_asked_for_again(haiku: Asking, changes: dict[str, Any]) -> None:
    """The library lets such an answer through."""
    says(haiku, **changes)
    with pytest.raises(TransientError, match="the answer has no "):
        haiku(QUESTION)


def test_prompt_is_counted_whole(haiku: Asking) -> None:
    """The vendor's `input_tokens` leave out what was read from the cache or written to it."""
    says(
        haiku,
        usage={
            "input_tokens": 10,
            "cache_creation_input_tokens": 200,
            "cache_read_input_tokens": 3000,
            "output_tokens": 40,
            "output_tokens_details": {"thinking_tokens": 25},
        },
    )
    assert haiku(QUESTION).usage == Usage(
        input_tokens=3210, output_tokens=40, cached_tokens=3000, cache_write_tokens=200, reasoning_tokens=25
    )


@pytest.mark.parametrize(
    "usage", [None, {}, {"input_tokens": None, "output_tokens": "many"}], ids=["null", "empty", "odd"]
)
def test_tokens_that_are_not_told_are_not_known(haiku: Asking, usage: object) -> None:
    """None, and never 0."""
    says(haiku, usage=usage)
    assert haiku(QUESTION).usage == Usage()


def test_prompt_cache_marks_the_prompt(asking: Callable[..., Asking]) -> None:
    """The second of two calls finds in the cache what the first put there."""
    caching = asking("claude", "claude-opus-5", options={"prompt_cache": "5m"})
    long = ("user", "word " * 600)
    first, second = caching.all([make_sample(long), make_sample(long)])
    assert caching.vendors.received[0].body["cache_control"] == {"type": "ephemeral", "ttl": "5m"}
    assert (first.usage.cache_write_tokens, first.usage.cached_tokens) == (600, 0)
    assert (second.usage.cache_write_tokens, second.usage.cached_tokens) == (0, 600)
    assert first.usage.input_tokens == second.usage.input_tokens == 600


def test_tag_and_extra_join_in_one_object(asking: Callable[..., Asking]) -> None:
    """`extra` goes out as it is, beside what options and settings put into the same place."""
    extra = {"metadata": {"other": 1}, "thinking": {"display": "summarized"}, "service_tier": "standard_only"}
    tagged = asking("claude", "claude-opus-4-8", options={"tag": "on"}, extra=extra)
    body = tagged.body(QUESTION, thinking="adaptive")
    assert body["metadata"] == {"user_id": "the-key", "other": 1}
    assert body["thinking"] == {"type": "adaptive", "display": "summarized"}
    assert body["service_tier"] == "standard_only"


def test_environment_does_not_change_what_is_asked(haiku: Asking, monkeypatch: pytest.MonkeyPatch, nobody: str) -> None:
    """Neither address, headers nor another credential left there for another program; and it is left as it was."""
    left = {
        "ANTHROPIC_BASE_URL": nobody,
        "ANTHROPIC_AUTH_TOKEN": "sk-of-another-program",
        "ANTHROPIC_API_KEY": "sk-of-another-program",
        "ANTHROPIC_CUSTOM_HEADERS": "anthropic-beta: odd\nAnthropic-Version: 2023-06-01\nAuthorization: Bearer sk-odd",
        "ANTHROPIC_PROFILE": "another",
    }
    for name, value in left.items():
        monkeypatch.setenv(name, value)
    haiku(QUESTION)
    headers = haiku.vendors.received[0].headers
    assert headers["anthropic-version"] == "2026-10-21"
    assert headers["authorization"] == "Bearer sk-marker-4f1d2c77aa90"
    assert "anthropic-beta" not in headers
    assert {name: os.environ[name] for name in left} == left


def test_environment_does_not_move_a_profile_without_base_url(
    asking: Callable[..., Asking], monkeypatch: pytest.MonkeyPatch, nobody: str
) -> None:
    """A run that is meant for the vendor goes to the vendor, whatever the library's variable says."""
    monkeypatch.setenv("ANTHROPIC_BASE_URL", nobody)
    dialect: Any = asking("claude", "claude-haiku-4-5", base_url=None).adapter.dialect
    assert str(dialect.library.base_url) == "https://api.anthropic.com"


def test_no_credit_ends_the_provider(haiku: Asking) -> None:
    """A spend limit comes as 400 and no credit as 402; both are the end of it for now."""
    for status, message in ((400, "Your credit balance is too low to access the Anthropic API."), (402, "Billing.")):

        def refuse(_asked: Asked, status: int = status, message: str = message) -> Reply:
            raise RefusedError(message, status=status)

        haiku.vendors.reply = refuse
        with pytest.raises(ProviderError, match="has no credit left"):
            haiku(QUESTION)
