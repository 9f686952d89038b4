"""A suite to join responses to."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.load import rebuild
from evalkit.responses.read import read_responses

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.responses.read import Response
    from evalkit.types import Suite


@pytest.fixture
def made_suite() -> Callable[..., Suite]:
    """Give a function that builds a suite of prompts by case, with further keys as YAML has them."""

    def make(prompts: dict[str, str], **keys: Any) -> Suite:  # noqa: ANN401 - any key of a suite
        cases = [{"id": name, "prompt": prompt} for name, prompt in prompts.items()]
        return rebuild({"suite": "made", "providers": ["script"], "cases": cases, **keys})

    return make


@pytest.fixture
def response() -> Callable[..., Response]:
    """Give a function that reads one response."""

    def read(**parts: Any) -> Response:  # noqa: ANN401 - any JSON
        (found,) = read_responses(lines([{"response": "a", **parts}]), "r.jsonl")
        return found

    return read


def lines(values: Sequence[dict[str, Any]]) -> io.BytesIO:
    """Return a file with one value a line."""
    return io.BytesIO("".join(json.dumps(value) + "\n" for value in values).encode())


@pytest.fixture
def as_file() -> Callable[[Sequence[dict[str, Any]]], io.BytesIO]:
    """Give a function that makes a file of responses."""
    return lines
