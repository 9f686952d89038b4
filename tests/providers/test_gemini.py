"""Gemini's generateContent: what goes out under each version, and what the answers mean."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import CallError, ProfileError, ProviderError, SettingRefusedError, TransientError
from evalkit.providers.registry import build_provider
from evalkit.support import unsupported_reason
from evalkit.types import TokenLogprobs, Usage
from vendors.asked import RefusedError, Reply
from vendors.gemini import canonical

if TYPE_CHECKING:
    from collections.abc import Callable

    from asking import Asking
    from vendors.asked import Asked

QUESTION = ("user", "How are you?")
PREVIEW = "gemini-3-flash-preview"
STEPS = (
    ("Fine", -0.25, (("Fine", -0.25), ("Well", -1.5))),
    (".", -0.5, ((".", -0.5), ("!", -1.0))),
)


@pytest.fixture
def gemini(asking: Callable[..., Asking]) -> Asking:
    """Give calls to a model that samples as it is told."""
    return asking("gemini", PREVIEW)


def candidate(asking: Asking, **parts: Any) -> None:
    """Let the one candidate of the answer have other parts than usual; None takes one away."""
    whole = {"content": {"parts": [{"text": "Fine."}], "role": "model"}, "finishReason": "STOP", "index": 0, **parts}
    left = {name: value for name, value in whole.items() if value is not None}
    asking.vendors.reply = lambda _asked: Reply(changes={"candidates": [left]})


@pytest.mark.parametrize(
    ("model", "options", "version"),
    [
        ("gemini-3.5-flash", {}, "v1"),
        ("gemini-3.5-flash", {"api_version": "v1beta"}, "v1beta"),
        ("gemini-flash-latest", {}, "v1beta"),
        ("gemini-3-flash-preview", {}, "v1beta"),
        ("gemini-2.5-flash-lite", {"api_version": "v1"}, "v1"),
    ],
)
def test_version_of_the_api_is_what_the_model_needs(
    asking: Callable[..., Asking], model: str, options: dict[str, str], version: str
) -> None:
    """`v1` by default, `v1beta` for names that are found nowhere else, and what the profile says in any case."""
    asked = asking("gemini", model, options=options)
    client = asked(QUESTION).client
    assert [each.path for each in asked.vendors.received] == [f"/gemini/{version}/models/{model}:generateContent"]
    assert client is not None
    assert client.endswith(f", API {version}")


def test_preview_under_the_wrong_version_ends_the_provider(gemini: Asking) -> None:
    """The vendor's words tell what is wrong."""
    with pytest.raises(ProviderError, match="is not found for API version v1"):
        gemini.but(options={"api_version": "v1"})(QUESTION)


def test_key_goes_out_in_the_vendors_header(gemini: Asking) -> None:
    """And in no address, where logs would keep it."""
    gemini(QUESTION)
    assert gemini.vendors.received[0].headers["x-goog-api-key"] == "sk-marker-4f1d2c77aa90"
    assert "sk-marker" not in gemini.vendors.received[0].path


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        ({"temperature": 0.0}, {"temperature": 0.0}),
        ({"top_p": 0.5}, {"topP": 0.5}),
        ({"top_k": 3}, {"topK": 3}),
        ({"max_tokens": 7}, {"maxOutputTokens": 7}),
        ({"stop": ("END", "\n\n")}, {"stopSequences": ["END", "\n\n"]}),
        ({"stop": "END"}, {"stopSequences": ["END"]}),
        ({"seed": 11}, {"seed": 5}),
        ({"reasoning_effort": "low"}, {"thinkingConfig": {"thinkingLevel": "LOW"}}),
        ({"thinking_budget": 0}, {"thinkingConfig": {"thinkingBudget": 0}}),
    ],
)
def test_setting_has_its_name_in_the_document(gemini: Asking, settings: dict[str, Any], sent: dict[str, Any]) -> None:
    """Nothing else is in the document, and what was applied is what was asked for."""
    assert canonical(gemini.body(QUESTION, **settings)) == {
        "contents": [{"parts": [{"text": "How are you?"}], "role": "user"}],
        "generationConfig": sent,
    }
    applied = {name: 5 if name == "seed" else value for name, value in settings.items()}
    assert gemini(QUESTION, **settings).applied == applied


