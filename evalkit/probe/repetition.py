"""The checks of what repeats: draws at the lowest temperature, and draws with the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.probe.draws import Wanted
from evalkit.probe.end import End, text_of
from evalkit.probe.findings import Bounds, Finding
from evalkit.probe.prompts import OPEN_ENDED
from evalkit.statistics.bounds import clopper_pearson
from evalkit.statistics.permutation import matching_test

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.probe.work import Work

DRAWS = 6
"""Of each question for the rate of differences: three pairs that share no draw."""
LEVEL = 0.95

SEEDED = 2
"""Questions that are asked with seeds."""
SEEDS = 4
"""Seeds of each question, each of which is used twice."""
SAME_SEED_ALARM = 0.001
"""Chance of *connected* for a seed that does nothing."""
SAME_SEED_ALL_CLEAR = 0.01
"""Chance of *ignored* for a seed that makes two draws equal half of the time or more."""


async def determinism(work: Work) -> Finding:
    """Draw the same prompts at the lowest temperature, and see how often two answers differ."""
    end = work.greedy
    if end is None:
        settings = {**work.base, "temperature": work.knob("temperature").low or 0.0}
        taken = work.temperature is None and work.not_asked("determinism", settings) is None
        end = End.empty("temperature at its lowest" if taken else "nothing set", settings if taken else work.base)
    answers = await end.fill(work.asker, DRAWS, first_alone=not end.asked)
    words = work.refusal("temperature", answers)
    if words is not None:
        end = End.empty("nothing set", work.base)
        await end.fill(work.asker, DRAWS, first_alone=True)
    askew = ", which is ignored," if work.temperature == "ignored" else ""
    where = f"at temperature {end.settings['temperature']:g}{askew}" if "temperature" in end.settings else ""
    return judge_repeats(end.texts, where or "with nothing set, because no temperature is taken")


def judge_repeats(texts: Sequence[Sequence[str]], where: str) -> Finding:
    """Say how often two draws of the same prompt differ, over pairs that share no draw.

    Args:
        texts: For each prompt.
        where: Under which settings, in words.
    """
    pairs = [pair for each in texts for pair in zip(each[::2], each[1::2], strict=False)]
    draws = 2 * len(pairs)
    if not pairs:
        return Finding("determinism", "undecided", f"{where}, no prompt has two answers")
    differing = sum(one != other for one, other in pairs)
    interval = clopper_pearson(differing, len(pairs), level=LEVEL)
    rate = differing / len(pairs)
    bounds = (Bounds("share of pairs of draws that differ", rate, interval.low, interval.high, LEVEL),)
    why = f"{where}, {differing} of {len(pairs)} pairs of answers differ"
    return Finding("determinism", "varies" if differing else "deterministic", why, bounds=bounds, draws=draws)


async def seed(work: Work) -> Finding:
    """Draw with each seed twice, and see whether that makes answers equal."""
    base = work.base if work.free is None else work.free.settings
    settings = {**base, "seed": 0}  # which seed it is comes with each draw
    unasked = work.not_asked("seed", settings)
    if unasked is not None:
        return work.with_table(unasked, "seed")
    questions = OPEN_ENDED[:SEEDED]
    wanted = [
        Wanted("seeds", question, settings, repeat, seed_of=repeat % SEEDS)
        for question in questions
        for repeat in range(2 * SEEDS)
    ]
    answers = await work.asker.ask(wanted[:1])
    words = work.refusal("seed", answers)
    if words is not None:
        return work.with_table(Finding("seed", "refused", f"the server said: {words}", draws=1), "seed")
    answers += await work.asker.ask(wanted[1:])
    texts = [text_of(answer) for answer in answers]
    pairs: list[list[tuple[str, str]]] = []
    for index in range(len(questions)):
        own = texts[index * 2 * SEEDS : (index + 1) * 2 * SEEDS]
        both = zip(own[:SEEDS], own[SEEDS:], strict=True)
        pairs.append([(one, other) for one, other in both if one is not None and other is not None])
    return work.with_table(judge_seeds(pairs), "seed")


def judge_seeds(pairs: Sequence[Sequence[tuple[str, str]]]) -> Finding:
    """Say whether draws with the same seed are equal more often than draws with different ones.

    Args:
        pairs: For each prompt, the two draws of each seed.
    """
    count = sum(map(len, pairs))
    if not count:
        return Finding("seed", "undecided", "no seed has two answers")
    equal = sum(one == other for each in pairs for one, other in each)
    chance = matching_test(pairs)
    interval = clopper_pearson(equal, count, level=1 - 2 * SAME_SEED_ALL_CLEAR)
    bounds = (
        Bounds(
            "share of pairs with the same seed that are equal",
            equal / count,
            interval.low,
            interval.high,
            1 - 2 * SAME_SEED_ALL_CLEAR,
        ),
    )
    why = f"{equal} of {count} pairs with the same seed are equal, p {chance:.1g} against pairs with different seeds"
    if chance <= SAME_SEED_ALARM:
        return Finding("seed", "connected", why, SAME_SEED_ALARM, bounds, 2 * count)
    if interval.high < 0.5:
        return Finding("seed", "ignored", why, SAME_SEED_ALL_CLEAR, bounds, 2 * count)
    if len({text for each in pairs for pair in each for text in pair}) <= len(pairs):
        why += "; all answers are the same, whatever the seed"
    return Finding("seed", "undecided", why, None, bounds, 2 * count)
