"""Writes messages the way a model was trained to read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.errors import ProfileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.types import Message

PLAIN_TEMPLATE = (
    "{% for message in messages %}{{"
    " {'system': 'System', 'user': 'User', 'assistant': 'Assistant'}[message['role']]"
    " }}: {{ message['content'] }}\n\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}Assistant:{% endif %}"
)
"""For models that know no chat: each turn after the name of its speaker, and a blank line between turns.

Nothing in it ends an answer; give `stop: ["\\n\\nUser:"]` or a limit on tokens.
"""


class Chat:
    """Renders and tokenises messages for one tokenizer.

    Args:
        tokenizer: The model's.
        template: `plain`, the text of a Jinja template, or None for the template that comes with the model.
        profile: The profile's name, for messages.

    Raises:
        ProfileError: The model has no template and none was given.
    """

    def __init__(self, tokenizer: Any, template: str | None, profile: str) -> None:  # noqa: ANN401 - the library's types are not static
        self._tokenizer = tokenizer
        self._template = PLAIN_TEMPLATE if template == "plain" else template
        if self._template is None and not tokenizer.chat_template:
            raise ProfileError(
                f"provider {profile}: the model has no chat template",
                hint="state one in the profile: `options: {chat_template: plain}`, or the text of a Jinja template",
            )

    def render(self, messages: Sequence[Message]) -> str:
        """Return the prompt as the model reads it, special tokens included.

        A template may put a system prompt of its own where there is no system message; an empty system message and
        none are different prompts.
        """
        plain = [{"role": message.role, "content": message.content} for message in messages]
        return str(
            self._tokenizer.apply_chat_template(
                plain, chat_template=self._template, tokenize=False, add_generation_prompt=True
            )
        )

    def tokens(self, messages: Sequence[Message]) -> tuple[int, ...]:
        """Return the ids of the rendered prompt; the template has written the special tokens, so none are added."""
        return tuple(self._tokenizer(self.render(messages), add_special_tokens=False)["input_ids"])