def test_call_without_settings_sends_none(gemini: Asking) -> None:
    """The vendor's own values hold; nothing of the library's comes along."""
    body = gemini.body(QUESTION)
    assert not body.get("generationConfig")
    assert set(body) <= {"contents", "generationConfig"}


@pytest.mark.parametrize("name", ["frequency_penalty", "presence_penalty"])
def test_penalties_go_out_to_models_that_take_them(asking: Callable[..., Asking], name: str) -> None:
    """Those of the second generation; the third refuses them, in words that name neither."""
    old = asking("gemini", "gemini-2.5-flash-lite")
    wire = {"frequency_penalty": "frequencyPenalty", "presence_penalty": "presencePenalty"}[name]
    assert old.body(QUESTION, **{name: 1.5})["generationConfig"] == {wire: 1.5}
    new = asking("gemini", PREVIEW)
    assert unsupported_reason(build_provider(new.profile), {name: 1.5}) == f"{PREVIEW} does not take `{name}`"


@pytest.mark.parametrize("name", ["min_p", "thinking"])
def test_setting_without_a_place_is_unsupported_and_never_sent(gemini: Asking, name: str) -> None:
    """The table keeps it back, and were it asked for all the same it would not be said to be applied."""
    value: Any = "enabled" if name == "thinking" else 0.1
    assert unsupported_reason(build_provider(gemini.profile), {name: value}) == f"{PREVIEW} does not take `{name}`"
    assert gemini(QUESTION, **{name: value}).applied == {}


@pytest.mark.parametrize("name", ["temperature", "top_p", "top_k"])
@pytest.mark.parametrize("model", ["gemini-3.5-flash-lite", "gemini-3.6-flash", "gemini-3.7-flash", "gemini-3.8-flash"])
def test_ignored_setting_is_unsupported(asking: Callable[..., Asking], model: str, name: str) -> None:
    """The vendor takes it with status 200 and does nothing with it, which no answer tells."""
    provider = build_provider(asking("gemini", model).profile)
    assert unsupported_reason(provider, {name: 1}) == f"{model} accepts `{name}` and ignores it"


@pytest.mark.parametrize("effort", ["none", "max"])
def test_effort_that_the_vendor_has_no_word_for_is_refused_here(asking: Callable[..., Asking], effort: str) -> None:
    """The library would warn and send it; of a model that is in no table, nothing else keeps it back."""
    unknown = asking("gemini", "gemini-9-xenon")
    with pytest.raises(SettingRefusedError, match=f"Gemini has no thinking level `{effort}`") as caught:
        unknown(QUESTION, reasoning_effort=effort)
    assert caught.value.setting == "reasoning_effort"
    assert unknown.vendors.received == []


@pytest.mark.parametrize(
    ("message", "setting"),
    [
        ("Logprobs is not enabled for models/gemini-3-flash-preview", "logprobs"),
        ("Penalty is not enabled for models/gemini-3-flash-preview", "presence_penalty"),
        ("Invalid JSON payload received. Unknown name \"topK\" at 'generation_config': Cannot find field.", "top_k"),
        ("Unable to submit request because it has a topP value of 7 but the range is from 0 to 1.", "top_p"),
        ("* GenerateContentRequest.generation_config.temperature: temperature must be in [0.0, 2.0].", "temperature"),
        ("Thinking level MINIMAL is not supported for this model.", "reasoning_effort"),
        ("Invalid value at 'generation_config.thinking_config.thinking_level' (LOUD)", "reasoning_effort"),
        ("The thinking budget 5 is invalid. Please choose a value between 512 and 24576.", "thinking_budget"),
        ("Budget 0 is invalid. This model only works in thinking mode.", "thinking_budget"),
        ("max_output_tokens must be positive", "max_tokens"),
        ("The number of stop sequences is too high: stopSequences", "stop"),
        ("Seed is not supported", "seed"),
        ("temperature is deprecated", "temperature"),
    ],
)
def test_refused_setting_is_found_in_the_vendors_words(gemini: Asking, message: str, setting: str) -> None:
    """Gemini names no parameter, so the message tells, in any of the spellings."""

    def refuse(_asked: Asked) -> Reply:
        raise RefusedError(message)

    gemini.vendors.reply = refuse
    asked: dict[str, Any] = {"temperature": 1, "top_p": 1, "top_k": 4, "max_tokens": 9, "stop": "x", "seed": 3}
    asked[setting] = {"reasoning_effort": "low", "stop": "x"}.get(setting, 1)
    with pytest.raises(SettingRefusedError) as caught:
        gemini.but(model="gemini-2.0-flash")(QUESTION, **asked)
    assert (caught.value.setting, caught.value.message) == (setting, message)


