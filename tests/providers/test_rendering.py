"""How a prompt is shown where no chat template turns it into one text."""

from __future__ import annotations

from evalkit.providers.rendering import plain_messages
from evalkit.types import Message


def test_messages_stand_one_after_the_other_under_their_roles() -> None:
    """Nothing is escaped, cut or left out, an empty text included."""
    messages = [Message("system", ""), Message("user", "a\nb"), Message("assistant", "[user] no"), Message("user", "c")]
    assert plain_messages(messages) == "[system] \n[user] a\nb\n[assistant] [user] no\n[user] c"


def test_no_messages_are_an_empty_text() -> None:
    """There is nothing to show."""
    assert plain_messages([]) == ""
