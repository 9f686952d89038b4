"""OpenAI and servers like it: which API is spoken to whom, with which key and where."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from asking import make_sample
from evalkit.errors import CallError, ProfileError, ProviderError, SettingRefusedError
from evalkit.providers.registry import build_provider
from evalkit.support import as_knob, unsupported_reason
from vendors.asked import RefusedError, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from asking import Asking
    from vendors.asked import Asked

QUESTION = ("user", "How are you?")
OPENAI = {"server": "openai"}


@pytest.fixture
def mini(asking: Callable[..., Asking]) -> Asking:
    """Give calls to a model that does not reason, at what passes for OpenAI itself."""
    return asking("openai", "gpt-4.1-mini", options=OPENAI)


def test_chat_completions_is_the_default(mini: Asking) -> None:
    """It has log-probabilities and seeds, which Responses has not."""
    completion = mini(QUESTION)
    assert [each.path for each in mini.vendors.received] == ["/openai/v1/chat/completions"]
    assert completion.client is not None
    assert completion.client.startswith("openai 3.")
    assert completion.client.endswith(", Chat Completions")


def test_responses_is_spoken_where_the_profile_says_so(mini: Asking) -> None:
    """`api: responses`; the client that is recorded tells them apart."""
    responses = mini.but(options={**OPENAI, "api": "responses"})
    completion = responses(QUESTION)
    assert [each.path for each in mini.vendors.received] == ["/openai/v1/responses"]
    assert completion.client is not None
    assert completion.client.endswith(", Responses")


def test_limit_goes_out_under_the_name_that_the_server_knows(mini: Asking) -> None:
    """OpenAI's reasoning models refuse `max_tokens`; many another server knows nothing else."""
    compatible = mini.but(options={})
    responses = mini.but(options={**OPENAI, "api": "responses"})
    assert mini.body(QUESTION, max_tokens=9)["max_completion_tokens"] == 9
    assert compatible.body(QUESTION, max_tokens=9)["max_tokens"] == 9
    assert responses.body(QUESTION, max_tokens=9)["max_output_tokens"] == 9
    assert ["max_tokens" in each.body for each in mini.vendors.received] == [False, True, False]


def test_profile_without_base_url_is_openai_itself(mini: Asking) -> None:
    """Its table and its prices hold, and the limit has the newer name."""
    plain = mini.but(base_url=None, options={}).adapter
    assert as_knob(plain.supports("temperature")).high == 2
    assert plain.price() is not None
    assert plain.cache_minimum == 1024
    assert "max_completion_tokens" in plain.dialect.request(make_sample(QUESTION, max_tokens=9)).body


@pytest.mark.parametrize(
    "name", ["seed", "stop", "frequency_penalty", "presence_penalty", "top_k", "min_p", "thinking"]
)
def test_responses_has_no_place_for_these(mini: Asking, name: str) -> None:
    """The table keeps them back, and they do not reach the wire in any other way."""
    responses = mini.but(options={**OPENAI, "api": "responses"})
    values: dict[str, Any] = {"stop": ("x",), "thinking": "enabled"}
    settings = {name: values.get(name, 1)}
    assert unsupported_reason(build_provider(responses.profile), settings) == f"gpt-4.1-mini does not take `{name}`"
    assert responses(QUESTION, **settings).applied == {}
    assert set(mini.vendors.received[-1].body) == {"model", "input", "store"}


@pytest.mark.parametrize(
    ("model", "settings", "setting"),
    [
        ("gpt-5.5", {"temperature": 0.0}, "temperature"),
        ("gpt-5.5", {"top_p": 0.5}, "top_p"),
        ("gpt-5.5", {"logprobs": 0}, "logprobs"),
        ("gpt-5.5", {"logprobs": 3}, "logprobs"),
        ("gpt-5.4-mini", {"temperature": 0.0, "reasoning_effort": "low"}, "temperature"),
        ("gpt-6-astra", {"reasoning_effort": "none"}, "reasoning_effort"),
        ("o3", {"stop": ("x",)}, "stop"),
        ("gpt-4.1-mini", {"reasoning_effort": "low"}, "reasoning_effort"),
        ("gpt-6.2-sol", {"presence_penalty": 1.0}, "presence_penalty"),
        ("gpt-4.1-mini", {"stop": ("1", "2", "3", "4", "5")}, "stop"),
    ],
)
def test_refused_setting_is_named(mini: Asking, model: str, settings: dict[str, Any], setting: str) -> None:
    """By the parameter that the error names, whatever the wording."""
    with pytest.raises(SettingRefusedError) as caught:
        mini.but(model=model)(QUESTION, **settings)
    assert caught.value.setting == setting
    assert "nsupported" in caught.value.message or "Invalid" in caught.value.message


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("gpt-5.4-mini", {"temperature": 0.0}),
        ("gpt-5.4-mini", {"temperature": 2.0, "reasoning_effort": "none"}),
        ("gpt-6-luna", {"temperature": 0.0, "reasoning_effort": "none", "logprobs": 2}),
        ("gpt-6-sol", {"max_tokens": 9}),
        ("o3", {"max_tokens": 9, "reasoning_effort": "low"}),
    ],
)
def test_what_the_table_lets_pass_the_server_takes(mini: Asking, model: str, settings: dict[str, Any]) -> None:
    """Sampling works where reasoning is off, by default or on request."""
    asked = mini.but(model=model)
    assert unsupported_reason(build_provider(asked.profile), settings) is None
    completion = asked(QUESTION, **settings)
    assert completion.outcome == "complete"
    assert completion.applied == settings


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("gpt-5.5", {"temperature": 0.0}),
        ("gpt-6-luna", {"temperature": 0.0}),
        ("gpt-5.4-mini", {"temperature": 0.0, "reasoning_effort": "low"}),
        ("gpt-6.2-sol", {"temperature": 0.0}),
        ("o4-mini", {"stop": ("x",)}),
    ],
)
def test_what_the_server_refuses_the_table_keeps_back(mini: Asking, model: str, settings: dict[str, Any]) -> None:
    """No money and no time is spent to hear it."""
    asked = mini.but(model=model)
    assert unsupported_reason(build_provider(asked.profile), settings) is not None


