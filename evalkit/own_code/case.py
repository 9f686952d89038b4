"""What a user's function is told of the completion that it judges."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from evalkit.types import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.protocols import Context
    from evalkit.types import AxisValue, Json, Scalar


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """The second argument of a user's function.

    Attributes:
        id: The case's id in its suite.
        prompt: The last user message, as it was sent.
        system: The system prompt, as it was sent; None when there was none.
        variables: The case's own.
        condition: One value for each axis; a list where the suite has a list.
        messages: All that was sent, in order.
        reasoning: What the model wrote before its answer, as far as it shows it.
        outcome: `complete` or `truncated`.
    """

    id: str
    prompt: str
    system: str | None
    variables: Mapping[str, Scalar]
    condition: Mapping[str, AxisValue]
    messages: tuple[Message, ...]
    reasoning: str
    outcome: str


def plain_case(context: Context) -> Json:
    """Return what there is to tell as plain data, for the way into another process."""
    case = JudgedCase(
        id=context.case.id,
        prompt=context.prompt,
        system=context.system,
        variables=dict(context.case.variables),
        condition=context.condition.as_dict(),
        messages=context.messages,
        reasoning=context.completion.reasoning,
        outcome=context.completion.outcome,
    )
    return {field.name: getattr(case, field.name) for field in fields(case)} | {
        "messages": [asdict(message) for message in case.messages]
    }


def read_case(plain: Json) -> JudgedCase:
    """Build the case again from what `plain_case` returned."""
    known: dict[str, Json] = {**plain, "messages": tuple(Message(**message) for message in plain["messages"])}
    return JudgedCase(**known)
