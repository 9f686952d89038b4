"""The checks of what ends an answer: a limit on tokens, and a stop text. Each rests on one or two answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.probe.draws import Wanted
from evalkit.probe.end import text_of
from evalkit.probe.findings import Finding
from evalkit.probe.prompts import COUNTING, LONG

if TYPE_CHECKING:
    from evalkit.probe.work import Work
    from evalkit.types import Completion

LIMIT = 16
"""Tokens; the least that every vendor takes."""


async def max_tokens(work: Work) -> Finding:
    """Ask for a long answer under a small limit."""
    thinking = work.base.get("thinking_budget")
    limit = LIMIT + (thinking if isinstance(thinking, int) else 0)
    settings = {**work.base, "max_tokens": limit}
    unasked = work.not_asked("max_tokens", settings)
    if unasked is not None:
        return work.with_table(unasked, "max_tokens")
    finding = Finding("max_tokens", "undecided", "nothing was drawn")
    for draws, question in enumerate(LONG, 1):
        answers = await work.asker.ask([Wanted("a limit on tokens", question, settings, 0)])
        words = work.refusal("max_tokens", answers)
        if words is not None:
            finding = Finding("max_tokens", "refused", f"asked for {limit}, the server said: {words}", draws=draws)
        else:
            finding = replace(judge_limit(answers[0], limit), draws=draws)
        if finding.verdict != "undecided":
            break
    return work.with_table(finding, "max_tokens")


def judge_limit(answer: Completion | None, limit: int) -> Finding:
    """Say whether a long answer was cut at the limit."""
    if answer is None or not answer.scored:
        return Finding("max_tokens", "undecided", "there is no answer")
    used = answer.usage.output_tokens
    counted = "tokens not counted" if used is None else f"{used} tokens"
    why = f"asked for a long answer of at most {limit} tokens: {counted}, {answer.outcome}"
    if used is not None and used > limit:
        return Finding("max_tokens", "ignored", why)
    return Finding("max_tokens", "connected" if answer.outcome == "truncated" else "undecided", why)


async def stop(work: Work) -> Finding:
    """Ask to count, then ask the same with a stop text that stands in the middle of the answer."""
    base = work.base if work.greedy is None else work.greedy.settings
    unasked = work.not_asked("stop", {**base, "stop": ("10",)})
    if unasked is not None:
        return work.with_table(unasked, "stop")
    text, word, draws = "", None, 0
    for question in (COUNTING, LONG[-1]):
        text = text_of((await work.asker.ask([Wanted("a stop text", question, base, 0)]))[0]) or ""
        word, draws = middle_word(text), draws + 1
        if word is not None:
            break
    if word is None:
        why = "no answer is long enough to be stopped"
        return work.with_table(Finding("stop", "undecided", why, draws=draws), "stop")
    answers = await work.asker.ask([Wanted("a stop text", question, {**base, "stop": (word,)}, 1)])
    words = work.refusal("stop", answers)
    if words is not None:
        finding = Finding("stop", "refused", f"the server said: {words}")
    else:
        finding = judge_stop(text, answers[0], word)
    return work.with_table(replace(finding, draws=draws + 1), "stop")


def middle_word(text: str) -> str | None:
    """Return the first word from the middle of a text on that stands nowhere before; None when there is none.

    >>> middle_word("1 2 3 4 5 6")
    '4'
    """
    words = text.split()
    for place in range(len(words) // 2, len(words)):
        if place and words[place] not in " ".join(words[:place]):
            return words[place]
    return None


def judge_stop(before: str, answer: Completion | None, word: str) -> Finding:
    """Say whether an answer ended where a word would have come.

    Args:
        before: The answer without a stop text.
        answer: The one with it.
        word: The stop text.
    """
    text = text_of(answer)
    if answer is None or text is None:
        return Finding("stop", "undecided", "there is no answer with a stop text")
    if word in text:
        return Finding("stop", "ignored", "the stop text stands in the answer")
    if answer.stop_reason == "stop_sequence":
        return Finding("stop", "connected", "the server says that the stop text ended the answer")
    if text == before[: before.index(word)].strip():
        return Finding("stop", "connected", "the answer is the one without a stop text, as far as the stop text")
    return Finding("stop", "undecided", "the answer lacks the stop text, and is another one than without it")
