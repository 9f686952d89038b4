"""The checks of temperature, top_p and top_k: draws at one end of the setting against draws at the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.probe.contrast import STAGES, judge
from evalkit.probe.end import End
from evalkit.probe.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.probe.contrast import Judged, Stage
    from evalkit.probe.findings import Check
    from evalkit.probe.work import Work

LEAST_TOP_P = 0.01
"""A share so small that the likeliest token alone is kept."""
HIGHEST_UNLESS_KNOWN = 1.0
"""The highest temperature asked where no table has one: every vendor takes it."""
FILTER_STAGES = STAGES[:2]


async def temperature(work: Work) -> Finding:
    """Draw at the lowest and at the highest temperature."""
    knob = work.knob("temperature")
    low = 0.0 if knob.low is None else knob.low
    high = HIGHEST_UNLESS_KNOWN if knob.high is None else knob.high
    narrow = End.empty("temperature at its lowest", {**work.base, "temperature": low})
    wide = End.empty("temperature at its highest", {**work.base, "temperature": high})
    unasked = work.not_asked("temperature", narrow.settings, wide.settings)
    if unasked is None:
        finding = await _contrast(work, "temperature", narrow, wide, STAGES)
        if finding.verdict != "refused":
            work.greedy = narrow if any(narrow.texts) else None
            work.free = wide if any(wide.texts) else None
    else:
        finding = unasked
    work.temperature = finding.verdict
    return work.with_table(finding, "temperature")


async def top_p(work: Work) -> Finding:
    """Draw from the likeliest token alone, and from all."""
    return await _filter(work, "top_p", max(LEAST_TOP_P, work.knob("top_p").low or 0.0))


async def top_k(work: Work) -> Finding:
    """Draw from the likeliest token alone, and from all."""
    return await _filter(work, "top_k", max(1, round(work.knob("top_k").low or 0.0)))


async def _filter(work: Work, setting: Check, value: float) -> Finding:
    """Compare with draws without the filter, at the highest temperature if it may be set along with the filter."""
    wide = work.free or End.empty("nothing set", work.base)
    unasked = work.not_asked(setting, {**wide.settings, setting: value})
    if unasked is not None and work.free is not None:
        wide = End.empty("nothing set", work.base)
        unasked = work.not_asked(setting, {**wide.settings, setting: value})
    if unasked is not None:
        return work.with_table(unasked, setting)
    narrow = End.empty(setting, {**wide.settings, setting: value})
    finding = await _contrast(work, setting, narrow, wide, FILTER_STAGES)
    return work.with_table(finding, setting)


async def _contrast(work: Work, setting: Check, narrow: End, wide: End, stages: Sequence[Stage]) -> Finding:
    """Draw in stages until it is clear what the setting does."""
    judged: Judged | None = None
    for stage in stages:
        for end in (narrow, wide):
            answers = await end.fill(work.asker, stage.draws, first_alone=stage is stages[0] and not end.asked)
            words = work.refusal(setting, answers)
            if words is not None:
                value = end.settings.get(setting)
                return Finding(setting, "refused", f"asked for {value:g}, the server said: {words}", draws=len(answers))
        judged = judge(narrow.texts, wide.texts, stage)
        if judged.verdict != "undecided" or judged.hopeless or not judged.draws or work.asker.stopped:
            break
    assert judged is not None
    return Finding(
        setting,
        judged.verdict,
        f"{_values(setting, narrow, wide)} {judged.why}",
        error_rate=judged.error_rate,
        bounds=() if judged.bounds is None else (judged.bounds,),
        draws=judged.draws,
    )


def _values(setting: str, narrow: End, wide: End) -> str:
    other = f"{wide.settings[setting]:g}" if setting in wide.settings else "none"
    return f"at {narrow.settings[setting]:g} and {other},"
