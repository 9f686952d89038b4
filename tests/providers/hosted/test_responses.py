"""Responses: what goes out, and what the answers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import CallError, SettingRefusedError, TransientError
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
def responses(asking: Callable[..., Asking]) -> Asking:
    """Give calls to a model that reasons when it is asked to."""
    return asking("openai", "gpt-5.4-mini", options={"server": "openai", "api": "responses"})


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        ({}, {}),
        ({"temperature": 0.0}, {"temperature": 0.0}),
        ({"top_p": 0.5}, {"top_p": 0.5}),
        ({"max_tokens": 7}, {"max_output_tokens": 7}),
        ({"reasoning_effort": "high"}, {"reasoning": {"effort": "high"}}),
        ({"logprobs": 0}, {"include": ["message.output_text.logprobs"], "top_logprobs": 0}),
        ({"logprobs": 20}, {"include": ["message.output_text.logprobs"], "top_logprobs": 20}),
    ],
)
def test_setting_has_its_name_in_the_document(
    responses: Asking, settings: dict[str, Any], sent: dict[str, Any]
) -> None:
    """Nothing else is in it, and nothing is kept at the vendor's, which would be the default."""
    assert responses.body(QUESTION, **settings) == {
        "model": "gpt-5.4-mini",
        "input": [{"role": "user", "content": "How are you?"}],
        "store": False,
        **sent,
    }
    assert responses(QUESTION, **settings).applied == settings


def test_compatible_server_is_told_not_to_stream(responses: Asking) -> None:
    """Some stream by default, where OpenAI does not."""
    assert responses.but(options={"api": "responses"}).body(QUESTION)["stream"] is False


def test_system_prompt_goes_out_as_instructions(responses: Asking) -> None:
    """And is no part of what is recorded as sent."""
    body = responses.body(("system", "Be brief."), QUESTION)
    assert body["instructions"] == "Be brief."
    assert responses(("system", "Be brief."), QUESTION).sent == {"model": "gpt-5.4-mini", "store": False}


def test_refused_effort_is_the_setting_and_not_its_object(responses: Asking) -> None:
    """The vendor names the parameter in its own way."""
    with pytest.raises(SettingRefusedError) as caught:
        responses.but(model="gpt-6-astra")(QUESTION, reasoning_effort="none")
    assert caught.value.setting == "reasoning_effort"


def test_extra_joins_the_object_of_a_setting(responses: Asking) -> None:
    """A summary is asked for beside the effort, and `include` is continued."""
    extra = {"reasoning": {"summary": "auto"}, "include": ["reasoning.encrypted_content"]}
    body = responses.but(extra=extra).body(QUESTION, reasoning_effort="none", logprobs=1)
    assert body["reasoning"] == {"effort": "none", "summary": "auto"}
    assert body["include"] == ["message.output_text.logprobs", "reasoning.encrypted_content"]


@pytest.mark.parametrize(
    ("reply", "outcome", "stop_reason", "text"),
    [
        (Reply("Fine."), "complete", "completed", "Fine."),
        (Reply("Fi", ending="length"), "truncated", "max_output_tokens", "Fi"),
        (Reply("Fi", ending="filtered"), "refusal", "content_filter", ""),
        (Reply("No.", ending="refused"), "refusal", "refusal: No.", ""),
    ],
    ids=["whole", "cut", "filtered", "refused"],
)
def test_status_decides_the_outcome(responses: Asking, reply: Reply, outcome: str, stop_reason: str, text: str) -> None:
    """A refusal is a part of the content, and a filter one of the reasons to be incomplete."""
    responses.vendors.reply = lambda _asked: reply
    completion = responses(QUESTION)
    assert (completion.outcome, completion.stop_reason, completion.text) == (outcome, stop_reason, text)


def test_reasoning_may_use_up_all_of_max_tokens(responses: Asking) -> None:
    """Then there is no message at all, and the answer is truncated."""
    changes: dict[str, Any] = {
        "status": "incomplete",
        "incomplete_details": {"reason": "max_output_tokens"},
        "output": [{"type": "reasoning", "summary": []}],
    }
    responses.vendors.reply = lambda _asked: Reply(changes=changes)
    completion = responses(QUESTION, max_tokens=16)
    assert (completion.outcome, completion.text) == ("truncated", "")