@pytest.mark.parametrize(
    "message",
    [
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "* GenerateContentRequest.contents: contents is not specified",
        "Requests ending with a model turn are not supported.",
    ],
)
def test_other_refusals_end_the_call_alone(gemini: Asking, message: str) -> None:
    """Nothing that was set is to blame."""

    def refuse(_asked: Asked) -> Reply:
        raise RefusedError(message)

    gemini.vendors.reply = refuse
    with pytest.raises(CallError) as caught:
        gemini(QUESTION, temperature=1, max_tokens=9)
    assert type(caught.value) is CallError


def test_last_turn_of_the_model_is_not_continued(asking: Callable[..., Asking]) -> None:
    """The newer models refuse it."""
    with pytest.raises(CallError, match="ending with a model turn"):
        asking("gemini", "gemini-3.6-flash")(QUESTION, ("assistant", "I am"))


def test_blocked_prompt_is_a_refusal(gemini: Asking) -> None:
    """No candidate at all, and a reason beside them."""
    gemini.vendors.reply = lambda _asked: Reply(ending="blocked")
    completion = gemini(QUESTION)
    assert (completion.outcome, completion.text) == ("refusal", "")
    assert completion.stop_reason == "prompt blocked: PROHIBITED_CONTENT"
    assert completion.usage.input_tokens == 3


@pytest.mark.parametrize(
    "reason", ["SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR"]
)
def test_candidate_without_content_is_a_refusal(gemini: Asking, reason: str) -> None:
    """The filter took the answer away, or half of it."""
    candidate(gemini, finishReason=reason, content=None)
    completion = gemini(QUESTION)
    assert (completion.outcome, completion.text, completion.stop_reason) == ("refusal", "", reason)
    candidate(gemini, finishReason=reason)
    assert gemini(QUESTION).text == ""


def test_continuation_is_truncation_and_one_request(gemini: Asking) -> None:
    """By itself the library would send further requests, pay for them and join the texts."""
    candidate(gemini, finishReason="CONTINUATION", continuationToken="more")
    completion = gemini(QUESTION)
    assert (completion.outcome, completion.stop_reason, completion.text) == ("truncated", "CONTINUATION", "Fine.")
    assert len(gemini.vendors.received) == 1


@pytest.mark.parametrize("content", [None, {}, {"parts": []}, {"parts": None, "role": "model"}])
def test_thinking_may_use_up_all_of_max_tokens(gemini: Asking, content: object) -> None:
    """Then there is no text, in any of several ways, and the answer is truncated."""
    candidate(gemini, finishReason="MAX_TOKENS", content=content)
    completion = gemini(QUESTION, max_tokens=16)
    assert (completion.outcome, completion.text) == ("truncated", "")


@pytest.mark.parametrize("reason", ["OTHER", "MALFORMED_RESPONSE", "SOMETHING_NEW"])
def test_unknown_end_is_an_error_and_no_warning(gemini: Asking, reason: str) -> None:
    """The library makes a new member of its enumeration and warns, which here would be an error of the tests."""
    candidate(gemini, finishReason=reason)
    with pytest.raises(CallError, match=f"the answer ended with `{reason}`"):
        gemini(QUESTION)


