"""What the checks of one probe share: the asker, the settings that always hold, what is known so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.probe.findings import Finding, contradiction
from evalkit.support import knob_of, unsupported_reason
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from evalkit.probe.draws import Asker
    from evalkit.probe.end import End
    from evalkit.probe.findings import Check
    from evalkit.protocols import Provider
    from evalkit.support import Knob
    from evalkit.types import Completion, SettingValue

KEPT = ("max_tokens", "reasoning_effort", "thinking", "thinking_budget")
"""Settings of a profile that hold in a probe, too; the others would act beside the one under test."""
MAX_TOKENS = 48
"""Most tokens of an answer, unless the profile says otherwise: one sentence."""
ROOM_TO_THINK = 2048
"""The same for a model that spent all of `MAX_TOKENS` on thinking."""


@dataclass(slots=True)
class Work:
    """One probe under way.

    Attributes:
        base: Settings that hold in every call besides the one under test.
        ask_unsupported: Send settings that the table calls unsupported all the same.
        greedy: Draws at the lowest temperature that was taken; None when none was.
        free: Draws at the highest temperature that was taken; None when none was.
        temperature: The verdict on it; None before there is one.
    """

    asker: Asker
    base: Mapping[str, SettingValue]
    ask_unsupported: bool = False
    greedy: End | None = None
    free: End | None = None
    temperature: str | None = None

    @property
    def provider(self) -> Provider:
        """The provider under test."""
        return self.asker.provider

    def knob(self, setting: str) -> Knob:
        """Return what the table or the profile says of a setting."""
        return knob_of(self.provider, setting)

    def not_asked(self, check: Check, *settings: Mapping[str, SettingValue]) -> Finding | None:
        """Return the finding that nothing is sent, when the table has a word against any of these settings."""
        if self.ask_unsupported:
            return None
        for each in settings:
            usable = {name: value for name, value in each.items() if self.knob(name).state != "ignored"}
            reason = unsupported_reason(self.provider, usable)
            if reason is not None:
                return Finding(check, "not_asked", f"{reason}; `--ask-unsupported` asks all the same")
        return None

    def refusal(self, setting: str, answers: Sequence[Completion | None]) -> str | None:
        """Return the server's own words when it refused a setting in any of these answers."""
        refusals: Mapping[str, str] = getattr(self.provider, "refusals", EMPTY)
        refused = any(each is not None and each.outcome == "unsupported" for each in answers)
        return refusals.get(setting) if refused else None

    def with_table(self, finding: Finding, setting: str) -> Finding:
        """Add what the table says of a setting, and whether the verdict contradicts it."""
        knob = self.knob(setting)
        if knob.state == "unknown":
            return replace(finding, table=None)
        said = f"{knob.state}" + (f" ({knob.source})" if knob.source else "")
        return replace(finding, table=said, contradiction=contradiction(knob.state, finding.verdict))


async def accounted(work: Work, check: Check, make: Callable[[Work], Coroutine[None, None, Finding]]) -> Finding:
    """Make a check, and add what it took and whether it was cut short."""
    asker = work.asker
    stopped = _stopped_by(asker) if asker.stopped else None
    if stopped is not None:
        return Finding(check, "undecided", "nothing was asked", cut_short=stopped)
    before = (asker.calls, asker.cost_usd, asker.unpriced)
    asker.failure = None
    finding = await make(work)
    cost = asker.cost_usd - before[1] if asker.unpriced == before[2] else None
    cut_short = finding.cut_short
    if finding.verdict == "undecided":
        cut_short = cut_short or _stopped_by(asker)
    return replace(finding, calls=asker.calls - before[0], cost_usd=cost, cut_short=cut_short)


def _stopped_by(asker: Asker) -> str | None:
    """Return the cap that was reached, or else the last call that failed."""
    return asker.stopped or (f"calls failed: {asker.failure}" if asker.failure else None)
