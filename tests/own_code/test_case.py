"""What a user's function is told survives the way into another process."""

from __future__ import annotations

import json

from evalkit.own_code.case import JudgedCase, plain_case, read_case
from evalkit.protocols import Context
from evalkit.types import Case, Completion, Condition, Message


def test_case_is_read_as_it_was_written() -> None:
    """Everything arrives; without a system message there is no system prompt."""
    messages = (Message("user", "Hello?"), Message("assistant", "Yes."), Message("user", "Whales\ud83d?"))
    completion = Completion("truncated", "Ye", reasoning="Hm.")
    context = Context(Case("sea", "{{ a }}?", {"n": 3}), Condition((("temperature", 0.5),)), messages, completion)
    read = read_case(json.loads(json.dumps(plain_case(context))))
    assert read == JudgedCase(
        "sea", "Whales\ud83d?", None, {"n": 3}, {"temperature": 0.5}, messages, "Hm.", "truncated"
    )
