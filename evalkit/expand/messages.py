"""The exact messages of a prompt: system prompt, conversation so far, restatements, probe."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from evalkit.expand.conditions import system_of
from evalkit.expand.dilute import dilute
from evalkit.templates import render
from evalkit.types import Message, Prompt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.types import AxisValue, Case, Condition, Suite

    Variables: TypeAlias = Mapping[str, AxisValue]


@dataclass(frozen=True, slots=True)
class _Opening:
    """A rendered system prompt, and when to restate it.

    Attributes:
        text: None when there is no system message.
        every: Exchanges after which it is restated; None for never.
    """

    text: str | None
    rule_share: float | None = None
    every: int | None = None

    def restate_in(self, message: str, *, exchanges_before: int, refresh: str, variables: Variables) -> str:
        """Open the message with the system prompt where it is time to."""
        if self.text is None or self.every is None or not exchanges_before or exchanges_before % self.every:
            return message
        return render(refresh, {**variables, "system": self.text, "message": message})


def build_prompt(
    suite: Suite, case: Case, condition: Condition, *, replies: Sequence[str] = (), turn: int | None = None
) -> Prompt:
    """Write the messages of one case under one condition.

    Args:
        suite: Where systems, conversation and the refresh template come from.
        case: The situation.
        condition: One value for each axis.
        replies: For `mode: live`, the model's own replies to the exchanges so far.
        turn: None for the probe; for `mode: live`, the index of the exchange to be answered.

    Raises:
        SuiteError: A template cannot be rendered, or there is too little filler for the density.
    """
    variables: dict[str, AxisValue] = {**case.variables, **condition.as_dict()}
    opening = _opening(suite, condition, variables)
    messages = [] if opening.text is None else [Message("system", opening.text)]
    turns = condition.get("turns", 0) if turn is None else turn
    assert isinstance(turns, int)
    conversation = suite.conversation
    padding: list[str] = []
    for index in range(turns):
        assert conversation is not None
        exchange = conversation.exchanges[index]
        user = render(exchange.user, variables)
        reply = replies[index] if conversation.mode == "live" else render(exchange.assistant or "", variables)
        if conversation.mode == "padding":
            padding += [user, reply]
            continue
        messages.append(
            Message(
                "user", opening.restate_in(user, exchanges_before=index, refresh=suite.refresh, variables=variables)
            )
        )
        messages.append(Message("assistant", reply))
    if turn is None:
        last = "\n\n".join([*padding, render(case.prompt, variables)])
    else:
        assert conversation is not None
        last = render(conversation.exchanges[turn].user, variables)
    if not padding:
        last = opening.restate_in(last, exchanges_before=turns, refresh=suite.refresh, variables=variables)
    messages.append(Message("user", last))
    return Prompt(tuple(messages), digest(messages), opening.rule_share)


def digest(messages: Sequence[Message]) -> str:
    """Return the SHA-256 of messages, in hexadecimal."""
    plain = json.dumps([[message.role, message.content] for message in messages], ensure_ascii=False)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _opening(suite: Suite, condition: Condition, variables: Variables) -> _Opening:
    system = system_of(suite, condition.get("system"))
    if system.absent:
        return _Opening(None)
    refresh = condition.get("refresh")
    every = refresh if isinstance(refresh, int) else None
    if system.text is not None:
        return _Opening(render(system.text, variables), every=every)
    density = condition.get("density", 1.0)
    assert isinstance(density, float | int)
    rules = [render(rule, variables) for rule in system.rules]
    filler = [render(sentence, variables) for sentence in system.filler if density < 1]
    # The suite's seed and not the run's: another draw must meet the same prompt.
    diluted = dilute(rules, filler, density, seed=suite.seed or 0)
    return _Opening(diluted.text, diluted.rule_share, every)