def test_unknown_values_elsewhere_do_no_harm(gemini: Asking) -> None:
    """Ratings and tiers that the library does not know are not read."""
    candidate(gemini, safetyRatings=[{"category": "HARM_CATEGORY_NEW", "probability": "PERHAPS"}])
    assert gemini(QUESTION).outcome == "complete"
    gemini.vendors.reply = lambda _asked: Reply(changes={"promptFeedback": {"blockReason": "SOMETHING_NEW"}})
    assert gemini(QUESTION).stop_reason == "prompt blocked: SOMETHING_NEW"


@pytest.mark.parametrize(
    "changes",
    [
        {"candidates": None},
        {"candidates": []},
        {"candidates": [{"content": {"parts": [{"text": "Fine."}]}}]},
        {"candidates": [{"finishReason": "STOP"}]},
        {"candidates": None, "promptFeedback": {"safetyRatings": []}},
    ],
    ids=["null", "none", "why", "text", "feedback"],
)
def test_answer_without_its_parts_is_asked_for_again(gemini: Asking, changes: dict[str, Any]) -> None:
    """The library lets such an answer through."""
    gemini.vendors.reply = lambda _asked: Reply(changes=changes)
    with pytest.raises(TransientError, match="the answer has no "):
        gemini(QUESTION)


def test_thoughts_are_kept_apart(gemini: Asking) -> None:
    """Parts that are thoughts are no part of the text, wherever they stand; nor are parts that are no text."""
    parts: list[dict[str, Any]] = [
        {"text": "Hm. ", "thought": True},
        {"text": "One, "},
        {"functionCall": {"name": "f", "args": {}}},
        {"text": "Well.", "thought": True},
        {"text": "two.", "thoughtSignature": "c2ln"},
    ]
    candidate(gemini, content={"parts": parts, "role": "model"})
    completion = gemini(QUESTION)
    assert (completion.text, completion.reasoning) == ("One, two.", "Hm. Well.")


def test_thoughts_are_shown_where_extra_asks_for_them(gemini: Asking) -> None:
    """`extra` joins the object in which a setting stands."""
    shown = gemini.but(extra={"thinking_config": {"include_thoughts": True}})
    body = shown.body(QUESTION, reasoning_effort="low")
    assert canonical(body["generationConfig"]) == {"thinkingConfig": {"includeThoughts": True, "thinkingLevel": "LOW"}}


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (
            {
                "promptTokenCount": 3000,
                "candidatesTokenCount": 15,
                "thoughtsTokenCount": 25,
                "cachedContentTokenCount": 2048,
                "totalTokenCount": 3040,
            },
            Usage(input_tokens=3000, output_tokens=40, cached_tokens=2048, reasoning_tokens=25),
        ),
        ({"promptTokenCount": 3, "candidatesTokenCount": 15}, Usage(input_tokens=3, output_tokens=15)),
        (
            {"promptTokenCount": 3, "candidatesTokenCount": None, "thoughtsTokenCount": 25},
            Usage(input_tokens=3, output_tokens=25, reasoning_tokens=25),
        ),
        ({"promptTokenCount": 3, "totalTokenCount": 3}, Usage(input_tokens=3, output_tokens=0)),
        ({"promptTokenCount": 3}, Usage(input_tokens=3)),
        ({"promptTokenCount": None, "candidatesTokenCount": None, "totalTokenCount": None}, Usage()),
    ],
    ids=["all", "plain", "thoughts alone", "nothing said", "half", "null"],
)
def test_output_is_counted_whole(gemini: Asking, usage: dict[str, Any], expected: Usage) -> None:
    """Candidates leave out the thoughts; a count of 0 is left out altogether; and any may be null."""
    gemini.vendors.reply = lambda _asked: Reply("Fine.", usage=usage)
    assert gemini(QUESTION).usage == expected


def test_tokens_that_are_not_told_are_not_known(gemini: Asking) -> None:
    """None, and never 0."""
    gemini.vendors.reply = lambda _asked: Reply("Fine.", changes={"usageMetadata": None})
    assert gemini(QUESTION).usage == Usage()