@pytest.mark.parametrize(
    ("message", "parameter"),
    [
        ("This model's maximum context length is 8192 tokens. However, your messages resulted in 9000.", "messages"),
        ("'max_tokens' is too large: 500. This model's maximum context length is 4096 tokens.", None),
        ("Invalid 'messages[0].content': string too long. Expected at most 10485760, stop earlier.", "messages[0]"),
        ("Input tokens exceed the configured limit of 272000 tokens. Lower max_completion_tokens.", None),
    ],
    ids=["context", "in company", "string", "input"],
)
def test_prompt_that_does_not_fit_is_no_refused_setting(mini: Asking, message: str, parameter: str | None) -> None:
    """It ends this call alone, though the message may advise another setting."""

    def refuse(_asked: Asked) -> Reply:
        raise RefusedError(message, parameter=parameter)

    mini.vendors.reply = refuse
    with pytest.raises(CallError) as caught:
        mini.but(options={})(QUESTION, max_tokens=500, stop="x")
    assert type(caught.value) is CallError


def test_unknown_model_ends_the_provider(mini: Asking) -> None:
    """No other call would fare better; the vendor's words are kept."""
    with pytest.raises(ProviderError, match="The model `gtp-4` does not exist") as caught:
        mini.but(model="gtp-4")(QUESTION)
    assert "`model` in the profile" in str(caught.value.hint)


def test_server_of_ones_own_may_need_no_key(mini: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile with a base_url and without a key sends none of anybody's."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-program")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-of-an-administrator")
    mini.vendors.key = None
    mini.but(options={}, key_env=None)(QUESTION)
    assert mini.vendors.received[0].headers["authorization"] == "Bearer none"
    with pytest.raises(ProviderError, match="needs a key"):
        mini.but(key_env=None)(QUESTION)


def test_tag_and_extra_go_out(mini: Asking) -> None:
    """The sample's key as the user, so that no gateway answers two repeats with one text; and `extra` as it is."""
    extra = {"service_tier": "flex", "metadata": {"a": "b"}, "logit_bias": {"50256": -100}}
    for api in ("chat", "responses"):
        given = {name: value for name, value in extra.items() if api == "chat" or name != "logit_bias"}
        body = mini.but(options={**OPENAI, "tag": "on", "api": api}, extra=given).body(QUESTION)
        assert body.items() >= {"user": "the-key", **given}.items()


@pytest.mark.parametrize("name", ["n", "stream", "background", "messages", "input"])
def test_extra_may_not_ask_for_another_kind_of_answer(mini: Asking, name: str) -> None:
    """Of several answers one would be kept and all be paid, and a stream is no document."""
    with pytest.raises(ProfileError, match=f"extra has `{name}`, which adapter `openai` sees to itself"):
        _ = mini.but(extra={name: 2}).adapter


def test_extra_gives_other_servers_what_openai_has_not(mini: Asking) -> None:
    """Some have `thinking` as an object, and templates with arguments."""
    extra = {"thinking": {"type": "enabled"}, "chat_template_kwargs": {"enable_thinking": False}}
    adapter = mini.but(options={}, extra=extra).adapter
    assert adapter.dialect.request(make_sample(QUESTION)).body.items() >= extra.items()


def test_environment_does_not_change_what_is_asked(mini: Asking, monkeypatch: pytest.MonkeyPatch, nobody: str) -> None:
    """Neither address, headers, organisation nor project left there for another program; and it is left as it was."""
    left = {
        "OPENAI_BASE_URL": nobody,
        "OPENAI_API_KEY": "sk-of-another-program",
        "OPENAI_ORG_ID": "org-odd",
        "OPENAI_PROJECT_ID": "proj-odd",
        "OPENAI_CUSTOM_HEADERS": "openai-beta: odd\nAuthorization: Bearer sk-odd",
    }
    for name, value in left.items():
        monkeypatch.setenv(name, value)
    mini(QUESTION)
    headers = mini.vendors.received[0].headers
    assert headers["authorization"] == "Bearer sk-marker-4f1d2c77aa90"
    assert not {"openai-beta", "openai-organization", "openai-project"} & set(headers)
    assert {name: os.environ[name] for name in left} == left
    dialect: Any = mini.but(base_url=None).adapter.dialect
    assert str(dialect.library.base_url) == "https://api.openai.com/v1/"
