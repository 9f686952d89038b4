"""Which calls a provider still has to be asked for: those of supported cells that no stored answer stands in for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from evalkit.expand import expand, live_sample, slots
from evalkit.generate.tokens import prompt_tokens
from evalkit.support import unsupported_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from evalkit.estimate.amounts import Amount
    from evalkit.expand import Slot
    from evalkit.generate import Work
    from evalkit.types import Sample

Held: TypeAlias = "Callable[[Sample], str | None]"
"""Returns the text of the answer that a sample need not be asked for, or None when it must be."""


@dataclass(frozen=True, slots=True)
class Group:
    """Calls that send the same messages under the same limit on the answer.

    Attributes:
        sample: One of them.
        calls: How many there are.
        replies: Replies of the model's own in its messages that are still to be drawn; they stand there as empty texts.
        quoted: Tokens of another model's text that its messages will quote; None for none.
    """

    sample: Sample
    calls: int
    replies: int = 0
    quoted: Amount | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a provider still has to be asked for.

    Attributes:
        held: Calls that need not be made, because there is an answer.
        unsupported: Cells that cannot be run as asked, by the reason.
    """

    groups: tuple[Group, ...]
    held: int
    unsupported: Mapping[str, int]

    @property
    def calls(self) -> int:
        """Calls to make."""
        return sum(group.calls for group in self.groups)


def still_to_ask(work: Work, held: Held | None = None) -> Asked:
    """Go through a sweep without asking anything.

    Args:
        work: The sweep for one provider.
        held: Knows the answers that there are; None when there are none.

    Raises:
        SuiteError: A prompt cannot be built.
    """
    gathered = _Gathered(work, held)
    # Without answers to look for, one repeat stands for all.
    places = slots(work.conditions, work.cases, 1, work.cells) if held is None else work.slots()
    if work.live:
        for slot in places:
            gathered.converse(slot)
    else:
        for sample in expand(work.plan, places):
            if not gathered.is_unsupported(sample):
                gathered.add(sample, 0)
    groups = (Group(sample, calls, replies) for (_, replies, _), (sample, calls) in gathered.groups.items())
    return Asked(tuple(groups), gathered.spared, dict(gathered.unsupported))


def prompts_to_count(asked: Asked, most: int) -> list[Sample]:
    """Choose samples with different prompts for a counter: all of them when few, else an even choice by length.

    Prompts with replies that are still to be drawn are not among them.
    """
    distinct = {group.sample.prompt.digest: group.sample for group in asked.groups if not group.replies}
    ordered = sorted(distinct.values(), key=lambda sample: (prompt_tokens(sample.prompt), sample.prompt.digest))
    return ordered if len(ordered) <= most else list(_evenly(ordered, most))


def _evenly(ordered: Sequence[Sample], most: int) -> Iterator[Sample]:
    """Take the first, the last, and what lies at even distances between."""
    for number in range(most):
        yield ordered[round(number * (len(ordered) - 1) / max(1, most - 1))]


@dataclass(slots=True)
class _Gathered:
    """The calls met so far, by what they send."""

    work: Work
    held: Held | None
    groups: dict[tuple[str, int, object], tuple[Sample, int]] = field(
        default_factory=dict["tuple[str, int, object]", "tuple[Sample, int]"]
    )
    spared: int = 0
    unsupported: Counter[str] = field(default_factory=Counter[str])

    def add(self, sample: Sample, replies: int) -> str | None:
        """Take in one call, and return the answer that there is to it."""
        answer = None if self.held is None or replies else self.held(sample)
        if answer is not None:
            self.spared += 1
            return answer
        key = (sample.prompt.digest, replies, sample.settings.get("max_tokens"))
        first, calls = self.groups.get(key, (sample, 0))
        self.groups[key] = first, calls + (self.work.repeats if self.held is None else 1)
        return None

    def converse(self, slot: Slot) -> None:
        """Take in a live conversation: each reply is a call, and part of the prompts after it."""
        replies: list[str] = []
        unknown = 0
        for turn in (*range(slot.turns), None):
            sample = live_sample(self.work.plan, slot, replies, turn)
            if self.is_unsupported(sample):  # which its settings decide, so that its first call tells
                return
            answer = self.add(sample, unknown)
            unknown += answer is None
            replies.append(answer or "")

    def is_unsupported(self, sample: Sample) -> bool:
        """Tell whether a sample's cell cannot be run as asked, and count the cell once."""
        reason = unsupported_reason(self.work.provider, sample.settings)
        if reason is not None and sample.repeat == 0:
            self.unsupported[reason] += 1
        return reason is not None