@pytest.mark.parametrize(
    "changes",
    [
        {"status": None},
        {"output": None},
        {"output": []},
        {"output": [{"type": "message", "content": None}]},
        {"output": [{"type": "message", "content": [{"type": "output_text"}]}]},
        {"status": "incomplete", "incomplete_details": None},
    ],
    ids=["status", "null", "empty", "content", "text", "why"],
)
def test_answer_without_its_parts_is_asked_for_again(responses: Asking, changes: dict[str, Any]) -> None:
    """The library lets such an answer through."""
    responses.vendors.reply = lambda _asked: Reply("Fine.", changes=changes)
    with pytest.raises(TransientError, match="the answer has no "):
        responses(QUESTION)


def test_failure_with_status_200_is_tried_again(responses: Asking) -> None:
    """It says why."""
    changes: dict[str, Any] = {"status": "failed", "error": {"code": "server_error", "message": "The model stumbled."}}
    responses.vendors.reply = lambda _asked: Reply(changes=changes)
    with pytest.raises(TransientError, match=r"the answer failed: The model stumbled\."):
        responses(QUESTION)


@pytest.mark.parametrize(
    "changes",
    [{"status": "queued"}, {"status": "incomplete", "incomplete_details": {"reason": "tired"}}],
    ids=["status", "reason"],
)
def test_unknown_end_is_an_error_that_names_it(responses: Asking, changes: dict[str, Any]) -> None:
    """What it means for the text nobody knows yet."""
    responses.vendors.reply = lambda _asked: Reply("Fine.", changes=changes)
    with pytest.raises(CallError, match="`queued`|`tired`") as caught:  # noqa: RUF043 - one of two words
        responses(QUESTION)
    assert type(caught.value) is CallError


@pytest.mark.parametrize(
    "item",
    [
        {"summary": [{"type": "summary_text", "text": "Hm."}, {"type": "summary_text", "text": "Well."}]},
        {"summary": [], "content": [{"type": "reasoning_text", "text": "Hm.\n\nWell."}]},
    ],
    ids=["summary", "text"],
)
def test_reasoning_is_kept_apart(responses: Asking, item: dict[str, Any]) -> None:
    """A summary of it, or of an open model the text itself; never a part of the answer."""
    message = {"type": "message", "content": [{"type": "output_text", "text": "Fine."}]}
    output = [{"type": "reasoning", **item}, message]
    responses.vendors.reply = lambda _asked: Reply(changes={"output": output})
    completion = responses(QUESTION)
    assert (completion.text, completion.reasoning) == ("Fine.", "Hm.\n\nWell.")


def test_usage_includes_what_was_cached_and_thought(responses: Asking) -> None:
    """OpenAI's counts are whole already."""
    usage = {
        "input_tokens": 3000,
        "output_tokens": 40,
        "input_tokens_details": {"cached_tokens": 2048, "cache_write_tokens": 512},
        "output_tokens_details": {"reasoning_tokens": 25},
    }
    responses.vendors.reply = lambda _asked: Reply("Fine.", usage=usage)
    assert responses(QUESTION).usage == Usage(
        input_tokens=3000, output_tokens=40, cached_tokens=2048, cache_write_tokens=512, reasoning_tokens=25
    )


def test_logprobs_are_the_models_own(responses: Asking) -> None:
    """They come only where they are included by name, which the setting does."""
    responses.vendors.reply = lambda _asked: Reply("Fine.", logprobs=STEPS)
    assert responses(QUESTION).logprobs is None
    assert responses(QUESTION, logprobs=2).logprobs == TokenLogprobs(
        "model", ("Fine", "."), (-0.25, -0.5), (STEPS[0][2], STEPS[1][2])
    )
    assert responses(QUESTION, logprobs=0).logprobs == TokenLogprobs("model", ("Fine", "."), (-0.25, -0.5))
