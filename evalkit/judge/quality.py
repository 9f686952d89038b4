"""How far a judge agrees with people, and what leads it astray."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median, median_low
from typing import TYPE_CHECKING

from evalkit.judge.labels import NEITHER, OURS, THEIRS, answers_of
from evalkit.judge.reply import read_vote
from evalkit.statistics.bounds import clopper_pearson
from evalkit.statistics.kappa import cohen_kappa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.constraints.judge import Judge
    from evalkit.judge.ask import Ask
    from evalkit.judge.labels import Label
    from evalkit.statistics.bounds import Interval
    from evalkit.statistics.kappa import Kappa
    from evalkit.types import Completion


@dataclass(frozen=True, slots=True)
class Judged:
    """A label with what the judge said of the same text."""

    label: Label
    ask: Ask
    answers: Sequence[Completion | None]


@dataclass(frozen=True, slots=True)
class Half:
    """The shorter or the longer half of the labelled texts.

    Attributes:
        labels: How many there are.
        people: Mean worth of what people said.
        judge: Mean worth of what the judge said.
    """

    labels: int
    people: float
    judge: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How far a judge agrees with people on one question.

    Attributes:
        counts: Labels by people's answer (rows) and the judge's (columns), in the order of `answers`.
        undecided: Labels on which the judge came to no answer.
        missing: Votes that were not had.
        agreement: Share of decided labels on which both say the same; None when there are none.
        shorter: The half of the texts with fewer words; None below two decided labels, or where all are as long.
        first: How often the text that stood first was chosen, of so many choices; (0, 0) where nothing is compared.
        turned: In how many pairs of votes the order changed the choice, of so many pairs.
    """

    judge: Judge
    answers: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    undecided: int
    missing: int
    agreement: float | None
    agreement_interval: Interval | None
    kappa: Kappa
    shorter: Half | None
    longer: Half | None
    first: tuple[int, int]
    turned: tuple[int, int]


def quality(judged: Sequence[Judged]) -> Quality:
    """Hold the answers to one question against people's."""
    judge = judged[0].label.judge
    answers = answers_of(judge)
    met = [(each, answer_of(each)) for each in judged]
    pairs = Counter((each.label.answer, answer) for each, answer in met if answer is not None)
    counts = tuple(tuple(pairs[row, column] for column in answers) for row in answers)
    decided, agreed = pairs.total(), sum(pairs[answer, answer] for answer in answers)
    shorter, longer = _halves([(each, answer) for each, answer in met if answer is not None])
    return Quality(
        judge=judge,
        answers=answers,
        counts=counts,
        undecided=len(judged) - decided,
        missing=sum(read_vote(each.ask, answer).missing for each in judged for answer in each.answers),
        agreement=agreed / decided if decided else None,
        agreement_interval=clopper_pearson(agreed, decided) if decided else None,
        kappa=cohen_kappa(counts, quadratic=bool(judge.scale)),
        shorter=shorter,
        longer=longer,
        first=_first(judged),
        turned=_turned(judged),
    )


def answer_of(judged: Judged) -> str | None:
    """Return the answer that the votes come to: that of a majority of all votes, or the middle grade; else None."""
    words = [_said(judged.ask, number, answer) for number, answer in enumerate(judged.answers)]
    given = [word for word in words if word is not None]
    if len(given) * 2 <= len(words):
        return None
    if judged.label.judge.scale:
        return str(median_low(map(int, given)))
    [(answer, votes)] = Counter(given).most_common(1)
    return answer if votes * 2 > len(words) else None


def _said(ask: Ask, number: int, answer: Completion | None) -> str | None:
    """Return a vote's answer; of compared texts which of them it prefers, whatever their order."""
    word = read_vote(ask, answer).word
    if word is None or not ask.form.compared:
        return word
    return {1.0: OURS, 0.0: THEIRS, 0.5: NEITHER}[ask.form.value(word, swapped=ask.swapped(number))]


def _worth(judge: Judge, answer: str) -> float:
    return judge.form.values[answers_of(judge).index(answer)]


def _halves(decided: Sequence[tuple[Judged, str]]) -> tuple[Half | None, Half | None]:
    """Compare judge and people on the shorter and on the longer texts."""
    lengths = [len(each.label.text.split()) for each, _ in decided]
    if len(set(lengths)) < 2:
        return None, None
    middle = median(lengths)
    if middle == min(lengths):  # so that neither half is empty
        middle += 0.5
    sides = [[pair for pair, length in zip(decided, lengths, strict=True) if (length < middle) is short]
             for short in (True, False)]  # fmt: skip
    shorter, longer = (
        Half(
            len(side),
            sum(_worth(each.label.judge, each.label.answer) for each, _ in side) / len(side),
            sum(_worth(each.label.judge, answer) for each, answer in side) / len(side),
        )
        for side in sides
    )
    return shorter, longer


def _first(judged: Sequence[Judged]) -> tuple[int, int]:
    """Count how often what stood first was chosen, among the votes that chose."""
    said = Counter(
        read_vote(each.ask, answer).word for each in judged if each.ask.form.compared for answer in each.answers
    )
    return said["first"], said["first"] + said["second"]


def _turned(judged: Sequence[Judged]) -> tuple[int, int]:
    """Count the pairs of votes whose choice the order of the texts changed."""
    changed = pairs = 0
    for each in judged:
        if each.ask.form.compared:
            words = [_said(each.ask, number, answer) for number, answer in enumerate(each.answers)]
            for one, other in zip(words[::2], words[1::2], strict=True):
                if one is not None and other is not None:
                    pairs += 1
                    changed += one != other
    return changed, pairs
