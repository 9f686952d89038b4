"""The check of the temperature that is really used, where a server gives log-probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.probe.draws import Wanted
from evalkit.probe.findings import Bounds, Finding
from evalkit.probe.prompts import OPEN_ENDED
from evalkit.statistics.tempered import Step, effective_temperature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.probe.work import Work
    from evalkit.statistics.tempered import EffectiveTemperature
    from evalkit.types import Completion, SettingValue, TokenLogprobs

VALUES = (0.5, 1.0, 1.5)
"""Temperatures asked for, as far as the model takes them."""
STAGES = (2, 6, 12)
"""Draws of each question at each temperature, by each look."""
FALSE_ALARM = 0.001
"""Chance of *distorted* for a temperature used as asked, over all values and looks."""
TOLERANCE = 1.5
"""By this factor the interval may reach beyond the value asked for when it is called *as asked*."""
MOST_LISTED = 20


async def effective(work: Work) -> Finding:
    """Draw with log-probabilities at several temperatures, and read off the one that was used."""
    knob, listed = work.knob("temperature"), work.knob("logprobs")
    top = MOST_LISTED if listed.high is None else min(MOST_LISTED, int(listed.high))
    values = [value for value in VALUES if (knob.low or 0) <= value and (knob.high is None or value <= knob.high)]
    settings = {value: {**work.base, "temperature": value, "logprobs": top} for value in values}
    if work.temperature in ("refused", "not_asked"):
        return Finding("effective_temperature", "not_asked", "no temperature is taken")
    unasked = work.not_asked("effective_temperature", *settings.values())
    if unasked is not None:
        return work.with_table(unasked, "logprobs")
    if not values:
        return Finding("effective_temperature", "not_asked", "no temperature to ask for lies in its range")
    drawn: dict[float, list[Completion]] = {value: [] for value in values}
    finding = Finding("effective_temperature", "undecided", "nothing was drawn")
    asked = 0
    for until in STAGES:
        refused = await _draw(work, settings, drawn, range(asked, until))
        if refused is not None:
            return refused
        asked = until
        finding = _judged(work, drawn)
        if finding.verdict != "undecided" or not finding.bounds or work.asker.stopped:
            break
    return finding


async def _draw(
    work: Work,
    settings: Mapping[float, Mapping[str, SettingValue]],
    drawn: Mapping[float, list[Completion]],
    repeats: range,
) -> Finding | None:
    """Add draws; return the finding that log-probabilities are refused, once they are."""
    wanted = [
        (value, Wanted(f"temperature {value:g} with log-probabilities", question, asked, repeat))
        for repeat in repeats
        for value, asked in settings.items()
        for question in OPEN_ENDED
    ]
    first = 1 if repeats.start == 0 else len(wanted)
    answers = await work.asker.ask([each for _, each in wanted[:first]])
    for setting in ("logprobs", "temperature"):
        words = work.refusal(setting, answers)
        if words is not None:
            why = f"asked for `{setting}`, the server said: {words}"
            return Finding("effective_temperature", "refused", why, draws=len(answers))
    answers += await work.asker.ask([each for _, each in wanted[first:]])
    for (value, _), answer in zip(wanted, answers, strict=True):
        if answer is not None and answer.scored:
            drawn[value].append(answer)
    return None


def _judged(work: Work, drawn: Mapping[float, Sequence[Completion]]) -> Finding:
    given = [each.logprobs for answers in drawn.values() for each in answers if each.logprobs is not None]
    draws = sum(map(len, drawn.values()))
    if not given:
        return Finding("effective_temperature", "undecided", "the server gave no log-probabilities", draws=draws)
    if any(each.distribution == "sampling" for each in given):
        why = "the log-probabilities are those after temperature, which do not tell it"
        return Finding("effective_temperature", "undecided", why, draws=draws)
    if not any(each.top for each in given):
        why = "the server gave log-probabilities of the chosen tokens alone"
        return Finding("effective_temperature", "undecided", why, draws=draws)
    alpha = FALSE_ALARM / len(drawn) / len(STAGES)
    found = {
        value: effective_temperature([step for each in answers for step in steps_of(each.logprobs)], alpha=alpha)
        for value, answers in drawn.items()
    }
    return judge(found, draws, connected=work.temperature == "connected")


def judge(found: Mapping[float, EffectiveTemperature], draws: int, *, connected: bool) -> Finding:
    """Hold what was used against what was asked for.

    Args:
        found: By the temperature asked for.
        draws: Answers that it rests on.
        connected: True when the draws themselves show that temperature acts.
    """
    shown = ", ".join(_shown(value, each) for value, each in found.items())
    steps = sum(each.steps for each in found.values())
    why = f"asked and used: {shown}; {steps:,} tokens"
    bounds = tuple(
        Bounds(f"temperature used where {value:g} was asked for", each.estimate, each.low, each.high, 1 - FALSE_ALARM)
        for value, each in found.items()
    )
    wrong = [value for value, each in found.items() if not each.holds(value)]
    if connected and len(found) > 1 and wrong and all(each.holds(1.0) for each in found.values()):
        why += "; though temperature acts, so that these may be log-probabilities after temperature"
        return Finding("effective_temperature", "undecided", why, None, bounds, draws)
    if wrong:
        return Finding("effective_temperature", "distorted", why, FALSE_ALARM, bounds, draws)
    if all(_close(value, each) for value, each in found.items()):
        return Finding("effective_temperature", "as_asked", why, FALSE_ALARM, bounds, draws)
    return Finding("effective_temperature", "undecided", f"{why}; too wide to tell", None, bounds, draws)


def _close(value: float, found: EffectiveTemperature) -> bool:
    return found.low >= value / TOLERANCE and found.high is not None and found.high <= value * TOLERANCE


def _shown(value: float, found: EffectiveTemperature) -> str:
    estimate = "?" if found.estimate is None else f"{found.estimate:.2f}"
    high = "no end" if found.high is None else f"{found.high:.2f}"
    return f"{value:g} and {estimate} [{found.low:.2f}, {high}]"


def steps_of(logprobs: TokenLogprobs | None) -> list[Step]:
    """Return the tokens that are among the likeliest listed for their step, each with that list."""
    if logprobs is None or not logprobs.top:
        return []
    steps: list[Step] = []
    for token, own, top in zip(logprobs.tokens, logprobs.logprobs, logprobs.top, strict=True):
        # Two tokens may have the same text, such as halves of a character; their log-probabilities tell them apart.
        places = [place for place, (text, _) in enumerate(top) if text == token]
        if places:
            chosen = min(places, key=lambda place: abs(top[place][1] - own))
            steps.append(Step(chosen, tuple(value for _, value in top)))
    return steps
