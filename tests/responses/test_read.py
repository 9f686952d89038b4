"""Files of responses."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from evalkit.errors import SuiteError
from evalkit.responses.read import Response, read_responses
from evalkit.types import Completion


def _read(*lines: Any) -> list[Response]:  # noqa: ANN401 - any JSON
    raw = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return list(read_responses(io.BytesIO(raw), "r.jsonl"))


def test_both_layouts_are_read() -> None:
    """The published one, and evalkit's own with all that it may say."""
    own = {
        "case": 7,
        "text": "b",
        "repeat": 2,
        "condition": {"temperature": 0.5, "stop": ["a", "b"]},
        "provider": "gpt-4",
        "outcome": "truncated",
        "more": "is not looked at",
    }
    assert _read({"prompt": "p ", "response": "a"}, {"key": "k", "response": ""}, own) == [
        Response(1, Completion("complete", text="a"), prompt="p "),
        Response(2, Completion("complete", text=""), case="k"),
        Response(
            3,
            Completion("truncated", text="b"),
            case="7",
            repeat=2,
            condition={"temperature": 0.5, "stop": ("a", "b")},
            provider="gpt-4",
        ),
    ]


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"response": None}, "the response is null, not a text"),
        ({"response": 4}, "the response is a number, not a text"),
        ({"response": ["a"]}, "the response is a list, not a text"),
        ({"error": "timeout"}, "timeout"),
        ({"error": "timeout", "response": "half"}, "timeout"),
        ({"outcome": "error"}, "the file says that there was an error"),
    ],
)
def test_a_text_that_is_not_there_is_an_error_and_no_wrong_answer(parts: dict[str, Any], error: str) -> None:
    """Nothing is judged, and the reason is kept."""
    (found,) = _read({"case": "a", **parts})
    assert found.completion == Completion("error", error=error)
    assert not found.completion.scored


def test_a_refusal_needs_no_text() -> None:
    """The file may say that the model refused."""
    assert _read({"case": "a", "outcome": "refusal"})[0].completion == Completion("refusal")


@pytest.mark.parametrize(
    ("line", "what", "hint"),
    [
        ("text", "must be an object, got a text", "for example"),
        ({"response": "a"}, "neither `case` nor `prompt`", "for example"),
        ({"promt": "p", "response": "a"}, "neither `case` nor `prompt`", "did you mean `prompt`?"),
        ({"prompt": "p", "output": "a"}, "there is no `response`", "for example"),
        ({"prompt": "p", "responses": "a"}, "there is no `response`", "did you mean `response`?"),
        ({"prompt": 3, "response": "a"}, "`prompt` must be a text", "for example"),
        ({"case": [], "response": "a"}, "`case` must be a text or a whole number", "for example"),
        ({"case": "a", "response": "a", "repeat": -1}, "`repeat` must be a whole number", "for example"),
        ({"case": "a", "response": "a", "repeat": 10**6}, "`repeat` must be a whole number", "for example"),
        ({"case": "a", "response": "a", "condition": []}, "`condition` must be an object", "for example"),
        ({"case": "a", "response": "a", "provider": ""}, "`provider` must be a name", "for example"),
        ({"case": "a", "response": "a", "outcome": "fine"}, "`outcome` must be one of", "for example"),
    ],
)
def test_a_line_of_no_layout_is_refused_with_its_place(line: Any, what: str, hint: str) -> None:  # noqa: ANN401 - any JSON
    """A wrong file is said to be wrong, with a hint, and nothing of it is guessed."""
    with pytest.raises(SuiteError) as raised:
        _read({"prompt": "p", "response": "a"}, line)
    assert raised.value.message.startswith("r.jsonl:2:1: ")
    assert what in raised.value.message
    assert hint in (raised.value.hint or "")


def test_a_huge_line_is_passed_over_with_its_number() -> None:
    """It belongs nowhere, and the lines after it are read."""
    raw = b'{"case": "a", "response": "' + b"x" * 500 + b'"}\n{"case": "a", "response": "b"}\n'
    first, second = read_responses(io.BytesIO(raw), "r", longest=100)
    assert first.fault == "the line is longer than 100 bytes"
    assert (second.line, second.completion.text) == (2, "b")
