"""Samples with their completions, as the store gives them back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalkit.store import rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.types import Completion, Condition, Message, SettingValue
    from evalkit.verdicts import Scored


@dataclass(frozen=True, slots=True)
class Identity:
    """Where a sample stands in a run."""

    provider: str
    position: int
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """One probe as the store holds it; condition, settings and messages stay text until a cell needs them."""

    position: int
    condition_text: str
    case_id: str
    repeat: int
    settings_text: str
    rule_share: float | None
    scored: Scored | None
    completion: Completion
    messages_text: str

    @property
    def messages(self) -> tuple[Message, ...]:
        """The exact messages that were sent."""
        return rows.read_messages(self.messages_text)

    @property
    def condition(self) -> Condition:
        """The condition."""
        return rows.read_condition(self.condition_text)

    @property
    def requested(self) -> Mapping[str, SettingValue]:
        """The settings that were asked for."""
        return rows.read_settings(self.settings_text)


@dataclass(frozen=True, slots=True)
class StoredSample:
    """One sample with its exact messages and the seed of its draw."""

    messages: tuple[Message, ...]
    seed: int
    drawn: Drawn


DRAWN_COLUMNS = (
    f"position, condition, case_id, repeat, settings, rule_share, verdicts, messages, {rows.COMPLETION_COLUMNS}"
)
FROM_DRAWN = (
    "FROM samples JOIN completions ON completions.id = samples.completion"
    " JOIN prompts ON prompts.digest = samples.prompt WHERE samples.run = ? AND provider = ? AND turn = ?"
)


def read_drawn(row: Sequence[Any]) -> Drawn:
    """Build a probe from the values of `DRAWN_COLUMNS`."""
    position, condition, case_id, repeat, settings, rule_share, verdicts, messages, *completion = row
    return Drawn(
        position=position,
        condition_text=condition,
        case_id=case_id,
        repeat=repeat,
        settings_text=settings,
        rule_share=rule_share,
        scored=None if verdicts is None else rows.read_scored(verdicts),
        completion=rows.read_completion(completion),
        messages_text=messages,
    )
