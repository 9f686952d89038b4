"""Prompts as a model reads them."""

from __future__ import annotations

import pytest

from evalkit.errors import ProfileError
from evalkit.providers.local.chat import Chat
from evalkit.types import Message
from tests.providers.conftest import make_tokenizer

MESSAGES = [
    Message("system", "Be brief."),
    Message("user", "Hello."),
    Message("assistant", "Yes?"),
    Message("user", "Why?"),
]


def test_plain_template_names_the_speakers() -> None:
    """The plain template is what the profile says, in so many words."""
    rendered = Chat(make_tokenizer(), "plain", "tiny").render(MESSAGES)
    assert rendered == "System: Be brief.\n\nUser: Hello.\n\nAssistant: Yes?\n\nUser: Why?\n\nAssistant:"


def test_own_template_is_used() -> None:
    """The text of a template may stand in the profile."""
    chat = Chat(make_tokenizer(), "{% for message in messages %}<{{ message.content }}>{% endfor %}", "tiny")
    assert chat.render(MESSAGES[1:2]) == "<Hello.>"


def test_model_without_template_is_refused() -> None:
    """No template is guessed: the profile must state one."""
    tokenizer = make_tokenizer()
    tokenizer.chat_template = None
    with pytest.raises(ProfileError, match="has no chat template") as caught:
        Chat(tokenizer, None, "tiny")
    assert "chat_template: plain" in str(caught.value.hint)


def test_special_tokens_are_not_added_twice() -> None:
    """The template writes them all."""
    chat = Chat(make_tokenizer(), "w3 w4<end>", "tiny")
    assert chat.tokens(MESSAGES) == (5, 6, 0)
