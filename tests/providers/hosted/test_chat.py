"""Chat Completions: what goes out, and what the answers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import CallError, TransientError
from evalkit.types import TokenLogprobs, Usage
from vendors.asked import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from asking import Asking

QUESTION = ("user", "How are you?")
STEPS = (
    ("Fine", -0.25, (("Fine", -0.25), ("Well", -1.5))),
    (".", -0.5, ((".", -0.5), ("!", -1.0))),
)


@pytest.fixture
def chat(asking: Callable[..., Asking]) -> Asking:
    """Give calls to a model that does not reason."""
    return asking("openai", "gpt-4.1-mini", options={"server": "openai"})


def chooses(asking: Asking, *, message: dict[str, Any] | None = None, **choice: Any) -> None:
    """Let the one choice of the answer have other parts than usual."""
    whole = {
        "index": 0,
        "message": {"role": "assistant", "content": "Fine.", **(message or {})},
        "finish_reason": "stop",
    }
    asking.vendors.reply = lambda _asked: Reply(changes={"choices": [{**whole, **choice}]})


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        ({"temperature": 0.0}, {"temperature": 0.0}),
        ({"top_p": 0.5}, {"top_p": 0.5}),
        ({"max_tokens": 7}, {"max_completion_tokens": 7}),
        ({"stop": ("END", "\n\n")}, {"stop": ["END", "\n\n"]}),
        ({"stop": "END"}, {"stop": ["END"]}),
        ({"seed": 11}, {"seed": 5}),
        ({"frequency_penalty": -2.0}, {"frequency_penalty": -2.0}),
        ({"presence_penalty": 2.0}, {"presence_penalty": 2.0}),
        ({"logprobs": 0}, {"logprobs": True}),
        ({"logprobs": 20}, {"logprobs": True, "top_logprobs": 20}),
    ],
)
def test_setting_has_its_name_in_the_document(chat: Asking, settings: dict[str, Any], sent: dict[str, Any]) -> None:
    """Nothing else is in the document besides model and messages."""
    expected = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": "How are you?"}], **sent}
    assert chat.body(QUESTION, **settings) == expected


@pytest.mark.parametrize("effort", ["none", "low", "medium", "high", "xhigh"])
def test_effort_has_a_place_of_its_own(asking: Callable[..., Asking], effort: str) -> None:
    """Chat Completions has it at the top, Responses in an object."""
    reasoning = asking("openai", "gpt-5.4-mini", options={"server": "openai"})
    assert reasoning.body(QUESTION, reasoning_effort=effort)["reasoning_effort"] == effort


@pytest.mark.parametrize(("name", "value"), [("top_k", 4), ("min_p", 0.1)])
def test_setting_of_other_servers_goes_to_them(asking: Callable[..., Asking], name: str, value: float) -> None:
    """What such a server knows nobody can say, so it is sent; this one refuses it, and says so."""
    compatible = asking("openai", "gpt-4.1-mini")
    with pytest.raises(CallError, match=f"Unknown parameter: '{name}'"):
        compatible(QUESTION, **{name: value})
    assert compatible.vendors.received[-1].body[name] == value


def test_completion_keeps_what_was_sent_without_the_messages(chat: Asking) -> None:
    """As it went out, so that a reader can see what was asked."""
    completion = chat(QUESTION, temperature=0.5, max_tokens=7)
    assert completion.sent == {"model": "gpt-4.1-mini", "temperature": 0.5, "max_completion_tokens": 7}
    assert completion.applied == {"temperature": 0.5, "max_tokens": 7}


@pytest.mark.parametrize(
    ("finish_reason", "outcome"),
    [("stop", "complete"), ("tool_calls", "complete"), ("length", "truncated"), ("content_filter", "refusal")],
)
def test_finish_reason_decides_the_outcome(chat: Asking, finish_reason: str, outcome: str) -> None:
    """A text that was filtered is not scored."""
    chooses(chat, finish_reason=finish_reason)
    completion = chat(QUESTION)
    assert (completion.outcome, completion.stop_reason) == (outcome, finish_reason)
    assert completion.text == ("" if outcome == "refusal" else "Fine.")


def test_refusal_of_the_model_is_its_own_outcome(chat: Asking) -> None:
    """Its words are kept as the reason and are no text to score."""
    chat.vendors.reply = lambda _asked: Reply("I cannot help with that.", ending="refused")
    completion = chat(QUESTION)
    assert (completion.outcome, completion.text) == ("refusal", "")
    assert completion.stop_reason == "stop: I cannot help with that."


def test_filter_without_content_is_a_refusal(chat: Asking) -> None:
    """No content, and no reason but the filter."""
    chat.vendors.reply = lambda _asked: Reply(ending="filtered")
    completion = chat(QUESTION)
    assert (completion.outcome, completion.text, completion.stop_reason) == ("refusal", "", "content_filter")


def test_empty_refusal_is_none(chat: Asking) -> None:
    """Some servers write an empty text where OpenAI has null."""
    chooses(chat, message={"refusal": ""})
    assert chat(QUESTION).outcome == "complete"


@pytest.mark.parametrize("content", [None, ""], ids=["null", "empty"])
def test_reasoning_may_use_up_all_of_max_tokens(chat: Asking, content: str | None) -> None:
    """Then there is no text, and the answer is truncated."""
    chooses(chat, message={"content": content}, finish_reason="length")
    completion = chat(QUESTION, max_tokens=16)
    assert (completion.outcome, completion.text) == ("truncated", "")


def test_empty_answer_is_an_answer(chat: Asking) -> None:
    """A model may have nothing to say; null with `stop` is no answer, though."""
    chooses(chat, message={"content": ""})
    completion = chat(QUESTION)
    assert (completion.outcome, completion.text) == ("complete", "")


@pytest.mark.parametrize(
    "changes",
    [
        {"choices": []},
        {"choices": None},
        {"choices": [{"index": 0, "finish_reason": "stop"}]},
        {"choices": [{"index": 0, "message": {"content": None}, "finish_reason": "stop"}]},
        {"choices": [{"index": 0, "message": {"content": "Fine."}, "finish_reason": None}]},
    ],
    ids=["none", "null", "message", "text", "why"],
)
def test_answer_without_its_parts_is_asked_for_again(chat: Asking, changes: dict[str, Any]) -> None:
    """The library lets such an answer through."""
    chat.vendors.reply = lambda _asked: Reply(changes=changes)
    with pytest.raises(TransientError, match="the answer has no "):
        chat(QUESTION)


def test_unknown_finish_reason_is_an_error_that_names_it(chat: Asking) -> None:
    """What a new one means for the text nobody knows yet."""
    chooses(chat, finish_reason="tired")
    with pytest.raises(CallError, match="the answer ended with `tired`, which is not known"):
        chat(QUESTION)


@pytest.mark.parametrize("key", ["reasoning_content", "reasoning"])
def test_reasoning_of_compatible_servers_is_kept_apart(chat: Asking, key: str) -> None:
    """It is stored, and is no part of the text."""
    chooses(chat, message={key: "Hm."})
    completion = chat.but(options={})(QUESTION)
    assert (completion.text, completion.reasoning) == ("Fine.", "Hm.")


def test_usage_includes_what_was_cached_and_thought(chat: Asking) -> None:
    """OpenAI's counts are whole already."""
    usage = {
        "prompt_tokens": 3000,
        "completion_tokens": 40,
        "prompt_tokens_details": {"cached_tokens": 2048, "cache_write_tokens": 512},
        "completion_tokens_details": {"reasoning_tokens": 25},
    }
    chat.vendors.reply = lambda _asked: Reply("Fine.", usage=usage)
    assert chat(QUESTION).usage == Usage(
        input_tokens=3000, output_tokens=40, cached_tokens=2048, cache_write_tokens=512, reasoning_tokens=25
    )


