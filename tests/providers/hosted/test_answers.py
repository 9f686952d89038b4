"""What comes with status 200 is trusted in nothing."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import pytest

from asking import make_sample
from evalkit.errors import CallError, TransientError
from evalkit.providers.hosted.answers import (
    Answer,
    count_in,
    list_in,
    maybe_list,
    maybe_text,
    object_in,
    read_object,
    text_in,
)
from evalkit.providers.registry import ADAPTERS
from evalkit.types import Profile
from vendors.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asking import Asking

QUESTION = ("user", "How are you?")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("html", "the answer is text/html; charset=utf-8 where JSON belongs: <!doctype html>"),
        ("truncated", "the answer is not whole JSON"),
        ("empty", "the answer was empty, with status 200"),
        ("missing_field", "the answer has no `"),
        ("wrong_type", "the answer is text/plain where JSON belongs"),
        ("list", "the answer is a JSON list where an object belongs"),
    ],
)
def test_rubbish_with_status_200_is_asked_for_again(each_dialect: Asking, kind: Any, said: str) -> None:
    """The libraries hand some of it on as an answer; here none of it is one. There was one request."""
    each_dialect.vendors.fault = lambda _asked: Fault(kind)
    with pytest.raises(TransientError) as caught:
        each_dialect(QUESTION)
    assert caught.value.message.startswith(said)
    assert len(each_dialect.vendors.received) == 1


@pytest.mark.parametrize(
    "content", [b"null", b"3", b'"text"', b"{}", b"\xff\xfe{}", b"[" * 100_000, b'{"a": NaN, "b": 1e999}', b"{} {}"]
)
def test_odd_json_is_asked_for_again(each_dialect: Asking, content: bytes) -> None:
    """Scalars, no fields at all, another encoding, a nest without end, two documents."""
    each_dialect.vendors.fault = lambda _asked: Fault(
        "verbatim", 200, headers={"content-type": "application/json"}, content=content
    )
    with pytest.raises(TransientError):
        each_dialect(QUESTION)


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON", "text/json"]
)
def test_type_of_json_may_be_written_in_many_ways(kind: str) -> None:
    """Letters of either size, and parameters."""
    assert read_object(b'{"a": 1}', kind) == {"a": 1}
    assert read_object('{"a": "\u00e9"}', kind) == {"a": "\u00e9"}


def test_page_is_shown_in_one_short_line() -> None:
    """So that the user sees whose it is; the hint says what it may be."""
    with pytest.raises(TransientError) as caught:
        read_object(b"<html>\n\n  Sign\tin " + b"x" * 1000, "")
    assert caught.value.message.startswith("the answer is of no type where JSON belongs: <html> Sign in xxx")
    assert len(caught.value.message) < 150
    assert "proxy" in str(caught.value.hint)


def test_parts_that_must_be_there() -> None:
    """A text, even an empty one; a list of objects, of which what is no object is left out."""
    assert text_in({"a": ""}, "a", "b") == ""
    assert list_in({"a": [{"b": 1}, 2, None]}, "a", "b") == [{"b": 1}]
    values: list[Any] = [None, 1, [], {}]
    for value in values:
        with pytest.raises(TransientError, match="the answer has no `a` in a block"):
            text_in({"a": value}, "a", "a block")
    values = [None, 1, "", {}]
    for value in values:
        with pytest.raises(TransientError, match=r"the answer has no `a`$"):
            list_in({"a": value}, "a", "the answer")


def test_parts_that_may_be_there() -> None:
    """What has the wrong kind is as good as absent; a number from 0 upwards is a count, and true is none."""
    assert [maybe_text({"a": value}, "a") for value in ("x", "", None, 1)] == ["x", "", None, None]
    counts = [count_in({"a": value}, "a") for value in (0, 7, None, True, 1.5, "7", -1)]
    assert counts == [0, 7, None, None, None, None, None]
    odd: list[Any] = [{"b": 1}, [{"b": 1}, 2], None]
    assert [dict(object_in({"a": value}, "a")) for value in odd] == [{"b": 1}, {}, {}]
    assert [maybe_list({"a": value}, "a") for value in odd] == [[], [{"b": 1}], []]


GOOD: dict[str, Any] = {
    "claude": {
        "model": "m",
        "content": [{"type": "thinking", "thinking": "t"}, {"type": "text", "text": "x"}],
        "stop_reason": "end_turn",
        "stop_details": {"category": "cyber"},
        "usage": {"input_tokens": 1, "output_tokens": 2, "output_tokens_details": {"thinking_tokens": 1}},
    },
    "chat": {
        "model": "m",
        "choices": [
            {
                "message": {"content": "x", "refusal": None, "reasoning": "t"},
                "finish_reason": "stop",
                "logprobs": {
                    "content": [{"token": "x", "logprob": -1.0, "top_logprobs": [{"token": "x", "logprob": -1.0}]}]
                },
            }
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 0}},
    },
    "responses": {
        "model": "m",
        "status": "completed",
        "incomplete_details": {"reason": "max_output_tokens"},
        "error": {"message": "x"},
        "output": [
            {"type": "reasoning", "summary": [{"text": "t"}]},
            {
                "type": "message",
                "content": [{"type": "output_text", "text": "x", "logprobs": [{"token": "x", "logprob": 0}]}],
            },
        ],
        "usage": {"input_tokens": 1, "output_tokens": 2, "output_tokens_details": {"reasoning_tokens": 1}},
    },
    "gemini": {
        "modelVersion": "m",
        "promptFeedback": {},
        "candidates": [
            {
                "content": {"parts": [{"text": "t", "thought": True}, {"text": "x"}]},
                "finishReason": "STOP",
                "logprobsResult": {
                    "chosenCandidates": [{"token": "x", "logProbability": -1.0}],
                    "topCandidates": [{"candidates": [{"token": "x", "logProbability": -1.0}]}],
                },
            }
        ],
        "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 2, "thoughtsTokenCount": 1},
    },
}  # fmt: skip
PROFILES = {
    "claude": Profile("it", "claude", "claude-haiku-4-5"),
    "chat": Profile("it", "openai", "gpt-4.1-mini"),
    "responses": Profile("it", "openai", "gpt-4.1-mini", options={"api": "responses"}),
    "gemini": Profile("it", "gemini", "gemini-3.5-flash"),
}
ODD: list[Any] = [None, True, 0, -1.5, "", "x", [], [None], {}, {"text": None}, [[{}]]]


def spoiled(plain: Any) -> Iterator[Any]:
    """Yield a document with another value in one of its places, for every place and every odd value."""
    kind = type(plain).__name__
    steps: list[tuple[Any, Any]] = list(plain.items() if kind == "dict" else enumerate(plain if kind == "list" else ()))
    for key, inner in steps:
        for value in (*ODD, *spoiled(inner)):
            whole: Any = copy(plain)
            whole[key] = value
            yield whole


@pytest.mark.parametrize("dialect", GOOD)
def test_no_answer_breaks_the_adapter(dialect: str) -> None:
    """Whatever stands in whichever place: a completion that is one, or an error of evalkit's own."""
    build: Any = ADAPTERS.get(PROFILES[dialect].adapter)
    speaker = build(PROFILES[dialect]).dialect
    request = speaker.request(make_sample())
    whole = speaker.completion(request, Answer(GOOD[dialect]))
    assert (whole.outcome, whole.text, whole.reasoning) == ("complete", "x", "t")
    tried = 0
    for body in spoiled(GOOD[dialect]):
        tried += 1
        try:
            completion = speaker.completion(request, Answer(body))
        except CallError:
            continue
        assert isinstance(completion.text, str)
        assert isinstance(completion.reasoning, str)
        assert isinstance(completion.served_model, str | None)
        assert completion.outcome in ("complete", "truncated", "refusal")
    assert tried > 150