def test_logprobs_are_the_models_own(asking: Callable[..., Asking]) -> None:
    """Chosen tokens alone, or with the likeliest of each step."""
    old = asking("gemini", "gemini-2.0-flash")
    old.vendors.reply = lambda _asked: Reply("Fine.", logprobs=STEPS)
    top = (STEPS[0][2], STEPS[1][2])
    assert old(QUESTION, logprobs=2).logprobs == TokenLogprobs("model", ("Fine", "."), (-0.25, -0.5), top)
    assert old.vendors.received[-1].body["generationConfig"] == {"responseLogprobs": True, "logprobs": 2}
    assert old(QUESTION).logprobs is None


def test_other_model_that_answers_is_told(asking: Callable[..., Asking]) -> None:
    """After a shutdown the vendor lets another one answer, and says so in one field only."""
    gone = asking("gemini", "gemini-2.5-flash")
    gone.vendors.reply = lambda _asked: Reply("Fine.", served="gemini-3.5-flash-lite")
    assert gone(QUESTION).served_model == "gemini-3.5-flash-lite"


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"temprature": 1}, "extra has `temprature`, which the library's GenerateContentConfig does not know"),
        ({"safety_settings": 3}, "extra has a wrong `safety_settings`"),
        ({"candidate_count": 2}, "extra has `candidate_count`, which adapter `gemini` sees to itself"),
        ({"automatic_continuation": True}, "sees to itself"),
        ({"http_options": {"timeout": 1}}, "sees to itself"),
        ({"system_instruction": "Be odd."}, "sees to itself"),
    ],
)
def test_wrong_extra_is_refused_before_any_call(gemini: Asking, extra: dict[str, Any], said: str) -> None:
    """It is checked against the library's own configuration."""
    with pytest.raises(ProfileError) as caught:
        _ = gemini.but(extra=extra).adapter
    assert said in caught.value.message
    assert caught.value.hint == ("did you mean `temperature`?" if "temprature" in extra else None)


def test_extra_goes_out(gemini: Asking) -> None:
    """Under the names of the library, in the place that the API has for it."""
    extra = {"safety_settings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]}
    body = gemini.but(extra=extra).body(QUESTION)
    assert body["safetySettings"] == extra["safety_settings"]


def test_environment_does_not_change_what_is_asked(
    gemini: Asking, monkeypatch: pytest.MonkeyPatch, nobody: str
) -> None:
    """Neither address, key, version, cloud platform nor another HTTP library; and it is left as it was."""
    left = {
        "GOOGLE_GEMINI_BASE_URL": nobody,
        "GOOGLE_API_KEY": "sk-of-another-program",
        "GEMINI_API_KEY": "sk-of-another-program",
        "GOOGLE_GENAI_API_VERSION": "v1alpha",
        "GOOGLE_GENAI_USE_VERTEXAI": "true",
        "GOOGLE_GENAI_USE_ENTERPRISE": "true",
        "GOOGLE_CLOUD_PROJECT": "odd",
        "GOOGLE_GENAI_HTTP_CLIENT": "httpx",
        "GOOGLE_GENAI_CLIENT_MODE": "replay",
    }
    for name, value in left.items():
        monkeypatch.setenv(name, value)
    gemini(QUESTION)
    asked = gemini.vendors.received[0]
    assert asked.path == f"/gemini/v1beta/models/{PREVIEW}:generateContent"
    assert asked.headers["x-goog-api-key"] == "sk-marker-4f1d2c77aa90"
    assert "authorization" not in asked.headers
    assert {name: os.environ[name] for name in left} == left
    dialect: Any = gemini.but(base_url=None).adapter.dialect
    assert dialect.library._api_client._http_options.base_url == "https://generativelanguage.googleapis.com/"


def test_counter_without_a_key_ends_the_provider(gemini: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a call does, and not as an error of one sample."""
    monkeypatch.delenv("EVALKIT_TEST_KEY")
    with pytest.raises(ProviderError, match="EVALKIT_TEST_KEY is not set"):
        gemini.count(QUESTION)