def test_tokens_that_are_not_told_are_not_known(chat: Asking) -> None:
    """None, and never 0."""
    chat.vendors.reply = lambda _asked: Reply("Fine.", changes={"usage": None})
    completion = chat(QUESTION)
    assert completion.usage == Usage()
    assert completion.cost_usd is None


@pytest.mark.parametrize(
    ("wanted", "top"),
    [(0, ()), (2, (STEPS[0][2], STEPS[1][2]))],
    ids=["chosen alone", "with the likeliest"],
)
def test_logprobs_are_the_models_own(chat: Asking, wanted: int, top: tuple[Any, ...]) -> None:
    """For each token its own and, if asked for, those of the likeliest, best first."""
    chat.vendors.reply = lambda _asked: Reply("Fine.", logprobs=STEPS)
    assert chat(QUESTION, logprobs=wanted).logprobs == TokenLogprobs("model", ("Fine", "."), (-0.25, -0.5), top)
    assert chat(QUESTION).logprobs is None


@pytest.mark.parametrize(
    "step", [{"logprob": -1.0}, {"token": "a"}, {"token": "a", "logprob": True}], ids=["token", "number", "kind"]
)
def test_broken_logprobs_are_asked_for_again(chat: Asking, step: dict[str, Any]) -> None:
    """Half of them would shift all others."""
    chooses(chat, logprobs={"content": [step]})
    with pytest.raises(TransientError, match="in a step of the log-probabilities"):
        chat(QUESTION, logprobs=0)


def test_logprobs_that_were_asked_for_may_not_come(chat: Asking) -> None:
    """Some servers take the setting and give none; None says so."""
    chooses(chat, logprobs=None)
    assert chat(QUESTION, logprobs=3).logprobs is None
