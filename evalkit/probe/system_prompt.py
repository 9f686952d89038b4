"""The check of the system prompt: it asks for a word that was drawn by lot, and the answer has it or has not.

The lot is what makes the test exact. Whatever a model that never sees the system prompt answers, the word drawn for
that answer is in it with a chance of at most one in the number of words, because answers with a second one do not
count.
"""

from __future__ import annotations

import random
import re
from math import comb
from typing import TYPE_CHECKING

from evalkit.probe.draws import Wanted
from evalkit.probe.end import text_of
from evalkit.probe.findings import Bounds, Finding
from evalkit.probe.prompts import EVERYDAY, MARKERS, demand
from evalkit.statistics.bounds import clopper_pearson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.probe.work import Work

LOOKS = 2
FALSE_ALARM = 0.001
"""Chance of *honoured* for a system prompt that never reaches the model, over both looks."""
FALSE_ALL_CLEAR = 0.01
"""Chance of *not honoured* for one that is followed half of the time or more, over both looks."""
LEVEL = 1 - 2 * FALSE_ALL_CLEAR / LOOKS


async def system_prompt(work: Work) -> Finding:
    """Ask everyday questions under a system prompt that demands a word."""
    lot = random.Random(work.asker.seed)  # noqa: S311 - nothing here is a secret
    finding = Finding("system_prompt", "undecided", "nothing was drawn")
    words: list[str] = []
    texts: list[str] = []
    without = [text for end in (work.greedy, work.free) if end is not None for each in end.texts for text in each]
    for look in range(LOOKS):
        drawn = [lot.choice(MARKERS) for _ in EVERYDAY]
        answers = await work.asker.ask(
            [
                Wanted(f"system prompt with {word}", question, work.base, look, system=demand(word))
                for question, word in zip(EVERYDAY, drawn, strict=True)
            ]
        )
        answered = [(word, text) for word, each in zip(drawn, answers, strict=True) if (text := text_of(each))]
        words += [word for word, _ in answered]
        texts += [text for _, text in answered]
        finding = judge(words, texts, without)
        if finding.verdict != "undecided" or not texts or work.asker.stopped:
            break
    return finding


def judge(words: Sequence[str], texts: Sequence[str], without: Sequence[str]) -> Finding:
    """Say whether answers hold the words that were drawn for them.

    Args:
        words: Drawn by lot, one for each answer.
        texts: The answers.
        without: Answers that were drawn without a system prompt; they are only counted.
    """
    if not texts:
        return Finding("system_prompt", "undecided", "there is no answer")
    followed = sum(_markers(text) == {word} for word, text in zip(words, texts, strict=True))
    chance = _at_least(followed, len(texts), 1 / len(MARKERS))
    interval = clopper_pearson(followed, len(texts), level=LEVEL)
    bounds = (Bounds("share of answers that do as told", followed / len(texts), interval.low, interval.high, LEVEL),)
    why = f"{followed} of {len(texts)} answers hold the word asked for, p {chance:.1g}"
    if without:
        why += f"; without a system prompt {sum(bool(_markers(text)) for text in without)} of {len(without)} hold any"
    if chance <= FALSE_ALARM / LOOKS:
        return Finding("system_prompt", "honoured", why, FALSE_ALARM, bounds, len(texts))
    if interval.high < 0.5:
        return Finding("system_prompt", "not_honoured", why, FALSE_ALL_CLEAR, bounds, len(texts))
    return Finding("system_prompt", "undecided", why, None, bounds, len(texts))


def _markers(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold())) & set(MARKERS)


def _at_least(successes: int, trials: int, share: float) -> float:
    """Return the chance of so many successes or more."""
    return sum(comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(successes, trials + 1))
